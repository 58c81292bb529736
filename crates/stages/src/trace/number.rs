//! The numbers of a report, by their addresses.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;
use vintner_panel::Panel;
use vintner_reporting::claims::{Claim, ClaimOutcome, Scope, Statement};
use vintner_reporting::{Agreement, ReportUnit, TidyEstimate, read_estimates_csv};

use super::DroppedSample;
use super::beside;
use super::made::{Made, OutputOf};
use super::walk::rows_of;
use super::weight::{TracedInfluence, influence_on};
use crate::error::StagesError;
use crate::operations::Collected;

/// Where a number stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum NumberAddress {
    /// A coefficient, with all that its row says: `1/沧州/lnEG`.
    Coefficient {
        /// The table.
        table: String,
        /// The unit by its printed name.
        unit: String,
        /// The regressor.
        regressor: String,
    },
    /// The descriptive statistics of a variable: `descriptives/lnEG`.
    Descriptive {
        /// The variable.
        variable: String,
    },
    /// A Granger test: `granger/lnAI->lnCO2`, `granger/lnAI->lnCO2/唐山`.
    Granger {
        /// The cause.
        cause: String,
        /// The effect.
        effect: String,
        /// The unit by its printed name; none is the panel.
        unit: Option<String>,
    },
    /// The unit-root tests of a variable: `unit_roots/lnEG`.
    UnitRoot {
        /// The variable; its changes are `D.lnEG`.
        variable: String,
    },
    /// The specification tests of an equation, all or one: `tests/1`, `tests/1/hausman`.
    Tests {
        /// The equation.
        equation: String,
        /// The test as the pipeline names it.
        test: Option<String>,
    },
    /// A coefficient under all specifications: `specifications/1/lnEG`.
    Specifications {
        /// The equation.
        equation: String,
        /// The regressor.
        regressor: String,
    },
    /// What identifies an equation of a system, and its first stage: `system/1`.
    System {
        /// The equation.
        equation: String,
    },
    /// How many of a table's coefficients agree with the published ones: `agreement/1`.
    Agreement {
        /// The table.
        table: String,
    },
    /// A claim's verdict: `claims/abstract-1`.
    Claim {
        /// The claim.
        claim: String,
    },
    /// A value of a panel: `value/lnEG/沧州/2010`.
    Value {
        /// The variable.
        variable: String,
        /// The unit by its printed name.
        unit: String,
        /// The time.
        time: i32,
    },
}

impl fmt::Display for NumberAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Coefficient { table, unit, regressor } => write!(formatter, "{table}/{unit}/{regressor}"),
            Self::Descriptive { variable } => write!(formatter, "descriptives/{variable}"),
            Self::Granger { cause, effect, unit: None } => write!(formatter, "granger/{cause}->{effect}"),
            Self::Granger { cause, effect, unit: Some(unit) } => {
                write!(formatter, "granger/{cause}->{effect}/{unit}")
            }
            Self::UnitRoot { variable } => write!(formatter, "unit_roots/{variable}"),
            Self::Tests { equation, test: None } => write!(formatter, "tests/{equation}"),
            Self::Tests { equation, test: Some(test) } => write!(formatter, "tests/{equation}/{test}"),
            Self::Specifications { equation, regressor } => {
                write!(formatter, "specifications/{equation}/{regressor}")
            }
            Self::System { equation } => write!(formatter, "system/{equation}"),
            Self::Agreement { table } => write!(formatter, "agreement/{table}"),
            Self::Claim { claim } => write!(formatter, "claims/{claim}"),
            Self::Value { variable, unit, time } => write!(formatter, "value/{variable}/{unit}/{time}"),
        }
    }
}

impl Serialize for NumberAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What is known of a number.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NumberValue {
    /// A row of `estimates.csv`.
    Estimate(Box<TidyEstimate>),
    /// What the stage's output says of it.
    Output(Value),
    /// A value of a panel.
    Value {
        /// The value; none where it is missing.
        value: Option<f64>,
    },
}

/// A number with the rows and variables that it was computed from.
pub(super) struct Number {
    pub(super) address: NumberAddress,
    pub(super) value: NumberValue,
    /// The outputs from the report's end up to the panel.
    pub(super) outputs: Vec<OutputOf>,
    pub(super) panel: OutputOf,
    pub(super) variables: Vec<String>,
    pub(super) sample: Vec<(String, i32)>,
    pub(super) dropped: Vec<DroppedSample>,
    pub(super) influence: Vec<TracedInfluence>,
}

/// Everything that has an address.
pub(super) struct Numbers {
    collected: Option<(OutputOf, Collected)>,
    estimates: Vec<TidyEstimate>,
    /// Table to the stage that fitted it.
    fitted: BTreeMap<String, String>,
    claims: Option<(OutputOf, Vec<ClaimOutcome>)>,
    panels: std::cell::RefCell<BTreeMap<OutputOf, std::rc::Rc<Panel>>>,
}

impl Numbers {
    pub(super) fn of(made: &Made<'_>) -> Result<Self, StagesError> {
        let mut numbers = Self {
            collected: None,
            estimates: Vec::new(),
            fitted: BTreeMap::new(),
            claims: None,
            panels: std::cell::RefCell::default(),
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

    fn unit(&self, name: &str) -> Option<&ReportUnit> {
        let is = |unit: &&ReportUnit| unit.is_called(name) || (unit.pooled && name == "pooled");
        self.units().iter().find(is)
    }

    /// What a coefficient is without each entity and each time.
    pub(super) fn influence(
        &self,
        made: &Made<'_>,
        number: &Number,
    ) -> Result<Vec<TracedInfluence>, StagesError> {
        let (NumberAddress::Coefficient { table, unit, regressor }, NumberValue::Estimate(row)) =
            (&number.address, &number.value)
        else {
            return Ok(Vec::new());
        };
        let stage = self.fitted.get(table).and_then(|stage| made.stage(stage));
        let (Some(stage), Some(unit), Some(estimate)) = (stage, self.unit(unit), row.estimate) else {
            return Ok(Vec::new());
        };
        let panel = self.panel(made, &number.panel)?;
        let entity = (!unit.pooled).then_some(unit.id.as_str());
        influence_on(&panel, &stage.bound.params, entity, regressor, estimate)
    }

    /// The number at an address as a user writes it.
    pub(super) fn find(&self, made: &Made<'_>, text: &str) -> Result<Number, StagesError> {
        let plain = text.trim();
        let plain = plain.strip_prefix("Table ").unwrap_or(plain);
        let parts: Vec<&str> = plain.split('/').map(str::trim).collect();
        let named = |unit: &str| self.unit(unit).map(|unit| unit.printed().to_owned());
        let address = match parts.as_slice() {
            ["descriptives", variable, ..] => {
                Some(NumberAddress::Descriptive { variable: (*variable).to_owned() })
            }
            ["unit_roots", variable, ..] => {
                Some(NumberAddress::UnitRoot { variable: (*variable).to_owned() })
            }
            ["tests", equation, rest @ ..] => Some(NumberAddress::Tests {
                equation: (*equation).to_owned(),
                test: rest.first().map(|test| (*test).to_owned()),
            }),
            ["specifications", equation, regressor, ..] => Some(NumberAddress::Specifications {
                equation: (*equation).to_owned(),
                regressor: (*regressor).to_owned(),
            }),
            ["system", equation] => Some(NumberAddress::System { equation: (*equation).to_owned() }),
            ["agreement", table] => Some(NumberAddress::Agreement { table: (*table).to_owned() }),
            ["claims", claim] => Some(NumberAddress::Claim { claim: (*claim).to_owned() }),
            ["granger", pair, rest @ ..] => pair.split_once("->").map(|(cause, effect)| {
                let unit = rest.first().and_then(|unit| named(unit));
                NumberAddress::Granger { cause: cause.trim().into(), effect: effect.trim().into(), unit }
            }),
            ["value", variable, unit, time] => match (named(unit), time.parse()) {
                (Some(unit), Ok(time)) => {
                    Some(NumberAddress::Value { variable: (*variable).to_owned(), unit, time })
                }
                _ => None,
            },
            // What comes after the regressor (`std_error`, `p_value`) is of the same row.
            [table, unit, regressor, ..] => named(unit).map(|unit| NumberAddress::Coefficient {
                table: (*table).to_owned(),
                unit,
                regressor: (*regressor).to_owned(),
            }),
            _ => None,
        };
        // As it is printed first: names may have slashes in them.
        let exact = self.coefficients().find(|one| one.to_string() == text.trim());
        let mut number = match exact.or(address) {
            Some(address) => self.number(made, &address)?,
            None => None,
        };
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
            let nearest = || vintner_diagnostics::did_you_mean(plain, known.iter().map(String::as_str));
            StagesError::NoNumber {
                address: text.to_owned(),
                hint: self
                    .numberless_claim(plain)
                    .or_else(|| nearest().map(|name| format!("did you mean `{name}`?")))
                    .unwrap_or_else(|| {
                        "an address is TABLE/UNIT/REGRESSOR, descriptives/VARIABLE, granger/CAUSE->EFFECT[/UNIT], \
                         unit_roots/VARIABLE, tests/EQUATION[/TEST], specifications/EQUATION/REGRESSOR, system/EQUATION, \
                         agreement/TABLE, claims/CLAIM or value/VARIABLE/UNIT/YEAR"
                            .into()
                    }),
            }
        })
    }

    /// Why a claim that was asked for has no number, if that is what the address names.
    fn numberless_claim(&self, address: &str) -> Option<String> {
        let id = address.strip_prefix("claims/")?;
        let claims = self.claims.iter().flat_map(|(_, claims)| claims);
        let claim = &claims.into_iter().find(|one| one.claim.id == id)?.claim;
        let why =
            if claim.note.en.is_empty() { "no statement is written for it" } else { claim.note.en.trim() };
        claim.statements.is_empty().then(|| format!("the claim rests on no number: {why}"))
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
            NumberAddress::Descriptive { variable } => {
                let stage = made
                    .stages_of("describe")
                    .find(|stage| texts(&stage.bound.params, "variables").contains(variable));
                let Some(stage) = stage else { return Ok(None) };
                let output = main_output(stage);
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
                let output = main_output(stage);
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
                let Some(unit) = self.unit(unit) else { return Ok(None) };
                for stage in made.pipeline.stages.iter().rev() {
                    for output in outputs_of(made, &stage.name) {
                        let is_panel = ["assemble", "exposure", "deflate", "derive"];
                        let has =
                            made.record(&output).is_some_and(|kept| kept.columns.contains_key(variable));
                        if !has || !is_panel.contains(&stage.operation.as_str()) {
                            continue;
                        }
                        let panel = self.panel(made, &output)?;
                        let rows = rows_of(&panel);
                        let Some(at) = rows.iter().position(|row| row.0 == unit.id && row.1 == *time) else {
                            continue;
                        };
                        let value = panel.values(variable)?.get(at).copied().flatten();
                        return Ok(Some(Number {
                            address: address.clone(),
                            value: NumberValue::Value { value },
                            outputs: Vec::new(),
                            panel: output,
                            variables: vec![variable.clone()],
                            sample: vec![(unit.id.clone(), *time)],
                            dropped: Vec::new(),
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
        outputs.push(main_output(stage));
        let own = (!unit.pooled).then(|| unit.id.clone());
        let variables = equation(&stage.bound.params);
        let number = self.over(made, address, Value::Null, outputs, stage, variables, own)?;
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
        self.over(made, address, serde_json::to_value(counts)?, outputs, stage, variables, None)
    }

    /// A claim is about everything that its statements are about, in the panel of its first table.
    fn claim(
        &self,
        made: &Made<'_>,
        address: &NumberAddress,
        id: &str,
    ) -> Result<Option<Number>, StagesError> {
        let Some((output, claims)) = &self.claims else { return Ok(None) };
        let Some(outcome) = claims.iter().find(|one| one.claim.id == id) else { return Ok(None) };
        let (stages, units) = self.subjects(made, &outcome.claim);
        let Some(first) = stages.first().and_then(|stage| made.stage(stage)) else { return Ok(None) };
        let mut variables: Vec<String> = Vec::new();
        for stage in stages.iter().filter_map(|stage| made.stage(stage)) {
            let of_stage = match stage.operation.as_str() {
                "granger" => texts(&stage.bound.params, "variables"),
                _ => equation(&stage.bound.params),
            };
            of_stage.into_iter().for_each(|name| {
                if !variables.contains(&name) {
                    variables.push(name);
                }
            });
        }
        let value = serde_json::to_value(&outcome.estimated)?;
        let number = self.over(made, address, value, vec![output.clone()], first, variables, None)?;
        Ok(number.map(|mut number| {
            if let Some(units) = units {
                number.sample.retain(|row| units.contains(&row.0));
                number.dropped.retain(|row| units.contains(&row.entity));
            }
            number
        }))
    }

    /// The stages that a claim's statements are about, and its units where it is about some alone.
    fn subjects(&self, made: &Made<'_>, claim: &Claim) -> (Vec<String>, Option<Vec<String>>) {
        let mut stages: Vec<String> = Vec::new();
        let mut units: Option<Vec<String>> = Some(Vec::new());
        for statement in claim.statements.iter().filter_map(|text| Statement::parse(text).ok()) {
            let mut inner = &statement;
            while let Statement::Not(below) = inner {
                inner = below;
            }
            let tables: Vec<String> = match inner {
                Statement::Coefficient { table, .. }
                | Statement::Larger { table, .. }
                | Statement::Value { table, .. } => vec![table.clone()],
                Statement::Bidirectional { first, second, .. } => {
                    let tables = self.collected.iter().flat_map(|(_, collected)| &collected.tables);
                    let of = |name: &String| {
                        tables.clone().find(|table| table.dependent == *name).map(|table| table.id.clone())
                    };
                    [of(first), of(second)].into_iter().flatten().collect()
                }
                Statement::Granger { .. } | Statement::GrangerBidirectional { .. } => {
                    stages.extend(made.stages_of("granger").map(|stage| stage.name.clone()));
                    Vec::new()
                }
                Statement::Not(_) => Vec::new(),
            };
            stages.extend(tables.iter().filter_map(|table| self.fitted.get(table).cloned()));
            let named = match inner {
                Statement::Coefficient { scope: Scope::In(_), .. }
                | Statement::Bidirectional { scope: Scope::In(_), .. }
                | Statement::Larger { .. }
                | Statement::Value { unit: Some(_), .. } => Some(inner.units()),
                _ => None,
            };
            units = match (units, named) {
                (Some(mut known), Some(names)) => {
                    known.extend(names.iter().filter_map(|name| Some(self.unit(name)?.id.clone())));
                    Some(known)
                }
                _ => None,
            };
        }
        (stages, units)
    }

    /// A number over the complete rows of a stage's panel, of one entity or of all.
    #[allow(clippy::too_many_arguments)]
    fn over(
        &self,
        made: &Made<'_>,
        address: &NumberAddress,
        value: Value,
        outputs: Vec<OutputOf>,
        stage: &vintner_pipeline::PipelineStage,
        variables: Vec<String>,
        entity: Option<String>,
    ) -> Result<Option<Number>, StagesError> {
        let Some(output) = made.read_by(stage, "panel").into_iter().next() else { return Ok(None) };
        let panel = self.panel(made, &output)?;
        let columns: Vec<Vec<Option<f64>>> =
            variables.iter().map(|name| panel.values(name)).collect::<Result<_, _>>()?;
        let (mut sample, mut dropped) = (Vec::new(), Vec::new());
        for (at, (own, time)) in rows_of(&panel).into_iter().enumerate() {
            if entity.as_ref().is_some_and(|wanted| *wanted != own) {
                continue;
            }
            let missing: Vec<String> = variables
                .iter()
                .zip(&columns)
                .filter(|(_, column)| column[at].is_none())
                .map(|(name, _)| name.clone())
                .collect();
            if missing.is_empty() {
                sample.push((own, time));
            } else {
                dropped.push(DroppedSample { entity: own, time, missing });
            }
        }
        Ok(Some(Number {
            address: address.clone(),
            value: NumberValue::Output(value),
            outputs,
            panel: output,
            variables,
            sample,
            dropped,
            influence: Vec::new(),
        }))
    }

    /// A panel, read once.
    fn panel(&self, made: &Made<'_>, output: &OutputOf) -> Result<std::rc::Rc<Panel>, StagesError> {
        if let Some(panel) = self.panels.borrow().get(output) {
            return Ok(std::rc::Rc::clone(panel));
        }
        let panel = std::rc::Rc::new(made.panel(output)?);
        self.panels.borrow_mut().insert(output.clone(), std::rc::Rc::clone(&panel));
        Ok(panel)
    }
}

pub(super) fn main_output(stage: &vintner_pipeline::PipelineStage) -> OutputOf {
    let first = stage.bound.output_declarations.first();
    OutputOf {
        stage: stage.name.clone(),
        item: String::new(),
        output: first.map(|declared| declared.name.clone()).unwrap_or_default(),
    }
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

/// The variables of a stage's equation: the dependent one first.
pub(super) fn equation(params: &Value) -> Vec<String> {
    let dependent = params.get("dependent").and_then(Value::as_str).map(str::to_owned);
    dependent.into_iter().chain(texts(params, "regressors")).collect()
}

pub(super) fn texts(params: &Value, field: &str) -> Vec<String> {
    let list = params.get(field).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(|text| Some(text.as_str()?.to_owned())).collect()
}
