//! Coefficients that no data of one sample can have: a form of the residuals that has to be zero and can't.
//!
//! Let S be the cross-products of a sample's demeaned variables and u_j the vector whose product with the variables is a combination of residuals
//! (`combination.rs`), most simply equation j's own: u_j = e_d - sum b_k e_k. The normal equations say x'S u_j = 0 for each of
//! the variables x that u_j is uncorrelated with, equation j's regressors. For numbers H_jl let Y_j = sum over l of H_jl u_l. If
//! Y_j has parts in those variables only, then Y_j'S u_j = 0, and so
//!
//! sum over j and l of H_jl u_l'S u_j = 0.
//!
//! Only the symmetric part G of H matters there. Let G be positive definite. The Gram matrix of the u_j is positive semidefinite and has
//! with G a trace of zero: it is zero, and S u_j = 0 for all j. So S Y_j = 0, which is a combination of an equation's regressors without any
//! variance. As regressors that are collinear have no coefficients, Y_j = 0 for all j. But H, whose symmetric part is
//! definite, has an inverse, so that all u_j would be zero, and at least one is not. No data have these coefficients, with residuals or without.
//!
//! Conversely, by Stiemke's theorem of alternatives (1915, for matrices) a positive definite S that satisfies all normal equations exists unless some
//! nonzero sum of products of regressors and residuals is positive semidefinite. Where the u_j are independent its range lies in theirs, since it
//! vanishes where all u_j do, so that it is such a form, but G may be singular. Singular ones are looked for only as
//! eliminations give them.
//!
//! Which H are allowed is a set of linear equations in which the coefficients stand. They are solved with intervals: what is found
//! holds for every number that is printed as the published one. Its least eigenvalue differs for other numbers by the largest sum of
//! differences in a row at most (Weyl 1912).

use faer::{Mat, Side};

use super::combination::Combination;
use super::interval::Interval;

/// A form that proves a contradiction.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ResidualForm {
    /// H at the printed values, a row for each combination of the set.
    pub(super) weights: Vec<Vec<f64>>,
    /// The least eigenvalue of its symmetric part, scaled to a unit diagonal.
    pub(super) least_eigenvalue: f64,
    /// By how much it may differ for other numbers that are printed alike.
    pub(super) uncertainty: f64,
}

/// A form that contradicts all of the set together, if there is one.
pub(super) fn contradiction(set: &[&Combination]) -> Option<ResidualForm> {
    // The rows of H that each allows: combinations of these.
    let mut bases: Vec<Vec<Vec<Interval>>> = Vec::with_capacity(set.len());
    for (place, one) in set.iter().enumerate() {
        let basis = allowed(one, set);
        // Without an entry on the diagonal nothing is definite.
        if basis.iter().all(|vector| vector[place].is_zero()) {
            return None;
        }
        bases.push(basis);
    }
    let middles: Vec<Vec<Vec<f64>>> = bases
        .iter()
        .map(|basis| basis.iter().map(|one| one.iter().map(|value| value.at).collect()).collect())
        .collect();
    if middles.iter().flatten().flatten().any(|value| !value.is_finite()) {
        return None;
    }
    let chosen = most_definite(&middles)?;
    // The same combination of the intervals.
    let mut at = 0;
    let mut weights: Vec<Vec<Interval>> = Vec::new();
    for basis in &bases {
        let mut row = vec![Interval::ZERO; set.len()];
        for vector in basis {
            let factor = Interval::point(chosen[at]);
            at += 1;
            row.iter_mut().zip(vector).for_each(|(sum, part)| *sum = *sum + *part * factor);
        }
        weights.push(row);
    }
    let size = set.len();
    let half = Interval::point(0.5);
    let form = |i: usize, j: usize| half * (weights[i][j] + weights[j][i]);
    // Scaled to a unit diagonal, which changes no sign of an eigenvalue.
    let scales: Vec<f64> = (0..size).map(|i| form(i, i).at.sqrt()).collect();
    if scales.iter().any(|scale| !(scale.is_finite() && *scale > 0.0)) {
        return None;
    }
    let middle = Mat::from_fn(size, size, |i, j| form(i, j).at / (scales[i] * scales[j]));
    let uncertainty = (0..size)
        .map(|i| (0..size).map(|j| form(i, j).radius() / (scales[i] * scales[j])).sum::<f64>())
        .fold(0.0, f64::max);
    let least_eigenvalue = least_eigen(&middle)?.0;
    (least_eigenvalue > uncertainty + ROUNDING).then(|| ResidualForm {
        weights: weights.iter().map(|row| row.iter().map(|value| value.at).collect()).collect(),
        least_eigenvalue,
        uncertainty,
    })
}

/// Far more than the rounding of an eigenvalue of so small a matrix.
const ROUNDING: f64 = 1e-9;

/// A basis of the h with sum h_l u_l free of all variables but those that `one` is uncorrelated with; empty where only zero is, or where the
/// printed digits don't say.
fn allowed(one: &Combination, set: &[&Combination]) -> Vec<Vec<Interval>> {
    let size = set.len();
    let mut system: Vec<Vec<Interval>> = (0..one.parts.len())
        .filter(|variable| !one.uncorrelated.contains(variable))
        .map(|variable| set.iter().map(|each| each.parts[variable]).collect())
        .filter(|parts: &Vec<Interval>| parts.iter().any(|part| !part.is_zero()))
        .collect();
    let mut pivots: Vec<(usize, Vec<Interval>)> = Vec::new();
    while !system.is_empty() {
        // The entry that is farthest from zero against its width.
        let mut best: Option<(usize, usize, f64)> = None;
        for (at, parts) in system.iter().enumerate() {
            for (column, part) in parts.iter().enumerate() {
                let certainty = part.at.abs() / (part.radius() + f64::MIN_POSITIVE);
                if part.sign() != 0 && best.is_none_or(|(_, _, most)| certainty > most) {
                    best = Some((at, column, certainty));
                }
            }
        }
        // Rows that may be zero or not: no combination is sure to be allowed.
        let Some((at, column, _)) = best else { return Vec::new() };
        let parts = system.swap_remove(at);
        let Some(inverse) = parts[column].inverse() else { return Vec::new() };
        let mut pivot: Vec<Interval> = parts.iter().map(|part| *part * inverse).collect();
        pivot[column] = Interval::ONE;
        let eliminate = |target: &mut Vec<Interval>| {
            let factor = target[column];
            if factor.is_zero() {
                return;
            }
            for (value, own) in target.iter_mut().zip(&pivot) {
                *value = *value - factor * *own;
            }
            target[column] = Interval::ZERO;
        };
        system.iter_mut().for_each(eliminate);
        pivots.iter_mut().for_each(|(_, other)| eliminate(other));
        pivots.push((column, pivot));
        system.retain(|parts| parts.iter().any(|part| !part.is_zero()));
    }
    let free: Vec<usize> =
        (0..size).filter(|column| pivots.iter().all(|(pivot, _)| pivot != column)).collect();
    free.iter()
        .map(|free| {
            let mut vector = vec![Interval::ZERO; size];
            vector[*free] = Interval::ONE;
            for (column, pivot) in &pivots {
                vector[*column] = -pivot[*free];
            }
            vector
        })
        .collect()
}

/// The combination of the bases' vectors whose matrix has the most definite symmetric part: the ellipsoid method (Shor 1977; Nemirovski and
/// Yudin 1976) on the least eigenvalue, which is concave. None where it isn't above zero anywhere.
fn most_definite(bases: &[Vec<Vec<f64>>]) -> Option<Vec<f64>> {
    let size = bases.len();
    let places: Vec<(usize, usize)> =
        bases.iter().enumerate().flat_map(|(row, basis)| (0..basis.len()).map(move |at| (row, at))).collect();
    let count = places.len();
    let evaluate = |point: &[f64]| -> Option<(f64, Vec<f64>)> {
        let mut weights = Mat::<f64>::zeros(size, size);
        for (&(row, at), factor) in places.iter().zip(point) {
            for (column, part) in bases[row][at].iter().enumerate() {
                weights[(row, column)] += factor * part;
            }
        }
        let form = Mat::from_fn(size, size, |i, j| 0.5 * (weights[(i, j)] + weights[(j, i)]));
        let (value, vector) = least_eigen(&form)?;
        let slope = places.iter().map(|&(row, at)| {
            vector[row] * bases[row][at].iter().zip(&vector).map(|(part, v)| part * v).sum::<f64>()
        });
        Some((value, slope.collect()))
    };
    let mut best: Option<(f64, Vec<f64>)> = None;
    let note = |best: &mut Option<(f64, Vec<f64>)>, value: f64, point: &[f64]| {
        if value > 0.0 && best.as_ref().is_none_or(|(most, _)| value > *most) {
            *best = Some((value, point.to_vec()));
        }
    };
    if count == 1 {
        for point in [[1.0], [-1.0]] {
            note(&mut best, evaluate(&point)?.0, &point);
        }
        return best.map(|(_, point)| point);
    }
    // What is larger by so little isn't looked for.
    let enough = |best: &Option<(f64, Vec<f64>)>| best.as_ref().map_or(BORDERLINE, |(most, _)| 1.001 * most);
    let n = count as f64;
    let mut centre = vec![0.0; count];
    let mut shape = Mat::<f64>::identity(count, count);
    for _ in 0..ELLIPSOIDS * count * count {
        let length = centre.iter().map(|value| value * value).sum::<f64>().sqrt();
        // No value in the ellipsoid is larger than that of its centre by more than the slope times the way there.
        let mut reach = f64::INFINITY;
        let cut: Vec<f64> = if length > 1.0 {
            centre.iter().map(|value| -value / length).collect()
        } else {
            let (value, slope) = evaluate(&centre)?;
            note(&mut best, value, &centre);
            reach = value;
            slope
        };
        // The half of the ellipsoid on the side that `cut` points to.
        let image: Vec<f64> =
            (0..count).map(|i| (0..count).map(|j| shape[(i, j)] * cut[j]).sum::<f64>()).collect();
        let width = cut.iter().zip(&image).map(|(c, image)| c * image).sum::<f64>();
        if width.is_nan() || width <= 0.0 || reach + width.sqrt() <= enough(&best) {
            break;
        }
        let step: Vec<f64> = image.iter().map(|value| value / width.sqrt()).collect();
        centre.iter_mut().zip(&step).for_each(|(value, step)| *value += step / (n + 1.0));
        let factor = n * n / (n * n - 1.0);
        shape =
            Mat::from_fn(count, count, |i, j| factor * (shape[(i, j)] - 2.0 / (n + 1.0) * step[i] * step[j]));
    }
    best.map(|(_, point)| point)
}

/// Forms are of unit length or less: what isn't more definite than this isn't told from the digits' uncertainty.
const BORDERLINE: f64 = 1e-8;

/// Iterations for each squared dimension: each makes the volume smaller by exp(-1/2(n + 1)).
const ELLIPSOIDS: usize = 120;

/// The least eigenvalue of a symmetric matrix with its vector.
fn least_eigen(matrix: &Mat<f64>) -> Option<(f64, Vec<f64>)> {
    let decomposition = matrix.self_adjoint_eigen(Side::Lower).ok()?;
    let values = decomposition.S().column_vector();
    let place = (0..matrix.nrows()).min_by(|a, b| values[*a].total_cmp(&values[*b]))?;
    let vector = (0..matrix.nrows()).map(|row| decomposition.U()[(row, place)]).collect();
    values[place].is_finite().then_some((values[place], vector))
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::unwrap_used)]
mod tests {
    use super::super::combination::{Row, combinations};
    use super::*;

    /// Of all combinations of the rows together; of the rows' own residuals where there is nothing to eliminate.
    fn contradiction(rows: &[Row], variables: usize) -> Option<ResidualForm> {
        let all = combinations(rows, variables);
        super::contradiction(&all.iter().collect::<Vec<_>>())
    }

    fn row(dependent: usize, regressors: &[usize], coefficients: &[f64]) -> Row {
        let coefficients = coefficients.iter().map(|value| Interval::printed(*value, 3)).collect();
        Row { dependent, regressors: regressors.to_vec(), coefficients }
    }

    #[test]
    fn regressions_on_one_another_have_slopes_of_one_sign_whose_product_is_below_one() {
        // y on x and w, x on y and w
        let pair = |b: f64, c: f64| [row(0, &[1, 2], &[b, 0.7]), row(1, &[0, 2], &[c, -0.2])];
        let found = contradiction(&pair(0.5, -0.4), 3).expect("opposite signs");
        assert!(found.least_eigenvalue > found.uncertainty);
        assert!(contradiction(&pair(2.0, 0.6), 3).is_some(), "a product above one");
        assert!(contradiction(&pair(0.5, 0.4), 3).is_none());
        // Not to be told from zero, or from a product of one.
        assert!(contradiction(&pair(0.5, -0.0003), 3).is_none());
        assert!(contradiction(&pair(2.0, 0.5), 3).is_none());
    }

    #[test]
    fn a_control_of_one_equation_alone_reconciles_signs() {
        let rows = [row(0, &[1, 2], &[0.5, 0.7]), row(1, &[0, 2, 3], &[-0.4, -0.2, 1.0])];
        assert!(contradiction(&rows, 4).is_none());
        // Not if its coefficient is exactly zero, as in an equation without it.
        let rows = [row(0, &[1, 2], &[0.5, 0.7]), row(1, &[0, 2], &[-0.4, -0.2])];
        assert!(contradiction(&rows, 4).is_some());
    }

    #[test]
    fn what_is_eliminated_has_to_be_zero_or_possible() {
        let last = |rows: &[Row]| {
            let all = combinations(rows, 3);
            super::contradiction(&[all.last().unwrap()])
        };
        // One equation with two coefficients
        assert!(last(&[row(0, &[1], &[0.5]), row(0, &[1], &[0.502])]).is_some());
        assert!(last(&[row(0, &[1], &[0.5]), row(0, &[1], &[0.501])]).is_none());
        // y on x and w, y on x, w on x: the short slope is 0.3 + 0.5 * 0.8
        let rows = |short: f64| [row(0, &[1, 2], &[0.3, 0.5]), row(0, &[1], &[short]), row(2, &[1], &[0.8])];
        assert!(last(&rows(0.7)).is_none());
        assert!(last(&rows(0.75)).is_some());
    }

    #[test]
    fn three_equations_can_contradict_where_no_two_do() {
        // Each of three variables on the other two: where all partial correlations are 0.9, the inverse of the cross-products would have
        // -0.9 off its unit diagonal, and an eigenvalue of -0.8.
        let strong = 0.9;
        let all = [
            row(0, &[1, 2], &[strong, strong]),
            row(1, &[0, 2], &[strong, strong]),
            row(2, &[0, 1], &[strong, strong]),
        ];
        for pair in [[0, 1], [0, 2], [1, 2]] {
            let two: Vec<Row> = pair.iter().map(|at| all[*at].clone()).collect();
            assert!(contradiction(&two, 3).is_none());
        }
        assert!(contradiction(&all, 3).is_some());
    }
}
