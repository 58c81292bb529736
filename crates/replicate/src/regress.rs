//! `regress`: an equation by entity and pooled, under covariances.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use vintner_estimation::{Covariance, Model, Weights, WrittenEquation};

use crate::branches::{Branch, read};
use crate::covariances;
use crate::equations::Equation;
use crate::error::Result;
use crate::fits;
use crate::outcomes::{self, unique};
use crate::program::Program;
use crate::script::{Call, Statement, Value};
use crate::variables::{frame_under, texts};

/// The statements of a branch and the numbers that it made.
pub(crate) fn add(program: &mut Program, branch: &Branch<'_>) -> Result<()> {
    let made = branch.json("fits")?;
    let Some(frame) = frame_under(program, branch, "panel") else {
        program.leave_out(branch.name.clone(), "its panel isn't a frame of the scripts");
        return Ok(());
    };
    for model in models(&made) {
        if let Err(reason) = one(program, branch, &frame, &model) {
            let what = if model.name.is_empty() {
                branch.name.clone()
            } else {
                format!("{}, {}", branch.name, model.name)
            };
            program.leave_out(what, reason);
        }
    }
    Ok(())
}

/// One model of a stage that may have several.
pub(crate) struct Made<'a> {
    pub(crate) name: String,
    pub(crate) result: &'a Json,
    /// The part of the sample: a column and its value.
    pub(crate) part: Option<(String, String)>,
    /// Where it stands among the equations of the text.
    pub(crate) lhs: Option<String>,
    pub(crate) rhs: Option<String>,
}

/// The models in what a stage made.
pub(crate) fn models(made: &Json) -> Vec<Made<'_>> {
    let Some(several) = made.get("models").and_then(Json::as_array) else {
        return vec![Made { name: String::new(), result: made, part: None, lhs: None, rhs: None }];
    };
    several
        .iter()
        .map(|one| Made {
            name: read(one, "name").unwrap_or_default(),
            result: one.get("result").unwrap_or(&Json::Null),
            part: one
                .get("sample")
                .and_then(|sample| Some((read(sample, "column")?, read(sample, "value")?))),
            lhs: read(one, "lhs"),
            rhs: read(one, "rhs"),
        })
        .collect()
}

/// The equation of a model.
pub(crate) fn equation_of(branch: &Branch<'_>, model: &Made<'_>) -> std::result::Result<Equation, String> {
    let Some(text) = branch.param::<String>("formula") else {
        let factors: BTreeMap<String, Option<String>> = branch.param("factors").unwrap_or_default();
        let dependent: String = branch.param("dependent").unwrap_or_default();
        let regressors = texts(branch.params(), "regressors");
        return Ok(Equation::listed(&dependent, &regressors, &factors));
    };
    let equations = WrittenEquation::each(&text).map_err(|error| error.message)?;
    let is = |written: &&WrittenEquation| {
        model.lhs.as_ref().is_none_or(|lhs| *lhs == written.dependent_name())
            && model.rhs.as_ref().is_none_or(|rhs| rhs == written.regressors_text())
    };
    let written = equations.iter().find(is).ok_or("the equation isn't among those of its text")?;
    Ok(Equation::written(written))
}

fn one(
    program: &mut Program,
    branch: &Branch<'_>,
    frame: &Value,
    model: &Made<'_>,
) -> std::result::Result<(), String> {
    let stage = branch.name.clone();
    let mut equation = equation_of(branch, model)?;
    let weights: Option<Weights> = branch.param("weights");
    if weights.as_ref().is_some_and(|weights| weights.kind == vintner_estimation::WeightKind::Frequency) {
        return Err("frequency weights aren't among the scripts' helpers".into());
    }
    let pooled: Option<Json> = branch.param::<Json>("pooled").filter(Json::is_object);
    let by_entity: Option<Json> = branch.param::<Json>("by_entity").filter(Json::is_object);
    let formula = model.result.get("formula").cloned().unwrap_or_default();
    // Names of regressors that the stage has and the spec hasn't are of categories.
    let known = texts(&formula, "regressors");
    if branch.param::<String>("formula").is_none() && known != texts(branch.params(), "regressors") {
        equation.complete = true;
    }
    let condition: Option<String> = branch.param("where");
    let part = model.part.as_ref().map(|(column, value)| (column.as_str(), value.as_str()));
    let mut statements = Vec::new();
    let title = branch.title.clone().unwrap_or_default();
    let heading = [branch.name.as_str(), model.name.as_str(), title.as_str()];
    let heading: Vec<&str> = heading.into_iter().filter(|part| !part.is_empty()).collect();
    statements.push(Statement::Comment(heading.join(": ")));
    statements.extend(equation.rows(frame, condition.as_deref(), part)?);
    let column = weights.as_ref().map(|weights| weights.column.as_str());

    if let Some(asked) = &by_entity {
        let call = equation.call(column, &[]);
        statements.push(Statement::Let("e".into(), call.value()));
        entities(program, &stage, model, asked, &mut statements);
    }
    if let Some(asked) = &pooled {
        let own: Vec<String> = texts(asked, "effects");
        let effects = if own.is_empty() { equation.effects.clone() } else { own };
        if read::<String>(asked, "singletons").is_some_and(|word| word == "drop") {
            program
                .leave_out(format!("{stage}, pooled"), "`singletons: drop` isn't among the scripts' helpers");
        } else {
            let call = equation.call(column, &effects);
            statements.push(Statement::Let("e".into(), call.value()));
            whole(program, &stage, model, asked, &effects, &mut statements)?;
        }
    }
    statements.push(Statement::Blank);
    program.estimates.extend(statements);
    Ok(())
}

/// A model's name with that of a part of it.
fn named(model: &Made<'_>, part: &str) -> String {
    match (model.name.is_empty(), part.is_empty()) {
        (true, _) => part.to_owned(),
        (false, true) => model.name.clone(),
        (false, false) => format!("{}: {part}", model.name),
    }
}

/// The covariance that a stage asks for, and its further ones.
fn covariances_of(asked: &Json) -> Vec<Covariance> {
    let first = read(asked, "covariance").unwrap_or_default();
    let further: Vec<Covariance> = read(asked, "covariances").unwrap_or_default();
    std::iter::once(first).chain(further).collect()
}

fn entities(
    program: &mut Program,
    stage: &str,
    model: &Made<'_>,
    asked: &Json,
    statements: &mut Vec<Statement>,
) {
    let all = covariances_of(asked);
    let empty = Vec::new();
    let first = model.result.get("by_entity").and_then(Json::as_array).unwrap_or(&empty);
    let under = model.result.get("by_entity_under").and_then(Json::as_array);
    for (at, covariance) in all.iter().enumerate() {
        let of = match (at, under) {
            (0, _) => first,
            // With further covariances the first of the list may be that of the stage, too.
            (_, Some(under)) => match under.get(under.len() + at - all.len()).and_then(Json::as_array) {
                Some(units) => units,
                None => continue,
            },
            (_, None) => continue,
        };
        let suffix = if at == 0 { String::new() } else { format!(", {} {at}", covariance.name()) };
        let helper = covariances::of(covariance);
        for unit in of {
            let name = format!("{}{suffix}", read::<String>(unit, "unit").unwrap_or_default());
            let outcome = unit.get("outcome").cloned().unwrap_or_default();
            outcomes::add(program, stage, &named(model, &name), &outcome, helper.is_ok());
        }
        match helper {
            Ok(helper) => {
                let call = Call::new("report_by_entity")
                    .with(Value::text(stage))
                    .with(Value::name("e"))
                    .with(helper)
                    .maybe(
                        "before",
                        (!model.name.is_empty()).then(|| Value::text(format!("{}: ", model.name))),
                    )
                    .maybe("after", (!suffix.is_empty()).then(|| Value::text(&suffix)));
                statements.push(Statement::Do(call));
            }
            Err(reason) => program.leave_out(format!("{stage}, by entity, standard errors"), reason),
        }
    }
}

fn whole(
    program: &mut Program,
    stage: &str,
    model: &Made<'_>,
    asked: &Json,
    effects: &[String],
    statements: &mut Vec<Statement>,
) -> std::result::Result<(), String> {
    let estimator: Model = read(asked, "model").ok_or("its model can't be read")?;
    statements.push(Statement::Let("fit".into(), fits::of(estimator, effects)?));
    let none = Json::Null;
    let first = model.result.get("pooled").unwrap_or(&none);
    let under = model.result.get("pooled_under").and_then(Json::as_array).cloned().unwrap_or_default();
    let outcomes_of = std::iter::once(first).chain(&under);
    let mut names = Vec::new();
    for (at, (covariance, outcome)) in covariances_of(asked).iter().zip(outcomes_of).enumerate() {
        let own = if at == 0 { String::new() } else { covariance.name() };
        let name = named(model, &unique(&mut names, own));
        report(program, stage, &name, covariance, outcome, statements);
    }
    for (name, word) in [
        ("hypotheses", "joint tests of coefficients"),
        ("levels", "levels of effects"),
        ("rows", "fitted values"),
    ] {
        let is_asked = match asked.get(name) {
            Some(Json::Bool(asked)) => *asked,
            Some(Json::Array(list)) => !list.is_empty(),
            _ => false,
        };
        if is_asked {
            program.leave_out(format!("{stage}, {name}"), format!("{word} are no coefficients"));
        }
    }
    Ok(())
}

/// A fit under a covariance, and the numbers that it is compared with.
pub(crate) fn report(
    program: &mut Program,
    stage: &str,
    name: &str,
    covariance: &Covariance,
    outcome: &Json,
    statements: &mut Vec<Statement>,
) {
    let helper = covariances::of(covariance);
    outcomes::add(program, stage, name, outcome, helper.is_ok());
    let mut call =
        Call::new("report").with(Value::text(stage)).with(Value::text(name)).with(Value::name("fit"));
    match helper {
        Ok(helper) => call = call.with(helper),
        Err(reason) => program.leave_out(format!("{stage}, {}, standard errors", covariance.name()), reason),
    }
    statements.push(Statement::Do(call));
}
