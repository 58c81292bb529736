//! What a vintage's pipeline has made, by branch.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Cursor;
use std::rc::Rc;

use polars::prelude::{DataFrame, ParquetReader, SerReader};
use serde::de::DeserializeOwned;
use serde_json::Value;
use vintner_panel::{Panel, TidyTable, tidy_columns};
use vintner_pipeline::{
    ColumnNotes, Kind, OutputRecord, Pipeline, PipelineStage, Plan, Record, Reference, Store, Survey,
    Vintage, column_notes,
};

use super::traced_stage::TracedStage;
use crate::error::StagesError;
use crate::operations::{ENTITY, TIME};

/// The outputs of a vintage's fresh branches.
pub(super) struct Made<'a> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) vintage: &'a Vintage,
    store: &'a Store,
    /// By stage, its branches in order: the item's key (empty where there is none) and the record.
    branches: BTreeMap<String, Vec<(String, Record)>>,
    /// What is in JSON, each read once.
    values: RefCell<BTreeMap<OutputOf, Rc<Value>>>,
}

/// An output of a branch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct OutputOf {
    pub(super) stage: String,
    pub(super) item: String,
    pub(super) output: String,
}

impl OutputOf {
    /// What a stage's name alone refers to: its first output.
    pub(super) fn main(stage: &PipelineStage) -> Self {
        let first = stage.bound.output_declarations.first();
        Self {
            stage: stage.name.clone(),
            item: String::new(),
            output: first.map(|declared| declared.name.clone()).unwrap_or_default(),
        }
    }

    /// As people write it: `tidy[gdp].tidy`.
    pub(super) fn name(&self) -> String {
        let item = if self.item.is_empty() { String::new() } else { format!("[{}]", self.item) };
        format!("{}{item}.{}", self.stage, self.output)
    }
}

impl<'a> Made<'a> {
    pub(super) fn load(
        pipeline: &'a Pipeline,
        vintage: &'a Vintage,
        store: &'a Store,
    ) -> Result<Self, StagesError> {
        let plan = Plan::new(pipeline, vintage);
        let survey = Survey::new(&plan, store)?;
        let mut branches: BTreeMap<String, Vec<(String, Record)>> = BTreeMap::new();
        for status in survey.statuses() {
            let (Some(record), "fresh") = (&status.record, status.state.word()) else {
                return Err(StagesError::NotMade {
                    vintage: vintage.name.clone(),
                    branch: status.branch.clone(),
                });
            };
            let item = status.id.item.clone().unwrap_or_default();
            branches.entry(status.id.stage.clone()).or_default().push((item, record.clone()));
        }
        Ok(Self { pipeline, vintage, store, branches, values: RefCell::default() })
    }

    /// The stages of an operation, in the pipeline's order.
    pub(super) fn stages_of(&self, operation: &str) -> impl Iterator<Item = &'a PipelineStage> {
        let operation = operation.to_owned();
        self.pipeline.stages.iter().filter(move |stage| stage.operation == operation)
    }

    pub(super) fn stage(&self, name: &str) -> Option<&'a PipelineStage> {
        self.pipeline.stages.iter().find(|stage| stage.name == name)
    }

    pub(super) fn branches(&self, stage: &str) -> &[(String, Record)] {
        self.branches.get(stage).map(Vec::as_slice).unwrap_or_default()
    }

    /// What an input of a stage reads; of a stage with branches, what its first branch's reads.
    pub(super) fn read_by(&self, stage: &PipelineStage, role: &str) -> Vec<OutputOf> {
        match stage.bound.inputs.get(role) {
            Some(Reference::Output { stage, branch, output }) => self
                .branches(stage)
                .iter()
                .filter(|(item, _)| branch.as_ref().is_none_or(|wanted| wanted == item))
                .map(|(item, _)| OutputOf {
                    stage: stage.clone(),
                    item: item.clone(),
                    output: output.clone(),
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    pub(super) fn record(&self, of: &OutputOf) -> Option<&OutputRecord> {
        let (_, record) = self.branches(&of.stage).iter().find(|(item, _)| *item == of.item)?;
        record.outputs.get(&of.output)
    }

    fn bytes(&self, of: &OutputOf) -> Result<Vec<u8>, StagesError> {
        let object = self.record(of).and_then(|record| self.store.object(&record.digest));
        object.ok_or_else(|| StagesError::NotMade { vintage: self.vintage.name.clone(), branch: of.name() })
    }

    pub(super) fn json<T: DeserializeOwned>(&self, of: &OutputOf) -> Result<T, StagesError> {
        Ok(serde_json::from_slice(&self.bytes(of)?)?)
    }

    /// An output in JSON, read once.
    pub(super) fn value(&self, of: &OutputOf) -> Result<Rc<Value>, StagesError> {
        if let Some(value) = self.values.borrow().get(of) {
            return Ok(Rc::clone(value));
        }
        let value = Rc::new(self.json::<Value>(of)?);
        self.values.borrow_mut().insert(of.clone(), Rc::clone(&value));
        Ok(value)
    }

    pub(super) fn text(&self, of: &OutputOf) -> Result<String, StagesError> {
        Ok(String::from_utf8_lossy(&self.bytes(of)?).into_owned())
    }

    pub(super) fn frame(&self, of: &OutputOf) -> Result<DataFrame, StagesError> {
        Ok(ParquetReader::new(Cursor::new(self.bytes(of)?)).finish()?)
    }

    /// A variable of tidy values, read alone.
    pub(super) fn tidy(&self, of: &OutputOf, variable: &str) -> Result<TidyTable, StagesError> {
        let bytes = self.bytes(of)?;
        let notes = column_notes(&bytes, &of.name())?;
        let text = tidy_columns::text(variable);
        let record = self.record(of);
        let has = |name: &&str| record.is_some_and(|record| record.columns.contains_key(*name));
        let wanted = tidy_columns::KEYS.into_iter().chain([variable, &text]).filter(has);
        let columns = wanted.map(str::to_owned).collect();
        let frame = ParquetReader::new(Cursor::new(bytes)).with_columns(Some(columns)).finish()?;
        Ok(TidyTable::new(frame, notes)?)
    }

    /// The notes to the columns of a frame.
    pub(super) fn notes(&self, of: &OutputOf) -> Result<ColumnNotes, StagesError> {
        Ok(column_notes(&self.bytes(of)?, &of.name())?)
    }

    pub(super) fn panel(&self, of: &OutputOf) -> Result<Panel, StagesError> {
        Ok(Panel::of_observations(self.frame(of)?, ENTITY, TIME)?)
    }

    /// The input of a stage that is a frame with this column: for one of its own columns that it hands on.
    pub(super) fn input_with(&self, stage: &PipelineStage, column: &str) -> Option<OutputOf> {
        stage.bound.inputs.keys().flat_map(|role| self.read_by(stage, role)).find(|output| {
            self.record(output)
                .is_some_and(|record| record.kind == Kind::Frame && record.columns.contains_key(column))
        })
    }

    pub(super) fn traced(&self, of: &OutputOf) -> Option<TracedStage> {
        Some(TracedStage {
            output: of.name(),
            operation: self.stage(&of.stage)?.operation.clone(),
            digest: self.record(of)?.digest.to_string(),
        })
    }

    /// The checksum that the manifest has of a source's file.
    pub(super) fn checksum(&self, source: &str) -> String {
        let found = self.vintage.sources.iter().find(|one| one.name == source);
        let checksum = found.and_then(|one| one.declaration.get("sha256")?.as_str());
        checksum.unwrap_or_default().to_owned()
    }
}
