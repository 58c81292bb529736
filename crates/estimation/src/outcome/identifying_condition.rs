//! Which condition for identification fails.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The condition for identification that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifyingCondition {
    /// Fewer exogenous variables excluded than endogenous regressors.
    Order,
    /// Excluded variables that don't move the endogenous regressors apart, by the form of the system.
    Rank,
    /// The same in the sample: the projections of the regressors on the instruments are collinear.
    Sample,
}

impl fmt::Display for IdentifyingCondition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Order => "the order condition fails",
            Self::Rank => "the rank condition fails",
            Self::Sample => "the first stage isn't of full rank in the sample",
        })
    }
}
