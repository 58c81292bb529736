//! Tidy values put on the full grid of entities and years.

use polars::prelude::*;
use vintner_panel::{Panel, TidyTable};

use crate::assembly::Assembly;
use crate::derived::Derived;
use crate::error::{Result, TransformError};
use crate::frequencies::at_one_frequency;
use crate::grid::Grid;
use crate::promises::check_promises;
use crate::series::{Series, as_it_is};
use crate::suggestion::nearest;
use crate::tidy_rows::held_in;

/// The panel of `assembly` from tidy tables.
///
/// Every entity has a row for every year, or for those that a source has. A series without entities, such as an
/// exchange rate, is given to all of them; where there are no others, it is the panel, a time series. Sources
/// without times make a cross-section. A series of longer periods than others, such as a yearly one beside quarters, is
/// given to each of the shorter ones where that is declared. Each value that isn't there is a gap: no source has a row for it, or the
/// source's cell is empty or a code for missing, named with file, sheet and cell.
///
/// # Errors
/// [`TransformError::UnknownVariable`], [`TransformError::ByCategory`],
/// [`TransformError::MixedKeys`], [`TransformError::MixedTypes`], [`TransformError::DuplicateValue`],
/// [`TransformError::Repeated`], [`TransformError::NoEntities`], [`TransformError::EmptyWindow`],
/// [`TransformError::GridTooLarge`], [`TransformError::TextAggregated`], [`TransformError::MixedTimes`],
/// [`TransformError::AggregateNotAsked`], [`TransformError::RepeatNotAsked`],
/// [`TransformError::NothingToRepeat`], [`TransformError::PromisedYears`]; all faults of the variables at once.
pub fn assemble(tidy: &[TidyTable], assembly: &Assembly) -> Result<Derived> {
    check_promises(tidy, assembly.window)?;
    let same = at_one_frequency(tidy, assembly)?;
    let tidy: &[TidyTable] = &same.tables;
    let grid = Grid::new(assembly, &same).map_err(|error| match error {
        // Nothing is there of what isn't called so.
        TransformError::NoEntities => unknown(tidy, &assembly.variables).unwrap_or(error),
        error => error,
    })?;
    let mut columns = grid.key_columns(assembly);
    let mut gaps = Vec::new();
    let mut faults = Vec::new();
    let mut slots: Vec<Option<Vec<usize>>> = vec![None; tidy.len()];
    for variable in &assembly.variables {
        let aggregate = assembly.aggregate.get(variable).copied();
        let column = held_in(tidy, variable).and_then(|held| {
            if let Some(column) = as_it_is(variable, &held, tidy, &grid, &mut slots)? {
                return Ok(column);
            }
            let series = Series::of(variable, &held, tidy, &grid, &mut slots)?;
            series.column(&grid, aggregate, &mut gaps)
        });
        match column {
            Ok(column) => columns.push(column),
            Err(fault) => faults.push(fault),
        }
    }
    for variable in assembly.aggregate.keys().filter(|variable| !assembly.variables.contains(variable)) {
        faults.push(TransformError::AggregateNotAsked {
            variable: variable.clone(),
            available: assembly.variables.clone(),
            suggestion: nearest(variable, assembly.variables.iter().map(String::as_str)),
        });
    }
    TransformError::all(faults)?;
    gaps.sort();
    let frame = DataFrame::new(grid.height(), columns)?;
    let panel = match grid.keys(&assembly.entity, &assembly.time) {
        Some(keys) => Panel::of_grid(frame, keys)?,
        None => Panel::of_observations(frame, &assembly.entity, &assembly.time)?,
    };
    Ok(Derived { panel, gaps })
}
/// The fault of the first variable that no table has.
fn unknown(tidy: &[TidyTable], variables: &[String]) -> Option<TransformError> {
    let has = |table: &TidyTable, name: &str| matches!(table.variable(name), Ok(Some(_)));
    let absent = variables.iter().find(|name| !tidy.iter().any(|table| has(table, name)))?;
    held_in(tidy, absent).err()
}
