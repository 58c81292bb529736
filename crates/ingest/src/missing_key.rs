//! Texts that stand for a missing value where a key does.

use crate::cell::Cell;
use crate::fold::{fold, is_folded};
use crate::key_column::KeyColumn;
use crate::rows::Row;
use crate::source::Source;
use crate::tidying::Tidying;

/// The texts of a source's `missing`, of which a key may be one.
#[derive(Debug)]
pub(crate) struct MissingKeys {
    /// Folded.
    texts: Vec<String>,
    /// Whether any of them may be a number's.
    has_numbers: bool,
}

impl MissingKeys {
    pub(crate) fn of(source: &Source) -> Self {
        let texts: Vec<String> =
            source.missing.iter().map(|text| fold(text)).filter(|text| !text.is_empty()).collect();
        let has_numbers = texts.iter().any(|text| text.parse::<f64>().is_ok());
        Self { texts, has_numbers }
    }

    /// Whether a cell has one of them.
    pub(crate) fn has(&self, cell: Cell<'_>) -> bool {
        if self.texts.is_empty() || (!self.has_numbers && matches!(cell, Cell::Whole(_) | Cell::Number(_))) {
            return false;
        }
        let raw = cell.raw();
        let is_one = |folded: &str| self.texts.iter().any(|text| text == folded);
        if is_folded(&raw) { is_one(&raw) } else { is_one(&fold(&raw)) }
    }

    /// Whether one of them stands where a key does, which is a fault then.
    pub(crate) fn refuse(&self, tidying: &mut Tidying<'_>, key: &KeyColumn, row: &dyn Row) -> bool {
        self.refuse_in(tidying, key.cell(row), row.number(), key.column)
    }

    /// The same of a cell that holds a key.
    pub(crate) fn refuse_in(&self, tidying: &mut Tidying<'_>, cell: Cell<'_>, row: u32, column: u32) -> bool {
        let is_one = self.has(cell);
        if is_one {
            let text = cell.raw();
            let message = format!(
                "{text:?} stands for a missing value by `missing`, and may be a key here or mean that there is none"
            );
            let hint = "if it is a key, write it under the `missing` of the columns that have it in place of the source's; if \
                        the cell has none, say in `corrections` what it should have, or leave its rows out by `where`, \
                        `last_row` or, of entities, `not_entities`";
            tidying.fault_at(row, column, message, hint);
        }
        is_one
    }
}

impl Tidying<'_> {
    /// Whether the manifest or the crosswalk says what a name is: an entity's, or none's.
    pub(crate) fn is_settled(&self, name: Cell<'_>) -> bool {
        self.knows(name) || self.is_nobody(&name.raw())
    }
}
