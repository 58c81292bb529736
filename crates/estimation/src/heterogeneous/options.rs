//! What is estimated, and how.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An estimator of coefficients that differ between units, with its options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MeanGroup {
    /// The estimator.
    #[serde(default)]
    pub method: HeterogeneousMethod,
    /// A linear trend in each unit's regression.
    #[serde(default)]
    pub trend: Trend,
    /// What becomes of units that are too short for a regression of their own.
    #[serde(default)]
    pub short_units: ShortUnits,
    /// Swamy's variance of the coefficients.
    #[serde(default)]
    pub variance: CoefficientVariance,
    /// How the covariance of the pooled common-correlated-effects estimator weighs units.
    #[serde(default)]
    pub scaling: CceScaling,
    /// Whether the units' own coefficients are part of the result.
    #[serde(default)]
    pub units: bool,
}

/// An estimator of coefficients that differ between units. Named as in plm's `pmg` and `pcce`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeterogeneousMethod {
    /// Mean group: plm's `pmg(model = "mg")`.
    #[default]
    Mg,
    /// Demeaned mean group: `pmg(model = "dmg")`.
    Dmg,
    /// Common correlated effects mean group with the coefficients of the time means reported:
    /// `pmg(model = "cmg")`.
    Cmg,
    /// The same, slopes alone, by projecting the time means off: `pcce(model = "mg")`.
    CceMg,
    /// Common correlated effects, pooled: `pcce(model = "p")`.
    CcePooled,
    /// Swamy's random coefficients: `pvcm(model = "random")`.
    Swamy,
}

impl HeterogeneousMethod {
    /// What it is called in a report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mg => "mean group",
            Self::Dmg => "demeaned mean group",
            Self::Cmg | Self::CceMg => "common correlated effects, mean group",
            Self::CcePooled => "common correlated effects, pooled",
            Self::Swamy => "random coefficients (Swamy)",
        }
    }
}

/// A linear trend in each unit's regression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// None.
    #[default]
    None,
    /// 1, 2, 3, ... over the unit's rows, whatever times they are of (plm's `trend = TRUE`).
    Rows,
    /// The time, counted from the sample's first: a gap in a series counts.
    Time,
}

/// What becomes of units that are too short for a regression of their own, or whose regressors are
/// collinear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShortUnits {
    /// The estimate is refused with that unit's reason.
    #[default]
    Refuse,
    /// The estimate is that of the other units; [`MeanGroupFit::left_out`](crate::MeanGroupFit) names it.
    /// Time means are those of all units' rows either way.
    LeaveOut,
    /// The unit's coefficients are those of least norm, by the Moore-Penrose inverse of X_i'M_i X_i (plm's
    /// `pcce`). For [`HeterogeneousMethod::CceMg`] and [`HeterogeneousMethod::CcePooled`] alone; elsewhere as
    /// [`Self::Refuse`].
    GeneralizedInverse,
}

/// How Swamy's variance of the coefficients is estimated from D1, the covariance of the units'
/// coefficients, and D2, the mean of their V_i.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CoefficientVariance {
    /// D1 - D2, which is unbiased, and D1 where that isn't positive semidefinite (plm).
    #[default]
    FallBack,
    /// D1 always (Stata's `xtrchh`, RATS).
    Between,
    /// D1 - D2 whatever it is; refused where a Delta + V_i isn't positive definite then.
    Unbiased,
}

/// How the covariance of the pooled common-correlated-effects estimator is scaled. Without a difference on
/// balanced panels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CceScaling {
    /// N/(N - 1) times the sandwich of sum X_i'M_i X_i: each unit weighs as it does in the estimate.
    #[default]
    Sandwich,
    /// n^2/(N (N - 1) T_min^2) times it, with n rows and the shortest unit's T_min (plm).
    Shortest,
}
