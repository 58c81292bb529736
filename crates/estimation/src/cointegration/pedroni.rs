//! The seven tests of Pedroni (1999, Oxford Bulletin of Economics and Statistics 61, 653-670, table 1; 2004, Econometric
//! Theory 20, 597-625).
//!
//! For each entity: e, the residuals of the cointegrating regression; u, those of e_t on e_{t-1} (no intercept), with
//! variance s^2, one-sided long-run sum l and long-run variance o^2 = s^2 + 2l; L^2, the long-run variance of the residuals
//! of D y on D x (no intercept); e* and D e*, e_{t-1} and D e_t freed of p lagged differences, s*^2 the residual variance of
//! that regression. Averages over time divide by the number of their terms, T - 1 (T - 1 - p for s*^2). With A = sum of
//! e_{t-1}^2, B = sum of (e_{t-1} D e_t - l), sums over the entities, and a bar for averages over them:
//!   panel v   = T^2 N^(3/2) / sum L^-2 A                        (its upper tail)
//!   panel rho = T sqrt(N) sum L^-2 B / sum L^-2 A
//!   panel PP  = sum L^-2 B / sqrt(bar(L^-2 o^2) sum L^-2 A)
//!   panel ADF = sum L^-2 e* D e* / sqrt(bar(L^-2 s*^2) sum L^-2 e*^2)
//!   group rho = T / sqrt(N) sum B / A
//!   group PP  = 1 / sqrt(N) sum B / sqrt(o^2 A)
//!   group ADF = 1 / sqrt(N) sum e* D e* / sqrt(s*^2 e*^2)
//! each less its mean times sqrt(N), over the root of its variance ([`super::moments`]), is standard normal; the lower tail
//! counts but for panel v. Panel v and panel rho need a common T.
//!
//! DIFFERENCE: Pedroni (1999) prints panel ADF with bar(s*^2), so that it depends on the units of y: [`AdfVariance`].
//! EViews prints the panel statistics with L = 1 besides: `weighted: false`. R's pco weighs by L^-4, adds up one term less, takes
//! neither e* nor D e* as freed of lagged differences and standardizes m regressors by the moments of m + 1 (`pedroni99`)
//! or m + 2 (`pedroni99m`): nothing here equals it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::Panel;

use super::moments::pedroni_moments;
use super::series::{Unit, differences, entities};
use super::statistic::{CointegrationStatistic, NO_COINTEGRATION};
use crate::inference::{HypothesisTest, Tail, TestOutcome};
use crate::numerics::norm;
use crate::outcome::{Reason, Result};
use crate::sample::{Formula, Untestable};
use crate::unit_root::long_run::{Bandwidth, Kernel, long_run_variance, one_sided, product_sum};
use crate::unit_root::{Column, Deterministic, Lags, Regression, augmented_columns};

/// How the residual variances in panel ADF are averaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AdfVariance {
    /// Weighed by L^-2 as all else in it, so that units of measurement don't matter.
    #[default]
    Weighted,
    /// Not weighed, as Pedroni (1999) prints it.
    Unweighted,
}

/// How the tests are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PedroniOptions {
    /// Deterministic terms of the cointegrating regression.
    pub deterministic: Deterministic,
    /// Lagged differences in the regressions of ADF.
    pub lags: Lags,
    /// The kernel of long-run variances.
    pub kernel: Kernel,
    /// Its bandwidth, chosen for each series.
    pub bandwidth: Bandwidth,
    /// Whether the panel statistics weigh entities by L^-2.
    pub weighted: bool,
    /// How the residual variances in panel ADF are averaged.
    pub adf_variance: AdfVariance,
    /// Whether means over the entities are taken away first: Stata's `demean`, Pedroni's common time effects.
    pub demean: bool,
    /// What becomes of the tests where an entity can't be used.
    pub untestable: Untestable,
}

impl Default for PedroniOptions {
    /// Stata's options: an intercept, one lag, Bartlett's kernel, the bandwidth of Newey and West (1994).
    fn default() -> Self {
        Self {
            deterministic: Deterministic::Intercept,
            lags: Lags::Fixed(1),
            kernel: Kernel::Bartlett,
            bandwidth: Bandwidth::NeweyWestAutomatic,
            weighted: true,
            adf_variance: AdfVariance::Weighted,
            demean: false,
            untestable: Untestable::Refuse,
        }
    }
}

/// The tests' results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pedroni {
    /// The equation.
    pub formula: Formula,
    /// The options.
    pub options: PedroniOptions,
    /// Panel v, rho, PP and ADF, group rho, PP and ADF.
    pub statistics: Vec<CointegrationStatistic>,
    /// The entities.
    pub units: Vec<PedroniUnit>,
    /// The entities that the statistics leave out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
}

/// One entity's part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PedroniUnit {
    /// The entity.
    pub entity: String,
    /// What it contributes, or why it can't.
    pub outcome: PedroniUnitOutcome,
}

/// What an entity contributes, or why it can't.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum PedroniUnitOutcome {
    /// Its parts.
    Parts(PedroniParts),
    /// It can't.
    NotTestable {
        /// Why.
        reason: Reason,
    },
}

/// What an entity contributes to Pedroni's statistics, in the names of the module's documentation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PedroniParts {
    /// T.
    pub periods: usize,
    /// The first-order autocorrelation of e.
    pub rho: f64,
    /// s^2.
    pub variance: f64,
    /// l.
    pub lambda: f64,
    /// o^2.
    pub long_run_variance: f64,
    /// L^2.
    pub conditional_long_run_variance: f64,
    /// The bandwidth of l and o^2.
    pub bandwidth: usize,
    /// p.
    pub lags: usize,
    /// The t statistic of the ADF regression, its variance by the number of rows.
    pub t_adf: f64,
    /// A.
    square: f64,
    /// B.
    product: f64,
    /// Sum of e*^2.
    star_square: f64,
    /// Sum of e* D e*.
    star_product: f64,
    /// s*^2.
    star_variance: f64,
}

const NAMES: [&str; 7] =
    ["panel v", "panel rho", "panel PP", "panel ADF", "group rho", "group PP", "group ADF"];

/// Tests that the equation's variables aren't cointegrated in any entity.
///
/// # Errors
/// Where the equation makes no sense or names a column that isn't there or isn't numeric, and where lags per entity leave
/// one out. What the data don't allow is a reason in the statistics' place.
pub fn pedroni(panel: &Panel, formula: &Formula, options: &PedroniOptions) -> Result<Pedroni> {
    options.lags.check(panel.entities())?;
    let units: Vec<(String, std::result::Result<PedroniParts, Reason>)> =
        entities(panel, formula, options.demean)?
            .into_iter()
            .map(|(entity, unit)| {
                let parts = unit.and_then(|unit| parts(&entity, &unit, formula, options));
                (entity, parts)
            })
            .collect();
    let kept: Vec<(&str, &PedroniParts)> =
        units.iter().filter_map(|(entity, parts)| Some((entity.as_str(), parts.as_ref().ok()?))).collect();
    let refused =
        units.iter().find_map(|(entity, parts)| Some((entity.clone(), parts.as_ref().err()?.clone())));
    let allowed = match refused {
        Some((entity, reason)) if options.untestable == Untestable::Refuse || kept.is_empty() => {
            Err(Reason::Entity { entity, reason: Box::new(reason) })
        }
        None if kept.is_empty() => Err(Reason::NoObservations { rows_dropped: 0 }),
        _ => Ok(()),
    };
    let statistics: Vec<CointegrationStatistic> = NAMES
        .into_iter()
        .map(|name| {
            let full = format!("Pedroni {name}");
            let raw = allowed.clone().and_then(|()| raw(name, &kept, options));
            let test = raw.clone().and_then(|raw| {
                let value = standardized(name, raw, kept.len(), formula.regressors.len(), options)?;
                let tail = if name == "panel v" { Tail::Upper } else { Tail::Lower };
                HypothesisTest::normal(&full, NO_COINTEGRATION, value, tail)
            });
            CointegrationStatistic {
                name: name.to_owned(),
                raw: raw.ok(),
                outcome: TestOutcome::of(full.clone(), test),
            }
        })
        .collect();
    let left_out = match allowed {
        Ok(()) => {
            units.iter().filter(|(_, parts)| parts.is_err()).map(|(entity, _)| entity.clone()).collect()
        }
        Err(_) => Vec::new(),
    };
    let units = units
        .into_iter()
        .map(|(entity, parts)| PedroniUnit {
            entity,
            outcome: match parts {
                Ok(parts) => PedroniUnitOutcome::Parts(parts),
                Err(reason) => PedroniUnitOutcome::NotTestable { reason },
            },
        })
        .collect();
    Ok(Pedroni { formula: formula.clone(), options: options.clone(), statistics, units, left_out })
}

fn parts(
    entity: &str,
    unit: &Unit,
    formula: &Formula,
    options: &PedroniOptions,
) -> std::result::Result<PedroniParts, Reason> {
    let periods = unit.y.len();
    let magnitude = norm(&unit.y);
    let mut columns: Vec<Column<'_>> = options.deterministic.columns(0, periods);
    for (name, values) in formula.regressors.iter().zip(&unit.x) {
        columns.push((name.as_str(), values.clone()));
    }
    let cointegrating = Regression::fit(&unit.y, &columns, magnitude)?;
    cointegrating.variance(true)?;
    let e = &cointegrating.residuals;

    let lagged = vec![("lagged residual", e[..periods - 1].to_vec())];
    let autoregression = Regression::fit(&e[1..], &lagged, magnitude)?;
    let variance = autoregression.variance(false)?;
    let u = &autoregression.residuals;
    let bandwidth = options.bandwidth.lags(u.len(), options.kernel, || u.clone());
    let lambda = one_sided(u, options.kernel, bandwidth);
    let long = variance + 2.0 * lambda;

    let changes: Vec<Column<'_>> = formula
        .regressors
        .iter()
        .zip(&unit.x)
        .map(|(name, values)| (name.as_str(), differences(values)))
        .collect();
    let regression = Regression::fit(&differences(&unit.y), &changes, magnitude)?;
    regression.variance(false)?;
    let eta = &regression.residuals;
    let conditional_bandwidth = options.bandwidth.lags(eta.len(), options.kernel, || eta.clone());
    let conditional = long_run_variance(eta, options.kernel, conditional_bandwidth);
    if long <= 0.0 || conditional <= 0.0 {
        return Err(Reason::NoLongRunVariance);
    }

    let lags = options.lags.of(entity, e, Deterministic::None, false)?;
    let (y, columns) = augmented_columns(e, Deterministic::None, lags, lags)?;
    let adf = Regression::fit(&y, &columns, magnitude)?;
    let star_variance = adf.variance(false)?;
    let level = Regression::fit(&columns[0].1, &columns[1..], magnitude)?.residuals;
    let change = Regression::fit(&y, &columns[1..], magnitude)?.residuals;

    let changes = differences(e);
    let product = product_sum(&changes, e, 0) - lambda * changes.len() as f64;
    Ok(PedroniParts {
        periods,
        rho: autoregression.coefficients[0],
        variance,
        lambda,
        long_run_variance: long,
        conditional_long_run_variance: conditional,
        bandwidth,
        lags,
        t_adf: adf.t(0, false)?,
        square: product_sum(&e[..periods - 1], e, 0),
        product,
        star_square: product_sum(&level, &level, 0),
        star_product: product_sum(&level, &change, 0),
        star_variance,
    })
}

fn raw(
    name: &str,
    kept: &[(&str, &PedroniParts)],
    options: &PedroniOptions,
) -> std::result::Result<f64, Reason> {
    let n = kept.len() as f64;
    let sum = |term: &dyn Fn(&PedroniParts) -> f64| kept.iter().map(|(_, parts)| term(parts)).sum::<f64>();
    let weight = |parts: &PedroniParts| {
        if options.weighted { 1.0 / parts.conditional_long_run_variance } else { 1.0 }
    };
    let periods = || {
        let lengths = kept.iter().map(|(entity, parts)| (*entity, parts.periods));
        crate::unit_root::common_length(lengths).map(|length| length as f64)
    };
    let square = || sum(&|parts| weight(parts) * parts.square);
    let product = || sum(&|parts| weight(parts) * parts.product);
    Ok(match name {
        "panel v" => periods()?.powi(2) * n.powf(1.5) / square(),
        "panel rho" => periods()? * n.sqrt() * product() / square(),
        "panel PP" => {
            let variance = sum(&|parts| weight(parts) * parts.long_run_variance) / n;
            product() / (variance * square()).sqrt()
        }
        "panel ADF" => {
            let variance = sum(&|parts| match options.adf_variance {
                AdfVariance::Weighted => weight(parts) * parts.star_variance,
                AdfVariance::Unweighted => parts.star_variance,
            }) / n;
            sum(&|parts| weight(parts) * parts.star_product)
                / (variance * sum(&|parts| weight(parts) * parts.star_square)).sqrt()
        }
        "group rho" => sum(&|parts| parts.periods as f64 * parts.product / parts.square) / n.sqrt(),
        "group PP" => {
            sum(&|parts| parts.product / (parts.long_run_variance * parts.square).sqrt()) / n.sqrt()
        }
        _ => sum(&|parts| parts.star_product / (parts.star_variance * parts.star_square).sqrt()) / n.sqrt(),
    })
}

fn standardized(
    name: &str,
    raw: f64,
    n: usize,
    regressors: usize,
    options: &PedroniOptions,
) -> std::result::Result<f64, Reason> {
    let place = match name {
        "panel v" => 0,
        "panel rho" => 1,
        "panel PP" | "panel ADF" => 2,
        "group rho" => 3,
        _ => 4,
    };
    let moments = pedroni_moments(options.deterministic, regressors).ok_or_else(|| Reason::BeyondTable {
        table: "table 2 of Pedroni (1999), which goes to 7".into(),
        size: format!("a number of regressors of {regressors}"),
    })?;
    let [mean, variance] = moments[place];
    Ok((raw - mean * (n as f64).sqrt()) / variance.sqrt())
}
