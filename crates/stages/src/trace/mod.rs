//! Where numbers come from, back to cells of raw files, and what depends on a cell.
//!
//! A number of a report is about some rows of a panel and some of its variables. A variable's value in a
//! row has an *origin*: an expression over other values, a nominal value and its deflator, a share of a
//! national series, or tidy values, each of which knows the cell that it was read from. Following the origins
//! down gives the cells behind a number; following them up from a cell gives all numbers that depend on it.

mod all;
mod beside;
mod cells;
mod made;
mod number;
mod origin;
mod walk;
mod weight;

use serde::Serialize;
use vintner_pipeline::{Pipeline, Store, Vintage};

pub use all::{TracedNumber, TracedOrigin, Traces, trace_all};
pub use cells::RawCell;
pub use number::{NumberAddress, NumberValue};
pub use origin::Formula;
pub use weight::TracedInfluence;

use crate::error::StagesError;
use cells::Cells;
use made::Made;
use number::Numbers;
use walk::Walk;

/// The chain from a number down to raw cells.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trace {
    /// The number.
    pub address: NumberAddress,
    /// What is known of it.
    pub value: NumberValue,
    /// The branches and outputs that it passed through, the report's end first: each with the output's digest.
    pub stages: Vec<TracedStage>,
    /// The rows that it was computed from, as entity and time.
    pub sample: Vec<(String, i32)>,
    /// The rows left out, with what is missing there.
    pub dropped: Vec<DroppedSample>,
    /// How each variable is made, the number's own first.
    pub formulas: Vec<Formula>,
    /// The cells, by variable, entity and time.
    pub cells: Vec<RawCell>,
    /// The files of these cells.
    pub files: Vec<TracedFile>,
    /// A coefficient without each entity and each time, the largest change first; empty where that isn't
    /// known.
    pub influence: Vec<TracedInfluence>,
    /// Stages in other languages among those passed: what they do with single values isn't known.
    pub opaque: Vec<String>,
}

/// An output on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TracedStage {
    /// The output, as `branch.output`.
    pub output: String,
    /// Its operation.
    pub operation: String,
    /// Its digest.
    pub digest: String,
}

/// A row that a number couldn't use.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DroppedSample {
    /// The entity.
    pub entity: String,
    /// The time.
    pub time: i32,
    /// The variables that are missing there.
    pub missing: Vec<String>,
}

/// A raw file with its checksum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TracedFile {
    /// The source's name in the manifest.
    pub source: String,
    /// The file.
    pub file: String,
    /// The manifest's checksum, which was checked when the file was read.
    pub sha256: String,
    /// How many of the cells are in it.
    pub cells: usize,
}

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

/// Traces the number at an address: `Table 1/沧州/lnEG`, `descriptives/lnEG`, `granger/lnAI->lnCO2/唐山` or
/// `value/lnEG/沧州/2010`.
///
/// # Errors
/// Where something isn't made, or there is no such number.
pub fn trace_number(
    pipeline: &Pipeline,
    vintage: &Vintage,
    store: &Store,
    address: &str,
) -> Result<Trace, StagesError> {
    let made = Made::load(pipeline, vintage, store)?;
    let numbers = Numbers::of(&made)?;
    let number = numbers.find(&made, address)?;
    let cells = Cells::load(&made)?;
    let mut walk = Walk::new(&made, &cells);
    let found = walk.cells_behind(&number.panel, &number.variables, &number.sample)?;
    let mut raw: Vec<RawCell> = found.iter().map(|at| cells.cell(*at)).collect();
    raw.sort();
    raw.dedup();
    let files = files_of(&made, &raw);
    let formulas = walk.formulas(&number.panel, &number.variables);
    let mut stages = number.outputs.clone();
    stages.extend(walk.outputs_passed(&number.panel, &number.variables, &found));
    Ok(Trace {
        address: number.address,
        value: number.value,
        stages: stages.into_iter().filter_map(|output| made.traced(&output)).collect(),
        influence: number.influence,
        sample: number.sample,
        dropped: number.dropped,
        formulas,
        cells: raw,
        files,
        opaque: walk.opaque_behind(&number.panel, &number.variables),
    })
}

/// The files of cells, with how many of the cells each has.
fn files_of<'c>(made: &Made<'_>, cells: impl IntoIterator<Item = &'c RawCell>) -> Vec<TracedFile> {
    let mut files: Vec<TracedFile> = Vec::new();
    for cell in cells {
        match files.iter_mut().find(|file| file.source == cell.source) {
            Some(file) => file.cells += 1,
            None => files.push(TracedFile {
                source: cell.source.clone(),
                file: cell.address.file.clone(),
                sha256: made.checksum(&cell.source),
                cells: 1,
            }),
        }
    }
    files
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
        cells: wanted.iter().map(|at| cells.cell(*at)).collect(),
        values: walk.values_that_depend(&wanted)?,
        numbers: found,
        opaque: walk.opaque(),
    })
}
