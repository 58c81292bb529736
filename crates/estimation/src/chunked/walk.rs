//! From chunks of rows to blocks of whole entities.

use std::cmp::Ordering;
use std::ops::Range;

use vintner_panel::{Frequency, PanelChunk, PanelChunks, PanelError};

use crate::outcome::{EstimationError, Result};
use crate::sample::{Formula, WeightKind};

/// Entities observed once that a note names.
const NAMED: usize = 1000;

/// Complete rows of whole entities.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// The dependent variable, the regressors.
    pub(super) columns: Vec<Vec<f64>>,
    pub(super) weights: Option<Vec<f64>>,
    pub(super) times: Vec<i32>,
    /// Each entity's rows.
    pub(super) groups: Vec<Range<usize>>,
    /// The entities, as their rows.
    pub(super) entities: Vec<String>,
    /// The entities observed once.
    pub(super) single: Vec<String>,
}

/// Adds to the entities that a note names, as long as there aren't too many.
pub(super) fn name_more(named: &mut Vec<String>, more: &[String]) {
    named.extend(more.iter().take(NAMED.saturating_sub(named.len())).cloned());
}

/// What became of the rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Walked {
    pub(super) incomplete: usize,
    pub(super) weightless: usize,
    /// How long the times are, with one of them.
    pub(super) times: Option<(Frequency, i32)>,
}

/// Walks over all rows once, a block of whole entities at a time.
pub(super) fn walk(
    source: &mut dyn PanelChunks,
    formula: &Formula,
    mut visit: impl FnMut(&Block) -> Result<()>,
) -> Result<Walked> {
    let names: Vec<&str> =
        formula.variables().chain(formula.weights.iter().map(|weights| weights.column.as_str())).collect();
    let mut gatherer = Gatherer {
        formula,
        block: Block::new(formula),
        open: None,
        start: 0,
        walked: Walked::default(),
        order: Order::default(),
        times: None,
    };
    let mut failed = None;
    source.visit(&names, &mut |chunk| {
        let done = gatherer.take(&chunk).and_then(|()| {
            let block = gatherer.whole_entities();
            if block.groups.is_empty() { Ok(()) } else { visit(&block) }
        });
        failed = done.err();
        failed.is_none()
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    gatherer.close();
    let rest = gatherer.whole_entities();
    if !rest.groups.is_empty() {
        visit(&rest)?;
    }
    Ok(Walked { times: gatherer.times, ..gatherer.walked })
}

struct Gatherer<'a> {
    formula: &'a Formula,
    block: Block,
    /// The entity whose rows come in, and its last time.
    open: Option<(String, i32)>,
    /// Where its complete rows begin in the block.
    start: usize,
    walked: Walked,
    order: Order,
    /// How long the times are, with one of them.
    times: Option<(Frequency, i32)>,
}

impl Block {
    fn new(formula: &Formula) -> Self {
        Self {
            columns: vec![Vec::new(); formula.regressors.len() + 1],
            weights: formula.weights.as_ref().map(|_| Vec::new()),
            ..Self::default()
        }
    }
}

impl Gatherer<'_> {
    fn take(&mut self, chunk: &PanelChunk) -> Result<()> {
        let variables = self.block.columns.len();
        if let Some(time) = chunk.times.first() {
            let (frequency, before) = *self.times.get_or_insert((chunk.frequency, *time));
            if frequency != chunk.frequency {
                let of = |frequency: Frequency, time| format!("the {frequency} {}", frequency.label(time));
                return Err(EstimationError::from(PanelError::MixedTimes {
                    column: "time".into(),
                    one: of(frequency, before),
                    other: of(chunk.frequency, *time),
                }));
            }
        }
        let columns: Vec<&[f64]> = chunk.columns.iter().map(|column| &**column).collect();
        for (entity, rows) in &chunk.entities {
            let unsorted =
                |time: i32| EstimationError::from(PanelError::NotSorted { entity: entity.clone(), time });
            let first = chunk.times[rows.start];
            match &self.open {
                Some((open, last)) if open == entity => {
                    if first <= *last {
                        return Err(unsorted(first));
                    }
                }
                _ => {
                    self.close();
                    if !self.order.accepts(entity) {
                        return Err(unsorted(first));
                    }
                }
            }
            let times = &chunk.times[rows.clone()];
            if let Some(pair) = times.windows(2).find(|pair| pair[1] <= pair[0]) {
                return Err(unsorted(pair[1]));
            }
            self.open = Some((entity.clone(), times[times.len() - 1]));
            let whole =
                self.block.weights.is_none() && chunk.columns.iter().all(|column| column.missing() == 0);
            if whole {
                for (target, column) in self.block.columns.iter_mut().zip(&columns) {
                    target.extend_from_slice(&column[rows.clone()]);
                }
                self.block.times.extend_from_slice(times);
                continue;
            }
            for row in rows.clone() {
                if columns.iter().any(|column| column[row].is_nan()) {
                    self.walked.incomplete += 1;
                    continue;
                }
                if let Some(weights) = &mut self.block.weights {
                    let weight = columns[variables][row];
                    self.formula.check_weight(entity, chunk.times[row], weight)?;
                    if weight == 0.0 {
                        self.walked.weightless += 1;
                        continue;
                    }
                    weights.push(weight);
                }
                if columns[..variables].iter().any(|column| column[row].is_infinite()) {
                    self.walked.incomplete += 1;
                    if let Some(weights) = &mut self.block.weights {
                        weights.pop();
                    }
                    continue;
                }
                for (target, column) in self.block.columns.iter_mut().zip(&columns) {
                    target.push(column[row]);
                }
                self.block.times.push(chunk.times[row]);
            }
        }
        Ok(())
    }

    /// Ends the entity that is open.
    fn close(&mut self) {
        if let Some((entity, _)) = self.open.take() {
            let end = self.block.times.len();
            if end == self.start + 1 {
                self.block.single.push(entity.clone());
            }
            if end > self.start {
                self.block.groups.push(self.start..end);
                self.block.entities.push(entity);
            }
            self.start = end;
        }
    }

    /// The entities that are complete; the rows of the one that is open stay.
    fn whole_entities(&mut self) -> Block {
        let mut rest = Block::new(self.formula);
        for (rest, column) in rest.columns.iter_mut().zip(&mut self.block.columns) {
            *rest = column.split_off(self.start);
        }
        if let (Some(rest), Some(weights)) = (&mut rest.weights, &mut self.block.weights) {
            *rest = weights.split_off(self.start);
        }
        rest.times = self.block.times.split_off(self.start);
        self.start = 0;
        std::mem::replace(&mut self.block, rest)
    }
}

impl Formula {
    fn check_weight(&self, entity: &str, time: i32, value: f64) -> Result<()> {
        let Some(weights) = &self.weights else { return Ok(()) };
        let (column, entity, time) = (weights.column.clone(), entity.to_owned(), Some(time.into()));
        if !(value.is_finite() && value >= 0.0) {
            return Err(EstimationError::BadWeight { column, entity, time, value });
        }
        if weights.kind == WeightKind::Frequency && value.fract() != 0.0 {
            return Err(EstimationError::BrokenFrequency { column, entity, time, value });
        }
        Ok(())
    }
}

/// Whether entities come in one order, of text or of whole numbers, so that none can come twice.
#[derive(Debug, Default)]
struct Order {
    last: Option<(String, Option<i64>)>,
    broken_text: bool,
    broken_numbers: bool,
}

impl Order {
    fn accepts(&mut self, entity: &str) -> bool {
        let number: Option<i64> = entity.parse().ok();
        if let Some((last, last_number)) = &self.last {
            self.broken_text |= entity.cmp(last) != Ordering::Greater;
            self.broken_numbers |= !matches!((number, last_number), (Some(now), Some(last)) if now > *last);
        }
        self.last = Some((entity.to_owned(), number));
        !(self.broken_text && self.broken_numbers)
    }
}
