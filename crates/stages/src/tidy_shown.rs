//! Tidy values as they are shown: one by one, each with its cell.

use std::io::Cursor;

use polars::prelude::*;
use vintner_panel::{TidyTable, TidyValue, tidy_columns};
use vintner_pipeline::column_notes;

use crate::error::StagesError;

/// The first `limit` values of a stored frame of tidy values, one a row, with the cell that each was read from, and
/// how many there are; nothing where the frame is another.
///
/// # Errors
/// Where the frame can't be read.
pub fn tidy_shown(bytes: &[u8], limit: usize) -> Result<Option<(DataFrame, usize)>, StagesError> {
    let notes = column_notes(&mut ParquetReader::new(Cursor::new(bytes)), "the frame")?;
    if !notes.contains_key(tidy_columns::ROW) {
        return Ok(None);
    }
    let table = TidyTable::new(ParquetReader::new(Cursor::new(bytes)).finish()?, notes)?;
    let values = table.values(limit)?;
    let mut total = 0;
    for variable in table.variables()? {
        total += if variable.holds_all() {
            table.height()
        } else {
            (0..table.height()).filter(|row| variable.holds(*row)).count()
        };
    }
    let text = |name: &str, pick: fn(&TidyValue) -> Option<&str>| {
        Column::new(name.into(), values.iter().map(pick).collect::<Vec<_>>())
    };
    let mut columns = vec![
        text("entity", |value| value.entity.as_deref()),
        times(&values),
        text("category", |value| value.category.as_deref()),
        text("variable", |value| Some(&value.variable)),
        Column::new("value".into(), values.iter().map(|value| value.value).collect::<Vec<_>>()),
        text("raw", |value| Some(&value.raw)),
        text("source", |value| Some(&value.source)),
        text("file", |value| Some(&value.address.file)),
        text("sheet", |value| value.address.sheet.as_deref()),
        Column::new("row".into(), values.iter().map(|value| value.address.row).collect::<Vec<_>>()),
        Column::new("column".into(), values.iter().map(|value| value.address.column).collect::<Vec<_>>()),
    ];
    if values.iter().any(|value| value.text.is_some()) {
        columns.insert(5, text("text", |value| value.text.as_deref()));
    }
    Ok(Some((DataFrame::new(values.len(), columns)?, total)))
}

/// Years as numbers, and other periods as they are printed.
fn times(values: &[TidyValue]) -> Column {
    if values.iter().any(|value| value.period.is_some()) {
        Column::new("time".into(), values.iter().map(|value| value.period.as_deref()).collect::<Vec<_>>())
    } else {
        Column::new("time".into(), values.iter().map(|value| value.time).collect::<Vec<_>>())
    }
}
