//! What a vintage's pipeline has made, by branch.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::rc::Rc;
use std::sync::Arc;

use polars::prelude::{Column, DataFrame, DataType, ParquetReader, SerReader};
use serde::de::DeserializeOwned;
use serde_json::Value;
use vintner_panel::{Frequency, Panel, Period, TidyTable, tidy_columns};
use vintner_pipeline::{
    Bound, ColumnNotes, Kind, OutputRecord, Pipeline, PipelineStage, Plan, Record, Reference, Store, Survey,
    Vintage, column_notes,
};

use super::ground::{Behind, FOLLOWED};
use super::influences::Influences;
use super::output_of::OutputOf;
use super::raw_cell::RawCell;
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
    /// By branch, what it runs on.
    bounds: BTreeMap<(String, String), Arc<Bound>>,
    /// What is in JSON, each read once.
    values: RefCell<BTreeMap<OutputOf, Rc<Value>>>,
    /// Panels that were read whole.
    panels: RefCell<BTreeMap<OutputOf, Rc<Panel>>>,
    /// What outputs are computed from, by output and model.
    behind: RefCell<BTreeMap<(OutputOf, String), Rc<Behind>>>,
    /// Equations without each entity and each time, by the fits' output, model and entity.
    pub(super) influences: RefCell<BTreeMap<InfluenceKey, Option<Rc<Influences>>>>,
}

/// The fits, the model of several, the entity whose own equation it is.
type InfluenceKey = (OutputOf, Option<String>, Option<String>);

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
        let bounds = survey.branches().map(|branch| {
            let item = branch.id.item.clone().unwrap_or_default();
            ((branch.id.stage.clone(), item), Arc::clone(&branch.bound))
        });
        let bounds = bounds.collect();
        let (values, panels, behind) = (RefCell::default(), RefCell::default(), RefCell::default());
        let influences = RefCell::default();
        Ok(Self { pipeline, vintage, store, branches, bounds, values, panels, behind, influences })
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

    /// What a branch runs on.
    pub(super) fn bound(&self, stage: &str, item: &str) -> Option<&Bound> {
        self.bounds.get(&(stage.to_owned(), item.to_owned())).map(Arc::as_ref)
    }

    /// What an input of a branch reads.
    pub(super) fn read_by_bound(&self, bound: &Bound, role: &str) -> Vec<OutputOf> {
        let Some(Reference::Output { stage, branch, output }) = bound.inputs.get(role) else {
            return Vec::new();
        };
        let own = self.branches(stage).iter();
        let own = own.filter(|(item, _)| branch.as_ref().is_none_or(|wanted| wanted == item));
        let main = self.stage(stage).map(OutputOf::main).map(|main| main.output).unwrap_or_default();
        let output = if output.is_empty() { &main } else { output };
        let of =
            |item: &String| OutputOf { stage: stage.clone(), item: item.clone(), output: output.clone() };
        own.map(|(item, _)| of(item)).collect()
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
        record.outputs.get(&of.output).map(Box::as_ref)
    }

    /// The bytes of an output.
    pub(super) fn bytes(&self, of: &OutputOf) -> Result<Vec<u8>, StagesError> {
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

    /// A frame, to be read as far as it is needed. Its object was looked at when the status of its branch was told.
    fn reader(&self, of: &OutputOf) -> Result<ParquetReader<File>, StagesError> {
        let path = self.record(of).map(|record| self.store.object_path(&record.digest));
        let file = path.and_then(|path| File::open(path).ok());
        let file = file
            .ok_or_else(|| StagesError::NotMade { vintage: self.vintage.name.clone(), branch: of.name() })?;
        Ok(ParquetReader::new(file))
    }

    /// Those of some columns that a frame has.
    fn among<'n>(&self, of: &OutputOf, names: impl IntoIterator<Item = &'n str>) -> Vec<String> {
        let record = self.record(of);
        let has = |name: &&str| record.is_some_and(|record| record.columns.contains_key(*name));
        names.into_iter().filter(has).map(str::to_owned).collect()
    }

    /// The columns with which variables of tidy values are read.
    fn tidy_columns(&self, of: &OutputOf, variables: &[&str]) -> Vec<String> {
        let texts: Vec<String> = variables.iter().map(|variable| tidy_columns::text(variable)).collect();
        let own = variables.iter().copied().chain(texts.iter().map(String::as_str));
        self.among(of, tidy_columns::KEYS.into_iter().chain(own))
    }

    /// A variable of tidy values, read alone.
    pub(super) fn tidy(&self, of: &OutputOf, variable: &str) -> Result<TidyTable, StagesError> {
        let columns = self.tidy_columns(of, &[variable]);
        let frame = self.reader(of)?.with_columns(Some(columns)).finish()?;
        Ok(TidyTable::new(frame, self.notes(of)?)?)
    }

    /// Variables of the tidy values that were read from one row of the file; nothing where none were.
    pub(super) fn tidy_row(
        &self,
        of: &OutputOf,
        number: u32,
        variables: &[&str],
        notes: ColumnNotes,
    ) -> Result<Option<TidyTable>, StagesError> {
        let rows = self.reader(of)?.with_columns(Some(vec![tidy_columns::ROW.to_owned()])).finish()?;
        let rows = rows.column(tidy_columns::ROW)?.rechunk();
        let rows = rows.u32()?.cont_slice()?;
        // Rows stand in the order of the file.
        let first = rows.partition_point(|row| *row < number);
        let count = rows.iter().skip(first).take_while(|row| **row == number).count();
        if count == 0 {
            return Ok(None);
        }
        let columns = self.tidy_columns(of, variables);
        let reader = self.reader(of)?.with_columns(Some(columns)).with_slice(Some((first, count)));
        Ok(Some(TidyTable::new(reader.finish()?, notes)?))
    }

    /// The notes to the columns of a frame.
    pub(super) fn notes(&self, of: &OutputOf) -> Result<ColumnNotes, StagesError> {
        Ok(column_notes(&mut self.reader(of)?, &of.name())?)
    }

    pub(super) fn panel(&self, of: &OutputOf) -> Result<Panel, StagesError> {
        Ok(Panel::of_observations(self.reader(of)?.finish()?, ENTITY, TIME)?)
    }

    /// A panel, read once.
    pub(super) fn shared_panel(&self, of: &OutputOf) -> Result<Rc<Panel>, StagesError> {
        if let Some(panel) = self.panels.borrow().get(of) {
            return Ok(Rc::clone(panel));
        }
        let panel = Rc::new(self.panel(of)?);
        self.panels.borrow_mut().insert(of.clone(), Rc::clone(&panel));
        Ok(panel)
    }

    /// What an output is computed from, where that was looked up before.
    pub(super) fn known_behind(&self, key: &(OutputOf, String)) -> Option<Rc<Behind>> {
        self.behind.borrow().get(key).map(Rc::clone)
    }

    pub(super) fn keep_behind(&self, key: (OutputOf, String), behind: Behind) -> Rc<Behind> {
        let behind = Rc::new(behind);
        self.behind.borrow_mut().insert(key, Rc::clone(&behind));
        behind
    }

    /// A panel with one of its variables alone.
    pub(super) fn panel_with(&self, of: &OutputOf, variable: &str) -> Result<Panel, StagesError> {
        let columns = self.among(of, [ENTITY, TIME, variable]);
        Ok(Panel::of_observations(self.reader(of)?.with_columns(Some(columns)).finish()?, ENTITY, TIME)?)
    }

    /// The main outputs that are panels or series, in the pipeline's order.
    pub(super) fn panels(&self) -> Vec<OutputOf> {
        let of = |stage: &'a PipelineStage| {
            let main = OutputOf::main(stage);
            let items = self.branches(&stage.name).iter().map(|(item, _)| item.clone());
            items.map(|item| OutputOf { item, ..main.clone() }).collect::<Vec<_>>()
        };
        let stages = self.pipeline.stages.iter();
        let stages = stages.filter(|stage| FOLLOWED.contains(&stage.operation.as_str()));
        stages.flat_map(of).collect()
    }

    /// The columns of a frame beside its keys.
    pub(super) fn columns(&self, of: &OutputOf) -> Vec<String> {
        let columns = self.record(of).map(|record| &record.columns);
        let names = columns.into_iter().flat_map(|columns| columns.keys());
        names.filter(|name| *name != ENTITY && *name != TIME).cloned().collect()
    }

    /// Whether an output is tidy values, which stand as they were read.
    pub(super) fn is_tidy(&self, of: &OutputOf) -> bool {
        self.stage(&of.stage).is_some_and(|stage| stage.operation == "ingest")
    }

    /// Whether any of some cells is of the source of tidy values.
    pub(super) fn has_source(&self, of: &OutputOf, cells: &[RawCell]) -> Result<bool, StagesError> {
        let place = self.notes(of)?.get(tidy_columns::ROW).cloned();
        let source = place.as_ref().and_then(|place| place.get("source")).and_then(Value::as_str);
        Ok(cells.iter().any(|cell| Some(cell.source.as_str()) == source))
    }

    /// The variables of tidy values.
    pub(super) fn tidy_variables(&self, of: &OutputOf) -> Vec<String> {
        let names = self.record(of).into_iter().flat_map(|record| record.columns.keys());
        names.filter(|name| tidy_columns::is_variable(name)).cloned().collect()
    }

    /// How many rows a frame has.
    pub(super) fn height(&self, of: &OutputOf) -> usize {
        let rows = self.record(of).and_then(|record| record.rows).unwrap_or_default();
        usize::try_from(rows).unwrap_or(usize::MAX)
    }

    fn keys(&self, of: &OutputOf) -> Result<DataFrame, StagesError> {
        let columns = self.among(of, [ENTITY, TIME]);
        // Rows without keys are told apart by their number alone.
        let columns = (!columns.is_empty()).then_some(columns);
        Ok(self.reader(of)?.with_columns(columns).finish()?)
    }

    /// A panel without its variables.
    pub(super) fn rows_alone(&self, of: &OutputOf) -> Result<Panel, StagesError> {
        Ok(Panel::of_observations(self.keys(of)?, ENTITY, TIME)?)
    }

    /// All rows of a panel, by entity and time.
    pub(super) fn rows(&self, of: &OutputOf) -> Result<Vec<(String, i32)>, StagesError> {
        Ok(rows_of(&self.rows_alone(of)?))
    }

    /// How long the periods of an assembled panel are, where it repeats those of a variable, which are longer.
    pub(super) fn repeated(&self, of: &OutputOf, variable: &str) -> Result<Option<Frequency>, StagesError> {
        let stage = self.stage(&of.stage);
        let declared = stage.and_then(|stage| stage.bound.params.get("repeat")?.as_array());
        if !declared.is_some_and(|names| names.iter().any(|name| name == variable)) {
            return Ok(None);
        }
        let first = self.reader(of)?.with_columns(Some(vec![TIME.to_owned()])).with_slice(Some((0, 1)));
        let first = first.finish()?;
        let time = first.column(TIME)?.str()?.get(0).and_then(|time| time.parse::<Period>().ok());
        Ok(time.map(Period::frequency))
    }

    /// The rows of an assembled panel that a value was laid out in: those of its entity, where it has one, and time.
    pub(super) fn rows_of_cell(
        &self,
        of: &OutputOf,
        cell: &RawCell,
    ) -> Result<BTreeSet<(String, i32)>, StagesError> {
        let keys = self.keys(of)?;
        let entities = keys.column(ENTITY).ok().map(Column::str).transpose()?;
        let when = cell.when();
        let repeated = self.repeated(of, &cell.variable)?;
        let periods = repeated.and_then(|shorter| when.parse::<Period>().ok()?.divided(shorter));
        // The number of each row's time, where the cell's value is laid out.
        let here: Vec<Option<i32>> = match (keys.column(TIME), periods) {
            (Err(_), _) => vec![Some(cell.time.ordinal()); keys.height()],
            (Ok(times), Some(periods)) => {
                let labels = periods.filter_map(|time| Some((repeated?.label(time), time)));
                let labels: BTreeMap<String, i32> = labels.collect();
                times.str()?.iter().map(|time| labels.get(time?).copied()).collect()
            }
            (Ok(times), None) if times.dtype() == &DataType::String => {
                let own = |time: Option<&str>| (time == Some(when.as_str())).then_some(cell.time.ordinal());
                times.str()?.iter().map(own).collect()
            }
            (Ok(times), None) => {
                times.i32()?.iter().map(|time| time.filter(|own| *own == cell.time.ordinal())).collect()
            }
        };
        let row = |(at, time): (usize, &Option<i32>)| {
            let time = (*time)?;
            let entity = match entities {
                Some(entities) => entities.get(at)?,
                None => "",
            };
            let wanted = entities.is_none() || cell.entity.as_deref().is_none_or(|own| own == entity);
            wanted.then(|| (entity.to_owned(), time))
        };
        Ok(here.iter().enumerate().filter_map(row).collect())
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

/// All rows of a panel, by entity and time.
pub(super) fn rows_of(panel: &Panel) -> Vec<(String, i32)> {
    let groups = panel.entities().iter().zip(panel.groups());
    groups
        .flat_map(|(entity, group)| group.clone().map(move |row| (entity.clone(), panel.times()[row])))
        .collect()
}
