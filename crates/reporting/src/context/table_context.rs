//! One table of a report alone, for templates.

use serde::Serialize;

use super::{ReportContext, TableView};
use crate::error::{ReportingError, Result};

/// A table with all that the report has: what a template needs to set the table as a file of its own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableContext {
    /// The report.
    #[serde(flatten)]
    pub report: ReportContext,
    /// The table.
    pub table: TableView,
}

impl TableContext {
    /// The table of that id.
    ///
    /// # Errors
    /// Where the report has no such table.
    pub fn new(report: ReportContext, id: &str) -> Result<Self> {
        match report.tables.iter().find(|table| table.name.id == id).cloned() {
            Some(table) => Ok(Self { report, table }),
            None => Err(ReportingError::Unknown {
                kind: "table",
                found: id.into(),
                available: report.tables.iter().map(|table| table.name.id.clone()).collect(),
            }),
        }
    }
}
