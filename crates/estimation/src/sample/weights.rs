//! Weights of observations.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a weight says of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WeightKind {
    /// The inverse of its error's variance, up to a common factor: R's `lm`, fixest, pyfixest, linearmodels,
    /// Stata's `aweight` (which scales them to sum to n, so that its RSS and sigma2 differ by that factor).
    /// A row counts as one observation.
    #[default]
    Analytic,
    /// How often the row was observed: Stata's `fweight`, pyfixest's `weights_type = "fweights"`. A row
    /// counts as that many observations, in degrees of freedom too.
    Frequency,
}

/// A column of weights and its meaning. Serialised `{column: w, kind: frequency}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// The panel's column.
    pub column: String,
    /// What its numbers say.
    #[serde(default)]
    pub kind: WeightKind,
}

impl Weights {
    /// Analytic weights.
    pub fn analytic(column: impl Into<String>) -> Self {
        Self { column: column.into(), kind: WeightKind::Analytic }
    }

    /// Frequency weights.
    pub fn frequency(column: impl Into<String>) -> Self {
        Self { column: column.into(), kind: WeightKind::Frequency }
    }
}
