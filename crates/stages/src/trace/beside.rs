//! The numbers that stand beside a report's tables of coefficients: unit roots, specification tests, other specifications, the system.

use std::rc::Rc;

use serde_json::{Value, json};
use vintner_pipeline::PipelineStage;

use super::made::Made;
use super::number_address::NumberAddress;
use super::output_of::OutputOf;
use super::parameters::{equation, texts};
use crate::error::StagesError;

/// A number, before the rows that it is about are known.
pub(super) struct Beside<'a> {
    pub(super) value: Value,
    pub(super) outputs: Vec<OutputOf>,
    /// The stage whose panel it is about.
    pub(super) stage: &'a PipelineStage,
    pub(super) variables: Vec<String>,
}

/// The addresses of all of them; tests by equation, and one by one.
pub(super) fn addresses(made: &Made<'_>) -> Result<Vec<NumberAddress>, StagesError> {
    let mut addresses = Vec::new();
    for stage in made.stages_of("unit_root") {
        let all = made.value(&OutputOf::main(stage))?;
        // Changes stand under the variables.
        for variable in list(&all, "rows").iter().filter_map(|row| text(row, "variable")) {
            let address = NumberAddress::UnitRoot { variable: variable.to_owned() };
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
    }
    for stage in made.stages_of("diagnose") {
        for (item, _) in made.branches(&stage.name) {
            let equation = if item.is_empty() { &stage.name } else { item }.clone();
            let all = made.value(&OutputOf { item: item.clone(), ..OutputOf::main(stage) })?;
            let keys = list(&all, "tests").iter().filter_map(|line| text(line, "key"));
            let keys = std::iter::once(None).chain(keys.map(|key| Some(key.to_owned())));
            addresses.extend(keys.map(|test| NumberAddress::Tests { equation: equation.clone(), test }));
        }
    }
    for (_, findings) in robustness(made) {
        for one in list(&findings, "specifications") {
            for coefficient in coefficients(one) {
                let (Some(equation), Some(regressor)) =
                    (text(one, "equation"), text(coefficient, "regressor"))
                else {
                    continue;
                };
                let (equation, regressor) = (equation.to_owned(), regressor.to_owned());
                let address = NumberAddress::Specifications { equation, regressor };
                if !addresses.contains(&address) {
                    addresses.push(address);
                }
            }
        }
    }
    for stage in made.stages_of("system") {
        let named = list(&stage.bound.params, "equations");
        let names = named.iter().filter_map(|one| Some(text(one, "name")?.to_owned()));
        addresses.extend(names.map(|equation| NumberAddress::System { equation }));
    }
    Ok(addresses)
}

/// The number at one of these addresses.
pub(super) fn find<'a>(made: &Made<'a>, address: &NumberAddress) -> Result<Option<Beside<'a>>, StagesError> {
    Ok(match address {
        NumberAddress::UnitRoot { variable } => unit_roots(made, variable)?,
        NumberAddress::Tests { equation, test } => tests(made, equation, test.as_deref())?,
        NumberAddress::Specifications { equation, regressor } => specifications(made, equation, regressor),
        NumberAddress::System { equation } => system(made, equation)?,
        _ => None,
    })
}

fn unit_roots<'a>(made: &Made<'a>, variable: &str) -> Result<Option<Beside<'a>>, StagesError> {
    // Changes are made of the variable itself.
    let own = variable.strip_prefix("D.").unwrap_or(variable);
    let has = |stage: &&PipelineStage| texts(&stage.bound.params, "variables").iter().any(|name| name == own);
    let Some(stage) = made.stages_of("unit_root").find(has) else { return Ok(None) };
    let output = OutputOf::main(stage);
    let all = made.value(&output)?;
    let rows: Vec<&Value> =
        list(&all, "rows").iter().filter(|row| text(row, "variable") == Some(variable)).collect();
    if rows.is_empty() {
        return Ok(None);
    }
    Ok(Some(Beside {
        value: json!({"tests": rows}),
        outputs: vec![output],
        stage,
        variables: vec![own.to_owned()],
    }))
}

fn tests<'a>(made: &Made<'a>, wanted: &str, test: Option<&str>) -> Result<Option<Beside<'a>>, StagesError> {
    for stage in made.stages_of("diagnose") {
        let branch = made
            .branches(&stage.name)
            .iter()
            .find(|(item, _)| item == wanted || (item.is_empty() && stage.name == wanted));
        let Some((item, _)) = branch else { continue };
        let output = OutputOf { item: item.clone(), ..OutputOf::main(stage) };
        let all = made.value(&output)?;
        let lines: Vec<&Value> = list(&all, "tests")
            .iter()
            .filter(|line| test.is_none_or(|test| text(line, "key") == Some(test)))
            .collect();
        if lines.is_empty() {
            return Ok(None);
        }
        let variables = all.get("formula").map(equation).unwrap_or_default();
        return Ok(Some(Beside { value: json!({"tests": lines}), outputs: vec![output], stage, variables }));
    }
    Ok(None)
}

fn specifications<'a>(made: &Made<'a>, wanted: &str, regressor: &str) -> Option<Beside<'a>> {
    let of_equation = |one: &&Value| text(one, "equation") == Some(wanted);
    let is = |one: &&Value| text(one, "regressor") == Some(regressor);
    let (output, findings) = robustness(made).into_iter().find(|(_, findings)| {
        let mut own = list(findings, "specifications").iter().filter(of_equation);
        own.any(|one| coefficients(one).iter().any(|one| is(&one)))
    })?;
    // Only what was published is a finding.
    let finding = list(&findings, "findings").iter().find(|one| of_equation(one) && is(one));
    let under: Vec<Value> = list(&findings, "specifications")
        .iter()
        .filter(of_equation)
        .map(|one| {
            let own = coefficients(one).iter().find(is);
            let label = |field: &str| one.pointer(&format!("/{field}/en")).cloned().unwrap_or_default();
            json!({"model": label("model"), "errors": label("errors"), "coefficient": own})
        })
        .collect();
    let known = list(&findings, "equations").iter().find(|one| text(one, "id") == Some(wanted));
    let variables = known.map(equation).unwrap_or_default();
    let stage = made.stage(&output.stage)?;
    let fits = made.read_by(stage, "specifications").into_iter().find(|of| of.item == wanted)?;
    let fitting = made.stage(&fits.stage)?;
    Some(Beside {
        value: json!({"finding": finding, "specifications": under}),
        outputs: vec![output, fits],
        stage: fitting,
        variables,
    })
}

fn system<'a>(made: &Made<'a>, wanted: &str) -> Result<Option<Beside<'a>>, StagesError> {
    for stage in made.stages_of("system") {
        let equations = list(&stage.bound.params, "equations");
        if !equations.iter().any(|one| text(one, "name") == Some(wanted)) {
            continue;
        }
        let output = OutputOf::main(stage);
        let all = made.value(&output)?;
        let own =
            |field: &str| list(&all, field).iter().find(|one| text(one, "equation") == Some(wanted)).cloned();
        let mut variables: Vec<String> = Vec::new();
        for name in equations.iter().flat_map(equation) {
            if !variables.contains(&name) {
                variables.push(name);
            }
        }
        let value = json!({"identification": own("identification"), "first_stage": own("first_stages")});
        return Ok(Some(Beside { value, outputs: vec![output], stage, variables }));
    }
    Ok(None)
}

/// What the stages of `robustness` found.
fn robustness(made: &Made<'_>) -> Vec<(OutputOf, Rc<Value>)> {
    made.stages_of("robustness")
        .filter_map(|stage| {
            let output =
                OutputOf { stage: stage.name.clone(), item: String::new(), output: "findings".into() };
            let findings = made.value(&output).ok()?;
            Some((output, findings))
        })
        .collect()
}

/// The coefficients of a specification; none where it couldn't be estimated.
fn coefficients(specification: &Value) -> &[Value] {
    let all = specification.pointer("/outcome/coefficients").and_then(Value::as_array);
    all.map(Vec::as_slice).unwrap_or_default()
}

fn list<'v>(value: &'v Value, field: &str) -> &'v [Value] {
    value.get(field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn text<'v>(value: &'v Value, field: &str) -> Option<&'v str> {
    value.get(field).and_then(Value::as_str)
}
