//! What is seen of marks while cells are read: how the numbers of each variable are written, and what cells show beside
//! what they hold.

use std::collections::BTreeSet;

use crate::cell::Cell;
use crate::cell_marks::CellMarks;
use crate::column_marks::ColumnMarks;
use crate::missing_codes::{CodesSeen, MissingCode};
use crate::number_rule::DecimalMark;
use crate::problem::Problem;
use crate::source::Source;
use crate::value_reader::Reading;

/// What was seen so far.
#[derive(Debug)]
pub(crate) struct MarksSeen {
    /// By variable.
    columns: Vec<ColumnMarks>,
    cells: CellMarks,
    /// By variable.
    codes: Vec<CodesSeen>,
}

impl MarksSeen {
    pub(crate) fn new(variables: usize) -> Self {
        Self {
            columns: vec![ColumnMarks::default(); variables],
            cells: CellMarks::new(variables),
            codes: vec![CodesSeen::default(); variables],
        }
    }

    /// Looks at a cell of a key.
    pub(crate) fn see_key(&mut self, cell: Cell<'_>, row: u32, column: u32) {
        self.cells.see(None, cell, row, column);
    }

    /// Looks at a cell of a variable, by its place, and at what it was read as.
    pub(crate) fn see_value(
        &mut self,
        variable: usize,
        cell: Cell<'_>,
        reading: Option<&Reading<'_>>,
        row: u32,
        column: u32,
    ) {
        self.cells.see(Some(variable), cell, row, column);
        if let (Some(own), Some(reading)) = (self.columns.get_mut(variable), reading) {
            own.see(reading, row, column, || cell.raw().into_owned());
        }
    }

    /// Looks at a number of a variable, by its place, as the file has it.
    pub(crate) fn see_number(&mut self, variable: usize, number: f64, row: u32, column: u32) {
        if let Some(codes) = self.codes.get_mut(variable) {
            codes.see(number, row, column);
        }
    }

    /// Looks at numbers of a variable, by its place, that are read as they are.
    pub(crate) fn see_numbers(
        &mut self,
        variable: usize,
        numbers: impl Iterator<Item = (u32, f64)>,
        column: u32,
    ) {
        for (row, number) in numbers {
            self.cells.see(Some(variable), Cell::Number(number), row, column);
            self.see_number(variable, number, row, column);
        }
    }

    /// Adds what was seen in a block that follows.
    pub(crate) fn absorb(&mut self, block: Self) {
        self.cells.absorb(block.cells);
        for (own, marks) in self.columns.iter_mut().zip(block.columns) {
            own.absorb(marks);
        }
        for (own, codes) in self.codes.iter_mut().zip(block.codes) {
            own.absorb(codes);
        }
    }

    /// The variables, by their places, in whose columns a comma stands before a fraction.
    pub(crate) fn found_by_comma(&self) -> BTreeSet<usize> {
        let decided = self.columns.iter().enumerate();
        decided.filter(|(_, marks)| marks.decided() == Some(DecimalMark::Comma)).map(|(at, _)| at).collect()
    }

    /// A problem for each column that isn't written by one rule; `told` is what a cell is called.
    pub(crate) fn mixed_numbers(
        &self,
        source: &Source,
        told: impl Fn(u32, u32) -> String + Copy,
    ) -> Vec<Problem> {
        let columns = source.columns.iter().zip(&self.columns);
        let problems = columns.flat_map(|(column, marks)| marks.undecided(&column.variable, told));
        problems.map(|(message, hint, place)| Problem { cell: Some(place), message, hint }).collect()
    }

    /// What is said of cells that are read without their marks, and of numbers without all of their digits; `told` is what
    /// a cell is called.
    pub(crate) fn warnings(&self, source: &Source, told: impl Fn(u32, u32) -> String + Copy) -> Vec<String> {
        let columns = source.columns.iter().zip(&self.columns);
        let cut = columns.filter_map(|(column, marks)| marks.cut_digits(&column.variable, told));
        self.cells.warning().into_iter().chain(cut).collect()
    }

    /// Numbers that are codes for missing values most often, variable by variable.
    pub(crate) fn doubtful_codes(&self, source: &Source) -> Vec<MissingCode> {
        let columns = source.columns.iter().zip(&self.codes);
        columns.flat_map(|(column, codes)| codes.clone().doubtful(column)).collect()
    }

    /// A problem for each variable that has percents beside plain numbers.
    pub(crate) fn mixed_percents(&self, source: &Source) -> Vec<Problem> {
        self.cells.faults(source)
    }
}
