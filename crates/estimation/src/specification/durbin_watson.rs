//! The Durbin-Watson test.

use std::ops::Range;

use faer::{Mat, Side};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::auxiliary::{plain, squares};
use super::quadratic_form::probability_below_zero;
use super::series::LagReach;
use crate::fit::Estimated;
use crate::inference::{HypothesisTest, Tail};
use crate::models::Model;
use crate::numerics::{less_means, norm, normal_lower, normal_two_sided, normal_upper};
use crate::outcome::Reason;
use crate::sample::Rows;

/// What the alternative is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PValueMethod {
    /// Exactly with fewer than 100 rows, else from the normal distribution, as in lmtest.
    #[default]
    BySize,
    /// Exactly, from the eigenvalues of MA.
    Exact,
    /// From the normal distribution of the statistic's mean and variance.
    Normal,
}

/// Options of [`durbin_watson`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DurbinWatson {
    /// Whether differences cross from an entity to the next, as if the rows were one series.
    pub lags: LagReach,
    /// How the p-value is computed.
    pub p_value: PValueMethod,
    /// The alternative.
    pub alternative: Autocorrelation,
}

/// d = e'Ae/e'e, the sum of squared differences of successive residuals over the sum of squares (Durbin and Watson
/// 1950, 1951). The p-value is exact, given normal errors, or from the normal distribution with
/// E d = P/r, V d = 2 (Q - P E d)/(r (r + 2)), P = tr(MA), Q = tr(MAMA), where M projects off the regressors and fixed
/// effects, and r is its rank. Of random effects, between and differences, M projects off the regressors as the model
/// transformed them. plm's `pdwtest` and lmtest's `dwtest` with `lags: stacked`.
///
/// DIFFERENCE: those take differences across entities too, and M projects off the transformed regressors alone, as if
/// deviations from means were independent (E d is then about 2, when it is 2 + 2/T; a correlation of 1/T goes
/// unseen). lmtest's exact p-values use 15 nodes of quadrature, ours as many as are needed.
///
/// # Errors
/// With fewer than two degrees of freedom for residuals, or five rows where the normal distribution is used, no
/// successive rows, or a perfect fit.
pub fn durbin_watson(estimated: &Estimated, options: DurbinWatson) -> Result<HypothesisTest, Reason> {
    plain(estimated.sample())?;
    if estimated.is_perfect() {
        return Err(Reason::PerfectFit);
    }
    let ingredients = estimated.ingredients();
    let observations = ingredients.residuals.len();
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
    let fitted = Fitted::new(estimated, options.lags);
    let parameters = fitted.basis.ncols() + fitted.entities.len();
    if observations < parameters + 2 {
        return Err(Reason::NoResidualDegreesOfFreedom { observations, parameters });
    }
    let free = (observations - parameters) as f64;
    let (lower, upper, both) = if exact {
        let lower = exact_lower(&fitted, &runs, statistic);
        (lower, 1.0 - lower, 2.0 * lower.min(1.0 - lower))
    } else {
        if observations < 5 {
            return Err(Reason::TooFewObservations { observations, parameters });
        }
        // A turns what is constant in each entity to zero, so that only the basis matters.
        let image = applied(&fitted.basis, &runs);
        let inner = fitted.basis.transpose() * &image;
        let (mut first, mut second) = (0.0, 0.0);
        for run in runs.iter().filter(|run| run.len() > 1) {
            first += 2.0 * (run.len() as f64 - 1.0);
            second += 2.0 * (3.0 * run.len() as f64 - 4.0);
        }
        let p = first - (0..inner.ncols()).map(|at| inner[(at, at)]).sum::<f64>();
        let q = second - 2.0 * frobenius(&image) + frobenius(&inner);
        let mean = p / free;
        let variance = 2.0 / (free * (free + 2.0)) * (q - p * mean);
        if variance.is_nan() || variance <= 0.0 {
            return Err(Reason::TooFewObservations { observations, parameters });
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

/// What M projects off.
struct Fitted {
    /// Orthonormal: of the transformed regressors, and of what effects of entities leave of those of times.
    basis: Mat<f64>,
    /// The entities' rows, where these have effects.
    entities: Vec<Range<usize>>,
}

impl Fitted {
    fn new(estimated: &Estimated, lags: LagReach) -> Self {
        let ingredients = estimated.ingredients();
        let slopes = ingredients.regressors.as_ref().qr().compute_thin_Q();
        let (entity, time) = match estimated.model() {
            _ if lags == LagReach::Stacked => (false, false),
            Model::Within => (true, false),
            Model::WithinTime => (false, true),
            Model::WithinTwoWay => (true, true),
            _ => (false, false),
        };
        let entities = if entity { ingredients.groups.to_vec() } else { Vec::new() };
        let mut others: Vec<Vec<f64>> = Vec::new();
        if time {
            let times = Rows::of(estimated.sample()).by_time();
            for level in 0..times.levels() {
                let mut left: Vec<f64> =
                    times.codes.iter().map(|code| f64::from(u8::from(*code == level))).collect();
                let size = norm(&left);
                if entity {
                    left = less_means(&left, &entities);
                }
                // Gram-Schmidt, twice.
                for _ in 0..2 {
                    for other in &others {
                        let product: f64 = other.iter().zip(&left).map(|(one, value)| one * value).sum();
                        left.iter_mut().zip(other).for_each(|(value, one)| *value -= product * one);
                    }
                }
                let rest = norm(&left);
                if rest > DEPENDENT * size {
                    others.push(left.iter().map(|value| value / rest).collect());
                }
            }
        }
        let own = slopes.ncols();
        let basis = Mat::from_fn(slopes.nrows(), own + others.len(), |row, at| match at.checked_sub(own) {
            None => slopes[(row, at)],
            Some(at) => others[at][row],
        });
        Self { basis, entities }
    }

    /// The projection on what is constant in each entity.
    fn of_entities(&self, rows: usize) -> Mat<f64> {
        let mut projector = Mat::zeros(rows, rows);
        for group in &self.entities {
            for i in group.clone() {
                group.clone().for_each(|j| projector[(i, j)] = 1.0 / group.len() as f64);
            }
        }
        projector
    }
}

/// A time's effect of which the others leave less than this is a combination of them.
const DEPENDENT: f64 = 1e-8;

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

/// P(e'Ae/e'e < d): e'(A - d)e is a weighted sum of r squares, with the eigenvalues of MAM on the space that M
/// projects on, less d, as weights.
fn exact_lower(fitted: &Fitted, runs: &[Range<usize>], statistic: f64) -> f64 {
    let (rows, basis) = (fitted.basis.nrows(), &fitted.basis);
    let parameters = basis.ncols() + fitted.entities.len();
    let of_entities = fitted.of_entities(rows);
    let projector = Mat::from_fn(rows, rows, |i, j| {
        let inner: f64 = (0..basis.ncols()).map(|at| basis[(i, at)] * basis[(j, at)]).sum();
        f64::from(u8::from(i == j)) - inner - of_entities[(i, j)]
    });
    // Eigenvalues of M(A + 1)M: those off the space are zero, all others 1 or more.
    let shifted = &applied(&projector, runs) + &projector;
    let form = &projector * &shifted;
    let Ok(decomposition) = form.self_adjoint_eigen(Side::Lower) else { return f64::NAN };
    let values = decomposition.S().column_vector();
    let mut eigenvalues: Vec<f64> = (0..rows).map(|at| values[at]).collect();
    eigenvalues.sort_by(|one, other| other.total_cmp(one));
    let weights: Vec<f64> =
        eigenvalues[..rows - parameters].iter().map(|value| value - 1.0 - statistic).collect();
    probability_below_zero(&weights)
}
