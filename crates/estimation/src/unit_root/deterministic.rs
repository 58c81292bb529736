//! What besides the series itself a unit root regression holds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Deterministic terms: plm's `exo`, urca's `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Deterministic {
    /// None: plm `none`, urca `none`, statsmodels `n`.
    None,
    /// An intercept: plm `intercept`, urca `drift`, `mu`, `constant`; statsmodels `c`.
    #[default]
    Intercept,
    /// An intercept and a linear trend: plm and urca `trend`, `tau`; statsmodels `ct`.
    Trend,
}

impl Deterministic {
    /// Their number.
    pub fn count(self) -> usize {
        match self {
            Self::None => 0,
            Self::Intercept => 1,
            Self::Trend => 2,
        }
    }

    /// As columns of the rows `first..last` of a series.
    pub(crate) fn columns(self, first: usize, last: usize) -> Vec<(&'static str, Vec<f64>)> {
        let ones = ("intercept", vec![1.0; last.saturating_sub(first)]);
        match self {
            Self::None => Vec::new(),
            Self::Intercept => vec![ones],
            Self::Trend => vec![ones, ("trend", (first..last).map(|row| (row + 1) as f64).collect())],
        }
    }
}
