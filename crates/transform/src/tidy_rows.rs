//! The values of one variable in tidy tables, borrowed: a source may hold far more than is asked of it.

use std::collections::BTreeSet;

use vintner_panel::{CellAddress, TidyTable, TidyVariable};

use crate::error::{Result, TransformError};
use crate::suggestion::nearest;

/// One value of a variable.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TidyRow<'a> {
    pub(crate) entity: Option<&'a str>,
    pub(crate) time: i32,
    pub(crate) category: Option<&'a str>,
    /// Finite, or missing.
    pub(crate) value: Option<f64>,
    variable: &'a TidyVariable<'a>,
    row: usize,
}

impl TidyRow<'_> {
    /// Where the value was read.
    pub(crate) fn address(&self) -> CellAddress {
        self.variable.address(self.row)
    }

    /// Where a missing value was looked for and what stood there.
    pub(crate) fn missing_reason(&self) -> String {
        missing_reason(self.variable, self.row)
    }
}

/// Where a missing value was looked for and what stood there.
pub(crate) fn missing_reason(variable: &TidyVariable<'_>, row: usize) -> String {
    let raw = variable.raw(row);
    let stood = if raw.is_empty() { "empty".to_owned() } else { format!("raw {raw:?}") };
    format!("missing in {} ({stood})", variable.address(row))
}

/// The variable in each table that says anything of it.
pub(crate) fn held_in<'t>(
    tables: &'t [TidyTable],
    variable: &'t str,
) -> Result<Vec<(usize, TidyVariable<'t>)>> {
    let mut held = Vec::new();
    for (at, table) in tables.iter().enumerate() {
        if let Some(own) = table.variable(variable)?
            && (own.holds_all() || (0..table.height()).any(|row| own.holds(row)))
        {
            held.push((at, own));
        }
    }
    if held.is_empty() {
        let available = variables(tables);
        return Err(TransformError::UnknownVariable {
            variable: variable.to_owned(),
            suggestion: nearest(variable, available.iter().map(String::as_str)),
            available,
        });
    }
    Ok(held)
}

/// All values of a variable, in the order of the tables.
pub(crate) fn rows_of<'a>(held: &'a [(usize, TidyVariable<'a>)], tables: &[TidyTable]) -> Vec<TidyRow<'a>> {
    let heights = held.iter().map(|(at, variable)| (variable, tables.get(*at).map_or(0, TidyTable::height)));
    let rows = heights.flat_map(|(variable, height)| {
        (0..height).filter(|row| variable.holds(*row)).map(move |row| TidyRow {
            entity: variable.entity(row),
            time: variable.time(row),
            category: variable.category(row),
            value: variable.number(row),
            variable,
            row,
        })
    });
    rows.collect()
}

/// The variables that the tables hold, sorted.
fn variables(tables: &[TidyTable]) -> Vec<String> {
    let found: BTreeSet<&str> = tables.iter().flat_map(TidyTable::variable_names).collect();
    found.into_iter().map(str::to_owned).collect()
}
