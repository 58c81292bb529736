//! `diagnose`: specification tests of one equation.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use vintner_diagnostics::{Document, Faults, Node, NodeValue, Spanned, one_of};
use vintner_estimation::Formula;
use vintner_estimation::specification::{
    Diagnostic, EntityDiagnostics, Finding, SpecificationTest, diagnose, diagnose_by_entity,
};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::derive::check_definitions;
use super::disguises::{Definitions, with_columns_beside, with_definitions};
use super::shared::{ENTITY, TIME, panel};
use super::written::Written;
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `diagnose`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Diagnose {
    /// The equation as one text, in place of `dependent` and `regressors`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    formula: Option<Spanned<String>>,
    /// The rows that it is estimated on: a condition on columns.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    rows: Option<Spanned<String>>,
    /// The dependent variable.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    dependent: String,
    /// The regressors, in the equation's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    regressors: Vec<String>,
    /// `all`, or a list of names, each by itself or with its options.
    #[serde(default = "all")]
    tests: Value,
    /// Tests of each entity's own equation, by ordinary least squares: a list as of `tests`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    by_entity: Vec<Value>,
    /// How variables were made, as `derive` has them (`define: &made …` there and `definitions: *made` here), so that the test
    /// `disguised` knows what is another variable on purpose.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    definitions: Definitions,
}

fn all() -> Value {
    Value::String(ALL.into())
}

const ALL: &str = "all";

/// Frames whose columns the equation's variables are held against, beside those of the panel.
const BESIDE: &str = "beside";

/// What `diagnose` makes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Diagnostics {
    pub(crate) formula: Formula,
    pub(crate) tests: Vec<Diagnostic>,
    /// Those of each entity's own equation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) by_entity: Vec<EntityDiagnostics>,
}

impl Diagnose {
    fn written(&self) -> Written<'_> {
        Written {
            formula: self.formula.as_ref(),
            rows: self.rows.as_ref(),
            dependent: &self.dependent,
            regressors: &self.regressors,
            by: None,
            several: false,
        }
    }

    fn tests(&self) -> Result<Vec<SpecificationTest>, serde_json::Error> {
        match &self.tests {
            Value::Array(items) => items.iter().map(requested).collect(),
            _ => Ok(SpecificationTest::all()),
        }
    }

    /// Whether variables of the equation are held against all columns that there are.
    fn looks_beside(&self) -> bool {
        let tests = self.tests().unwrap_or_default();
        tests.iter().any(|test| matches!(test, SpecificationTest::Disguised { .. }))
    }

    fn by_entity(&self) -> Result<Vec<SpecificationTest>, serde_json::Error> {
        self.by_entity.iter().map(requested).collect()
    }
}

/// A test from its name, or from its name with options.
fn requested(item: &Value) -> Result<SpecificationTest, serde_json::Error> {
    let with_options = match item {
        Value::String(name) => Value::Object(Map::from_iter([(name.clone(), Value::Object(Map::new()))])),
        other => other.clone(),
    };
    serde_json::from_value(with_options)
}

impl Parameters for Diagnose {
    const NAME: &'static str = "diagnose";
    const SUMMARY: &'static str =
        "tests an equation's specification: effects, dependence over entities and time, variances";

    fn code() -> Digest {
        let operations = [
            env!("VINTNER_CODE_OPERATION_DIAGNOSE"),
            env!("VINTNER_CODE_OPERATION_DISGUISES"),
            env!("VINTNER_CODE_OPERATION_WRITTEN"),
            env!("VINTNER_CODE_OPERATION_CHOSEN"),
        ];
        code::digest(&[&operations[..], &[code::PANEL, code::TRANSFORM, code::ESTIMATION]].concat())
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        let written = self.written();
        faults.extend(written.check(document, params));
        if written.parsed().is_some_and(|parsed| parsed.is_instrumented() || !parsed.effects().is_empty()) {
            let what = "the tests name the effects themselves, and have no instruments";
            if let Some(fault) = written.foreign(document, what, "leave the parts after the bars out") {
                faults.push(fault);
            }
        }
        if let Some(tests) = params.get("tests") {
            match &tests.value {
                NodeValue::Text(text) if text == ALL => {}
                // Those of entities are tests too.
                NodeValue::Sequence(items) if items.is_empty() && !self.by_entity.is_empty() => {}
                NodeValue::Sequence(items) if items.is_empty() => {
                    let fault = document.fault(Some(tests.span), "no test is named");
                    faults.push(fault.hint("leave `tests` out, or write `tests: all`, for every test"));
                }
                NodeValue::Sequence(items) => {
                    let keys = SpecificationTest::keys();
                    items.iter().for_each(|item| faults.extend(check_test(document, item, &keys)));
                }
                _ => {
                    let message = format!("`tests` is {}", tests.describe());
                    let fault = document.fault(Some(tests.span), message);
                    faults.push(fault.hint("write `tests: all`, or a list of names"));
                }
            }
        }
        faults.extend(check_definitions(document, &self.definitions));
        if !self.definitions.is_empty() && faults.is_empty() && !self.looks_beside() {
            let at = params.get("definitions").unwrap_or(params).span;
            let fault = document.fault(Some(at), "no test reads `definitions`");
            faults.push(fault.hint("name `disguised` among the tests, or leave them out"));
        }
        if let Some(NodeValue::Sequence(items)) = params.get("by_entity").map(|node| &node.value) {
            let (keys, own) = (SpecificationTest::keys(), SpecificationTest::keys_by_entity());
            for (item, value) in items.iter().zip(&self.by_entity) {
                let found = check_test(document, item, &keys);
                let broken = !found.is_empty();
                faults.extend(found);
                if !broken && requested(value).is_ok_and(|test| test.of_entity().is_none()) {
                    let message =
                        "this test compares entities, and each entity's own equation is tested here";
                    let hint = format!("tests of one entity are {}", own.join(", "));
                    faults.push(document.fault(Some(item.span), message).hint(hint));
                }
            }
        }
        faults
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let tests = self.tests().unwrap_or_default();
        let clusters = tests.iter().flat_map(SpecificationTest::cluster_columns).map(str::to_owned);
        let columns = [ENTITY, TIME].map(str::to_owned).into_iter().chain(self.written().columns());
        let panel = InputDeclaration::frame("panel");
        if self.looks_beside() {
            return vec![panel, InputDeclaration::frame(BESIDE).optional().many()];
        }
        vec![panel.columns(columns.chain(clusters))]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("tests", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let bound = self.written().on(&panel(inputs, "panel")?)?;
        let (mut panel, formula) = (bound.panel, bound.formula);
        if inputs.has(BESIDE) {
            panel = with_columns_beside(panel, inputs, BESIDE)?;
        }
        let mut tests = diagnose(&panel, &formula, &self.tests()?)?;
        for line in &mut tests {
            if let (Some(regressor), Finding::Disguise(found)) = (&line.subject, &line.finding) {
                let told = with_definitions(&self.definitions, regressor, found.clone());
                line.finding = Finding::Disguise(told);
            }
        }
        let mut warnings = told(&tests, None);
        let own = self.by_entity()?;
        let by_entity = if own.is_empty() { Vec::new() } else { diagnose_by_entity(&panel, &formula, &own)? };
        by_entity.iter().for_each(|one| warnings.extend(told(&one.tests, Some(&one.entity))));
        let made = Diagnostics { formula, tests, by_entity };
        Ok(Outputs::new().with("tests", Artifact::json(&made)?).warn(warnings))
    }
}

/// The faults of one item of a list of tests.
fn check_test(document: &Document, item: &Node, keys: &[&'static str]) -> Faults {
    let mut faults = Faults::new();
    let name = match &item.value {
        NodeValue::Text(name) => Some((name.clone(), item.span)),
        NodeValue::Mapping(entries) if entries.len() == 1 => {
            Some((entries[0].0.value.clone(), entries[0].0.span))
        }
        _ => None,
    };
    match name {
        None => {
            let message = format!("{} isn't a test", item.describe());
            let fault = document.fault(Some(item.span), message);
            faults.push(fault.hint("write a name, or a name with options: {hausman: {method: swar}}"));
        }
        Some((name, span)) if !keys.contains(&name.as_str()) => {
            let fault = document.fault(Some(span), format!("there is no test `{name}`"));
            faults.push(fault.maybe_hint(one_of(&name, keys.iter().copied())));
        }
        Some(_) if matches!(item.value, NodeValue::Text(_)) => {}
        Some(_) => {
            if let Err(found) = document.decode_node::<SpecificationTest>(item) {
                faults.extend(found);
            }
        }
    }
    faults
}

/// What a reader of a table of tests should know of its lines: why tests can't be made, each reason once, and which entities
/// others leave out.
fn told(lines: &[Diagnostic], entity: Option<&str>) -> Vec<String> {
    let mut reasons: Vec<(String, Vec<String>)> = Vec::new();
    let mut others = Vec::new();
    for line in lines {
        let called = called(line, lines);
        match &line.finding {
            Finding::NotTestable { reason, .. } => {
                let reason = reason.to_string();
                match reasons.iter_mut().find(|(known, _)| *known == reason) {
                    Some((_, names)) => names.push(called),
                    None => reasons.push((reason, vec![called])),
                }
            }
            Finding::Disguise(found) if !found.on_purpose => {
                let after = found.effects.of_units();
                others.push(format!(
                    "{} is {found} after {after} (correlation {:.4}, {} rows): what is found of the one is found of \
                     the other",
                    line.subject.as_deref().unwrap_or_default(),
                    found.correlation,
                    found.rows
                ));
            }
            _ if !line.left_out.is_empty() => {
                others.push(format!(
                    "{called}: too few rows of their own, left out: {}",
                    line.left_out.join(", ")
                ));
            }
            _ => {}
        }
    }
    let of = entity.map(|entity| format!("{entity}: ")).unwrap_or_default();
    let reasons = reasons
        .into_iter()
        .map(|(reason, names)| format!("not testable: {of}{}: {reason}", names.join(", ")));
    reasons.chain(others).collect()
}

/// A line's test: its key, what it is about, and its options where others have the same key.
fn called(line: &Diagnostic, lines: &[Diagnostic]) -> String {
    let subject = line.subject.as_ref().map(|subject| format!(" of {subject}")).unwrap_or_default();
    let same = |other: &&Diagnostic| (&other.key, &other.subject) == (&line.key, &line.subject);
    let options = line.test.as_ref().filter(|_| lines.iter().filter(same).count() > 1);
    let options = options.and_then(|test| serde_json::to_value(test).ok());
    let options = options.as_ref().and_then(|test| test.as_object()?.values().next()?.as_object());
    let words: Vec<String> = options
        .into_iter()
        .flatten()
        .map(|(name, value)| format!("{name}: {}", value.to_string().replace('"', "")))
        .collect();
    let options = if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) };
    format!("{}{options}{subject}", line.key)
}
