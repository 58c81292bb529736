//! One equation, estimated in one of several ways.

use serde::{Deserialize, Serialize};
use vintner_estimation::{Outcome, Reason};
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
        let fit = match outcome {
            Outcome::Fit(fit) => fit,
            Outcome::NotEstimable(refusal) => {
                return Self::NotEstimable { reason: refusal.reason.clone() };
            }
        };
        let coefficients = regressors
            .iter()
            .filter_map(|regressor| {
                let coefficient = fit.coefficient(regressor)?;
                let half = coefficient.std_error.map(|error| error * fit.reference.critical(INTERVAL_LEVEL));
                Some(SpecifiedCoefficient {
                    regressor: regressor.clone(),
                    estimate: coefficient.estimate,
                    std_error: coefficient.std_error,
                    p_value: coefficient.p_value,
                    low: half.map(|half| coefficient.estimate - half),
                    high: half.map(|half| coefficient.estimate + half),
                })
            })
            .collect();
        Self::Estimated {
            coefficients,
            n_obs: fit.n_obs,
            notes: fit.notes.iter().map(ToString::to_string).collect(),
        }
    }
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
