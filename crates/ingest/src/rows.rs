//! Rows of any format as a layout sees them, and the blocks that they are read in.

use crate::cell::Cell;
use crate::grid::GridRow;
use crate::malformed::Malformed;

/// One row of a table.
pub(crate) trait Row {
    /// The row as a reader sees it in the file, from 1.
    fn number(&self) -> u32;

    /// The cell in a column counted from 1; empty where the row ends before it.
    fn cell(&self, column: u32) -> Cell<'_>;

    /// How many cells it has.
    fn width(&self) -> u32;

    /// The first cell from a column on that isn't blank, with its column.
    fn first_from(&self, column: u32) -> Option<(u32, Cell<'_>)> {
        (column..=self.width()).map(|at| (at, self.cell(at))).find(|(_, cell)| !cell.is_blank())
    }

    /// Whether all its cells are blank.
    fn is_blank(&self) -> bool {
        self.first_from(1).is_none()
    }
}

/// Rows that follow one another and can be read apart from the rest of their table.
pub(crate) trait RowBlock: Sync {
    /// Visits each row in turn.
    ///
    /// # Errors
    /// Where the rest can't be divided into rows.
    fn each(&self, visit: &mut dyn FnMut(&dyn Row)) -> Result<(), Malformed>;
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
