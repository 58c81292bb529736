//! Rows and columns of a file that hold values and weren't read, so that a gap can say so; and what the files of a source
//! promise together.

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
    /// Of one file of many: the years that all have together, and those of this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<Promise>,
}

/// The years that the files of a source have together, as its manifest promises, and those that are in one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// The source of all the files.
    pub source: String,
    /// How many files or sheets it has.
    pub parts: usize,
    /// The first and the last year.
    pub covers: [i32; 2],
    /// Years between them that no file has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gap_years: Vec<i32>,
    /// The years of this file's rows, of the entities that aren't asked for as well.
    pub years: Vec<i32>,
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
        self.rows.is_empty() && self.columns.is_empty() && self.promise.is_none()
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
