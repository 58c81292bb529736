//! One coefficient of one equation for one unit: what the estimators hand to the report.

use serde::{Deserialize, Serialize};
use vintner_estimation::{Outcome, ReferenceDistribution};

use crate::error::{ReportingError, Result};
use crate::table_spec::TableSpec;

/// A coefficient with what was estimated of it, or the reason why nothing was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EstimateRow {
    /// The id of the table it belongs to.
    pub table: String,
    /// The dependent variable's id.
    pub dependent: String,
    /// The unit's id (an entity, or the pooled row).
    pub unit: String,
    /// The regressor's id.
    pub regressor: String,
    /// What came of it.
    pub outcome: EstimateOutcome,
    /// Observations used, where that is known.
    pub n_obs: Option<usize>,
    /// Residual degrees of freedom, where there are any.
    pub df_resid: Option<usize>,
    /// The distribution of the statistic, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<ReferenceDistribution>,
    /// What a reader ought to know of the estimate; empty for nothing.
    #[serde(default)]
    pub note: String,
}

/// What came of estimating a coefficient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EstimateOutcome {
    /// Numbers, all finite.
    Estimated {
        /// The coefficient.
        estimate: f64,
        /// Its standard error, in the coefficient's unit; absent where a perfect fit leaves none.
        std_error: Option<f64>,
        /// Estimate over standard error.
        statistic: Option<f64>,
        /// Two-sided.
        p_value: Option<f64>,
    },
    /// None, and why ("3 observations, 5 parameters").
    NotEstimable {
        /// The reason.
        reason: String,
    },
}

impl EstimateRow {
    /// The rows of a table for one unit's fit: one for each of the table's regressors, in its order.
    /// Other coefficients of the fit (the intercept) aren't reported.
    ///
    /// # Errors
    /// Where the fit has no coefficient for one of the regressors.
    pub fn of_outcome(table: &TableSpec, unit: &str, outcome: &Outcome) -> Result<Vec<Self>> {
        let notes = outcome.fit().map(|fit| fit.notes.as_slice()).unwrap_or_default();
        let note = notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        table
            .regressors
            .iter()
            .map(|regressor| {
                let came_of_it = match outcome {
                    Outcome::Fit(fit) => match (fit.coefficient(regressor), fit.left_out(regressor)) {
                        (Some(coefficient), _) => EstimateOutcome::Estimated {
                            estimate: coefficient.estimate,
                            std_error: coefficient.std_error,
                            statistic: coefficient.statistic,
                            p_value: coefficient.p_value,
                        },
                        (None, Some(reason)) => EstimateOutcome::NotEstimable { reason },
                        (None, None) => {
                            return Err(ReportingError::Unknown {
                                kind: "regressor",
                                found: format!("{regressor} (table {})", table.id),
                                available: fit.coefficients.iter().map(|one| one.name.clone()).collect(),
                            });
                        }
                    },
                    Outcome::NotEstimable(refusal) => {
                        EstimateOutcome::NotEstimable { reason: refusal.reason.to_string() }
                    }
                };
                Ok(Self {
                    table: table.id.clone(),
                    dependent: table.dependent.clone(),
                    unit: unit.into(),
                    regressor: regressor.clone(),
                    outcome: came_of_it,
                    n_obs: Some(outcome.n_obs()),
                    df_resid: outcome.fit().map(|fit| fit.df_residual),
                    reference: outcome.fit().map(|fit| fit.reference),
                    note: note.clone(),
                })
            })
            .collect()
    }
}
