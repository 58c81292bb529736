//! Rows that numbers couldn't use.

use serde::Serialize;
use vintner_panel::Period;

/// A row that a number couldn't use.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DroppedSample {
    /// The entity.
    pub entity: String,
    /// The time; 0 in a cross-section, which has none.
    pub time: Period,
    /// The variables that are missing there.
    pub missing: Vec<String>,
}
