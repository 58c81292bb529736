//! Clustered covariances that take leverage into account by blocks of the projection on regressors and
//! effects: CR2 and CR3 of Bell and McCaffrey (2002), with Satterthwaite's degrees of freedom.

use faer::Mat;

use super::cluster::{ClusterType, Clusters};
use super::leverage::{EffectsProjection, LEVERAGE_OF_ONE, eigen};
use super::{Ingredients, sandwich};
use crate::Reason;

/// Each cluster's rows.
fn members(clusters: &Clusters) -> Vec<Vec<usize>> {
    let mut members = vec![Vec::new(); clusters.count];
    clusters.codes.iter().enumerate().for_each(|(row, code)| members[*code].push(row));
    members
}

/// A_g = (I - H_gg)^p of a cluster, with p = -1/2 in CR2 and -1 in CR3, or I.
///
/// I - H_gg has no inverse where effects fit a direction of the cluster's errors perfectly, as those of
/// entities do in clusters of entities; the residuals have nothing in that direction, and the inverse on the
/// rest is what counts (Pustejovsky and Tipton 2018, Journal of Business and Economic Statistics 36, theorem
/// 1). In CR3 it mustn't be the regressors that do: without the cluster their coefficients aren't identified.
fn adjustment(
    kind: ClusterType,
    ingredients: &Ingredients<'_>,
    effects: Option<&EffectsProjection>,
    rows: &[usize],
) -> Result<Option<Mat<f64>>, Reason> {
    let exponent = match kind {
        ClusterType::Cr2 => -0.5,
        ClusterType::Cr3 => -1.0,
        _ => return Ok(None),
    };
    let (size, order) = (rows.len(), ingredients.bread.nrows());
    let x = Mat::from_fn(size, order, |at, column| ingredients.regressors[(rows[at], column)]);
    let fitted = (&x * ingredients.bread) * x.transpose();
    let left = Mat::from_fn(size, size, |i, j| {
        let own = if i == j { 1.0 } else { 0.0 };
        own - fitted[(i, j)] - effects.map_or(0.0, |effects| effects.entry(rows[i], rows[j]))
    });
    let (vectors, values) = eigen(&left)?;
    if kind == ClusterType::Cr3 {
        let scales: Vec<f64> = (0..order).map(|j| ingredients.bread[(j, j)].sqrt()).collect();
        let fitted_by_regressors = (0..size).filter(|&at| values[at] <= LEVERAGE_OF_ONE).any(|at| {
            (0..order).any(|j| {
                let sum: f64 = (0..size).map(|row| vectors[(row, at)] * x[(row, j)]).sum();
                (sum * scales[j]).abs() > 1e-7
            })
        });
        if fitted_by_regressors {
            return Err(Reason::UnidentifiedWithoutCluster);
        }
    }
    let scaled = Mat::from_fn(size, size, |row, at| {
        if values[at] > LEVERAGE_OF_ONE { vectors[(row, at)] * values[at].powf(exponent) } else { 0.0 }
    });
    Ok(Some(&scaled * vectors.transpose()))
}

/// A_g e_g of every cluster.
pub(super) fn residuals(
    kind: ClusterType,
    ingredients: &Ingredients<'_>,
    clusters: &Clusters,
) -> Result<Vec<f64>, Reason> {
    let effects = EffectsProjection::new(ingredients)?;
    let mut adjusted = ingredients.residuals.to_vec();
    for rows in members(clusters) {
        if let Some(matrix) = adjustment(kind, ingredients, effects.as_ref(), &rows)? {
            for (i, row) in rows.iter().enumerate() {
                adjusted[*row] = rows
                    .iter()
                    .enumerate()
                    .map(|(j, other)| matrix[(i, j)] * ingredients.residuals[*other])
                    .sum();
            }
        }
    }
    Ok(adjusted)
}

/// Satterthwaite's degrees of freedom of each coefficient's t statistic under independent errors of one
/// variance (Bell and McCaffrey 2002, section 4; Pustejovsky and Tipton 2018, eq. 11): with
/// v_g = A_g X_g B c for coefficient c and G_gh = v_g'(I - H)_gh v_h, (tr G)^2 / tr(G^2).
pub(super) fn degrees_of_freedom(
    kind: ClusterType,
    ingredients: &Ingredients<'_>,
    clusters: &Clusters,
) -> Result<Vec<f64>, Reason> {
    let effects = EffectsProjection::new(ingredients)?;
    let order = ingredients.bread.nrows();
    let height = ingredients.residuals.len();
    let x_bread = ingredients.regressors * ingredients.bread;
    // v_g of every coefficient, rows in the sample's order
    let mut directions: Mat<f64> = x_bread;
    for rows in members(clusters) {
        if let Some(matrix) = adjustment(kind, ingredients, effects.as_ref(), &rows)? {
            let before = Mat::from_fn(rows.len(), order, |at, column| directions[(rows[at], column)]);
            let after = &matrix * &before;
            for (at, row) in rows.iter().enumerate() {
                (0..order).for_each(|column| directions[(*row, column)] = after[(at, column)]);
            }
        }
    }
    (0..order)
        .map(|column| {
            let values: Vec<f64> = (0..height).map(|row| directions[(row, column)]).collect();
            let mut sums: Mat<f64> = Mat::zeros(clusters.count, order);
            let mut squares = vec![0.0; clusters.count];
            for (row, code) in clusters.codes.iter().enumerate() {
                squares[*code] += values[row] * values[row];
                for regressor in 0..order {
                    sums[(*code, regressor)] += values[row] * ingredients.regressors[(row, regressor)];
                }
            }
            let mut forms = (&sums * ingredients.bread) * sums.transpose();
            if let Some(effects) = &effects {
                forms += effects.forms(&values, &clusters.codes, clusters.count);
            }
            let (mut trace, mut square) = (0.0, 0.0);
            for g in 0..clusters.count {
                trace += squares[g] - forms[(g, g)];
                for h in 0..clusters.count {
                    let own = if g == h { squares[g] } else { 0.0 };
                    square += (own - forms[(g, h)]).powi(2);
                }
            }
            let df = trace * trace / square;
            if df.is_finite() && df > 0.0 {
                Ok(df)
            } else {
                Err(Reason::NotFinite { what: "Satterthwaite's degrees of freedom".into() })
            }
        })
        .collect()
}

/// Sets negative eigenvalues to zero (Cameron, Gelbach and Miller 2011, section 2.3).
pub(super) fn without_negative_eigenvalues(matrix: &Mat<f64>) -> Result<Mat<f64>, Reason> {
    let (vectors, values) = eigen(matrix)?;
    if values.iter().all(|value| *value >= 0.0) {
        return Ok(matrix.clone());
    }
    let order = values.len();
    let kept = Mat::from_fn(order, order, |row, at| vectors[(row, at)] * values[at].max(0.0));
    Ok(sandwich::symmetric(&(&kept * vectors.transpose())))
}
