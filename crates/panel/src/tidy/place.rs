//! Notes to the columns of a tidy frame: where in the file they were read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::absence::Absences;

/// The note to the column of rows: which file they are of.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SourcePlace {
    /// The source's name in the manifest.
    pub source: String,
    /// The file.
    pub file: String,
    /// The sheet, in a workbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Whether each row is an observation of somebody new, called by its row.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub observations: bool,
}

/// The note to a variable.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct VariablePlace {
    /// The column in the file, from 1, where it has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// The text over the column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// What the number in the cell was multiplied by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<f64>,
    /// Where it holds marks that stand beside another variable's values: that variable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<String>,
}

/// The note to times or entities that stand across the file: the column, from 1, of each.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HeaderPlaces {
    /// By the key's text.
    pub across: BTreeMap<String, u32>,
}

/// The key of a column whose header names a time and a variable.
pub fn across_of_variable(time: i32, variable: &str) -> String {
    format!("{time} {variable}")
}

/// Where the values of a table stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Places {
    pub(super) source: SourcePlace,
    pub(super) times: Option<HeaderPlaces>,
    pub(super) entities: Option<HeaderPlaces>,
    pub(super) absences: Absences,
}

/// What the note to the column of rows says beside which file they are of.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct NotedAbsences {
    #[serde(default)]
    pub(super) absences: Absences,
}

impl Places {
    /// The column in the file of a key that stands across it.
    pub(super) fn column_across(&self, entity: Option<&str>, time: i32, variable: &str) -> Option<u32> {
        match &self.times {
            Some(places) => {
                let own = places.across.get(&across_of_variable(time, variable));
                own.or_else(|| places.across.get(&time.to_string())).copied()
            }
            None => self.entities.as_ref()?.across.get(entity?).copied(),
        }
    }
}
