//! Rows of the panel that an equation couldn't use.

use serde::{Deserialize, Serialize};

/// A row left out of a table's equation because some of its variables are missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DroppedRow {
    /// The table's id.
    pub table: String,
    /// The unit's id.
    pub unit: String,
    /// The time.
    pub time: i32,
    /// The ids of the missing variables.
    pub missing: Vec<String>,
}
