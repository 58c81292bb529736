//! What reading a source yields.

use vintner_panel::{PanelError, Result, TidyTable, TidyValue};

/// The tidy values of one source.
#[derive(Debug, Clone, PartialEq)]
pub struct Tidied {
    /// The values in the order of the source's rows, those that the source marks as missing included.
    pub table: TidyTable,
    /// What is odd without being wrong.
    pub warnings: Vec<String>,
    /// How many rows under the header held anything.
    pub rows_read: usize,
    /// How many of them gave a value.
    pub rows_used: usize,
}

impl Tidied {
    /// How many values there are, and how many of them are missing.
    ///
    /// # Errors
    /// Where the table isn't one of tidy values.
    pub fn counts(&self) -> Result<(usize, usize)> {
        let (mut values, mut missing) = (0, 0);
        for variable in self.table.variables()? {
            let column = self.table.frame().column(variable.name()).map_err(PanelError::from)?;
            if variable.holds_all() {
                values += column.len();
                missing += column.null_count();
                continue;
            }
            for row in (0..self.table.height()).filter(|row| variable.holds(*row)) {
                values += 1;
                missing += usize::from(variable.is_missing(row));
            }
        }
        Ok((values, missing))
    }

    /// All values one by one, row by row.
    ///
    /// # Errors
    /// Where the table isn't one of tidy values.
    pub fn values(&self) -> Result<Vec<TidyValue>> {
        self.table.values(usize::MAX)
    }
}
