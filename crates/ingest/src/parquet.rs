//! Parquet files, read through Polars.

use std::collections::BTreeSet;
use std::io::Cursor;

use polars::prelude::*;

use crate::columns::{Columns, Typed};
use crate::fold::fold_header;
use crate::grid::{CellContent, GridRow};
use crate::table::Unreadable;
use crate::values::{Dictionary, NONE};

/// The rows of a Parquet file. A Parquet file has no rows that a reader could count, so they are
/// numbered as they would be on a sheet: 1 for the columns' names, 2 for the first record.
pub(crate) fn read_rows(bytes: &[u8]) -> Result<Vec<GridRow>, Unreadable> {
    rows(bytes).map_err(|message| Unreadable {
        sheet: None,
        message: format!("not a readable Parquet file: {message}"),
        hint: "write it with plain columns of numbers and text, or mend `format`".into(),
    })
}

/// The columns of a Parquet file that are headed by one of `wanted`, near enough.
pub(crate) fn read_columns(bytes: &[u8], wanted: &[String]) -> Result<Columns, Unreadable> {
    columns(bytes, wanted).map_err(|message| Unreadable {
        sheet: None,
        message: format!("not a readable Parquet file: {message}"),
        hint: "write it with plain columns of numbers and text, or mend `format`".into(),
    })
}

fn columns(bytes: &[u8], wanted: &[String]) -> Result<Columns, String> {
    let refused = |error: PolarsError| error.to_string();
    let mut reader = ParquetReader::new(Cursor::new(bytes)).read_parallel(ParallelStrategy::None);
    let schema = reader.schema().map_err(refused)?;
    let names: Vec<String> = schema.iter_names().map(|name| name.to_string()).collect();
    let wanted: BTreeSet<String> = wanted.iter().map(|name| fold_header(name)).collect();
    let read: Vec<usize> = names
        .iter()
        .zip(0..)
        .filter(|(name, _)| wanted.contains(&fold_header(name)))
        .map(|(_, at)| at)
        .collect();
    let height = reader.num_rows().map_err(refused)?;
    let mut columns = Columns { names, height, ..Columns::default() };
    if read.is_empty() {
        return Ok(columns);
    }
    let mut frame = reader.with_projection(Some(read.clone())).finish().map_err(refused)?;
    frame.rechunk_mut();
    for (at, column) in read.iter().zip(frame.columns()) {
        let number = u32::try_from(at + 1).map_err(|_| "more columns than can be counted".to_owned())?;
        columns.columns.insert(number, typed(column)?);
    }
    Ok(columns)
}

fn typed(column: &Column) -> Result<Typed, String> {
    let refused = |error: PolarsError| error.to_string();
    let missing = || -> Vec<bool> {
        if column.null_count() == 0 {
            return Vec::new();
        }
        column.is_null().iter().map(|null| null.unwrap_or(true)).collect()
    };
    let as_text = |column: &Column| -> Result<Typed, String> {
        let texts = column.cast(&DataType::String).map_err(refused)?;
        let mut dictionary = Dictionary::default();
        let texts = texts.str().map_err(refused)?;
        let codes = texts.iter().map(|text| text.map_or(NONE, |text| dictionary.code(text))).collect();
        Ok(Typed::Texts(codes, dictionary))
    };
    let whole = |column: &Column| -> Option<Typed> {
        let wholes = column.cast(&DataType::Int64).ok()?;
        // What is beyond 64 bits with a sign is lost in the cast.
        if wholes.null_count() > column.null_count() {
            return None;
        }
        let wholes = wholes.i64().ok()?;
        Some(Typed::Wholes(wholes.iter().map(Option::unwrap_or_default).collect(), missing()))
    };
    match column.dtype() {
        DataType::Boolean => {
            let flags = column.bool().map_err(refused)?;
            Ok(Typed::Booleans(flags.iter().map(Option::unwrap_or_default).collect(), missing()))
        }
        DataType::Null => Ok(Typed::Texts(vec![NONE; column.len()], Dictionary::default())),
        DataType::String => as_text(column),
        kind if kind.is_integer() => whole(column).map_or_else(|| as_text(column), Ok),
        kind if kind.is_float() => {
            let numbers = column.cast(&DataType::Float64).map_err(refused)?;
            let numbers = numbers.f64().map_err(refused)?;
            Ok(Typed::Numbers(numbers.iter().map(Option::unwrap_or_default).collect(), missing()))
        }
        // A category, which holds its texts once.
        _ if column.get(0).ok().as_ref().and_then(AnyValue::get_str).is_some() => as_text(column),
        kind => Err(format!("column `{}` holds {kind}; numbers and text are read", column.name())),
    }
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
