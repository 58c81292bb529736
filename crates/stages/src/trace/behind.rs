//! Looking for what an output is computed from, down to panels whose columns are followed.

use std::collections::BTreeSet;
use std::rc::Rc;

use vintner_panel::Frequency;
use vintner_pipeline::{Bound, Kind};

use super::fitted::fitted;
use super::ground::{Base, Behind, FOLLOWED, Ground};
use super::made::{Made, rows_of};
use super::output_of::OutputOf;
use super::parameters::declared_columns;
use crate::error::StagesError;

/// Operations that estimate on the complete rows of a panel.
const FITTED: [&str; 7] = ["regress", "iv", "system", "gmm", "mean_group", "bootstrap", "fama_macbeth"];
/// Stages in other languages.
const COMMAND: &str = "run";

/// What was found so far.
#[derive(Default)]
struct Found {
    base: Base,
    passed: Vec<OutputOf>,
    seen: BTreeSet<OutputOf>,
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
        let panel = self.rows_alone(of)?;
        let variables = self.columns(of).into_iter().filter(wanted).collect();
        Ok(Ground { sample: rows_of(&panel), ..Ground::on(of.clone(), &panel, variables) })
    }

    fn whole_tidy(&self, of: &OutputOf) -> Ground {
        Ground {
            panel: of.clone(),
            frequency: Frequency::Year,
            variables: self.tidy_variables(of),
            sample: Vec::new(),
            earlier: Vec::new(),
            dropped: Vec::new(),
        }
    }
}
