//! The rows of panels, and the variables in them, that an output is computed from.

use std::collections::BTreeSet;
use std::rc::Rc;

use vintner_pipeline::{Bound, Kind};

use super::dropped_sample::DroppedSample;
use super::fitted::fitted;
use super::made::{Made, OutputOf};
use super::spread::Row;
use crate::error::StagesError;
use crate::operations::{ENTITY, TIME};

/// Rows of a panel and the variables in them. Of tidy values, which are no panel yet, all rows: none are listed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ground {
    pub(super) panel: OutputOf,
    pub(super) variables: Vec<String>,
    pub(super) sample: Vec<Row>,
    pub(super) dropped: Vec<DroppedSample>,
}

impl Ground {
    /// Leaves each row in once, and out of those that were left out where another equation has it.
    pub(super) fn without_twice(&mut self) {
        self.sample.sort();
        self.sample.dedup();
        let sample = &self.sample;
        self.dropped.retain(|row| sample.binary_search(&(row.entity.clone(), row.time)).is_err());
    }
}

/// All that a number rests on. Many numbers share it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Base {
    pub(super) grounds: Vec<Ground>,
    /// The stages in other languages that lie between these and the number.
    pub(super) opaque: BTreeSet<String>,
}

/// What an output is computed from.
#[derive(Debug, Clone, Default)]
pub(super) struct Behind {
    pub(super) base: Rc<Base>,
    /// The outputs that lie between, the nearest first.
    pub(super) passed: Vec<OutputOf>,
}

/// What was found so far.
#[derive(Default)]
struct Found {
    base: Base,
    passed: Vec<OutputOf>,
    seen: BTreeSet<OutputOf>,
}

/// Operations whose frames are followed column by column.
pub(super) const FOLLOWED: [&str; 4] = ["assemble", "exposure", "deflate", "derive"];
/// Operations that estimate on the complete rows of a panel.
const FITTED: [&str; 7] = ["regress", "iv", "system", "gmm", "mean_group", "bootstrap", "fama_macbeth"];
/// Stages in other languages.
const COMMAND: &str = "run";

impl Base {
    /// One panel's rows.
    pub(super) fn of(ground: Ground) -> Rc<Self> {
        Rc::new(Self { grounds: vec![ground], opaque: BTreeSet::new() })
    }

    /// The rows of all panels, each once.
    pub(super) fn sample(&self) -> Vec<Row> {
        match &self.grounds[..] {
            [one] => one.sample.clone(),
            several => {
                let all: BTreeSet<Row> = several.iter().flat_map(|ground| &ground.sample).cloned().collect();
                all.into_iter().collect()
            }
        }
    }

    /// The rows that were left out of any panel's.
    pub(super) fn dropped(&self) -> Vec<DroppedSample> {
        self.grounds.iter().flat_map(|ground| &ground.dropped).cloned().collect()
    }

    /// The variables of all panels, each once.
    pub(super) fn variables(&self) -> Vec<String> {
        let mut variables: Vec<String> = Vec::new();
        for name in self.grounds.iter().flat_map(|ground| &ground.variables) {
            if !variables.contains(name) {
                variables.push(name.clone());
            }
        }
        variables
    }

    fn add(&mut self, ground: Ground) {
        let Some(known) = self.grounds.iter_mut().find(|known| known.panel == ground.panel) else {
            self.grounds.push(ground);
            return;
        };
        for variable in ground.variables {
            if !known.variables.contains(&variable) {
                known.variables.push(variable);
            }
        }
        known.sample.extend(ground.sample);
        known.without_twice();
    }
}

impl Made<'_> {
    /// What an output is computed from; of one with several models, that of this name.
    pub(super) fn behind(&self, of: &OutputOf, model: &str) -> Result<Rc<Behind>, StagesError> {
        let key = (of.clone(), model.to_owned());
        if let Some(known) = self.known_behind(&key) {
            return Ok(known);
        }
        let mut found = Found::default();
        self.look(of, model, &mut found)?;
        Ok(self.keep_behind(key, Behind { base: Rc::new(found.base), passed: found.passed }))
    }

    fn look(&self, of: &OutputOf, model: &str, found: &mut Found) -> Result<(), StagesError> {
        if !found.seen.insert(of.clone()) {
            return Ok(());
        }
        let (Some(stage), Some(bound)) = (self.stage(&of.stage), self.bound(&of.stage, &of.item)) else {
            return Ok(());
        };
        let is_frame = self.record(of).is_some_and(|record| record.kind == Kind::Frame);
        match stage.operation.as_str() {
            operation if is_frame && FOLLOWED.contains(&operation) => found.base.add(self.whole(of, None)?),
            "ingest" if is_frame => found.base.add(self.whole_tidy(of)),
            operation if FITTED.contains(&operation) => {
                found.passed.push(of.clone());
                if let Some(panel) = self.read_by_bound(bound, "panel").into_iter().next() {
                    found.base.add(fitted(self, operation, bound, &panel, model)?);
                }
            }
            operation => {
                found.passed.push(of.clone());
                if operation == COMMAND {
                    found.base.opaque.insert(of.stage.clone());
                }
                for role in bound.inputs.keys() {
                    for read in self.read_by_bound(bound, role) {
                        self.look_into(bound, role, &read, found)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Looks into what a stage reads, of a panel only at the columns that it declares.
    fn look_into(
        &self,
        bound: &Bound,
        role: &str,
        read: &OutputOf,
        found: &mut Found,
    ) -> Result<(), StagesError> {
        let followed =
            self.stage(&read.stage).is_some_and(|stage| FOLLOWED.contains(&stage.operation.as_str()));
        let is_frame = self.record(read).is_some_and(|record| record.kind == Kind::Frame);
        match declared_columns(bound, role) {
            Some(columns) if followed && is_frame => found.base.add(self.whole(read, Some(&columns))?),
            _ => self.look(read, "", found)?,
        }
        Ok(())
    }

    /// All rows of a panel, with all of its variables or with some.
    fn whole(&self, of: &OutputOf, columns: Option<&[String]>) -> Result<Ground, StagesError> {
        let wanted = |name: &String| columns.is_none_or(|columns| columns.contains(name));
        Ok(Ground {
            panel: of.clone(),
            variables: self.columns(of).into_iter().filter(wanted).collect(),
            sample: self.rows(of)?,
            dropped: Vec::new(),
        })
    }

    fn whole_tidy(&self, of: &OutputOf) -> Ground {
        Ground {
            panel: of.clone(),
            variables: self.tidy_variables(of),
            sample: Vec::new(),
            dropped: Vec::new(),
        }
    }
}

/// The columns, besides the keys, that a stage reads of a frame under `role`; none where it may read all.
pub(super) fn declared_columns(bound: &Bound, role: &str) -> Option<Vec<String>> {
    let declared = bound.input_declarations.iter().find(|declared| declared.role == role)?;
    let columns = declared.columns.as_ref()?.iter();
    Some(columns.filter(|name| *name != ENTITY && *name != TIME).cloned().collect())
}
