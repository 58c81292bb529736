//! What the rows of a data set are observations of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which keys the rows of a data set have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Entities observed over time: a row for each entity and time.
    #[default]
    Panel,
    /// One thing observed over time: a row for each time.
    Series,
    /// Entities observed once. Where they have no ids the numbers of the rows stand for these.
    CrossSection,
    /// Other entities each time: any number of rows for a time, and none of an entity that was seen before.
    RepeatedCrossSections,
}

impl Shape {
    /// Whether it has entities that can be told apart.
    pub fn has_entities(self) -> bool {
        self != Self::Series
    }

    /// Whether it has times.
    pub fn has_time(self) -> bool {
        self != Self::CrossSection
    }

    /// Whether a row can have one before it: the same entity at an earlier time.
    pub fn goes_on(self) -> bool {
        matches!(self, Self::Panel | Self::Series)
    }

    /// Whether an entity has several rows, so that it can have an effect.
    pub fn repeats_entities(self) -> bool {
        self == Self::Panel
    }

    /// What it lacks, as a sentence.
    pub fn lack(self) -> &'static str {
        match self {
            Self::Panel => "a panel has entities and times",
            Self::Series => "a time series has no entities",
            Self::CrossSection => "a cross-section has no time",
            Self::RepeatedCrossSections => "repeated cross-sections have no entity twice",
        }
    }
}
