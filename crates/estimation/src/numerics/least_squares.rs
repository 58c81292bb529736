//! Ordinary least squares by a column-pivoted QR decomposition, with rank decided on scaled columns.
//!
//! Columns are first scaled by powers of two to norms near one, which is exact and makes the rank
//! decision independent of units. Where the condition number asks for it, the solution is refined
//! on the augmented system [I X; X' 0][r; b] = [y; 0] with residuals accumulated in twice the working
//! precision (Björck 1967, BIT 7, 257-278), which keeps close to full accuracy on designs as bad
//! as the NIST polynomials.
//!
//! With very many rows the decomposition is that of the triangle to which blocks of rows are reduced (see
//! `tall.rs`), which has the same rank, condition and solution; refinement is then by corrected seminormal
//! equations (Björck 1987, Linear Algebra and its Applications 88/89, 31-48).

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::householder as reflectors;
use faer::linalg::solvers::ColPivQr;
use faer::{Conj, Mat, MatRef, Par};

use super::collinear_columns::CollinearColumns;
use super::design::Design;
use super::tall;
use super::tall::Triangle;
use super::vector::{norm, power_of_two};
use crate::outcome::{Collinearity, INTERCEPT, Reason};

/// A pivot below this, of columns scaled to about unit norm, counts as zero: the column is then a
/// combination of the others to 11 digits. (R's lm uses 1e-7, which rejects designs that double
/// precision can still solve.)
pub const RANK_TOLERANCE: f64 = 1e-11;

/// Condition numbers above this call for refinement.
const REFINE_ABOVE: f64 = 1e3;

/// With more rows than this they are reduced block by block.
const TALL: usize = 20_000;

/// The solution of a least-squares problem of full column rank.
#[derive(Debug, Clone)]
pub struct LeastSquares {
    /// The coefficients, k.
    pub coefficients: Vec<f64>,
    /// The residuals, n.
    pub residuals: Vec<f64>,
    /// (X'X)^-1, k x k: the bread of every covariance.
    pub bread: Mat<f64>,
    /// The ratio of the largest to the smallest pivot of the scaled columns.
    pub condition: f64,
}

impl LeastSquares {
    /// Solves the design's problem, whose rows must be at least as many as its columns.
    ///
    /// # Errors
    /// The collinear columns, where the rank is below the number of columns. A column counts as
    /// dependent when it is a combination of the columns before it, in the design's order.
    pub fn solve(design: &Design) -> Result<Self, Vec<Collinearity>> {
        if design.x.nrows() > TALL
            && let Some(solved) = Self::solve_tall(design)
        {
            return solved;
        }
        let scaled = Scaled::new(design);
        let factor = Factor::new(scaled.x.as_ref());
        if factor.rank(scaled.tolerance) < design.names.len() {
            return Err(scaled.collinear(&design.names, &factor));
        }
        let (mut coefficients, mut residuals) = factor.solve(&scaled.y, &vec![0.0; design.names.len()]);
        let condition = factor.condition();
        if condition > REFINE_ABOVE {
            refine(&scaled, &factor, &mut coefficients, &mut residuals);
        }
        for (coefficient, scale) in coefficients.iter_mut().zip(&scaled.scales) {
            *coefficient = *coefficient / scale * scaled.y_scale;
        }
        for residual in &mut residuals {
            *residual *= scaled.y_scale;
        }
        let bread = scaled.bread(&factor);
        Ok(Self { coefficients, residuals, bread, condition })
    }

    /// Solves the problem as far as its columns allow: what becomes of combinations of others is for
    /// `collinear` to say. Returns the design that was solved and the columns left out.
    ///
    /// # Errors
    /// [`Reason::RankDeficient`] where the columns may not be left out, or none but the intercept would stay.
    pub fn solve_dropping(
        mut design: Design,
        collinear: CollinearColumns,
    ) -> Result<(Design, Self, Vec<Collinearity>), Reason> {
        let mut dropped = Vec::new();
        loop {
            let found = match Self::solve(&design) {
                Ok(solution) => return Ok((design, solution, dropped)),
                Err(found) => found,
            };
            dropped.extend(found);
            let is_dropped = |name: &String| dropped.iter().any(|one| one.column == *name);
            let kept: Vec<usize> =
                (0..design.names.len()).filter(|at| !is_dropped(&design.names[*at])).collect();
            let none = kept.iter().all(|at| design.names[*at] == INTERCEPT);
            if collinear == CollinearColumns::Refuse || none || kept.len() == design.names.len() {
                return Err(Reason::RankDeficient { collinear: dropped });
            }
            design = design.with_columns(&kept);
        }
    }

    /// By the triangle of the design; none where its squares leave the range of double precision.
    fn solve_tall(design: &Design) -> Option<Result<Self, Vec<Collinearity>>> {
        let order = design.names.len();
        let mut columns = tall::columns(design.x.as_ref())?;
        columns.push(&design.y);
        let triangle = Triangle::of(&columns);
        let small = Design {
            names: design.names.clone(),
            x: Mat::from_fn(order, order, |row, column| triangle.at(row, column)),
            y: (0..order).map(|row| triangle.at(row, order)).collect(),
            magnitudes: design.magnitudes.clone(),
            y_magnitude: design.y_magnitude,
        };
        let in_range = |values: &[f64]| values.iter().all(|value| value.abs() < 1e150);
        let sizes: Vec<f64> = (0..order).map(|column| column_norm(&small.x, column)).collect();
        let vanished = |at: usize| sizes[at] < 1e-140 && design.magnitudes[at] > 0.0;
        if !in_range(&sizes) || !in_range(&small.y) || (0..order).any(vanished) {
            return None;
        }
        let scaled = Scaled::new(&small);
        let factor = Factor::new(scaled.x.as_ref());
        if factor.rank(scaled.tolerance) < order {
            return Some(Err(scaled.collinear(&design.names, &factor)));
        }
        let unscale = |values: &[f64]| -> Vec<f64> {
            values.iter().zip(&scaled.scales).map(|(b, scale)| b / scale * scaled.y_scale).collect()
        };
        let mut coefficients = unscale(&factor.solve(&scaled.y, &vec![0.0; order]).0);
        let condition = factor.condition();
        let mut residuals = tall::residuals(&design.x, &design.y, &coefficients);
        if condition > REFINE_ABOVE {
            let mut last = f64::INFINITY;
            for _ in 0..6 {
                residuals = precise_residuals(design, &coefficients);
                let g: Vec<f64> = (0..order)
                    .map(|column| {
                        let mut sum = DoubleDouble::from(0.0);
                        for (row, residual) in residuals.iter().enumerate() {
                            sum.add_product(-design.x[(row, column)], *residual);
                        }
                        sum.value() / scaled.scales[column] / scaled.y_scale
                    })
                    .collect();
                let step = factor.solve(&vec![0.0; order], &g).0;
                let correction = norm(&step);
                if !correction.is_finite() || correction > 0.5 * last {
                    break;
                }
                last = correction;
                let step = unscale(&step);
                coefficients.iter_mut().zip(&step).for_each(|(b, step)| *b += step);
                if norm(&step) <= f64::EPSILON * norm(&coefficients) {
                    break;
                }
            }
            residuals = precise_residuals(design, &coefficients);
        }
        let bread = scaled.bread(&factor);
        Some(Ok(Self { coefficients, residuals, bread, condition }))
    }
}

/// y - Xb, each in twice the working precision.
fn precise_residuals(design: &Design, coefficients: &[f64]) -> Vec<f64> {
    (0..design.y.len())
        .map(|row| {
            let mut sum = DoubleDouble::from(design.y[row]);
            for (column, b) in coefficients.iter().enumerate() {
                sum.add_product(-design.x[(row, column)], *b);
            }
            sum.value()
        })
        .collect()
}

/// A design with columns and dependent variable scaled to norms between 0.7 and 1.42.
struct Scaled {
    x: Mat<f64>,
    y: Vec<f64>,
    scales: Vec<f64>,
    y_scale: f64,
    tolerance: f64,
}

impl Scaled {
    fn new(design: &Design) -> Self {
        let columns: Vec<f64> = (0..design.x.ncols()).map(|column| column_norm(&design.x, column)).collect();
        let scales: Vec<f64> = columns.iter().map(|&norm| power_of_two(norm)).collect();
        let y_scale = power_of_two(norm(&design.y));
        // A transformed column carries the rounding of what it was before.
        let noise = columns
            .iter()
            .zip(&design.magnitudes)
            .filter(|(column, _)| **column > 0.0)
            .map(|(column, magnitude)| 16.0 * f64::EPSILON * magnitude / column)
            .fold(0.0, f64::max);
        let x = Mat::from_fn(design.x.nrows(), design.x.ncols(), |row, column| {
            design.x[(row, column)] / scales[column]
        });
        let y = design.y.iter().map(|value| value / y_scale).collect();
        Self { x, y, scales, y_scale, tolerance: noise.max(RANK_TOLERANCE) }
    }

    /// (X'X)^-1 of the columns as they were.
    fn bread(&self, factor: &Factor) -> Mat<f64> {
        let inverse = factor.inverse_of_cross_product();
        let order = self.scales.len();
        Mat::from_fn(order, order, |i, j| inverse[(i, j)] / self.scales[i] / self.scales[j])
    }

    /// The columns that are combinations of earlier ones, each with those that matter in it.
    fn collinear(&self, names: &[String], factor: &Factor) -> Vec<Collinearity> {
        let order = names.len();
        let mut kept: Vec<usize> = Vec::new();
        let mut found = Vec::new();
        for column in 0..order {
            if kept.len() < self.x.nrows() {
                let mut tried = kept.clone();
                tried.push(column);
                if Factor::new(self.columns(&tried).as_ref()).rank(self.tolerance) == tried.len() {
                    kept = tried;
                    continue;
                }
            }
            found.push(self.dependency(names, column, &kept));
        }
        if found.is_empty() {
            // The order of the columns hid what pivoting saw: report the columns it left to last.
            let rank = factor.rank(self.tolerance);
            let (kept, rest) = factor.permutation.split_at(rank);
            found.extend(rest.iter().map(|&column| self.dependency(names, column, kept)));
        }
        found
    }

    /// The combination of `kept` columns nearest to `column`.
    fn dependency(&self, names: &[String], column: usize, kept: &[usize]) -> Collinearity {
        let target: Vec<f64> = (0..self.x.nrows()).map(|row| self.x[(row, column)]).collect();
        let on = if kept.is_empty() || norm(&target) == 0.0 {
            Vec::new()
        } else {
            let (weights, _) =
                Factor::new(self.columns(kept).as_ref()).solve(&target, &vec![0.0; kept.len()]);
            let largest = weights.iter().fold(0.0_f64, |largest, weight| largest.max(weight.abs()));
            kept.iter()
                .zip(&weights)
                .filter(|(_, weight)| weight.abs() > 1e-6 * largest)
                .map(|(&index, _)| names[index].clone())
                .collect()
        };
        Collinearity { column: names[column].clone(), on }
    }

    fn columns(&self, chosen: &[usize]) -> Mat<f64> {
        Mat::from_fn(self.x.nrows(), chosen.len(), |row, column| self.x[(row, chosen[column])])
    }
}

fn column_norm(x: &Mat<f64>, column: usize) -> f64 {
    match x.as_ref().col(column).try_as_col_major() {
        Some(values) => norm(values.as_slice()),
        None => norm(&(0..x.nrows()).map(|row| x[(row, column)]).collect::<Vec<_>>()),
    }
}

/// A P = Q R.
struct Factor {
    qr: ColPivQr<f64>,
    /// Column of A in each place of A P.
    permutation: Vec<usize>,
}

impl Factor {
    fn new(a: MatRef<'_, f64>) -> Self {
        let qr = ColPivQr::new(a);
        let permutation = qr.P().arrays().0.to_vec();
        Self { qr, permutation }
    }

    fn pivot(&self, index: usize) -> f64 {
        self.qr.R()[(index, index)].abs()
    }

    fn rank(&self, tolerance: f64) -> usize {
        let size = self.permutation.len().min(self.qr.R().nrows());
        (0..size).take_while(|&index| self.pivot(index) > tolerance).count()
    }

    fn condition(&self) -> f64 {
        match self.permutation.len() {
            0 => 1.0,
            order => self.pivot(0) / self.pivot(order - 1),
        }
    }

    /// Solves [I A; A' 0][r; x] = [f; g] and returns x and r.
    fn solve(&self, f: &[f64], g: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let order = self.permutation.len();
        let r = self.qr.R();
        // h = R^-T P'g, forward substitution
        let mut h = vec![0.0; order];
        for i in 0..order {
            let known: f64 = (0..i).map(|j| r[(j, i)] * h[j]).sum();
            h[i] = (g[self.permutation[i]] - known) / r[(i, i)];
        }
        let mut d = Mat::from_fn(f.len(), 1, |row, _| f[row]);
        self.reflect(&mut d, true);
        // x = P R^-1 (d1 - h), backward substitution
        let mut z = vec![0.0; order];
        for i in (0..order).rev() {
            let known: f64 = (i + 1..order).map(|j| r[(i, j)] * z[j]).sum();
            z[i] = (d[(i, 0)] - h[i] - known) / r[(i, i)];
        }
        let mut x = vec![0.0; order];
        for (place, &column) in self.permutation.iter().enumerate() {
            x[column] = z[place];
        }
        // r = Q [h; d2]
        for i in 0..order {
            d[(i, 0)] = h[i];
        }
        self.reflect(&mut d, false);
        (x, (0..f.len()).map(|row| d[(row, 0)]).collect())
    }

    /// Multiplies by Q' or Q in place.
    fn reflect(&self, matrix: &mut Mat<f64>, transposed: bool) {
        let (basis, coefficients) = (self.qr.Q_basis(), self.qr.Q_coeff());
        let (rows, block, columns) = (basis.nrows(), coefficients.nrows(), matrix.ncols());
        if transposed {
            let scratch = reflectors::apply_block_householder_sequence_transpose_on_the_left_in_place_scratch::<
                f64,
            >(rows, block, columns);
            reflectors::apply_block_householder_sequence_transpose_on_the_left_in_place_with_conj(
                basis,
                coefficients,
                Conj::No,
                matrix.as_mut(),
                Par::Seq,
                MemStack::new(&mut MemBuffer::new(scratch)),
            );
        } else {
            let scratch = reflectors::apply_block_householder_sequence_on_the_left_in_place_scratch::<f64>(
                rows, block, columns,
            );
            reflectors::apply_block_householder_sequence_on_the_left_in_place_with_conj(
                basis,
                coefficients,
                Conj::No,
                matrix.as_mut(),
                Par::Seq,
                MemStack::new(&mut MemBuffer::new(scratch)),
            );
        }
    }

    /// (A'A)^-1 = P R^-1 R^-T P'.
    fn inverse_of_cross_product(&self) -> Mat<f64> {
        let order = self.permutation.len();
        let r = self.qr.R();
        let mut inverse: Mat<f64> = Mat::zeros(order, order);
        for column in 0..order {
            inverse[(column, column)] = 1.0 / r[(column, column)];
            for i in (0..column).rev() {
                let known: f64 = (i + 1..=column).map(|j| r[(i, j)] * inverse[(j, column)]).sum();
                inverse[(i, column)] = -known / r[(i, i)];
            }
        }
        let mut product = Mat::zeros(order, order);
        for i in 0..order {
            for j in i..order {
                let sum: f64 = (j..order).map(|m| inverse[(i, m)] * inverse[(j, m)]).sum();
                let (row, column) = (self.permutation[i], self.permutation[j]);
                product[(row, column)] = sum;
                product[(column, row)] = sum;
            }
        }
        product
    }
}

/// Björck's refinement of the augmented system: usually two steps, at most six, and none that
/// doesn't halve the last correction.
fn refine(scaled: &Scaled, factor: &Factor, x: &mut [f64], r: &mut [f64]) {
    let mut last = f64::INFINITY;
    for _ in 0..6 {
        let f: Vec<f64> = (0..r.len())
            .map(|row| {
                let mut sum = DoubleDouble::from(scaled.y[row]);
                sum.add(-r[row]);
                for (column, value) in x.iter().enumerate() {
                    sum.add_product(-scaled.x[(row, column)], *value);
                }
                sum.value()
            })
            .collect();
        let g: Vec<f64> = (0..x.len())
            .map(|column| {
                let mut sum = DoubleDouble::from(0.0);
                for (row, residual) in r.iter().enumerate() {
                    sum.add_product(-scaled.x[(row, column)], *residual);
                }
                sum.value()
            })
            .collect();
        let (dx, dr) = factor.solve(&f, &g);
        let correction = norm(&dx);
        if !correction.is_finite() || correction > 0.5 * last {
            return;
        }
        x.iter_mut().zip(&dx).for_each(|(value, step)| *value += step);
        r.iter_mut().zip(&dr).for_each(|(value, step)| *value += step);
        if correction <= f64::EPSILON * norm(x) {
            return;
        }
        last = correction;
    }
}

/// A sum carried in twice the working precision.
#[derive(Clone, Copy)]
struct DoubleDouble {
    high: f64,
    low: f64,
}

impl From<f64> for DoubleDouble {
    fn from(value: f64) -> Self {
        Self { high: value, low: 0.0 }
    }
}

impl DoubleDouble {
    /// Adds a number without losing what rounds off (Knuth's two-sum).
    fn add(&mut self, value: f64) {
        let sum = self.high + value;
        let shadow = sum - self.high;
        self.low += (self.high - (sum - shadow)) + (value - shadow);
        self.high = sum;
    }

    /// Adds a product with the part that rounds off (Dekker's two-product).
    fn add_product(&mut self, a: f64, b: f64) {
        let product = a * b;
        let ((a_high, a_low), (b_high, b_low)) = (split(a), split(b));
        let rest = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
        self.add(product);
        self.low += rest;
    }

    fn value(self) -> f64 {
        self.high + self.low
    }
}

/// The upper and lower half of a number's digits.
fn split(value: f64) -> (f64, f64) {
    let spread = 134_217_729.0 * value;
    let high = spread - (spread - value);
    (high, value - high)
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    /// Powers of a number between -1 and 1, which are the more collinear the more there are.
    fn design(rows: usize, degree: usize) -> Design {
        let at = |row: usize| (2.0 * row as f64 + 1.0) / rows as f64 - 1.0;
        let x = Mat::from_fn(rows, degree + 1, |row, power| {
            at(row).powi(power as i32) * 10_f64.powi(power as i32)
        });
        let y: Vec<f64> = (0..rows).map(|row| (5.0 * at(row)).exp() + (row as f64).sin()).collect();
        Design {
            names: (0..=degree).map(|power| format!("x{power}")).collect(),
            magnitudes: (0..=degree).map(|power| column_norm(&x, power)).collect(),
            y_magnitude: norm(&y),
            x,
            y,
        }
    }

    #[test]
    fn blocks_of_rows_come_to_the_same_as_all_rows_at_once() {
        for degree in [2, 6, 12] {
            let design = design(3_000, degree);
            let whole = LeastSquares::solve(&design).expect("a solution");
            let tall = LeastSquares::solve_tall(&design).expect("in range").expect("a solution");
            let near = |one: f64, other: f64, scale: f64| (one - other).abs() <= 1e-12 * scale;
            for at in 0..=degree {
                let (one, other) = (whole.coefficients[at], tall.coefficients[at]);
                assert!(near(one, other, one.abs()), "{degree}: {one:e} {other:e}");
                let (one, other) = (whole.bread[(at, at)], tall.bread[(at, at)]);
                assert!(near(one, other, 100.0 * one), "{degree}: {one:e} {other:e}");
            }
            let scale = norm(&whole.residuals);
            assert!(whole.residuals.iter().zip(&tall.residuals).all(|(a, b)| near(*a, *b, scale)));
        }
    }

    #[test]
    fn tall_designs_tell_their_collinear_columns() {
        let mut design = design(3_000, 3);
        for row in 0..3_000 {
            design.x[(row, 2)] = 3.0 * design.x[(row, 0)] - design.x[(row, 1)];
        }
        let found = LeastSquares::solve_tall(&design).expect("in range").expect_err("collinear");
        assert_eq!(found, LeastSquares::solve(&design).expect_err("collinear"));
        assert_eq!((found[0].column.as_str(), found[0].on.len()), ("x2", 2));
        let (left, _, dropped) =
            LeastSquares::solve_dropping(design, CollinearColumns::Drop).expect("what is left");
        assert_eq!((left.names.join(" "), dropped), ("x0 x1 x3".to_owned(), found));
    }
}
