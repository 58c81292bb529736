//! Sources whose periods are of different lengths, brought to the shortest.

use std::borrow::Cow;

use vintner_panel::TidyTable;

use crate::assembly::Assembly;
use crate::error::{Result, TransformError};
use crate::suggestion::nearest;

/// Tidy tables of one frequency.
pub(crate) struct OneFrequency<'t> {
    pub(crate) tables: Cow<'t, [TidyTable]>,
    /// Which of them were of longer periods: the panel's times are those of the others.
    pub(crate) repeated: Vec<bool>,
}

/// The tables, those of longer periods with a row for each of the shortest ones that lie in theirs. That a variable is to
/// be repeated so is declared.
pub(crate) fn at_one_frequency<'t>(tidy: &'t [TidyTable], assembly: &Assembly) -> Result<OneFrequency<'t>> {
    check_asked(assembly)?;
    let timed = tidy.iter().filter(|table| table.has_times() && has_any(table, assembly));
    let Some(finest) = timed.max_by_key(|table| table.frequency()) else {
        return Ok(OneFrequency { tables: Cow::Borrowed(tidy), repeated: vec![false; tidy.len()] });
    };
    let frequency = finest.frequency();
    let is_longer =
        |table: &TidyTable| table.has_times() && has_any(table, assembly) && table.frequency() != frequency;
    for variable in &assembly.repeat {
        let holders = tidy.iter().filter(|table| holds(table, variable)).collect::<Vec<_>>();
        if let Some(own) = holders.iter().find(|table| !is_longer(table)) {
            return Err(TransformError::NothingToRepeat {
                variable: variable.clone(),
                source_name: own.place().source.clone(),
                frequency,
            });
        }
    }
    if !tidy.iter().any(is_longer) {
        return Ok(OneFrequency { tables: Cow::Borrowed(tidy), repeated: vec![false; tidy.len()] });
    }
    let mut tables = Vec::with_capacity(tidy.len());
    let mut repeated = Vec::with_capacity(tidy.len());
    for table in tidy {
        repeated.push(is_longer(table));
        if !is_longer(table) {
            tables.push(table.clone());
            continue;
        }
        let asked = assembly.variables.iter().filter(|variable| holds(table, variable));
        let undeclared: Vec<String> =
            asked.filter(|variable| !assembly.repeat.contains(variable)).cloned().collect();
        let mixed = |variables: Vec<String>| TransformError::MixedFrequencies {
            longer: table.frequency(),
            longer_source: table.place().source.clone(),
            shorter: frequency,
            shorter_source: finest.place().source.clone(),
            variables,
        };
        if !undeclared.is_empty() {
            return Err(mixed(undeclared));
        }
        tables.push(table.repeated(frequency)?.ok_or_else(|| mixed(Vec::new()))?);
    }
    Ok(OneFrequency { tables: Cow::Owned(tables), repeated })
}

/// That what is to be repeated is assembled.
fn check_asked(assembly: &Assembly) -> Result<()> {
    let absent = assembly.repeat.iter().find(|variable| !assembly.variables.contains(variable));
    match absent {
        None => Ok(()),
        Some(variable) => Err(TransformError::RepeatNotAsked {
            variable: variable.clone(),
            available: assembly.variables.clone(),
            suggestion: nearest(variable, assembly.variables.iter().map(String::as_str)),
        }),
    }
}

fn holds(table: &TidyTable, variable: &str) -> bool {
    table.height() > 0 && table.variable_names().any(|name| name == variable)
}

fn has_any(table: &TidyTable, assembly: &Assembly) -> bool {
    assembly.variables.iter().any(|variable| holds(table, variable))
}
