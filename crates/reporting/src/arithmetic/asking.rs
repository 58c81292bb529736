//! Rules being asked about numbers.

use super::finding::{Arithmetic, ArithmeticFault, Rule};
use crate::models::PrintedRow;

/// What is being asked, with what came out so far.
pub(super) struct Asking<'a> {
    pub(super) outcome: &'a mut Arithmetic,
}

impl Asking<'_> {
    /// A rule is asked about a number.
    pub(super) fn ask(
        &mut self,
        row: &PrintedRow,
        column: &str,
        rule: Rule,
        fits: bool,
        said: impl FnOnce() -> String,
    ) {
        *self.outcome.checked.entry(rule).or_default() += 1;
        if !fits {
            self.outcome.faults.push(ArithmeticFault {
                line: row.line,
                table: row.table.clone(),
                model: row.model.clone(),
                term: row.term.clone(),
                column: column.to_owned(),
                rule,
                message: said(),
            });
        }
    }
}
