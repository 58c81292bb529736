//! A tidy frame's rows, borrowed: a source may hold far more than is asked of it.

use polars::prelude::*;
use vintner_panel::{CellAddress, PanelError, tidy_columns as names};

use crate::error::{Result, TransformError};

/// One row of a tidy frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TidyRow<'a> {
    pub(crate) entity: Option<&'a str>,
    pub(crate) time: i32,
    pub(crate) category: Option<&'a str>,
    pub(crate) variable: &'a str,
    /// Finite, or missing.
    pub(crate) value: Option<f64>,
    raw: &'a str,
    file: &'a str,
    sheet: Option<&'a str>,
    row: u32,
    column: u32,
}

impl TidyRow<'_> {
    /// Where the value was read.
    pub(crate) fn address(&self) -> CellAddress {
        CellAddress {
            file: self.file.to_owned(),
            sheet: self.sheet.map(str::to_owned),
            row: self.row,
            column: self.column,
        }
    }

    /// Where a missing value was looked for and what stood there.
    pub(crate) fn missing_reason(&self) -> String {
        let stood = if self.raw.is_empty() { "empty".to_owned() } else { format!("raw {:?}", self.raw) };
        format!("missing in {} ({stood})", self.address())
    }
}

/// The rows of the frames, in order.
pub(crate) fn tidy_rows(frames: &[DataFrame]) -> Result<Vec<TidyRow<'_>>> {
    let mut rows = Vec::with_capacity(frames.iter().map(DataFrame::height).sum());
    for frame in frames {
        let text = |name: &str| -> Result<&StringChunked> { Ok(column(frame, name)?.str()?) };
        let whole = |name: &str| -> Result<&UInt32Chunked> { Ok(column(frame, name)?.u32()?) };
        let (entity, category, variable) =
            (text(names::ENTITY)?, text(names::CATEGORY)?, text(names::VARIABLE)?);
        let (raw, file, sheet) = (text(names::RAW)?, text(names::FILE)?, text(names::SHEET)?);
        let (row_number, column_number) = (whole(names::ROW)?, whole(names::COLUMN)?);
        let time = column(frame, names::TIME)?.i32()?;
        let value = column(frame, names::VALUE)?.f64()?;
        for row in 0..frame.height() {
            let keyless = |name: &str| {
                TransformError::from(PanelError::MissingKey { column: name.into(), row: row + 1 })
            };
            rows.push(TidyRow {
                entity: entity.get(row),
                time: time.get(row).ok_or_else(|| keyless(names::TIME))?,
                category: category.get(row),
                variable: variable.get(row).ok_or_else(|| keyless(names::VARIABLE))?,
                value: value.get(row).filter(|number| number.is_finite()),
                raw: raw.get(row).unwrap_or_default(),
                file: file.get(row).unwrap_or_default(),
                sheet: sheet.get(row),
                row: row_number.get(row).unwrap_or_default(),
                column: column_number.get(row).unwrap_or_default(),
            });
        }
    }
    Ok(rows)
}

/// The variables that the rows hold, sorted.
pub(crate) fn variables(rows: &[TidyRow<'_>]) -> Vec<String> {
    let found: std::collections::BTreeSet<&str> = rows.iter().map(|row| row.variable).collect();
    found.into_iter().map(str::to_owned).collect()
}

fn column<'a>(frame: &'a DataFrame, name: &str) -> Result<&'a Column> {
    frame.column(name).map_err(|_| TransformError::NotTidy {
        column: name.to_owned(),
        available: frame.get_column_names().iter().map(|name| name.to_string()).collect(),
    })
}
