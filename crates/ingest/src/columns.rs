//! The columns of a file that is laid out by column, as far as they are asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::cell::Cell;
use crate::column_slice::ColumnSlice;
use crate::dictionary::{Dictionary, NONE};
use crate::fold::fold_header;
use crate::grid::{CellContent, GridRow};
use crate::malformed::Malformed;
use crate::rows::{Row, RowBlock};
use crate::shown::Shown;

/// All columns' names, and what is in those that are asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Columns {
    pub names: Vec<String>,
    pub height: usize,
    /// How many rows of the file come before them.
    pub before: usize,
    /// By the column's number, from 1.
    pub columns: BTreeMap<u32, Typed>,
    /// What each column is called in words, by its number, where the file says so.
    pub labels: BTreeMap<u32, String>,
    /// The columns whose values have labels.
    pub labelled: BTreeSet<u32>,
    /// Missing values that are written with codes of their own, by column and index.
    pub coded: BTreeMap<u32, BTreeMap<usize, String>>,
    /// What is odd without being wrong.
    pub warnings: Vec<String>,
    /// Which columns the file declares to be its keys.
    pub declared: Declared,
}

/// Which columns a file declares to be its keys, as Stata's `xtset` and `tsset` do, by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Declared {
    /// The panel variable.
    pub entity: Option<String>,
    /// The time variable.
    pub time: Option<String>,
    /// How far apart times are that follow one another, in units of the time variable, where that isn't one.
    pub step: Option<String>,
}

/// How a file that is laid out by column is to be read.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct ColumnsAsked {
    /// The headers that are wanted, near enough; all where there are none.
    pub names: Option<Vec<String>>,
    /// The headers whose values are to be read as their labels.
    pub as_labels: Vec<String>,
    /// The encoding of texts, where the file doesn't say.
    pub encoding: Option<String>,
}

impl ColumnsAsked {
    /// Whether a column is wanted.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.names.as_ref().is_none_or(|names| has(names, name))
    }

    /// Whether its values are to be read as their labels.
    pub(crate) fn wants_labels(&self, name: &str) -> bool {
        has(&self.as_labels, name)
    }
}

fn has(names: &[String], name: &str) -> bool {
    let folded = fold_header(name);
    names.iter().any(|wanted| fold_header(wanted) == folded)
}

/// A column by type. Flags say where a value is missing; without any, nowhere.
#[derive(Debug, Clone)]
pub(crate) enum Typed {
    Numbers(Vec<f64>, Vec<bool>),
    Wholes(Vec<i64>, Vec<bool>),
    Booleans(Vec<bool>, Vec<bool>),
    Texts(Vec<u32>, Dictionary),
    /// Dates and periods as texts.
    Dates(Vec<u32>, Dictionary),
    /// What is of a type that isn't read, each cell alike.
    Unread(Shown),
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
            Typed::Dates(codes, texts) => {
                codes.get(at).filter(|code| **code != NONE).and_then(|code| texts.text(*code)).map(Cell::Date)
            }
            Typed::Unread(shown) => Some(Cell::Shown(shown)),
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
        self.blocks_of(0..self.height, size)
    }

    /// Some of the rows in blocks of `size`.
    pub(crate) fn blocks_of(&self, rows: Range<usize>, size: usize) -> Vec<ColumnBlock<'_>> {
        let end = rows.end.min(self.height);
        let starts = (rows.start..end).step_by(size.max(1));
        starts.map(|first| ColumnBlock { columns: self, rows: first..end.min(first + size) }).collect()
    }

    /// What the columns are called in words, by their names.
    pub(crate) fn labels_by_name(&self) -> Vec<(String, String)> {
        let named = (1_u32..).zip(&self.names);
        named.filter_map(|(number, name)| Some((name.clone(), self.labels.get(&number)?.clone()))).collect()
    }

    /// The names of the columns whose values have labels.
    pub(crate) fn labelled_names(&self) -> Vec<String> {
        let named = (1_u32..).zip(&self.names);
        named.filter(|(number, _)| self.labelled.contains(number)).map(|(_, name)| name.clone()).collect()
    }

    /// The rows, the names as the first.
    pub(crate) fn into_rows(self) -> Vec<GridRow> {
        let names = self.names.iter().map(|name| CellContent::from_text(name.as_str()));
        let mut rows = vec![GridRow { number: 1, cells: names.collect() }];
        let by_number = self.by_number();
        for at in 0..self.height {
            let row = ColumnRow { columns: &by_number, before: self.before, at };
            let cells = (1..=row.width()).map(|column| CellContent::of(row.cell(column))).collect();
            rows.push(GridRow { number: row.number(), cells });
        }
        rows
    }

    /// All columns in their order, so that none is looked up row by row.
    fn by_number(&self) -> Vec<OneColumn<'_>> {
        let numbers = (1_u32..).take(self.names.len());
        numbers
            .map(|number| OneColumn { typed: self.columns.get(&number), coded: self.coded.get(&number) })
            .collect()
    }
}

/// A column, where it was asked for, and its missing values that have codes of their own.
#[derive(Clone, Copy)]
struct OneColumn<'c> {
    typed: Option<&'c Typed>,
    coded: Option<&'c BTreeMap<usize, String>>,
}

impl<'c> OneColumn<'c> {
    fn cell(&self, at: usize) -> Cell<'c> {
        let cell = self.typed.map_or(Cell::Empty, |typed| typed.cell(at));
        match (cell, self.coded) {
            (Cell::Empty, Some(codes)) => codes.get(&at).map_or(Cell::Empty, |code| Cell::Missing(code)),
            _ => cell,
        }
    }
}

/// The row of an index.
struct ColumnRow<'r> {
    columns: &'r [OneColumn<'r>],
    /// How many rows of the file come before the first.
    before: usize,
    at: usize,
}

impl Row for ColumnRow<'_> {
    /// A column has no rows that a reader could count, so they are numbered as they would be on a sheet: 1 for the
    /// names, 2 for the first record.
    fn number(&self) -> u32 {
        u32::try_from(self.before + self.at + 2).unwrap_or(u32::MAX)
    }

    fn cell(&self, column: u32) -> Cell<'_> {
        let column = (column as usize).checked_sub(1).and_then(|index| self.columns.get(index));
        column.map_or(Cell::Empty, |column| column.cell(self.at))
    }

    fn width(&self) -> u32 {
        u32::try_from(self.columns.len()).unwrap_or(u32::MAX)
    }
}

/// The flags of some rows; without any nothing is missing.
fn flags_of(missing: &[bool], rows: Range<usize>) -> Option<&[bool]> {
    if missing.is_empty() { Some(missing) } else { missing.get(rows) }
}

impl RowBlock for ColumnBlock<'_> {
    fn span(&self) -> Option<(u32, usize)> {
        let first = u32::try_from(self.columns.before + self.rows.start + 2).ok()?;
        Some((first, self.rows.len()))
    }

    fn slice(&self, column: u32) -> Option<ColumnSlice<'_>> {
        let (columns, rows) = (self.columns, || self.rows.clone());
        if columns.coded.contains_key(&column) {
            return None;
        }
        match columns.columns.get(&column)? {
            Typed::Numbers(numbers, missing) => {
                Some(ColumnSlice::Numbers(numbers.get(rows())?, flags_of(missing, rows())?))
            }
            Typed::Wholes(wholes, missing) => {
                Some(ColumnSlice::Wholes(wholes.get(rows())?, flags_of(missing, rows())?))
            }
            Typed::Texts(codes, texts) => Some(ColumnSlice::Texts(codes.get(rows())?, texts)),
            _ => None,
        }
    }

    fn each(&self, visit: &mut dyn FnMut(&dyn Row)) -> Result<(), Malformed> {
        let (columns, before) = (self.columns.by_number(), self.columns.before);
        self.rows.clone().for_each(|at| visit(&ColumnRow { columns: &columns, before, at }));
        Ok(())
    }
}
