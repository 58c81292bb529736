//! What reading a source yields.

use std::collections::BTreeMap;

use vintner_panel::{PanelError, Result, TidyTable, TidyValue};

use crate::missing_codes::MissingCode;
use crate::names_outside::NameOutside;

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
    /// How many rows (in a table with entities across, columns) are of names that aren't in the crosswalk.
    pub rows_left_out: usize,
    /// Names that aren't in the crosswalk and whose rows were left out without the manifest's saying so.
    pub names_outside: Vec<NameOutside>,
    /// How many blank cells of each column of keys mean what stands above them, by header.
    pub filled: BTreeMap<String, usize>,
    /// How many rows were left out for each text that stands where times do and is none.
    pub not_times: BTreeMap<String, usize>,
    /// Numbers that are codes for missing values most often and were read as numbers.
    pub codes: Vec<MissingCode>,
}

impl Tidied {
    /// How many values there are, and how many of them are missing.
    ///
    /// # Errors
    /// Where the table isn't one of tidy values.
    pub fn counts(&self) -> Result<(usize, usize)> {
        let (mut values, mut missing) = (0, 0);
        for variable in self.table.variables()?.into_iter().filter(|variable| variable.beside().is_none()) {
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

    /// How many values each mark stands beside, by variable and mark.
    ///
    /// # Errors
    /// Where the table isn't one of tidy values.
    pub fn flags(&self) -> Result<BTreeMap<String, BTreeMap<String, usize>>> {
        let mut flags: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
        for variable in self.table.variables()? {
            let (Some(beside), Some(marks)) = (variable.beside(), variable.labels()) else { continue };
            let counts = flags.entry(beside.to_owned()).or_default();
            for mark in marks.iter().flatten().filter(|mark| !mark.is_empty()) {
                *counts.entry(mark.to_owned()).or_default() += 1;
            }
        }
        Ok(flags)
    }

    /// All values one by one, row by row.
    ///
    /// # Errors
    /// Where the table isn't one of tidy values.
    pub fn values(&self) -> Result<Vec<TidyValue>> {
        self.table.values(usize::MAX)
    }
}
