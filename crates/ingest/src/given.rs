//! Columns that a table hasn't, with one value in all its rows: what its file's name says of them.

use crate::cell::Cell;
use crate::file_pattern::Given;
use crate::header::Header;
use crate::problem::Problem;
use crate::rows::{Filled, GIVEN, Row};

/// The columns by number, each with its value.
#[derive(Debug, Clone, Default)]
pub(crate) struct GivenColumns(Vec<(u32, String)>);

impl GivenColumns {
    /// The columns, named in the header beside its own.
    pub(crate) fn beside(given: &Given, header: &mut Header) -> Result<Self, Problem> {
        let mut columns = Vec::new();
        for ((name, value), column) in given.iter().zip(GIVEN..) {
            if header.find(name).is_ok() {
                return Err(Problem {
                    cell: None,
                    message: format!(
                        "the table has a column {name:?}, and so does the name of its file ({value:?})"
                    ),
                    hint:
                        "call the one in the pattern `file` something else, or take the folder's for the key"
                            .into(),
                });
            }
            header.cells.push((column, name.clone()));
            header.parts.push(vec![name.clone()]);
            columns.push((column, value.clone()));
        }
        Ok(Self(columns))
    }
}

/// A row with the columns that are given.
pub(crate) struct GivenRow<'r> {
    pub(crate) row: &'r dyn Row,
    pub(crate) given: &'r GivenColumns,
}

impl Row for GivenRow<'_> {
    fn number(&self) -> u32 {
        self.row.number()
    }

    fn cell(&self, column: u32) -> Cell<'_> {
        if column < GIVEN {
            return self.row.cell(column);
        }
        let given = self.given.0.iter().find(|(at, _)| *at == column);
        given.map_or(Cell::Empty, |(_, value)| Cell::of_text(value))
    }

    fn width(&self) -> u32 {
        self.row.width()
    }

    fn filled(&self, column: u32) -> Filled {
        self.row.filled(column)
    }

    fn first_from(&self, column: u32) -> Option<(u32, Cell<'_>)> {
        self.row.first_from(column)
    }

    fn is_blank(&self) -> bool {
        self.row.is_blank()
    }
}
