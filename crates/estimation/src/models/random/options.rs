//! Random effects and how their variances are estimated.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::effects::Effects;

/// Random effects and how their variances are estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RandomEffects {
    /// What has effects.
    pub effects: Effects,
    /// How the variances are estimated; plm's `random.method`.
    pub method: VarianceEstimator,
}

/// How the variances are estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VarianceEstimator {
    /// Swamy and Arora (1972), from the within and the between regression: the default of every program.
    #[default]
    Swar,
    /// As `swar`, but on unbalanced panels with the variance of the residuals of entity means set against that of
    /// the effect plus that of the error over the harmonic mean of T_i: Stata's `xtreg, re`, and linearmodels'
    /// without `small_sample`. One way, of entities or times.
    SwarHarmonic,
    /// Wallace and Hussain (1969), from the residuals of pooled least squares.
    Walhus,
    /// Amemiya (1971), from the within residuals.
    Amemiya,
    /// Nerlove (1971), from the within residuals and the variance of the fixed effects; one way only.
    Nerlove,
}
