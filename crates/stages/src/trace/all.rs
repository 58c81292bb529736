//! The traces of all numbers of a report at once, what they share said once.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde::Serialize;
use vintner_panel::Period;
use vintner_pipeline::{Pipeline, Store, Vintage};
use vintner_reporting::trace_page;

use super::cells::Cells;
use super::dropped_sample::DroppedSample;
use super::ground::Base;
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

/// The traces of all numbers of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Traces {
    /// The numbers in the report's order, each address once.
    pub numbers: Vec<TracedNumber>,
    /// What they are computed from; many numbers share it.
    pub origins: Vec<TracedOrigin>,
    /// The raw cells behind any of them, by variable, entity and time.
    pub cells: Vec<RawCell>,
    /// The files of these cells.
    pub files: Vec<TracedFile>,
    /// What units are called whose ids are no names; by their ids.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub units: BTreeMap<String, String>,
}

/// A number among all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TracedNumber {
    /// The number.
    pub address: NumberAddress,
    /// Where its trace stands among the pages of an audit ([`vintner_reporting::trace_page`]).
    pub page: String,
    /// What is known of it.
    pub value: NumberValue,
    /// The outputs that it passed through above its panel, the report's end first.
    pub stages: Vec<TracedStage>,
    /// What it was computed from: a place in [`Traces::origins`].
    pub origin: usize,
    /// A coefficient without each entity and each time, the largest change first; empty where that isn't
    /// known.
    pub influence: Vec<TracedInfluence>,
}

/// Variables in rows of a panel, and what they come from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TracedOrigin {
    /// The panel, as `stage.output`; empty where none is known.
    pub panel: String,
    /// Further panels, where a stage in another language read several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<String>,
    /// The variables.
    pub variables: Vec<String>,
    /// The rows, as entity and time.
    pub sample: Vec<(String, Period)>,
    /// The rows left out, with what is missing there.
    pub dropped: Vec<DroppedSample>,
    /// How each variable is made.
    pub formulas: Vec<Formula>,
    /// The outputs that the values passed through, from the panel down.
    pub stages: Vec<TracedStage>,
    /// The cells, as places in [`Traces::cells`], in order.
    pub cells: Vec<usize>,
    /// The files of these cells.
    pub files: Vec<TracedFile>,
    /// Stages in other languages among those passed: what they do with single values isn't known.
    pub opaque: Vec<String>,
}

/// Traces every number of a vintage's report. Nothing is computed anew but the influence of single
/// entities and times on coefficients.
///
/// # Errors
/// Where something isn't made.
pub fn trace_all(pipeline: &Pipeline, vintage: &Vintage, store: &Store) -> Result<Traces, StagesError> {
    let made = Made::load(pipeline, vintage, store)?;
    let cells = Cells::load(&made)?;
    let known = Numbers::of(&made)?;
    let mut walk = Walk::new(&made, &cells);
    let mut places: BTreeMap<Rc<Base>, usize> = BTreeMap::new();
    let (mut origins, mut behind) = (Vec::new(), Vec::new());
    let mut numbers = Vec::new();
    for number in known.all(&made)? {
        let influence = known.influence(&made, &number)?;
        let origin = match places.get(&number.base) {
            Some(place) => *place,
            None => {
                let base = &number.base;
                let found = walk.cells_behind(base)?;
                let passed = walk.outputs_passed(base, &found);
                let mut panels = base.grounds.iter().map(|ground| ground.panel.name());
                origins.push(TracedOrigin {
                    panel: panels.next().unwrap_or_default(),
                    further: panels.collect(),
                    variables: base.variables(),
                    sample: base.sample(),
                    dropped: base.dropped(),
                    formulas: walk.formulas(base),
                    stages: passed.iter().filter_map(|output| made.traced(output)).collect(),
                    cells: Vec::new(),
                    files: Vec::new(),
                    opaque: walk.opaque_behind(base),
                });
                behind.push(found);
                places.insert(Rc::clone(base), origins.len() - 1);
                origins.len() - 1
            }
        };
        numbers.push(TracedNumber {
            page: trace_page(&number.address.to_string()),
            address: number.address,
            value: number.value,
            stages: number.outputs.iter().filter_map(|output| made.traced(output)).collect(),
            origin,
            influence,
        });
    }
    let (cells, place) = pooled(&cells, &behind)?;
    for (origin, found) in origins.iter_mut().zip(&behind) {
        let own: BTreeSet<usize> = found.iter().filter_map(|at| place.get(at).copied()).collect();
        origin.files = files_of(&made, own.iter().filter_map(|at| cells.get(*at)));
        origin.cells = own.into_iter().collect();
    }
    let files = files_of(&made, &cells);
    Ok(Traces { numbers, origins, cells, files, units: known.unit_names() })
}

/// The cells behind anything, in order, each once; and where each stands among them.
fn pooled(
    cells: &Cells<'_, '_>,
    behind: &[BTreeSet<usize>],
) -> Result<(Vec<RawCell>, BTreeMap<usize, usize>), StagesError> {
    let used: BTreeSet<usize> = behind.iter().flatten().copied().collect();
    let cell = |at: usize| Ok((cells.cell(at)?, at));
    let mut sorted: Vec<(RawCell, usize)> = used.into_iter().map(cell).collect::<Result<_, StagesError>>()?;
    sorted.sort();
    let (mut pool, mut place): (Vec<RawCell>, BTreeMap<usize, usize>) = (Vec::new(), BTreeMap::new());
    for (cell, at) in sorted {
        if pool.last() != Some(&cell) {
            pool.push(cell);
        }
        place.insert(at, pool.len() - 1);
    }
    Ok((pool, place))
}
