//! Rows of any format as a layout sees them, and the blocks that they are read in.

use crate::cell::Cell;
use crate::column_slice::ColumnSlice;
use crate::grid::GridRow;
use crate::malformed::Malformed;

/// Columns from here on aren't in the table; their values are given.
pub(crate) const GIVEN: u32 = 1 << 30;

/// One row of a table.
pub(crate) trait Row {
    /// The row as a reader sees it in the file, from 1.
    fn number(&self) -> u32;

    /// The cell in a column counted from 1; empty where the row ends before it.
    fn cell(&self, column: u32) -> Cell<'_>;

    /// How many cells it has.
    fn width(&self) -> u32;

    /// The column of a field that begins with a space and a quotation mark, which may be a quoted one.
    fn spaced_quote(&self) -> Option<u32> {
        None
    }

    /// The column of a quoted field that goes on over several lines, each of which is a row of so many fields if its quotation
    /// marks are parts of texts.
    fn quoted_rows(&self, _width: u32) -> Option<u32> {
        None
    }

    /// What a cell of a column of keys that is filled down is.
    fn filled(&self, _column: u32) -> Filled {
        Filled::Own
    }

    /// The column in which a row holds a year and nothing else, where that is the year of the rows under it.
    fn has_year_alone(&self) -> Option<u32> {
        None
    }

    /// The first cell from a column on that isn't blank, with its column; what is filled down is blank.
    fn first_from(&self, column: u32) -> Option<(u32, Cell<'_>)> {
        (column..=self.width()).map(|at| (at, self.cell(at))).find(|(_, cell)| !cell.is_blank())
    }

    /// Whether all its cells are blank.
    fn is_blank(&self) -> bool {
        self.first_from(1).is_none()
    }
}

/// Where what a key's cell says stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filled {
    /// In the cell itself, if anywhere.
    Own,
    /// In a cell above it.
    FromAbove,
    /// In no cell: it is blank, and so are all above it.
    Nothing,
    /// In no cell: it is blank, and a column to its left begins something new.
    Anew(u32),
}

/// Rows that follow one another and can be read apart from the rest of their table.
pub(crate) trait RowBlock: Sync {
    /// Visits each row in turn.
    ///
    /// # Errors
    /// Where the rest can't be divided into rows.
    fn each(&self, visit: &mut dyn FnMut(&dyn Row)) -> Result<(), Malformed>;

    /// The number of its first row, and how many it has, where the file holds it by column.
    fn span(&self) -> Option<(u32, usize)> {
        None
    }

    /// Its rows of a column counted from 1; nothing where they aren't held so, or something stands beside their values.
    fn slice(&self, _column: u32) -> Option<ColumnSlice<'_>> {
        None
    }
}

impl Row for GridRow {
    fn number(&self) -> u32 {
        self.number
    }

    fn cell(&self, column: u32) -> Cell<'_> {
        GridRow::cell(self, column).as_cell()
    }

    fn width(&self) -> u32 {
        u32::try_from(self.cells.len()).unwrap_or(u32::MAX)
    }
}

impl RowBlock for [GridRow] {
    fn each(&self, visit: &mut dyn FnMut(&dyn Row)) -> Result<(), Malformed> {
        self.iter().for_each(|row| visit(row));
        Ok(())
    }
}

impl RowBlock for &[GridRow] {
    fn each(&self, visit: &mut dyn FnMut(&dyn Row)) -> Result<(), Malformed> {
        (**self).each(visit)
    }
}
