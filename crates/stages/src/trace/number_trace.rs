//! From a number down to raw cells.

use serde::Serialize;
use vintner_panel::Period;
use vintner_pipeline::{Pipeline, Store, Vintage};

use super::cells::Cells;
use super::dropped_sample::DroppedSample;
use super::influences::TracedInfluence;
use super::made::Made;
use super::number::NumberValue;
use super::number_address::NumberAddress;
use super::numbers::Numbers;
use super::origin::Formula;
use super::raw_cell::RawCell;
use super::traced_file::{TracedFile, files_of};
use super::traced_stage::TracedStage;
use super::walk::Walk;
use crate::error::StagesError;

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
    pub sample: Vec<(String, Period)>,
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

/// Traces the number at an address: `Table 1/沧州/lnEG`, of a table of models `table/3/union`, `descriptives/lnEG`, `granger/lnAI->lnCO2/唐山` or
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
    let found = walk.cells_behind(&number.base)?;
    let mut raw: Vec<RawCell> = found.iter().map(|at| cells.cell(*at)).collect::<Result<_, _>>()?;
    raw.sort();
    raw.dedup();
    let files = files_of(&made, &raw);
    let formulas = walk.formulas(&number.base);
    let mut stages = number.outputs.clone();
    stages.extend(walk.outputs_passed(&number.base, &found));
    Ok(Trace {
        address: number.address,
        value: number.value,
        stages: stages.into_iter().filter_map(|output| made.traced(&output)).collect(),
        influence: number.influence,
        sample: number.base.sample(),
        dropped: number.base.dropped(),
        formulas,
        cells: raw,
        files,
        opaque: walk.opaque_behind(&number.base),
    })
}
