//! The distribution for tests under a covariance.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The distribution that a coefficient's statistic is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TestDistribution {
    /// t with the residual degrees of freedom, n - k - N (plm's summary, linearmodels).
    #[default]
    Residual,
    /// t with G - 1 degrees of freedom (Stata, fixest, pyfixest), or T - 1 where times take the clusters'
    /// place. Without clusters as `residual`.
    Clusters,
    /// t with each coefficient's own degrees of freedom (Bell and McCaffrey 2002; clubSandwich's default), in
    /// one-way clusters. Joint tests use G - 1. Elsewhere as `clusters`.
    Satterthwaite,
    /// The standard normal (linearmodels' `debiased = False`).
    Normal,
}
