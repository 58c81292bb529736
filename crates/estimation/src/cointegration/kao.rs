//! The test of Kao (1999, "Spurious regression and residual-based tests for cointegration in panel data", Journal of
//! Econometrics 90, 1-44).
//!
//! e are the residuals of the regression with entity effects and common slopes; rho their pooled first-order
//! autoregression, t its t statistic against 1 with s^2 = sum (e_t - rho e_{t-1})^2 / (N T); t_ADF that of the pooled
//! regression with p lagged differences of e. With w = (D y, D x')', S the average over the entities of their
//! covariance (uncentred), O that of their long-run covariance, v^2 = S_yy - S_yx S_xx^-1 S_xy and v0^2 the same of O
//! (his theorems 4 and 5):
//!   DF rho  = (sqrt(N) T (rho - 1) + 3 sqrt(N)) / sqrt(51/5)
//!   DF t    = sqrt(5/4) t + sqrt(15 N/8)
//!   DF rho* = (sqrt(N) T (rho - 1) + 3 sqrt(N) v^2/v0^2) / sqrt(3 + 36 v^4/(5 v0^4))
//!   DF t*   = (t + sqrt(6N) v/(2 v0)) / sqrt(v0^2/(2 v^2) + 3 v^2/(10 v0^2))
//!   ADF     = DF t* with t_ADF in the place of t
//! all standard normal, their lower tails. DF rho and DF t hold where regressors are strictly exogenous.
//!
//! The statistics of rho need a common T. DIFFERENCE: Kao writes t_ADF with the lagged differences partialled out entity
//! by entity, although their coefficients are common; here it is the t statistic of the pooled regression.

use faer::Mat;
use faer::linalg::solvers::Solve;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::Panel;

use super::series::{Unit, differences, entities};
use super::statistic::{CointegrationStatistic, NO_COINTEGRATION};
use crate::inference::{HypothesisTest, Tail, TestOutcome};
use crate::numerics::{mean, norm};
use crate::outcome::{Reason, Result};
use crate::sample::{Formula, Untestable};
use crate::unit_root::long_run::{Bandwidth, Kernel, product_sum, weights};
use crate::unit_root::{Column, Regression};

/// What the residual variance of the pooled regressions divides by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Divisor {
    /// The periods of all entities, N T: Kao's.
    #[default]
    Periods,
    /// The rows of the regression.
    Observations,
    /// Its residual degrees of freedom.
    DegreesOfFreedom,
}

/// How the test is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct KaoOptions {
    /// Lagged differences in the regression of ADF.
    pub lags: usize,
    /// The kernel of the long-run covariance.
    pub kernel: Kernel,
    /// Its bandwidth, chosen for each entity.
    pub bandwidth: Bandwidth,
    /// What residual variances divide by.
    pub divisor: Divisor,
    /// Whether means over the entities are taken away first: Stata's `demean`.
    pub demean: bool,
    /// What becomes of the test where an entity can't be used.
    pub untestable: Untestable,
}

impl Default for KaoOptions {
    /// Stata's options: one lag, Bartlett's kernel, the bandwidth of Newey and West (1994).
    fn default() -> Self {
        Self {
            lags: 1,
            kernel: Kernel::Bartlett,
            bandwidth: Bandwidth::NeweyWestAutomatic,
            divisor: Divisor::Periods,
            demean: false,
            untestable: Untestable::Refuse,
        }
    }
}

/// The test's results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kao {
    /// The equation.
    pub formula: Formula,
    /// The options.
    pub options: KaoOptions,
    /// DF rho, DF t, DF rho*, DF t* and ADF.
    pub statistics: Vec<CointegrationStatistic>,
    /// What they are made of; none where no entity can be used or the pooled regression can't be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<KaoParts>,
    /// The entities that they leave out, with the reasons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<(String, Reason)>,
}

/// What Kao's statistics are made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KaoParts {
    /// The common slopes, in the equation's order.
    pub slopes: Vec<f64>,
    /// rho.
    pub rho: f64,
    /// Its t statistic against 1.
    pub t_rho: f64,
    /// The same in the regression of ADF.
    pub t_adf: f64,
    /// v^2.
    pub variance: f64,
    /// v0^2.
    pub long_run_variance: f64,
    /// The bandwidths, by entity.
    pub bandwidths: Vec<usize>,
    /// Entities.
    pub entities: usize,
    /// Rows of the cointegrating regression.
    pub observations: usize,
}

const NAMES: [&str; 5] = ["DF rho", "DF t", "DF rho*", "DF t*", "ADF"];

/// Tests that the equation's variables aren't cointegrated in any entity.
///
/// # Errors
/// Where the equation makes no sense or names a column that isn't there or isn't numeric. What the data don't allow is
/// a reason in the statistics' place.
pub fn kao(panel: &Panel, formula: &Formula, options: &KaoOptions) -> Result<Kao> {
    let (mut kept, mut refused) = (Vec::new(), Vec::new());
    for (entity, unit) in entities(panel, formula, options.demean)? {
        match unit.and_then(|unit| long_enough(unit, options.lags)) {
            Ok(unit) => kept.push((entity, unit)),
            Err(reason) => refused.push((entity, reason)),
        }
    }
    let parts = match refused.first() {
        Some((entity, reason)) if options.untestable == Untestable::Refuse || kept.is_empty() => {
            Err(Reason::Entity { entity: entity.clone(), reason: Box::new(reason.clone()) })
        }
        _ => parts(&kept, formula, options),
    };
    let statistics = NAMES
        .into_iter()
        .map(|name| {
            let full = format!("Kao {name}");
            let test = parts.as_ref().map_err(Clone::clone).and_then(|parts| {
                let value = statistic(name, parts, &kept)?;
                HypothesisTest::normal(&full, NO_COINTEGRATION, value, Tail::Lower)
            });
            CointegrationStatistic {
                name: name.to_owned(),
                raw: None,
                outcome: TestOutcome::of(full.clone(), test),
            }
        })
        .collect();
    Ok(Kao {
        formula: formula.clone(),
        options: *options,
        statistics,
        left_out: if parts.is_ok() { refused } else { Vec::new() },
        parts: parts.ok(),
    })
}

fn long_enough(unit: Unit, lags: usize) -> std::result::Result<Unit, Reason> {
    // The regression of ADF loses as many rows as there are lags, and one more; it needs one at least.
    if unit.y.len() < lags + 2 {
        return Err(Reason::TooFewObservations { observations: unit.y.len(), parameters: lags + 1 });
    }
    Ok(unit)
}

fn parts(
    kept: &[(String, Unit)],
    formula: &Formula,
    options: &KaoOptions,
) -> std::result::Result<KaoParts, Reason> {
    if kept.is_empty() {
        return Err(Reason::NoObservations { rows_dropped: 0 });
    }
    let within = |values: &[f64]| -> Vec<f64> {
        let center = mean(values);
        values.iter().map(|value| value - center).collect()
    };
    let y: Vec<f64> = kept.iter().flat_map(|(_, unit)| within(&unit.y)).collect();
    let magnitude = norm(&kept.iter().flat_map(|(_, unit)| unit.y.iter().copied()).collect::<Vec<_>>());
    let columns: Vec<Column<'_>> = formula
        .regressors
        .iter()
        .enumerate()
        .map(|(place, name)| {
            (name.as_str(), kept.iter().flat_map(|(_, unit)| within(&unit.x[place])).collect())
        })
        .collect();
    let regression = Regression::fit(&y, &columns, magnitude)
        .map_err(|reason| reason.once("after the entities' means are taken out"))?;
    if regression.is_perfect() {
        return Err(Reason::PerfectFit);
    }
    let mut residuals: Vec<&[f64]> = Vec::new();
    let mut start = 0;
    for (_, unit) in kept {
        residuals.push(&regression.residuals[start..start + unit.y.len()]);
        start += unit.y.len();
    }
    let (rho, t_rho) = autoregression(&residuals, 0, options.divisor, magnitude)?;
    let (_, t_adf) = autoregression(&residuals, options.lags, options.divisor, magnitude)?;
    let order = 1 + formula.regressors.len();
    let (mut short, mut long) = (Mat::<f64>::zeros(order, order), Mat::<f64>::zeros(order, order));
    let mut bandwidths = Vec::new();
    for (_, unit) in kept {
        let changes: Vec<Vec<f64>> =
            std::iter::once(&unit.y).chain(&unit.x).map(|values| differences(values)).collect();
        let n = changes[0].len();
        let bandwidth = options.bandwidth.lags(n, options.kernel, || {
            (0..n).map(|row| changes.iter().map(|column| column[row]).sum()).collect()
        });
        let weights = weights(options.kernel, bandwidth, n);
        for i in 0..order {
            for j in 0..order {
                let plain = product_sum(&changes[i], &changes[j], 0);
                let lagged: f64 = weights
                    .iter()
                    .enumerate()
                    .map(|(place, weight)| {
                        let lag = place + 1;
                        weight
                            * (product_sum(&changes[i], &changes[j], lag)
                                + product_sum(&changes[j], &changes[i], lag))
                    })
                    .sum();
                let divisor = n as f64 * kept.len() as f64;
                short[(i, j)] += plain / divisor;
                long[(i, j)] += (plain + lagged) / divisor;
            }
        }
        bandwidths.push(bandwidth);
    }
    Ok(KaoParts {
        slopes: regression.coefficients.clone(),
        rho,
        t_rho,
        t_adf,
        variance: conditional(&short)?,
        long_run_variance: conditional(&long)?,
        bandwidths,
        entities: kept.len(),
        observations: y.len(),
    })
}

/// The pooled autoregression of the residuals with so many lagged differences: the coefficient of the lagged level and
/// its t statistic against 1.
fn autoregression(
    residuals: &[&[f64]],
    lags: usize,
    divisor: Divisor,
    magnitude: f64,
) -> std::result::Result<(f64, f64), Reason> {
    let mut y = Vec::new();
    let mut columns: Vec<Column<'_>> = vec![("lagged residual", Vec::new())];
    columns.extend((0..lags).map(|_| ("lagged difference", Vec::new())));
    for series in residuals {
        for row in lags + 1..series.len() {
            y.push(series[row]);
            columns[0].1.push(series[row - 1]);
            for lag in 1..=lags {
                columns[lag].1.push(series[row - lag] - series[row - lag - 1]);
            }
        }
    }
    let fit = Regression::fit(&y, &columns, magnitude)?;
    // The reasons for which there is no variance are those of any regression.
    fit.variance(true)?;
    let divisor = match divisor {
        Divisor::Periods => residuals.iter().map(|series| series.len()).sum::<usize>(),
        Divisor::Observations => fit.rows,
        Divisor::DegreesOfFreedom => fit.degrees_of_freedom(),
    };
    let error = (fit.rss / divisor as f64 * fit.bread[0]).sqrt();
    Ok((fit.coefficients[0], (fit.coefficients[0] - 1.0) / error))
}

/// The variance of the first variable given the others.
fn conditional(covariance: &Mat<f64>) -> std::result::Result<f64, Reason> {
    let order = covariance.nrows();
    let others = Mat::from_fn(order - 1, order - 1, |i, j| covariance[(i + 1, j + 1)]);
    let cross = Mat::from_fn(order - 1, 1, |i, _| covariance[(i + 1, 0)]);
    let solved = others.full_piv_lu().solve(&cross);
    let explained: f64 = (0..order - 1).map(|i| cross[(i, 0)] * solved[(i, 0)]).sum();
    let variance = covariance[(0, 0)] - explained;
    // What is left of a variance that the others explain to the last digit is rounding.
    if variance > 1e-12 * covariance[(0, 0)] { Ok(variance) } else { Err(Reason::NoLongRunVariance) }
}

fn statistic(name: &str, parts: &KaoParts, kept: &[(String, Unit)]) -> std::result::Result<f64, Reason> {
    let n = parts.entities as f64;
    let periods = || {
        let lengths = kept.iter().map(|(entity, unit)| (entity.as_str(), unit.y.len()));
        crate::unit_root::common_length(lengths).map(|length| length as f64)
    };
    let ratio = parts.variance / parts.long_run_variance;
    let adjusted = |t: f64| {
        (t + (6.0 * n).sqrt() * ratio.sqrt() / 2.0) / (1.0 / (2.0 * ratio) + 3.0 * ratio / 10.0).sqrt()
    };
    Ok(match name {
        "DF rho" => (n.sqrt() * periods()? * (parts.rho - 1.0) + 3.0 * n.sqrt()) / f64::sqrt(51.0 / 5.0),
        "DF t" => f64::sqrt(5.0 / 4.0) * parts.t_rho + (15.0 * n / 8.0).sqrt(),
        "DF rho*" => {
            (n.sqrt() * periods()? * (parts.rho - 1.0) + 3.0 * n.sqrt() * ratio)
                / (3.0 + 36.0 * ratio * ratio / 5.0).sqrt()
        }
        "DF t*" => adjusted(parts.t_rho),
        _ => adjusted(parts.t_adf),
    })
}
