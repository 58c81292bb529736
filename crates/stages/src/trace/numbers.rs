//! The numbers of a report, by their addresses.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use vintner_reporting::claims::ClaimOutcome;
use vintner_reporting::{Agreement, ReportUnit, TidyEstimate, read_estimates_csv};

use super::beside;
use super::fitted::sort;
use super::ground::{Base, Ground};
use super::influences::TracedInfluence;
use super::made::Made;
use super::number::{Number, NumberValue};
use super::number_address::NumberAddress;
use super::output_of::OutputOf;
use super::parameters::{equation, texts};
use super::stage_equation::equations_on;
use super::table_cells::Tables;
use super::weight::influences_of;
use crate::error::StagesError;
use crate::operations::Collected;

/// Everything that has an address.
pub(super) struct Numbers {
    pub(super) collected: Option<(OutputOf, Collected)>,
    estimates: Vec<TidyEstimate>,
    /// Table to the stage that fitted it.
    pub(super) fitted: BTreeMap<String, String>,
    /// Table to the model that it is of, where its stage has several.
    models: BTreeMap<String, String>,
    pub(super) claims: Option<(OutputOf, Vec<ClaimOutcome>)>,
    /// The tables of models.
    tables: Tables,
}

impl Numbers {
    pub(super) fn of(made: &Made<'_>) -> Result<Self, StagesError> {
        let mut numbers = Self {
            collected: None,
            estimates: Vec::new(),
            fitted: BTreeMap::new(),
            models: BTreeMap::new(),
            claims: None,
            tables: Tables::of(made)?,
        };
        for stage in made.stages_of("estimates") {
            let of = |output: &str| OutputOf {
                stage: stage.name.clone(),
                item: String::new(),
                output: output.to_owned(),
            };
            numbers.estimates.extend(read_estimates_csv(&made.text(&of("csv"))?, &of("csv").name())?);
            numbers.collected = Some((of("csv"), made.json(&of("rows"))?));
            let tables = stage.bound.params.pointer("/tables").and_then(Value::as_array);
            for table in tables.into_iter().flatten() {
                let text = |field: &str| table.get(field).and_then(Value::as_str);
                let (Some(id), Some(role)) = (text("id"), text("fits")) else { continue };
                if let Some(model) = text("model") {
                    numbers.models.insert(id.to_owned(), model.to_owned());
                }
                if let Some(fits) = made.read_by(stage, role).into_iter().next() {
                    numbers.fitted.insert(id.to_owned(), fits.stage);
                }
            }
        }
        if let Some(stage) = made.stages_of("claims").next() {
            let of = OutputOf { stage: stage.name.clone(), item: String::new(), output: "claims".into() };
            let claims = made.json(&of)?;
            numbers.claims = Some((of, claims));
        }
        Ok(numbers)
    }

    fn units(&self) -> &[ReportUnit] {
        self.collected.as_ref().map(|(_, collected)| collected.units.as_slice()).unwrap_or_default()
    }

    /// What units are called whose ids are no names: in English, or as they are printed.
    pub(super) fn unit_names(&self) -> BTreeMap<String, String> {
        let name = |unit: &ReportUnit| match unit.label.en.as_str() {
            "" => unit.printed().to_owned(),
            english => english.to_owned(),
        };
        let named = self.units().iter().map(|unit| (unit.id.clone(), name(unit)));
        named.filter(|(id, name)| id != name).collect()
    }

    pub(super) fn unit(&self, name: &str) -> Option<&ReportUnit> {
        let is = |unit: &&ReportUnit| unit.is_called(name) || (unit.pooled && name == "pooled");
        self.units().iter().find(is)
    }

    /// What a coefficient is without each entity and each time.
    pub(super) fn influence(
        &self,
        made: &Made<'_>,
        number: &Number,
    ) -> Result<Vec<TracedInfluence>, StagesError> {
        match (&number.address, &number.value) {
            (NumberAddress::Coefficient { table, unit, regressor }, NumberValue::Estimate(row)) => {
                let stage = self.fitted.get(table).and_then(|stage| made.stage(stage));
                let (Some(stage), Some(unit), Some(estimate)) = (stage, self.unit(unit), row.estimate) else {
                    return Ok(Vec::new());
                };
                let entity = (!unit.pooled).then_some(unit.id.as_str());
                let model = self.models.get(table).map(String::as_str);
                let found = influences_of(made, &OutputOf::main(stage), model, entity)?;
                Ok(found.map(|found| found.on(regressor, estimate)).unwrap_or_default())
            }
            (address @ NumberAddress::Cell { .. }, NumberValue::Cell(value)) => {
                self.tables.influence(made, address, value)
            }
            _ => Ok(Vec::new()),
        }
    }

    /// The number at an address as a user writes it.
    pub(super) fn find(&self, made: &Made<'_>, text: &str) -> Result<Number, StagesError> {
        let named = |unit: &str| self.unit(unit).map(|unit| unit.printed().to_owned());
        let (plain, address) = NumberAddress::read(text, &named);
        // As it is printed first: names may have slashes in them.
        let exact = self.coefficients().find(|one| one.to_string() == text.trim());
        let mut number = match exact.or(address) {
            Some(address) => self.number(made, &address)?,
            None => None,
        };
        if let Some(cell) = self.tables.read(text)? {
            // A unit may be called as a column is numbered.
            if let (Some(_), NumberAddress::Cell { table, .. }) = (&number, &cell) {
                return Err(StagesError::TwoNumbers { address: text.to_owned(), stage: table.clone() });
            }
            number = self.number(made, &cell)?;
        }
        let known = if number.is_none() { self.addresses(made)? } else { Vec::new() };
        if let Some(exact) = known.iter().find(|one| one.to_string() == text.trim()) {
            number = self.number(made, exact)?;
        }
        if let Some(mut number) = number {
            number.influence = self.influence(made, &number)?;
            return Ok(number);
        }
        Err({
            let known: Vec<String> = known.iter().map(ToString::to_string).collect();
            let nearest = || vintner_diagnostics::nearest_address(plain, known.iter().map(String::as_str));
            StagesError::NoNumber {
                address: text.to_owned(),
                hint: self
                    .numberless_claim(plain)
                    .or_else(|| numberless_value(made, plain))
                    .or_else(|| nearest().map(|name| format!("did you mean `{name}`?")))
                    .unwrap_or_else(|| {
                        "an address is TABLE/UNIT/REGRESSOR, or of a table of models STAGE/COLUMN/TERM; descriptives/VARIABLE, granger/CAUSE->EFFECT[/UNIT], \
                         unit_roots/VARIABLE, tests/EQUATION[/TEST], specifications/EQUATION/REGRESSOR, system/EQUATION, \
                         agreement/TABLE, claims/CLAIM or value/VARIABLE/UNIT/YEAR"
                            .into()
                    }),
            }
        })
    }

    /// All numbers of the report.
    pub(super) fn all(&self, made: &Made<'_>) -> Result<Vec<Number>, StagesError> {
        let mut numbers = Vec::new();
        let mut seen = BTreeSet::new();
        for address in self.addresses(made)? {
            if seen.insert(address.clone()) {
                numbers.extend(self.number(made, &address)?);
            }
        }
        Ok(numbers)
    }

    /// The addresses of the coefficients.
    fn coefficients(&self) -> impl Iterator<Item = NumberAddress> {
        self.estimates.iter().map(|row| NumberAddress::Coefficient {
            table: row.table.clone(),
            unit: row.unit.clone(),
            regressor: row.regressor.clone(),
        })
    }

    /// The addresses of all of them.
    fn addresses(&self, made: &Made<'_>) -> Result<Vec<NumberAddress>, StagesError> {
        let mut addresses: Vec<NumberAddress> = self.coefficients().collect();
        addresses.extend(self.tables.addresses());
        for stage in made.stages_of("describe") {
            addresses.extend(
                texts(&stage.bound.params, "variables")
                    .into_iter()
                    .map(|variable| NumberAddress::Descriptive { variable }),
            );
        }
        for stage in made.stages_of("granger") {
            let variables = texts(&stage.bound.params, "variables");
            for cause in &variables {
                for effect in variables.iter().filter(|effect| *effect != cause) {
                    let of = |unit: Option<String>| NumberAddress::Granger {
                        cause: cause.clone(),
                        effect: effect.clone(),
                        unit,
                    };
                    addresses.push(of(None));
                    let single = self.units().iter().filter(|unit| !unit.pooled);
                    addresses.extend(single.map(|unit| of(Some(unit.printed().to_owned()))));
                }
            }
        }
        addresses.extend(beside::addresses(made)?);
        // A claim that no statement could be written for rests on no number.
        let claims = self.claims.iter().flat_map(|(_, claims)| claims);
        let claims = claims.filter(|one| !one.claim.statements.is_empty());
        addresses.extend(claims.map(|one| NumberAddress::Claim { claim: one.claim.id.clone() }));
        let tables: Vec<String> = self.published_tables();
        addresses.extend(tables.into_iter().map(|table| NumberAddress::Agreement { table }));
        Ok(addresses)
    }

    fn number(&self, made: &Made<'_>, address: &NumberAddress) -> Result<Option<Number>, StagesError> {
        match address {
            NumberAddress::Coefficient { table, unit, regressor } => {
                self.coefficient(made, address, table, unit, regressor)
            }
            NumberAddress::Cell { .. } => self.tables.number(made, address),
            NumberAddress::Descriptive { variable } => {
                let stage = made
                    .stages_of("describe")
                    .find(|stage| texts(&stage.bound.params, "variables").contains(variable));
                let Some(stage) = stage else { return Ok(None) };
                let output = OutputOf::main(stage);
                let all = made.value(&output)?;
                let is = |row: &&Value| row.get("variable").and_then(Value::as_str) == Some(variable);
                let value = all.as_array().into_iter().flatten().find(is).cloned().unwrap_or_default();
                self.over(made, address, value, vec![output], stage, vec![variable.clone()], None)
            }
            NumberAddress::Granger { cause, effect, unit } => {
                let stage = made.stages_of("granger").find(|stage| {
                    let variables = texts(&stage.bound.params, "variables");
                    variables.contains(cause) && variables.contains(effect) && cause != effect
                });
                let Some(stage) = stage else { return Ok(None) };
                let output = OutputOf::main(stage);
                let tests = made.value(&output)?;
                let is = |test: &Value, field: &str, name: &str| {
                    test.get(field).and_then(Value::as_str) == Some(name)
                };
                let mut tests = tests.as_array().into_iter().flatten();
                let test = tests.find(|test| is(test, "cause", cause) && is(test, "effect", effect));
                let mut value = test.cloned().unwrap_or_default();
                let id = match unit {
                    Some(name) => match self.unit(name) {
                        Some(unit) => Some(unit.id.clone()),
                        None => return Ok(None),
                    },
                    None => None,
                };
                let units = value.as_object_mut().and_then(|fields| fields.remove("units"));
                if let Some(id) = &id {
                    let units = units.as_ref().and_then(Value::as_array);
                    let own = units.and_then(|units| units.iter().find(|one| is(one, "unit", id)));
                    value = own.cloned().unwrap_or_default();
                }
                let variables = vec![effect.clone(), cause.clone()];
                self.over(made, address, value, vec![output], stage, variables, id)
            }
            NumberAddress::UnitRoot { .. }
            | NumberAddress::Tests { .. }
            | NumberAddress::Specifications { .. }
            | NumberAddress::System { .. } => {
                let Some(found) = beside::find(made, address)? else { return Ok(None) };
                let beside::Beside { value, outputs, stage, variables } = found;
                self.over(made, address, value, outputs, stage, variables, None)
            }
            NumberAddress::Claim { claim } => self.claim(made, address, claim),
            NumberAddress::Agreement { table } => self.agreement(made, address, table),
            NumberAddress::Value { variable, unit, time } => {
                let unit = self.unit(unit).map_or(unit.as_str(), |unit| unit.id.as_str());
                for stage in made.pipeline.stages.iter().rev() {
                    for output in outputs_of(made, &stage.name) {
                        let is_panel = ["assemble", "exposure", "deflate", "derive"];
                        let has =
                            made.record(&output).is_some_and(|kept| kept.columns.contains_key(variable));
                        if !has || !is_panel.contains(&stage.operation.as_str()) {
                            continue;
                        }
                        let panel = made.panel_with(&output, variable)?;
                        if panel.is_text(variable)? {
                            continue;
                        }
                        let place = panel.entities().iter().position(|entity| entity == unit);
                        let mut rows =
                            place.and_then(|at| panel.groups().get(at)).cloned().unwrap_or_default();
                        let time_at = |row: &usize| panel.times().get(*row).copied();
                        let Some(at) =
                            rows.find(|row| time_at(row).and_then(|own| panel.period(own)) == Some(*time))
                        else {
                            continue;
                        };
                        let ordinal = time_at(&at).unwrap_or_default();
                        let value = panel.values(variable)?.get(at).copied().flatten();
                        return Ok(Some(Number {
                            address: address.clone(),
                            value: NumberValue::Value { value },
                            outputs: Vec::new(),
                            base: Base::of(Ground {
                                sample: vec![(unit.to_owned(), ordinal)],
                                ..Ground::on(output, &panel, vec![variable.clone()])
                            }),
                            influence: Vec::new(),
                        }));
                    }
                }
                Ok(None)
            }
        }
    }

    fn coefficient(
        &self,
        made: &Made<'_>,
        address: &NumberAddress,
        table: &str,
        unit: &str,
        regressor: &str,
    ) -> Result<Option<Number>, StagesError> {
        let is = |row: &&TidyEstimate| row.table == table && row.unit == unit && row.regressor == regressor;
        let (Some(row), Some(unit)) = (self.estimates.iter().find(is), self.unit(unit)) else {
            return Ok(None);
        };
        let Some(stage) = self.fitted.get(table).and_then(|stage| made.stage(stage)) else { return Ok(None) };
        let mut outputs: Vec<OutputOf> = self.collected.iter().map(|(csv, _)| csv.clone()).collect();
        outputs.push(OutputOf::main(stage));
        let own = (!unit.pooled).then(|| unit.id.clone());
        let variables = equation(&stage.bound.params);
        let model = self.models.get(table).map(String::as_str);
        let number = self.over_model(made, address, Value::Null, outputs, stage, variables, own, model)?;
        Ok(number.map(|number| Number { value: NumberValue::Estimate(Box::new(row.clone())), ..number }))
    }

    /// The tables that something was published of.
    fn published_tables(&self) -> Vec<String> {
        let mut tables: Vec<String> = Vec::new();
        for row in self.estimates.iter().filter(|row| row.published.is_some()) {
            if !tables.contains(&row.table) {
                tables.push(row.table.clone());
            }
        }
        tables
    }

    /// How many coefficients of a table agree is about all that the table is about.
    fn agreement(
        &self,
        made: &Made<'_>,
        address: &NumberAddress,
        table: &str,
    ) -> Result<Option<Number>, StagesError> {
        let published = self.estimates.iter().any(|row| row.table == table && row.published.is_some());
        let stage = self.fitted.get(table).and_then(|stage| made.stage(stage));
        let (true, Some(stage)) = (published, stage) else { return Ok(None) };
        let counts = Agreement::of(self.estimates.iter().filter(|row| row.table == table));
        let outputs: Vec<OutputOf> = self.collected.iter().map(|(output, _)| output.clone()).collect();
        let variables = equation(&stage.bound.params);
        let model = self.models.get(table).map(String::as_str);
        self.over_model(made, address, serde_json::to_value(counts)?, outputs, stage, variables, None, model)
    }

    /// A number over the complete rows of a stage's panel, of one entity or of all.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn over(
        &self,
        made: &Made<'_>,
        address: &NumberAddress,
        value: Value,
        outputs: Vec<OutputOf>,
        stage: &vintner_pipeline::PipelineStage,
        variables: Vec<String>,
        entity: Option<String>,
    ) -> Result<Option<Number>, StagesError> {
        self.over_model(made, address, value, outputs, stage, variables, entity, None)
    }

    /// The same over the rows of one of the stage's models, where it has several.
    #[allow(clippy::too_many_arguments)]
    fn over_model(
        &self,
        made: &Made<'_>,
        address: &NumberAddress,
        value: Value,
        outputs: Vec<OutputOf>,
        stage: &vintner_pipeline::PipelineStage,
        variables: Vec<String>,
        entity: Option<String>,
        model: Option<&str>,
    ) -> Result<Option<Number>, StagesError> {
        let Some(output) = made.read_by(stage, "panel").into_iter().next() else { return Ok(None) };
        let panel = made.shared_panel(&output)?;
        let entity = entity.as_deref();
        let mut ground = Ground::on(output, &panel, variables);
        match equations_on(&stage.bound.params, model, &panel)? {
            None => {
                let variables = ground.variables.clone();
                sort(&panel, &variables, entity, &mut ground)?;
            }
            Some(equations) => {
                for one in equations {
                    let own: Vec<String> = one.bound.formula.variables().map(str::to_owned).collect();
                    sort(&one.bound.panel, &own, entity, &mut ground)?;
                }
                ground.without_twice();
            }
        }
        Ok(Some(Number {
            address: address.clone(),
            value: NumberValue::Output(value),
            outputs,
            base: Base::of(ground),
            influence: Vec::new(),
        }))
    }
}

/// Why there is no value at an address of one.
fn numberless_value(made: &Made<'_>, address: &str) -> Option<String> {
    let (variable, row) = address.strip_prefix("value/")?.split_once('/')?;
    let variables: BTreeSet<String> = made.panels().iter().flat_map(|panel| made.columns(panel)).collect();
    Some(match variables.contains(variable) {
        true => format!("no panel has a row `{row}` (an entity and a time) of `{variable}`"),
        false => match vintner_diagnostics::did_you_mean(variable, variables.iter().map(String::as_str)) {
            Some(near) => format!("no panel has a variable `{variable}`; did you mean `{near}`?"),
            None => format!(
                "no panel that is made has a variable `{variable}`; `vintner show STAGE` shows a panel's"
            ),
        },
    })
}

fn outputs_of(made: &Made<'_>, stage: &str) -> Vec<OutputOf> {
    let branches = made.branches(stage).iter();
    branches
        .flat_map(|(item, record)| {
            record.outputs.keys().map(|output| OutputOf {
                stage: stage.to_owned(),
                item: item.clone(),
                output: output.clone(),
            })
        })
        .collect()
}
