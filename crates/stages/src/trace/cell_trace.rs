//! From a raw cell up to all numbers that depend on it.

use serde::Serialize;
use vintner_pipeline::{Pipeline, Store, Vintage};

use super::cells::{Cells, RawCell};
use super::made::Made;
use super::number_address::NumberAddress;
use super::numbers::Numbers;
use super::walk::Walk;
use crate::error::StagesError;

/// What depends on a cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CellTrace {
    /// The cell, and the values that were read from it.
    pub cells: Vec<RawCell>,
    /// The values of panels that depend on it: variable, and how many rows of it.
    pub values: Vec<(String, usize)>,
    /// The numbers that depend on it.
    pub numbers: Vec<NumberAddress>,
    /// Stages in other languages that may depend on it.
    pub opaque: Vec<String>,
}

/// Lists every number that depends on a cell, named as `file!sheet!D15`; the sheet may be left out where
/// the file has one.
///
/// # Errors
/// Where something isn't made, or no value was read from such a cell.
pub fn trace_cell(
    pipeline: &Pipeline,
    vintage: &Vintage,
    store: &Store,
    cell: &str,
) -> Result<CellTrace, StagesError> {
    let made = Made::load(pipeline, vintage, store)?;
    let cells = Cells::load(&made)?;
    let wanted = cells.find(cell)?;
    let numbers = Numbers::of(&made)?;
    let mut walk = Walk::new(&made, &cells);
    let mut found = Vec::new();
    for number in numbers.all(&made)? {
        if walk.depends_on(&number.panel, &number.variables, &number.sample, &wanted)? {
            found.push(number.address);
        }
    }
    Ok(CellTrace {
        cells: wanted.iter().map(|at| cells.cell(*at)).collect::<Result<_, _>>()?,
        values: walk.values_that_depend(&wanted)?,
        numbers: found,
        opaque: walk.opaque(),
    })
}
