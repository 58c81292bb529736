//! An entity: one of the units observed over time.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::label::Label;

/// A city, firm or country of the panel.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entity {
    /// The id used as a key in every frame.
    pub id: String,
    /// Its name in a report.
    pub label: Label,
}
