//! Parquet files, read through Polars.

use std::io::Cursor;

use polars::prelude::*;

use crate::grid::{CellContent, GridRow};
use crate::table::Unreadable;

/// The rows of a Parquet file. A Parquet file has no rows that a reader could count, so they are
/// numbered as they would be on a sheet: 1 for the columns' names, 2 for the first record.
pub(crate) fn read_rows(bytes: &[u8]) -> Result<Vec<GridRow>, Unreadable> {
    rows(bytes).map_err(|message| Unreadable {
        sheet: None,
        message: format!("not a readable Parquet file: {message}"),
        hint: "write it with plain columns of numbers and text, or mend `format`".into(),
    })
}

fn rows(bytes: &[u8]) -> Result<Vec<GridRow>, String> {
    // One thread: a panic in another one couldn't be caught.
    let reader = ParquetReader::new(Cursor::new(bytes)).read_parallel(ParallelStrategy::None);
    let frame = reader.finish().map_err(|error| error.to_string())?;
    let names = frame.columns().iter().map(|column| CellContent::from_text(column.name().as_str()));
    let mut rows = vec![GridRow { number: 1, cells: names.collect() }];
    for (index, number) in (0..frame.height()).zip(2..) {
        let mut cells = Vec::with_capacity(frame.width());
        for column in frame.columns() {
            let value = column.get(index).map_err(|error| error.to_string())?;
            let unsupported =
                || format!("column `{}` holds {}; numbers and text are read", column.name(), column.dtype());
            cells.push(content(&value).ok_or_else(unsupported)?);
        }
        rows.push(GridRow { number, cells });
    }
    Ok(rows)
}

/// The content of a cell; nothing where the type is none that a table of figures holds.
fn content(value: &AnyValue<'_>) -> Option<CellContent> {
    if let AnyValue::Null = value {
        return Some(CellContent::Empty);
    }
    if let Some(text) = value.get_str() {
        return Some(CellContent::from_text(text));
    }
    if let AnyValue::Boolean(flag) = value {
        return Some(CellContent::Boolean(*flag));
    }
    if !value.is_primitive_numeric() {
        return None;
    }
    value.extract::<f64>().map(|number| {
        if number.is_finite() { CellContent::Number(number) } else { CellContent::Text(number.to_string()) }
    })
}
