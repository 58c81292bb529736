//! The Durbin-Watson test.

use std::ops::Range;

use faer::{Mat, Side};
use serde::{Deserialize, Serialize};

use super::auxiliary::{plain, squares};
use super::quadratic_form::probability_below_zero;
use super::series::LagReach;
use crate::distributions::{normal_lower, normal_two_sided, normal_upper};
use crate::{Estimated, HypothesisTest, Reason, Tail};

/// What the alternative is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Autocorrelation {
    /// Positive autocorrelation: small statistics (lmtest's default, `greater`).
    #[default]
    Positive,
    /// Negative: large ones.
    Negative,
    /// Either.
    Either,
}

/// How the p-value is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PValueMethod {
    /// Exactly with fewer than 100 rows, else from the normal distribution, as in lmtest.
    #[default]
    BySize,
    /// Exactly, from the n - k eigenvalues of MA.
    Exact,
    /// From the normal distribution of the statistic's mean and variance.
    Normal,
}

/// Options of [`durbin_watson`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DurbinWatson {
    /// Whether differences cross from an entity to the next.
    pub lags: LagReach,
    /// How the p-value is computed.
    pub p_value: PValueMethod,
    /// The alternative.
    pub alternative: Autocorrelation,
}

/// d = e'Ae/e'e, the sum of squared differences of successive residuals over the sum of squares (Durbin and Watson
/// 1950, 1951). The p-value is exact, given normal errors, or from the normal distribution with
/// E d = P/(n - k), V d = 2 (Q - P E d)/((n - k)(n - k + 2)), P = tr(MA), Q = tr(MAMA), where M projects off the
/// regressors as the model transformed them. plm's `pdwtest` and lmtest's `dwtest` with `lags: stacked`.
///
/// DIFFERENCE: those take differences across entities too; by default ours don't. Neither counts absorbed
/// effects among the k. lmtest's exact p-values use 15 nodes of quadrature, ours as many as are needed.
///
/// # Errors
/// With fewer than five rows beyond the regressors, no successive rows, or a perfect fit.
pub fn durbin_watson(estimated: &Estimated, options: DurbinWatson) -> Result<HypothesisTest, Reason> {
    plain(estimated.sample())?;
    if estimated.is_perfect() {
        return Err(Reason::PerfectFit);
    }
    let ingredients = estimated.ingredients();
    let (observations, slopes) = (ingredients.residuals.len(), ingredients.regressors.ncols());
    let runs = match options.lags {
        LagReach::Stacked => std::iter::once(0..observations).collect(),
        LagReach::Entity => runs(ingredients.groups, ingredients.times),
    };
    if runs.iter().all(|run| run.len() < 2) {
        return Err(Reason::NoSuccessiveRows);
    }
    let residuals = ingredients.residuals;
    let differences: f64 = runs
        .iter()
        .flat_map(|run| residuals[run.clone()].windows(2).map(|pair| (pair[1] - pair[0]).powi(2)))
        .sum();
    let statistic = differences / squares(residuals);
    let exact = match options.p_value {
        PValueMethod::BySize => observations < 100,
        PValueMethod::Exact => true,
        PValueMethod::Normal => false,
    };
    let basis = ingredients.regressors.as_ref().qr().compute_thin_Q();
    let free = (observations - slopes) as f64;
    let (lower, upper, both) = if exact {
        let lower = exact_lower(&basis, &runs, statistic);
        (lower, 1.0 - lower, 2.0 * lower.min(1.0 - lower))
    } else {
        if observations < 5.max(slopes + 1) {
            return Err(Reason::TooFewObservations { observations, parameters: slopes });
        }
        let image = applied(&basis, &runs);
        let inner = basis.transpose() * &image;
        let (mut first, mut second) = (0.0, 0.0);
        for run in runs.iter().filter(|run| run.len() > 1) {
            first += 2.0 * (run.len() as f64 - 1.0);
            second += 2.0 * (3.0 * run.len() as f64 - 4.0);
        }
        let p = first - (0..slopes).map(|at| inner[(at, at)]).sum::<f64>();
        let q = second - 2.0 * frobenius(&image) + frobenius(&inner);
        let mean = p / free;
        let variance = 2.0 / (free * (free + 2.0)) * (q - p * mean);
        if variance.is_nan() || variance <= 0.0 {
            return Err(Reason::TooFewObservations { observations, parameters: slopes });
        }
        let z = (statistic - mean) / variance.sqrt();
        (normal_lower(z), normal_upper(z), normal_two_sided(z))
    };
    let (tail, p_value) = match options.alternative {
        Autocorrelation::Positive => (Tail::Lower, lower),
        Autocorrelation::Negative => (Tail::Upper, upper),
        Autocorrelation::Either => (Tail::Both, both),
    };
    let null = "the errors aren't autocorrelated of first order";
    HypothesisTest::quadratic_forms("Durbin-Watson test", null, statistic, exact, tail, p_value)
}

/// Rows whose times follow one another without a gap.
fn runs(groups: &[Range<usize>], times: &[i32]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    for group in groups {
        let mut start = group.start;
        for row in group.clone().skip(1) {
            if times[row - 1].checked_add(1) != Some(times[row]) {
                runs.push(start..row);
                start = row;
            }
        }
        runs.push(start..group.end);
    }
    runs
}

/// AX: A has 1, 2, ..., 2, 1 on the diagonal of each run and -1 beside it.
fn applied(x: &Mat<f64>, runs: &[Range<usize>]) -> Mat<f64> {
    let mut image = Mat::zeros(x.nrows(), x.ncols());
    for run in runs {
        for row in run.clone() {
            for column in 0..x.ncols() {
                let mut value = 0.0;
                if row > run.start {
                    value += x[(row, column)] - x[(row - 1, column)];
                }
                if row + 1 < run.end {
                    value += x[(row, column)] - x[(row + 1, column)];
                }
                image[(row, column)] = value;
            }
        }
    }
    image
}

fn frobenius(matrix: &Mat<f64>) -> f64 {
    (0..matrix.ncols())
        .map(|column| (0..matrix.nrows()).map(|row| matrix[(row, column)].powi(2)).sum::<f64>())
        .sum()
}

/// P(e'Ae/e'e < d): e'(A - d)e is a weighted sum of n - k squares, with the eigenvalues of MAM on the space that M
/// projects on, less d, as weights.
fn exact_lower(basis: &Mat<f64>, runs: &[Range<usize>], statistic: f64) -> f64 {
    let (rows, slopes) = (basis.nrows(), basis.ncols());
    let projector = Mat::from_fn(rows, rows, |i, j| {
        let inner: f64 = (0..slopes).map(|at| basis[(i, at)] * basis[(j, at)]).sum();
        f64::from(u8::from(i == j)) - inner
    });
    // Eigenvalues of M(A + 1)M: those off the space are zero, all others 1 or more.
    let shifted = &applied(&projector, runs) + &projector;
    let form = &projector * &shifted;
    let Ok(decomposition) = form.self_adjoint_eigen(Side::Lower) else { return f64::NAN };
    let values = decomposition.S().column_vector();
    let mut eigenvalues: Vec<f64> = (0..rows).map(|at| values[at]).collect();
    eigenvalues.sort_by(|one, other| other.total_cmp(one));
    let weights: Vec<f64> =
        eigenvalues[..rows - slopes].iter().map(|value| value - 1.0 - statistic).collect();
    probability_below_zero(&weights)
}
