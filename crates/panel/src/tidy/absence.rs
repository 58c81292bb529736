//! Rows and columns of a file that hold values and weren't read, so that a gap can say so.

use serde::{Deserialize, Serialize};

/// What of a file wasn't read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Absences {
    /// Rows under names that are no entity's, and the entity that each may be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<DroppedName>,
    /// Columns that seem to be of some years.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<UnreadColumn>,
}

/// A name that is no entity's, and so its rows were dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DroppedName {
    /// The name.
    pub name: String,
    /// The entity that has the nearest name.
    pub entity: String,
    /// Where it stands first.
    pub cell: String,
    /// The times of its rows, as numbers among those of their frequency; empty where rows have none of their own.
    pub times: Vec<i32>,
}

/// A column that names years and wasn't read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadColumn {
    /// Its header.
    pub header: String,
    /// Where the header stands.
    pub cell: String,
    /// The years that it names.
    pub years: Vec<i32>,
}

impl Absences {
    /// Whether all was read.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.columns.is_empty()
    }

    /// Why there is no value of an entity and time, where what wasn't read may be the reason.
    pub(super) fn reason(&self, file: &str, entity: &str, time: i32) -> Option<String> {
        let of_row =
            |row: &&DroppedName| row.entity == entity && (row.times.is_empty() || row.times.contains(&time));
        if let Some(row) = self.rows.iter().find(of_row) {
            return Some(format!("row dropped: unknown name {:?} ({file}!{})", row.name, row.cell));
        }
        let column = self.columns.iter().find(|column| column.years.contains(&time))?;
        Some(format!("column {:?} not read ({file}!{})", column.header, column.cell))
    }
}
