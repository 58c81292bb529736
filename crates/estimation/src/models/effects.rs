//! Which effects a model has.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The dimension of a panel along which there are effects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effects {
    /// An effect for each entity: plm's `individual`.
    #[default]
    Entity,
    /// An effect for each time.
    Time,
    /// Both: plm's `twoways`.
    TwoWay,
}

impl Effects {
    /// In words: `effects of units and times`.
    pub fn of_units(self) -> &'static str {
        match self {
            Effects::Entity => "effects of units",
            Effects::Time => "effects of times",
            Effects::TwoWay => "effects of units and times",
        }
    }

    /// Whether entities have effects.
    pub fn has_entity(self) -> bool {
        self != Effects::Time
    }

    /// Whether times have effects.
    pub fn has_time(self) -> bool {
        self != Effects::Entity
    }
}
