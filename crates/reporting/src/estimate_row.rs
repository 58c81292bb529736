//! One coefficient of one equation for one unit: what the estimators hand to the report.

use serde::{Deserialize, Serialize};

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
