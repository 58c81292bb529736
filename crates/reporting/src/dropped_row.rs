//! Rows of the panel that an equation couldn't use.

use serde::{Deserialize, Serialize};
use vintner_estimation::Outcome;
use vintner_panel::Period;

/// A row left out of a table's equation because some of its variables are missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DroppedRow {
    /// The table's id.
    pub table: String,
    /// The unit's id.
    pub unit: String,
    /// The time; none in a cross-section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Period>,
    /// The ids of the missing variables.
    pub missing: Vec<String>,
}

impl DroppedRow {
    /// The rows that a table's fit left out. Where the pooled fit is given, its entities' own fits add
    /// nothing; given both, the report says it once.
    pub fn of_outcome(table: &str, outcome: &Outcome) -> Vec<Self> {
        outcome
            .dropped()
            .iter()
            .map(|row| Self {
                table: table.into(),
                unit: row.entity.clone(),
                time: row.time,
                missing: row.missing.clone(),
            })
            .collect()
    }
}
