//! The traces of all numbers of a report at once.

use std::collections::{BTreeMap, BTreeSet};

use vintner_pipeline::{Pipeline, Store, Vintage};

use super::cells::Cells;
use super::made::Made;
use super::number::Numbers;
use super::walk::Walk;
use super::{DroppedSample, Formula, NumberAddress, NumberValue, RawCell, TracedInfluence, TracedStage};
use crate::StagesError;

/// Every number of a report with what it was computed from.
#[derive(Debug, Clone, PartialEq)]
pub struct AllTraces {
    /// The cells that were read, by variable, entity and time; numbers name them by their places here.
    pub cells: Vec<RawCell>,
    /// The numbers, in the order of the report's parts.
    pub numbers: Vec<TracedNumber>,
}

/// A number as [`Trace`](super::Trace) has it, its cells by their places.
#[derive(Debug, Clone, PartialEq)]
pub struct TracedNumber {
    /// The number.
    pub address: NumberAddress,
    /// What is known of it.
    pub value: NumberValue,
    /// The outputs that it passed through, the report's end first.
    pub stages: Vec<TracedStage>,
    /// The rows that it was computed from, as entity and time.
    pub sample: Vec<(String, i32)>,
    /// The rows left out, with what is missing there.
    pub dropped: Vec<DroppedSample>,
    /// How each variable is made, the number's own first.
    pub formulas: Vec<Formula>,
    /// The cells behind it, sorted.
    pub cells: Vec<usize>,
    /// A coefficient without each entity and each time.
    pub influence: Vec<TracedInfluence>,
    /// Stages among those passed that aren't followed value by value.
    pub opaque: Vec<String>,
}

/// Traces every number of a vintage's report; each is what [`trace_number`](super::trace_number) gives for
/// its address.
///
/// # Errors
/// Where something isn't made.
pub fn trace_all(pipeline: &Pipeline, vintage: &Vintage, store: &Store) -> Result<AllTraces, StagesError> {
    let made = Made::load(pipeline, vintage, store)?;
    let numbers = Numbers::of(&made)?;
    let known = Cells::load(&made)?;
    let mut walk = Walk::new(&made, &known);
    // Cells are told in their own order and each once, whatever the order in which they were read.
    let mut sorted: Vec<(RawCell, usize)> = (0..known.count()).map(|at| (known.cell(at), at)).collect();
    sorted.sort();
    let mut places: BTreeMap<usize, usize> = BTreeMap::new();
    let mut cells: Vec<RawCell> = Vec::with_capacity(sorted.len());
    for (cell, at) in sorted {
        if cells.last() != Some(&cell) {
            cells.push(cell);
        }
        places.insert(at, cells.len() - 1);
    }
    let mut traced = Vec::new();
    for mut number in numbers.all(&made)? {
        number.influence = numbers.influence(&made, &number)?;
        let behind = walk.cells_behind(&number.panel, &number.variables, &number.sample)?;
        let mut outputs = number.outputs.clone();
        outputs.extend(walk.outputs_behind(&number.panel, &number.variables, &behind));
        let own: BTreeSet<usize> = behind.iter().filter_map(|at| places.get(at).copied()).collect();
        traced.push(TracedNumber {
            stages: outputs.into_iter().filter_map(|output| made.traced(&output)).collect(),
            formulas: walk.formulas(&number.panel, &number.variables),
            opaque: walk.opaque_among(&number.panel, &number.variables),
            cells: own.into_iter().collect(),
            address: number.address,
            value: number.value,
            sample: number.sample,
            dropped: number.dropped,
            influence: number.influence,
        });
    }
    Ok(AllTraces { cells, numbers: traced })
}
