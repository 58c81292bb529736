//! Leverage, studentised residuals and Cook's distance.

use faer::Mat;
use serde::{Deserialize, Serialize};

use super::super::estimated::Estimated;
use crate::outcome::Reason;

/// A row whose leverage is this near to 1 is fitted perfectly whatever it says.
const FULL_LEVERAGE: f64 = 1e-12;

/// How each row bears on the estimate, in the order of the residuals. With h = x'(X'X)^-1 x, residual e,
/// k coefficients, and s^2 = RSS/df.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Influence {
    /// h (R's `hatvalues`); they sum to k.
    pub leverage: Vec<f64>,
    /// e / (s sqrt(1 - h)) (`rstandard`); none where h is 1.
    pub standardized: Vec<Option<f64>>,
    /// e / (s_(i) sqrt(1 - h)), with s_(i)^2 = (RSS - e^2/(1 - h))/(df - 1) of the other rows (`rstudent`; Belsley,
    /// Kuh and Welsch 1980, eq. 2.26); none where h is 1 or the others fit perfectly.
    pub studentized: Vec<Option<f64>>,
    /// Cook's (1977) distance, e^2 h / (k s^2 (1 - h)^2) (`cooks.distance`); none where h is 1.
    pub cooks_distance: Vec<Option<f64>>,
}

/// Leverage, studentised residuals and Cook's distance of each row.
///
/// # Errors
/// [`Reason::PerfectFit`]; [`Reason::NotDefined`] with weights.
pub fn influence(estimated: &Estimated) -> Result<Influence, Reason> {
    super::check::check(estimated)?;
    let leverage = leverage(estimated.ingredients().regressors);
    let residuals = estimated.residuals();
    let coefficients = estimated.coefficients().len() as f64;
    let df = estimated.df_residual() as f64;
    let (rss, sigma2) = (estimated.rss(), estimated.rss() / df);
    // None where the row is fitted perfectly by a coefficient of its own.
    let free = |row: usize| Some(1.0 - leverage[row]).filter(|free| *free > FULL_LEVERAGE);
    let standardized = |row: usize| Some(residuals[row] / (sigma2 * free(row)?).sqrt());
    let studentized = |row: usize| {
        let free = free(row)?;
        let others = rss - residuals[row].powi(2) / free;
        let told = df > 1.0 && others > 1e-12 * rss;
        told.then(|| residuals[row] / (others / (df - 1.0) * free).sqrt())
    };
    let cook = |row: usize| {
        let free = free(row)?;
        Some(residuals[row].powi(2) * leverage[row] / (coefficients * sigma2 * free * free))
    };
    let rows = 0..residuals.len();
    Ok(Influence {
        standardized: rows.clone().map(standardized).collect(),
        studentized: rows.clone().map(studentized).collect(),
        cooks_distance: rows.map(cook).collect(),
        leverage,
    })
}

/// The diagonal of X(X'X)^-1X', from an orthogonal basis of X, which loses no digits where X is nearly
/// collinear.
fn leverage(regressors: &Mat<f64>) -> Vec<f64> {
    let basis = scaled(regressors).qr().compute_thin_Q();
    (0..basis.nrows())
        .map(|row| (0..basis.ncols()).map(|column| basis[(row, column)].powi(2)).sum::<f64>().min(1.0))
        .collect()
}

/// The columns, each over its largest value.
fn scaled(matrix: &Mat<f64>) -> Mat<f64> {
    let sizes: Vec<f64> = (0..matrix.ncols())
        .map(|column| (0..matrix.nrows()).fold(0.0_f64, |size, row| size.max(matrix[(row, column)].abs())))
        .collect();
    Mat::from_fn(matrix.nrows(), matrix.ncols(), |row, column| {
        if sizes[column] > 0.0 { matrix[(row, column)] / sizes[column] } else { 0.0 }
    })
}

/// The ratio of the largest to the smallest singular value of the regressors as they are, units of
/// measurement included (R's `kappa(exact = TRUE)`).
///
/// # Errors
/// [`Reason::NotFinite`] where it overflows.
pub fn condition_number(estimated: &Estimated) -> Result<f64, Reason> {
    let overflow = || Reason::NotFinite { what: "the condition number".into() };
    let values = estimated.ingredients().regressors.singular_values().map_err(|_| overflow())?;
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(*value));
    let smallest = values.iter().fold(f64::INFINITY, |smallest, value| smallest.min(*value));
    let ratio = largest / smallest;
    if ratio.is_finite() { Ok(ratio) } else { Err(overflow()) }
}
