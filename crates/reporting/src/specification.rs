//! One equation, estimated in one of several ways.

use serde::{Deserialize, Serialize};
use vintner_estimation::bootstrap::BootstrapFit;
use vintner_estimation::systems::{SystemOutcome, SystemResult};
use vintner_estimation::{Coefficient, HeterogeneousOutcome, Outcome, Reason, ReferenceDistribution};
use vintner_panel::Label;

/// The level of the intervals that a specification carries.
pub const INTERVAL_LEVEL: f64 = 0.95;

/// An equation under one model and one way of making standard errors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Specification {
    /// The equation's id, which is the id of its table.
    pub equation: String,
    /// What the model is called.
    pub model: Label,
    /// What the standard errors, or the intervals, are called.
    pub errors: Label,
    /// Whether it is the specification that was published.
    #[serde(default)]
    pub baseline: bool,
    /// What came of it.
    pub outcome: SpecificationOutcome,
}

/// The coefficients of a specification, or the reason why there are none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum SpecificationOutcome {
    /// It was estimated.
    Estimated {
        /// The regressors' coefficients, in the equation's order; those that were dropped aren't there.
        coefficients: Vec<SpecifiedCoefficient>,
        /// Observations.
        n_obs: usize,
        /// What a reader should know.
        #[serde(default)]
        notes: Vec<String>,
        /// The entities that the estimate leaves out.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        left_out: Vec<String>,
    },
    /// It can't be.
    NotEstimable {
        /// Why.
        reason: Reason,
    },
}

/// A coefficient with its interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpecifiedCoefficient {
    /// The regressor.
    pub regressor: String,
    /// The estimate.
    pub estimate: f64,
    /// Its standard error; absent where the method gives intervals alone.
    pub std_error: Option<f64>,
    /// Two-sided.
    pub p_value: Option<f64>,
    /// The lower end of the 95% interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

impl SpecificationOutcome {
    /// The slopes of a fit with the intervals of its reference distribution.
    pub fn of_outcome(outcome: &Outcome, regressors: &[String]) -> Self {
        match outcome {
            Outcome::Fit(fit) => Self::Estimated {
                coefficients: slopes(&fit.coefficients, fit.reference, regressors),
                n_obs: fit.n_obs,
                notes: fit.notes.iter().map(ToString::to_string).collect(),
                left_out: Vec::new(),
            },
            Outcome::NotEstimable(refusal) => Self::NotEstimable { reason: refusal.reason.clone() },
        }
    }

    /// The slopes of a bootstrap: with the interval that its test inverts to where there is one, else with that of
    /// the replications' quantiles.
    pub fn of_bootstrap(fit: &BootstrapFit, n_obs: usize, regressors: &[String]) -> Self {
        let coefficients = regressors
            .iter()
            .filter_map(|regressor| {
                let found = fit.coefficient(regressor)?;
                let percentile = found.intervals.percentile.map(|[low, high]| [Some(low), Some(high)]);
                let [low, high] = found.intervals.inverted.or(percentile).unwrap_or_default();
                Some(SpecifiedCoefficient {
                    regressor: regressor.clone(),
                    estimate: found.estimate,
                    std_error: found.std_error,
                    p_value: found.p_value,
                    low,
                    high,
                })
            })
            .collect();
        let failed = (fit.failed > 0).then(|| {
            let drawn = fit.failed + fit.replications;
            format!("{} of {drawn} samples gave no statistic and are left out", fit.failed)
        });
        let notes = failed.into_iter().collect();
        Self::Estimated { coefficients, n_obs, notes, left_out: Vec::new() }
    }

    /// The means of coefficients that differ between entities.
    pub fn of_mean_group(outcome: &HeterogeneousOutcome, regressors: &[String]) -> Self {
        match outcome {
            HeterogeneousOutcome::Fit(fit) => Self::Estimated {
                coefficients: slopes(&fit.coefficients, fit.reference, regressors),
                n_obs: fit.n_obs,
                notes: fit.notes.iter().map(ToString::to_string).collect(),
                left_out: fit.left_out.iter().map(|unit| unit.unit.clone()).collect(),
            },
            HeterogeneousOutcome::NotEstimable(refusal) => {
                Self::NotEstimable { reason: refusal.reason.clone() }
            }
        }
    }

    /// One equation's slopes in a system, by its name there.
    pub fn of_system(outcome: &SystemOutcome, equation: &str, regressors: &[String]) -> Option<Self> {
        let refused = outcome.left_out.iter().find(|refused| refused.equation == equation);
        if let Some(refused) = refused {
            return Some(Self::NotEstimable { reason: refused.reason.clone() });
        }
        let fit = match &outcome.result {
            SystemResult::Fit(fit) => fit,
            SystemResult::NotEstimable { reason } => {
                return Some(Self::NotEstimable { reason: reason.clone() });
            }
        };
        let place = fit.equations.iter().position(|one| one.name == equation)?;
        Some(Self::Estimated {
            coefficients: slopes(&fit.equations[place].coefficients, *fit.references.get(place)?, regressors),
            n_obs: fit.n_obs,
            notes: fit.notes.iter().map(ToString::to_string).collect(),
            left_out: Vec::new(),
        })
    }
}

fn slopes(
    coefficients: &[Coefficient],
    reference: ReferenceDistribution,
    regressors: &[String],
) -> Vec<SpecifiedCoefficient> {
    regressors
        .iter()
        .filter_map(|regressor| {
            let found = coefficients.iter().find(|one| one.name == *regressor)?;
            let half = found.std_error.map(|error| error * reference.critical_of(found, INTERVAL_LEVEL));
            Some(SpecifiedCoefficient {
                regressor: regressor.clone(),
                estimate: found.estimate,
                std_error: found.std_error,
                p_value: found.p_value,
                low: half.map(|half| found.estimate - half),
                high: half.map(|half| found.estimate + half),
            })
        })
        .collect()
}

impl Specification {
    /// The coefficient of a regressor, where it was estimated.
    pub fn coefficient(&self, regressor: &str) -> Option<&SpecifiedCoefficient> {
        match &self.outcome {
            SpecificationOutcome::Estimated { coefficients, .. } => {
                coefficients.iter().find(|coefficient| coefficient.regressor == regressor)
            }
            SpecificationOutcome::NotEstimable { .. } => None,
        }
    }
}
