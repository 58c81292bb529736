//! `specifications` and `mean_group`: one equation under many models.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use vintner_estimation::{Covariance, HeterogeneousMethod, MeanGroup, Model};

use crate::branches::{Branch, read};
use crate::equations::Equation;
use crate::error::Result;
use crate::fits;
use crate::outcomes::{self, unique};
use crate::program::Program;
use crate::regress::{Made, equation_of, report};
use crate::script::{Call, Statement, Value};
use crate::variables::{frame_under, texts};

/// The statements of a branch of `specifications`, and the numbers that it made.
pub(crate) fn add(program: &mut Program, branch: &Branch<'_>) -> Result<()> {
    let made = branch.json("fits")?;
    let Some(frame) = frame_under(program, branch, "panel") else {
        program.leave_out(branch.name.clone(), "its panel isn't a frame of the scripts");
        return Ok(());
    };
    let dependent: String = branch.param("dependent").unwrap_or_default();
    let equation = Equation::listed(&dependent, &texts(branch.params(), "regressors"), &BTreeMap::new());
    let mut statements = vec![Statement::Comment(heading(branch))];
    statements.push(Statement::Let("d".into(), frame));
    statements.push(Statement::Let("e".into(), equation.call(None, &[]).value()));
    let models: Vec<Json> = branch.param("models").unwrap_or_default();
    let results: Vec<Json> = read(&made, "fits").unwrap_or_default();
    let mut results = results.into_iter();
    let mut names = Vec::new();
    for model in &models {
        let label = label(model.get("label"));
        if let Some(asked) = read::<MeanGroup>(model, "mean_group") {
            let Some(result) = results.next() else { break };
            let name = unique(&mut names, format!("{label}, {}", self::label(model.get("errors"))));
            let outcome = result.pointer("/outcome/mean_group").cloned().unwrap_or_default();
            mean_group(program, &branch.name, &name, &asked, &outcome, &mut statements);
            continue;
        }
        let fit = read::<Model>(model, "model").ok_or_else(|| "its model can't be read".to_owned());
        let fit = fit.and_then(|estimator| fits::of(estimator, &[]));
        if let Ok(fit) = &fit {
            statements.push(Statement::Let("fit".into(), fit.clone()));
        }
        let covariances: Vec<Json> = read(model, "covariances").unwrap_or_default();
        for one in &covariances {
            let Some(result) = results.next() else { break };
            let name = unique(&mut names, format!("{label}, {}", self::label(one.get("label"))));
            let what = format!("{}, {name}", branch.name);
            match (&fit, read::<Covariance>(one, "covariance")) {
                (Err(reason), _) => program.leave_out(what, reason.clone()),
                (Ok(_), None) => program.leave_out(what, RANDOM),
                (Ok(_), Some(covariance)) => {
                    let outcome = result.pointer("/outcome/model").cloned().unwrap_or_default();
                    report(program, &branch.name, &name, &covariance, &outcome, &mut statements);
                }
            }
        }
    }
    statements.push(Statement::Blank);
    program.estimates.extend(statements);
    Ok(())
}

/// Why draws aren't repeated.
pub(crate) const RANDOM: &str = "a bootstrap's draws are those of Vintner's own generator";

/// The statements of a branch of `mean_group`.
pub(crate) fn add_mean_group(program: &mut Program, branch: &Branch<'_>) -> Result<()> {
    let outcome = branch.json("fit")?;
    let asked: Option<MeanGroup> = serde_json::from_value(options(branch.params())).ok();
    let model = Made { name: String::new(), result: &outcome, part: None, lhs: None, rhs: None };
    let condition: Option<String> = branch.param("where");
    let (Some(frame), Some(asked)) = (frame_under(program, branch, "panel"), asked) else {
        program.leave_out(branch.name.clone(), "its options or its panel can't be read");
        return Ok(());
    };
    let rows = equation_of(branch, &model).and_then(|equation| {
        let mut statements = vec![Statement::Comment(heading(branch))];
        statements.extend(equation.rows(&frame, condition.as_deref(), None)?);
        statements.push(Statement::Let("e".into(), equation.call(None, &[]).value()));
        Ok(statements)
    });
    match rows {
        Ok(mut statements) => {
            mean_group(program, &branch.name, "", &asked, &outcome, &mut statements);
            statements.push(Statement::Blank);
            program.estimates.extend(statements);
        }
        Err(reason) => program.leave_out(branch.name.clone(), reason),
    }
    Ok(())
}

/// The statements of a branch of `fama_macbeth`.
pub(crate) fn add_fama_macbeth(program: &mut Program, branch: &Branch<'_>) -> Result<()> {
    let outcome = branch.json("means")?;
    let covariance: Json = branch.param("covariance").unwrap_or_default();
    let lags = covariance.get("lags").cloned().unwrap_or_default();
    let bandwidth = read::<f64>(&lags, "bandwidth");
    let frame = frame_under(program, branch, "panel");
    let (Some(frame), true) = (frame, bandwidth.is_some() || lags.as_str() != Some("automatic")) else {
        let reason = "a bandwidth that is chosen from the data isn't among the scripts' helpers";
        program.leave_out(branch.name.clone(), reason);
        return Ok(());
    };
    let model = Made { name: String::new(), result: &outcome, part: None, lhs: None, rhs: None };
    let condition: Option<String> = branch.param("where");
    let rows = equation_of(branch, &model).and_then(|equation| {
        let mut statements = vec![Statement::Comment(heading(branch))];
        statements.extend(equation.rows(&frame, condition.as_deref(), None)?);
        statements.push(Statement::Let("e".into(), equation.call(None, &[]).value()));
        Ok(statements)
    });
    match rows {
        Ok(mut statements) => {
            outcomes::add(program, &branch.name, "", &outcome, true);
            let kernel = read::<String>(&covariance, "kernel").filter(|kernel| kernel != "bartlett");
            let fit = Call::new("fit_fama_macbeth")
                .with(Value::name("e"))
                .maybe("bandwidth", bandwidth.map(Value::Number))
                .maybe("kernel", kernel.map(Value::text));
            let call = Call::new("report")
                .with(Value::text(&branch.name))
                .with(Value::text(""))
                .with(Value::name("fit"));
            statements.extend([
                Statement::Let("fit".into(), fit.value()),
                Statement::Do(call),
                Statement::Blank,
            ]);
            program.estimates.extend(statements);
        }
        Err(reason) => program.leave_out(branch.name.clone(), reason),
    }
    Ok(())
}

/// What of a stage's parameters are options of the estimator.
fn options(params: &Json) -> Json {
    const NAMES: [&str; 6] = ["method", "trend", "short_units", "variance", "scaling", "units"];
    let own = NAMES.iter().filter_map(|name| Some(((*name).to_owned(), params.get(name)?.clone())));
    Json::Object(own.filter(|(_, value)| !value.is_null()).collect())
}

fn mean_group(
    program: &mut Program,
    stage: &str,
    name: &str,
    asked: &MeanGroup,
    outcome: &Json,
    statements: &mut Vec<Statement>,
) {
    let plain = asked.method == HeterogeneousMethod::Mg && asked.trend == Default::default();
    if !plain {
        let what = if name.is_empty() { stage.to_owned() } else { format!("{stage}, {name}") };
        program.leave_out(what, format!("{} isn't among the scripts' helpers", asked.method.name()));
        return;
    }
    outcomes::add(program, stage, name, outcome, true);
    let fit = Call::new("fit_mean_group").with(Value::name("e"));
    statements.push(Statement::Let("fit".into(), fit.value()));
    let call = Call::new("report").with(Value::text(stage)).with(Value::text(name)).with(Value::name("fit"));
    statements.push(Statement::Do(call));
}

/// A branch's name and title.
pub(crate) fn heading(branch: &Branch<'_>) -> String {
    match &branch.title {
        Some(title) => format!("{}: {title}", branch.name),
        None => branch.name.clone(),
    }
}

/// A label's text, the English one where there are several.
pub(crate) fn label(label: Option<&Json>) -> String {
    match label {
        Some(Json::String(text)) => text.clone(),
        Some(Json::Object(texts)) => {
            let text = texts.get("en").or(texts.values().next());
            text.and_then(Json::as_str).unwrap_or_default().to_owned()
        }
        _ => String::new(),
    }
}
