//! Rows as CSV.

use crate::error::{PackageError, Result};

/// A head and rows; `what` names the file where something goes wrong.
pub(super) fn csv_text(
    what: &str,
    heads: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
) -> Result<Vec<u8>> {
    let failed = |error: &dyn std::fmt::Display| PackageError::Output {
        what: what.to_owned(),
        message: format!("it can't be written as CSV: {error}"),
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(heads).map_err(|error| failed(&error))?;
    for row in rows {
        writer.write_record(row).map_err(|error| failed(&error))?;
    }
    writer.into_inner().map_err(|error| failed(&error))
}
