//! A frame as a table of cells.

use polars::prelude::*;

use crate::difference::cell::Cell;
use crate::difference::table::Table;

/// A frame, its columns each in one piece.
pub(super) struct FrameTable {
    columns: Vec<Series>,
    height: usize,
}

impl FrameTable {
    pub(super) fn new(frame: DataFrame) -> Self {
        let columns = frame.columns().iter().map(|column| column.as_materialized_series().rechunk());
        Self { height: frame.height(), columns: columns.collect() }
    }

    /// How many columns there are.
    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }

    /// Where the column of that name is.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name() == name)
    }

    /// A column's name.
    pub(super) fn name(&self, column: usize) -> &str {
        self.columns.get(column).map_or("", |column| column.name())
    }

    /// A column's type.
    pub(super) fn column_type(&self, column: usize) -> &DataType {
        self.columns.get(column).map_or(&DataType::Null, |series| series.dtype())
    }

    /// Whether a column holds what keys are made of.
    pub(super) fn may_be_key(&self, column: usize) -> bool {
        let kind = self.column_type(column);
        *kind == DataType::String || kind.is_integer()
    }
}

impl Table for FrameTable {
    fn height(&self) -> usize {
        self.height
    }

    fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        let value = self.columns.get(column).and_then(|column| column.get(row).ok());
        value.map_or(Cell::Missing, content)
    }
}

fn content(value: AnyValue<'_>) -> Cell<'_> {
    match value {
        AnyValue::Null => Cell::Missing,
        AnyValue::Float64(number) => Cell::Number(number),
        // As a double it would be written with digits that it never had.
        AnyValue::Float32(number) => Cell::Other { kind: "number", text: number.to_string().into() },
        AnyValue::Boolean(flag) => Cell::Boolean(flag),
        AnyValue::String(text) => Cell::Text(text.into()),
        AnyValue::StringOwned(text) => Cell::Text(text.to_string().into()),
        AnyValue::List(items) => {
            let items = items.iter().map(|item| content(item).written().into_owned());
            let text = format!("[{}]", items.collect::<Vec<_>>().join(", "));
            Cell::Other { kind: "list", text: text.into() }
        }
        other => match other.extract::<i128>().filter(|_| other.is_integer()) {
            Some(number) => Cell::Integer(number),
            None => Cell::Other { kind: "value", text: other.to_string().into() },
        },
    }
}
