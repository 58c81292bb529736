//! Rows that numbers couldn't use.

use serde::Serialize;

/// A row that a number couldn't use.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DroppedSample {
    /// The entity.
    pub entity: String,
    /// The time.
    pub time: i32,
    /// The variables that are missing there.
    pub missing: Vec<String>,
}
