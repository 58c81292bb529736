//! Key columns whose blank cells mean what stands above them.

use crate::cell::Cell;
use crate::fold::fold;
use crate::grid::CellContent;
use crate::header::Header;
use crate::key_column::find_key;
use crate::rows::{Filled, Row};
use crate::tidying::{GIVEN, Tidying};

/// The columns that are filled down, from left to right, each with its header.
#[derive(Debug, Default)]
pub(crate) struct FillColumns(Vec<(u32, String)>);

/// What the nearest filled cell above says, by column.
#[derive(Debug, Clone, Default)]
pub(crate) struct Carried(Vec<Above>);

#[derive(Debug, Clone, Default)]
struct Above {
    content: CellContent,
    /// The row in which it stands.
    row: u32,
    /// The column to the left that began something new since.
    anew: Option<u32>,
}

impl FillColumns {
    /// The columns that the source names; a fault for each that isn't there.
    pub(crate) fn find(tidying: &mut Tidying<'_>, header: &Header) -> Self {
        let source = tidying.asked.source;
        let mut columns: Vec<(u32, String)> = Vec::new();
        for name in source.fill.keys() {
            if let Some(key) = find_key(tidying, header, name).filter(|key| key.column < GIVEN) {
                columns.push((key.column, name.clone()));
            }
        }
        columns.sort_unstable();
        columns.dedup_by_key(|(column, _)| *column);
        Self(columns)
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Nothing above yet.
    pub(crate) fn begin(&self) -> Carried {
        Carried(vec![Above::default(); self.0.len()])
    }

    /// Takes what a row says itself for the rows under it. Where it begins something new in one of the columns, what stood
    /// in those to the right of it holds no longer: another region's first row has no city yet.
    pub(crate) fn see(&self, carried: &mut Carried, row: &dyn Row) {
        let mut anew: Option<u32> = None;
        for ((column, _), above) in self.0.iter().zip(&mut carried.0) {
            let cell = row.cell(*column);
            if cell.is_blank() {
                if let Some(left) = anew {
                    *above = Above { anew: Some(left), ..Above::default() };
                }
                continue;
            }
            let differs = above.anew.is_some() || fold(&above.content.raw()) != fold(&cell.raw());
            if differs {
                anew = Some(*column);
                *above = Above { content: CellContent::of(cell), row: row.number(), anew: None };
            }
        }
    }

    /// Counts what was filled in a row that was read.
    pub(crate) fn count(&self, tidying: &mut Tidying<'_>, row: &FilledRow<'_>) {
        for ((column, name), above) in self.0.iter().zip(&row.carried.0) {
            if row.filled(*column) == Filled::FromAbove {
                *tidying.filled.entry(name.clone()).or_default() += 1;
                tidying.filled_from.insert(above.row);
            }
        }
    }

    fn place(&self, column: u32) -> Option<usize> {
        self.0.iter().position(|(own, _)| *own == column)
    }
}

/// A row whose blank cells in these columns say what stands above them.
pub(crate) struct FilledRow<'r> {
    pub(crate) row: &'r dyn Row,
    pub(crate) columns: &'r FillColumns,
    pub(crate) carried: &'r Carried,
}

impl Row for FilledRow<'_> {
    fn number(&self) -> u32 {
        self.row.number()
    }

    fn cell(&self, column: u32) -> Cell<'_> {
        let own = self.row.cell(column);
        match self.columns.place(column).filter(|_| own.is_blank()).and_then(|at| self.carried.0.get(at)) {
            Some(above) => above.content.as_cell(),
            None => own,
        }
    }

    fn width(&self) -> u32 {
        self.row.width()
    }

    fn filled(&self, column: u32) -> Filled {
        let above = self.columns.place(column).and_then(|at| self.carried.0.get(at));
        match above.filter(|_| self.row.cell(column).is_blank()) {
            None => Filled::Own,
            Some(above) if !above.content.is_blank() => Filled::FromAbove,
            Some(Above { anew: Some(left), .. }) => Filled::Anew(*left),
            Some(_) => Filled::Nothing,
        }
    }

    fn first_from(&self, column: u32) -> Option<(u32, Cell<'_>)> {
        self.row.first_from(column)
    }

    fn is_blank(&self) -> bool {
        self.row.is_blank()
    }
}
