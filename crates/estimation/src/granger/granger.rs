//! Granger non-causality tests: per entity, and pooled with entity effects.
//!
//! For each entity i the dependent variable is regressed on an intercept, its own p lags and p lags of
//! the other variable,
//!   y_it = a_i + sum_k g_ik y_i,t-k + sum_k b_ik x_i,t-k + e_it,   k = 1..p
//! (Granger 1969, Econometrica 37; Dumitrescu and Hurlin 2012, eq. 1), and b_i1 = ... = b_ip = 0 is
//! tested: F = ((RSS_r - RSS_u)/p) / (RSS_u/(n - 2p - 1)) and the Wald statistic pF, chi-squared
//! with p degrees of freedom. These are lmtest's `grangertest` with `test = "F"` and `"Chisq"`.
//! Lags go by the time's value, so a hole drops the rows that would need it; lmtest and statsmodels
//! bridge holes (DIFFERENCE).

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use vintner_panel::Panel;

use crate::covariance::Covariance;
use crate::fit::{Estimated, Outcome, estimate};
use crate::inference::JointTest;
use crate::models::Model;
use crate::numerics::{chi_squared_upper, f_upper};
use crate::outcome::{EstimationError, Reason, Result};
use crate::sample::{Formula, Sample, lag, lag_name};

/// One entity's test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GrangerTest {
    /// The lag order, p.
    pub order: usize,
    /// Rows with all lags, n.
    pub n_obs: usize,
    /// F statistic.
    pub f: f64,
    /// p.
    pub df_numerator: usize,
    /// n - 2p - 1.
    pub df_denominator: usize,
    /// P(F > f).
    pub f_p_value: f64,
    /// The Wald statistic pF.
    pub chi_squared: f64,
    /// From chi-squared with p degrees of freedom.
    pub chi_squared_p_value: f64,
}

/// A test, or the reason why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum GrangerOutcome {
    /// It was computed.
    Test(GrangerTest),
    /// It can't be.
    NotEstimable {
        /// Why.
        reason: Reason,
        /// Rows with all lags that there were.
        n_obs: usize,
    },
}

impl GrangerOutcome {
    /// The test.
    pub fn test(&self) -> Option<&GrangerTest> {
        match self {
            Self::Test(test) => Some(test),
            Self::NotEstimable { .. } => None,
        }
    }

    /// Why there is no test.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Test(_) => None,
            Self::NotEstimable { reason, .. } => Some(reason),
        }
    }
}

/// The outcome of one entity's test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitGranger {
    /// The entity.
    pub unit: String,
    /// Its test, or why there is none.
    pub outcome: GrangerOutcome,
}

/// The pooled test, with entity effects and common slopes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PooledGranger {
    /// The lag order, p.
    pub order: usize,
    /// The regression on the lags of both variables.
    pub regression: Outcome,
    /// The joint test of the p lags of the other variable, under the regression's covariance.
    pub test: Option<JointTest>,
}

/// Tests for each entity that `cause` doesn't Granger-cause `effect`, in the panel's order.
///
/// # Errors
/// Where a variable is absent or not numeric, both are the same, or the order is 0.
pub fn granger_by_entity(panel: &Panel, effect: &str, cause: &str, order: usize) -> Result<Vec<UnitGranger>> {
    let unrestricted =
        Sample::by_entity(&with_lags(panel, effect, cause, order)?, &formula(effect, cause, order))?;
    Ok(panel
        .entities()
        .par_iter()
        .zip(&unrestricted)
        .map(|(unit, sample)| UnitGranger {
            unit: unit.clone(),
            outcome: match test(sample, order) {
                Ok(test) => GrangerOutcome::Test(test),
                Err(reason) => GrangerOutcome::NotEstimable { reason, n_obs: sample.height() },
            },
        })
        .collect())
}

/// Tests that `cause` doesn't Granger-cause `effect` with slopes common to all entities and entity
/// effects absorbed. (With few periods the lagged dependent variable biases this; Nickell 1981.)
///
/// # Errors
/// As [`granger_by_entity`].
pub fn granger_pooled(
    panel: &Panel,
    effect: &str,
    cause: &str,
    order: usize,
    covariance: &Covariance,
) -> Result<PooledGranger> {
    let lagged = with_lags(panel, effect, cause, order)?;
    let regression = estimate(&lagged, &formula(effect, cause, order), Model::Within, covariance)?;
    let tested: Vec<String> = (1..=order).map(|k| lag_name(cause, k)).collect();
    let test = regression.fit().map(|fit| fit.joint_test(&tested)).transpose()?.flatten();
    Ok(PooledGranger { order, regression, test })
}

/// The panel with the lags of both variables as columns.
pub(crate) fn with_lags(panel: &Panel, effect: &str, cause: &str, order: usize) -> Result<Panel> {
    if effect == cause {
        return Err(EstimationError::SameVariable { variable: effect.into() });
    }
    if order == 0 {
        return Err(EstimationError::NoLags { entity: None });
    }
    let mut lagged = panel.clone();
    for variable in [effect, cause] {
        let values = panel.values(variable)?;
        for k in 1..=order {
            lagged = lagged.with_values(&lag_name(variable, k), lag(panel, &values, k))?;
        }
    }
    Ok(lagged)
}

pub(crate) fn formula(effect: &str, cause: &str, order: usize) -> Formula {
    let lags: Vec<String> =
        [effect, cause].iter().flat_map(|variable| (1..=order).map(|k| lag_name(variable, k))).collect();
    // A test of some coefficients needs them all.
    Formula::new(effect, &lags).refusing_collinear()
}

fn test(sample: &Sample, order: usize) -> std::result::Result<GrangerTest, Reason> {
    let unrestricted = Model::Ols.estimate(sample)?;
    if unrestricted.is_perfect() {
        return Err(Reason::PerfectFit);
    }
    let restricted = Model::Ols.estimate(&sample.with_first_regressors(order))?;
    let df_denominator = unrestricted.df_residual();
    // RSS_r - RSS_u, as the sum of squares that it is, so that a small F keeps its digits
    let gained = distance(&restricted, &unrestricted);
    let chi_squared = gained / (unrestricted.rss() / df_denominator as f64);
    let f = chi_squared / order as f64;
    if !chi_squared.is_finite() {
        return Err(Reason::NotFinite { what: "the test statistic".into() });
    }
    Ok(GrangerTest {
        order,
        n_obs: sample.height(),
        f,
        df_numerator: order,
        df_denominator,
        f_p_value: f_upper(f, order as f64, df_denominator as f64),
        chi_squared,
        chi_squared_p_value: chi_squared_upper(chi_squared, order as f64),
    })
}

fn distance(left: &Estimated, right: &Estimated) -> f64 {
    left.residuals().iter().zip(right.residuals()).map(|(a, b)| (a - b).powi(2)).sum()
}
