//! The columns of a file that is laid out by column, as far as they are asked for.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::cell::Cell;
use crate::malformed::Malformed;
use crate::rows::{Row, RowBlock};
use crate::values::{Dictionary, NONE};

/// All columns' names, and what is in those that are asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Columns {
    pub names: Vec<String>,
    pub height: usize,
    /// By the column's number, from 1.
    pub columns: BTreeMap<u32, Typed>,
}

/// A column by type. Flags say where a value is missing; without any, nowhere.
#[derive(Debug, Clone)]
pub(crate) enum Typed {
    Numbers(Vec<f64>, Vec<bool>),
    Wholes(Vec<i64>, Vec<bool>),
    Booleans(Vec<bool>, Vec<bool>),
    Texts(Vec<u32>, Dictionary),
}

impl Typed {
    fn cell(&self, at: usize) -> Cell<'_> {
        let present = |missing: &[bool]| !missing.get(at).copied().unwrap_or_default();
        let cell = match self {
            Typed::Numbers(numbers, missing) => {
                numbers.get(at).filter(|_| present(missing)).map(|number| match *number {
                    number if number.is_finite() => Cell::Number(number),
                    number if number.is_nan() => Cell::Text("NaN"),
                    number => Cell::Text(if number > 0.0 { "inf" } else { "-inf" }),
                })
            }
            Typed::Wholes(wholes, missing) => {
                wholes.get(at).filter(|_| present(missing)).map(|whole| Cell::Whole(*whole))
            }
            Typed::Booleans(flags, missing) => {
                flags.get(at).filter(|_| present(missing)).map(|flag| Cell::Boolean(*flag))
            }
            Typed::Texts(codes, texts) => codes
                .get(at)
                .filter(|code| **code != NONE)
                .and_then(|code| texts.text(*code))
                .map(Cell::of_text),
        };
        cell.unwrap_or(Cell::Empty)
    }
}

/// Some rows of the columns.
#[derive(Debug)]
pub(crate) struct ColumnBlock<'c> {
    columns: &'c Columns,
    rows: Range<usize>,
}

impl Columns {
    /// The rows in blocks of `size`.
    pub(crate) fn blocks(&self, size: usize) -> Vec<ColumnBlock<'_>> {
        let starts = (0..self.height).step_by(size.max(1));
        starts
            .map(|first| ColumnBlock { columns: self, rows: first..self.height.min(first + size) })
            .collect()
    }
}

/// The row of an index.
struct ColumnRow<'c> {
    columns: &'c Columns,
    at: usize,
}

impl Row for ColumnRow<'_> {
    /// A column has no rows that a reader could count, so they are numbered as they would be on a sheet: 1 for the
    /// names, 2 for the first record.
    fn number(&self) -> u32 {
        u32::try_from(self.at + 2).unwrap_or(u32::MAX)
    }

    fn cell(&self, column: u32) -> Cell<'_> {
        self.columns.columns.get(&column).map_or(Cell::Empty, |typed| typed.cell(self.at))
    }

    fn width(&self) -> u32 {
        u32::try_from(self.columns.names.len()).unwrap_or(u32::MAX)
    }
}

impl RowBlock for ColumnBlock<'_> {
    fn each(&self, visit: &mut dyn FnMut(&dyn Row)) -> Result<(), Malformed> {
        self.rows.clone().for_each(|at| visit(&ColumnRow { columns: self.columns, at }));
        Ok(())
    }
}
