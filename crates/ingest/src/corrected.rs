//! Rows with the cells in them that the manifest corrects.

use std::collections::BTreeMap;

use crate::cell::Cell;
use crate::correction::{CellText, Correction};
use crate::grid::{CellContent, GridRow};
use crate::number::parse_number;
use crate::problem::Problem;
use crate::rows::Row;
use crate::shown::Shown;
use crate::source::Source;
use crate::tidying::Tidying;

/// A source's corrections by row.
#[derive(Debug, Default)]
pub(crate) struct Corrections<'a> {
    by_row: BTreeMap<u32, Vec<Corrected<'a>>>,
}

#[derive(Debug)]
struct Corrected<'a> {
    column: u32,
    correction: &'a Correction,
    new: Shown,
}

impl<'a> Corrections<'a> {
    /// The corrections that a source declares; the manifest's check has seen that each names a cell.
    pub(crate) fn of(source: &'a Source) -> Self {
        let mut by_row: BTreeMap<u32, Vec<Corrected<'a>>> = BTreeMap::new();
        for correction in &source.corrections {
            let Some((row, column)) = correction.place() else { continue };
            let (text, whole) = (correction.new_text(), correction.in_words());
            let new = Shown::Noted { text, note: "corrected".into(), raised: false, whole };
            by_row.entry(row).or_default().push(Corrected { column, correction, new });
        }
        Self { by_row }
    }

    /// Hands on a row with what is corrected in it. A cell that holds something else than the correction says is a fault.
    pub(crate) fn in_row(
        &self,
        tidying: &mut Tidying<'_>,
        row: &dyn Row,
        read: impl FnOnce(&mut Tidying<'_>, &dyn Row),
    ) {
        let Some(cells) = self.by_row.get(&row.number()) else { return read(tidying, row) };
        self.check(tidying, row, cells);
        read(tidying, &CorrectedRow { row, cells });
    }

    /// Corrects rows of a header in place.
    pub(crate) fn in_header(&self, tidying: &mut Tidying<'_>, rows: &mut [GridRow], last: u32) {
        for row in rows.iter_mut().filter(|row| row.number <= last) {
            let Some(cells) = self.by_row.get(&row.number) else { continue };
            self.check(tidying, row, cells);
            for corrected in cells {
                let at = corrected.column as usize - 1;
                if row.cells.len() > at || at < 16_384 {
                    row.cells.resize(row.cells.len().max(at + 1), CellContent::Empty);
                }
                if let Some(cell) = row.cells.get_mut(at) {
                    *cell = CellContent::from_text(corrected.correction.new_text());
                }
            }
        }
    }

    fn check(&self, tidying: &mut Tidying<'_>, row: &dyn Row, cells: &[Corrected<'_>]) {
        for Corrected { column, correction, .. } in cells {
            tidying.corrected.insert((row.number(), *column));
            let cell = row.cell(*column);
            if !holds(cell, &correction.old) {
                tidying.fault_at(
                    row.number(),
                    *column,
                    format!("it holds {:?}, and its correction is of {:?}", shown(cell), correction.old.text()),
                    "the file is another one, or `old` or `cell` is wrong: mend `corrections` in vintage.yaml",
                );
            }
        }
    }

    /// A fault for each correction whose row the table hasn't.
    pub(crate) fn end(&self, tidying: &mut Tidying<'_>) {
        for (row, cells) in &self.by_row {
            for Corrected { column, correction, .. } in cells {
                if !tidying.corrected.contains(&(*row, *column)) {
                    tidying.fault(Problem {
                        cell: Some((*row, *column)),
                        message: format!(
                            "a correction of {:?} in a row that isn't read",
                            correction.old.text()
                        ),
                        hint: "it lies above the header, under `last_row` or beyond the file: mend `cell`"
                            .into(),
                    });
                }
            }
        }
    }
}

/// What a cell shows, for a message.
fn shown(cell: Cell<'_>) -> String {
    match cell {
        Cell::Shown(Shown::Noted { whole, .. }) => whole.clone(),
        other => other.raw().into_owned(),
    }
}

fn holds(cell: Cell<'_>, old: &CellText) -> bool {
    let text = old.text();
    if cell.raw() == text || shown(cell) == text {
        return true;
    }
    // A number may be written in several ways, 12.10 and 12.1.
    match old {
        CellText::Text(_) => false,
        CellText::Whole(_) | CellText::Number(_) => {
            let (held, old) = (parse_number(&cell.raw()), parse_number(&text));
            held.is_some() && held == old
        }
    }
}

struct CorrectedRow<'r> {
    row: &'r dyn Row,
    cells: &'r [Corrected<'r>],
}

impl Row for CorrectedRow<'_> {
    fn number(&self) -> u32 {
        self.row.number()
    }

    fn cell(&self, column: u32) -> Cell<'_> {
        let corrected = self.cells.iter().find(|corrected| corrected.column == column);
        match corrected {
            // A value that is made missing keeps the words of why.
            Some(corrected) => Cell::Shown(&corrected.new),
            None => self.row.cell(column),
        }
    }

    fn width(&self) -> u32 {
        let last = self.cells.iter().map(|corrected| corrected.column).max().unwrap_or(0);
        self.row.width().max(last)
    }
}
