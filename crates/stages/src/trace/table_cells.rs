//! The numbers of tables of models.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;
use vintner_pipeline::InputFile;
use vintner_reporting::{CellOf, ModelResults, ModelTable, Part, RowKind, TermResult};

use super::fitted::own_entity;
use super::influences::TracedInfluence;
use super::made::Made;
use super::number::{CellValue, Number, NumberValue};
use super::number_address::NumberAddress;
use super::output_of::OutputOf;
use super::weight::influences_of;
use crate::error::StagesError;
use crate::operations::results_of;

/// The operation that makes tables of models.
const OPERATION: &str = "model_table";
/// Its output that has the table.
const OUTPUT: &str = "table";
/// The level of confidence intervals where a table names none.
const USUAL_LEVEL: f64 = 0.95;
/// What may stand behind the address of a coefficient: what is about it, too.
const BESIDE: [&str; 6] = ["std_error", "statistic", "p_value", "conf_low", "conf_high", "df"];

/// The tables of models of a vintage.
pub(super) struct Tables {
    tables: Vec<(OutputOf, ModelTable)>,
    /// What reports and texts call a table by: their input's name, where one table alone goes by it.
    called: BTreeMap<String, Option<String>>,
    /// The models of outputs, by these and the level of their intervals.
    models: RefCell<BTreeMap<(OutputOf, u64), Models>>,
}

/// The models of an output.
type Models = Rc<Vec<ModelResults>>;

impl Tables {
    pub(super) fn of(made: &Made<'_>) -> Result<Self, StagesError> {
        let mut tables = Vec::new();
        for stage in made.stages_of(OPERATION) {
            for (item, _) in made.branches(&stage.name) {
                let of = OutputOf { stage: stage.name.clone(), item: item.clone(), output: OUTPUT.into() };
                let table: ModelTable = made.json(&of)?;
                tables.push((of, table));
            }
        }
        let mut called: BTreeMap<String, Option<String>> = BTreeMap::new();
        for stage in made.pipeline.stages.iter().filter(|stage| stage.operation != OPERATION) {
            for role in stage.bound.inputs.keys() {
                for (of, table) in &tables {
                    if made.read_by(stage, role).contains(of) {
                        let known = called.entry(role.clone()).or_insert_with(|| Some(table.name.clone()));
                        // Two tables of one name are told by those of their stages alone.
                        *known = known.take().filter(|known| *known == table.name);
                    }
                }
            }
        }
        Ok(Self { tables, called, models: RefCell::default() })
    }

    /// The addresses of all numbers, table by table.
    pub(super) fn addresses(&self) -> Vec<NumberAddress> {
        let of_table = |(_, table): &(OutputOf, ModelTable)| {
            let numbers = table.cells().into_iter().filter(CellOf::is_number);
            let address =
                |cell: CellOf<'_>| NumberAddress::Cell { table: table.name.clone(), place: cell.place };
            numbers.map(address).collect::<Vec<_>>()
        };
        self.tables.iter().flat_map(of_table).collect()
    }

    /// The address of a cell as a user writes it: by the table's own name, or by that under which reports and texts
    /// read it.
    ///
    /// # Errors
    /// Where it is that of two tables: of one by its name, of another by that of an input.
    pub(super) fn read(&self, text: &str) -> Result<Option<NumberAddress>, StagesError> {
        // No stage has a slash in its name; a branch may.
        let within = |name: &str| text.trim().strip_prefix(name)?.strip_prefix('/');
        let own = self.tables.iter().find_map(|(_, table)| Some((table, within(&table.name)?)));
        let called = || {
            let (role, place) = text.trim().split_once('/')?;
            let name = self.called.get(role)?.as_ref()?;
            let (_, table) = self.tables.iter().find(|(_, table)| table.name == *name)?;
            Some((table, place))
        };
        let address = |(table, place): (&ModelTable, &str)| {
            let place = place_of(table, place)?;
            Some(NumberAddress::Cell { table: table.name.clone(), place })
        };
        match (own.and_then(address), called().and_then(address)) {
            (Some(own), Some(called)) if own != called => Err(StagesError::TwoTables {
                address: text.to_owned(),
                called: called.to_string(),
                stage: text.trim().split('/').next().unwrap_or_default().to_owned(),
            }),
            (own, called) => Ok(own.or(called)),
        }
    }

    /// The number at an address.
    pub(super) fn number(
        &self,
        made: &Made<'_>,
        address: &NumberAddress,
    ) -> Result<Option<Number>, StagesError> {
        let Some((output, cell, fit)) = self.at(made, address) else { return Ok(None) };
        let Some(bound) = made.bound(&output.stage, &output.item) else { return Ok(None) };
        let source = &cell.column.model;
        let behind = match &fit {
            Some(fit) => made.behind(fit, &source.model)?,
            None => Rc::default(),
        };
        let coefficient = match (&fit, cell.row.kind) {
            (Some(fit), RowKind::Estimate) => {
                let level = bound.params.get("confidence_level").and_then(Value::as_f64);
                self.coefficient(made, level.unwrap_or(USUAL_LEVEL), fit, &cell)?
            }
            _ => None,
        };
        Ok(Some(Number {
            address: address.clone(),
            value: NumberValue::Cell(Box::new(CellValue {
                column: cell.column.plain_number().to_owned(),
                label: cell.column.label.clone(),
                dependent: cell.column.dependent.clone(),
                row: cell.row.name.clone(),
                printed: cell.cell.plain(),
                below: cell.below.map(|cell| cell.plain()),
                published: cell.published.map(|cell| cell.plain()),
                value: cell.cell.value,
                coefficient,
                file: match bound.files.get(&source.input) {
                    Some(path) if fit.is_none() => Some(path.display().to_string()),
                    _ => None,
                },
            })),
            outputs: std::iter::once(output).chain(&behind.passed).cloned().collect(),
            base: Rc::clone(&behind.base),
            influence: Vec::new(),
        }))
    }

    /// What a coefficient is without each entity and each time; nothing where that isn't known.
    pub(super) fn influence(
        &self,
        made: &Made<'_>,
        address: &NumberAddress,
        value: &CellValue,
    ) -> Result<Vec<TracedInfluence>, StagesError> {
        let Some((_, cell, fit)) = self.at(made, address) else { return Ok(Vec::new()) };
        let estimate = value.coefficient.as_ref().and_then(|term| Some((&term.term, term.estimate?)));
        let (Some(fit), Some((term, estimate))) = (fit, estimate) else { return Ok(Vec::new()) };
        let bound = made.bound(&fit.stage, &fit.item);
        let is_regression = made.stage(&fit.stage).is_some_and(|stage| stage.operation == "regress");
        let (Some(bound), true) = (bound, is_regression) else { return Ok(Vec::new()) };
        let Some(panel) = made.read_by_bound(bound, "panel").into_iter().next() else {
            return Ok(Vec::new());
        };
        let model = cell.column.model.model.as_str();
        let panel = made.shared_panel(&panel)?;
        let entity = own_entity(&bound.params, &panel, model);
        let found = influences_of(made, &fit, Some(model), entity)?;
        Ok(found.map(|found| found.on(term, estimate)).unwrap_or_default())
    }

    /// The cell at an address, with its table and the output that its model is in; none of these where the model was read
    /// from a file.
    fn at<'t>(&'t self, made: &Made<'_>, address: &NumberAddress) -> Option<At<'t>> {
        let NumberAddress::Cell { table: name, place } = address else { return None };
        let (output, table) = self.tables.iter().find(|(_, table)| table.name == *name)?;
        let cell = table.cells().into_iter().find(|cell| cell.place == *place)?;
        let source = &cell.column.model;
        let fits = made.read_by_bound(made.bound(&output.stage, &output.item)?, &source.input);
        // A branch that the pipeline names has no key of its own.
        let is_alone = fits.len() == 1;
        let fit = fits.into_iter().find(|of| of.item == source.branch || is_alone);
        Some((output, cell, fit))
    }

    /// The models of an output, read once.
    fn models(&self, made: &Made<'_>, fit: &OutputOf, level: f64) -> Result<Models, StagesError> {
        let key = (fit.clone(), level.to_bits());
        if let Some(known) = self.models.borrow().get(&key) {
            return Ok(Rc::clone(known));
        }
        let bytes = made.bytes(fit)?;
        let file = InputFile { role: &fit.stage, key: &fit.item, extension: "", place: None, bytes: &bytes };
        let models = Rc::new(results_of(&file, level)?);
        self.models.borrow_mut().insert(key, Rc::clone(&models));
        Ok(models)
    }

    /// The coefficient behind a cell. A row may stand for coefficients that programs call otherwise: then it is the one of
    /// that estimate.
    fn coefficient(
        &self,
        made: &Made<'_>,
        level: f64,
        fit: &OutputOf,
        cell: &CellOf<'_>,
    ) -> Result<Option<TermResult>, StagesError> {
        let models = self.models(made, fit, level)?;
        let own = models.iter().find(|model| model.model == cell.column.model.model);
        let terms = own.map(|model| model.terms.as_slice()).unwrap_or_default();
        let by_name = terms.iter().find(|term| term.term == cell.row.id);
        let by_value =
            || terms.iter().find(|term| term.estimate.is_some() && term.estimate == cell.cell.value);
        Ok(by_name.or_else(by_value).cloned())
    }
}

/// A cell, the table that it is of, and the output that its model is in.
type At<'t> = (&'t OutputOf, CellOf<'t>, Option<OutputOf>);

/// The place of a cell as it is listed; what stands below a coefficient, or was published of it, is of the same place.
fn place_of(table: &ModelTable, text: &str) -> Option<String> {
    let cells = table.cells();
    let exact = cells.iter().find(|cell| cell.place == text);
    let found = exact.or_else(|| {
        cells.iter().find(|cell| {
            let rest = text.strip_prefix(cell.place.as_str()).unwrap_or_default();
            let is_part = |part: &Part| !part.suffix().is_empty() && rest == part.suffix();
            Part::ALL.iter().any(|part| is_part(part) && cell.part(*part).is_some())
                || (cell.row.kind == RowKind::Estimate
                    && rest.strip_prefix('/').is_some_and(|rest| BESIDE.contains(&rest)))
        })
    });
    found.map(|cell| cell.place.clone())
}
