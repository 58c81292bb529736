//! `iv` and `system`: equations with instruments, alone and together.

use serde_json::Value as Json;

use crate::branches::{Branch, read};
use crate::covariances::of_json;
use crate::equations::Equation;
use crate::error::Result;
use crate::outcomes::{self, unique};
use crate::program::Program;
use crate::regress::{Made, equation_of, models};
use crate::script::{Call, Statement, Value};
use crate::specifications::heading;
use crate::variables::{frame_under, texts};

/// The statements of a branch of `iv`, and the numbers that it made.
pub(crate) fn add_iv(program: &mut Program, branch: &Branch<'_>) -> Result<()> {
    let made = branch.json("results")?;
    let Some(frame) = frame_under(program, branch, "panel") else {
        program.leave_out(branch.name.clone(), "its panel isn't a frame of the scripts");
        return Ok(());
    };
    for model in models(&made) {
        if let Err(reason) = iv(program, branch, &frame, &model) {
            program.leave_out(branch.name.clone(), reason);
        }
    }
    program.leave_out(
        format!("{}, first stage and tests", branch.name),
        "statistics of the first stage and tests of instruments are no coefficients",
    );
    Ok(())
}

fn iv(
    program: &mut Program,
    branch: &Branch<'_>,
    frame: &Value,
    model: &Made<'_>,
) -> std::result::Result<(), String> {
    let equation = match branch.param::<String>("formula") {
        Some(_) => equation_of(branch, model)?,
        None => listed(branch)?,
    };
    let condition: Option<String> = branch.param("where");
    let part = model.part.as_ref().map(|(column, value)| (column.as_str(), value.as_str()));
    let effects = match branch.param::<String>("effects").as_deref() {
        Some("entity") => vec!["entity".to_owned()],
        Some("time") => vec!["time".to_owned()],
        Some("two_way") => vec!["entity".to_owned(), "time".to_owned()],
        _ => equation.effects.clone(),
    };
    let mut statements = vec![Statement::Comment(heading(branch))];
    statements.extend(equation.rows(frame, condition.as_deref(), part)?);
    statements.push(Statement::Let("e".into(), equation.call(None, &[]).value()));
    let covariance: Json = branch.param("covariance").unwrap_or_default();
    let errors = covariance.get("errors").cloned().unwrap_or_default();
    let kind: String = read(&errors, "kind").unwrap_or_else(|| "unadjusted".into());
    if kind == "kernel" {
        return Err("errors of kind `kernel` aren't among the scripts' helpers".into());
    }
    let mut vcov = Call::new("vcov_iv").named("errors", Value::text(&kind));
    vcov = vcov
        .maybe("by", read::<String>(&errors, "by").filter(|by| by != "entity").map(Value::text))
        .maybe("debiased", read::<bool>(&covariance, "debiased").filter(|yes| !yes).map(Value::Bool))
        .maybe("test", read::<String>(&covariance, "test").map(Value::text));
    let results: Vec<Json> = read(model.result, "fits").unwrap_or_default();
    let several = results.len() > 1;
    let mut names = Vec::new();
    let estimators: Vec<Json> = branch.param("estimators").unwrap_or_default();
    for (estimator, outcome) in estimators.iter().zip(&results) {
        let kind: String = read(estimator, "kind").unwrap_or_default();
        let own = if several { kind.clone() } else { String::new() };
        let own = unique(&mut names, own);
        let parts = [model.name.as_str(), own.as_str()];
        let name: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let name = name.join(": ");
        let fit = Call::new("fit_iv")
            .with(Value::name("e"))
            .named("endogenous", Value::texts(&equation.endogenous))
            .named("instruments", Value::texts(&equation.instrument_names))
            .maybe("effects", (!effects.is_empty()).then(|| Value::texts(&effects)))
            .maybe(
                "count_effects",
                branch.param::<bool>("count_effects").filter(|yes| !yes).map(Value::Bool),
            );
        let fit = match kind.as_str() {
            "2sls" => fit,
            "liml" => fit.named("liml", Value::Bool(true)).maybe(
                "fuller",
                read::<f64>(estimator, "fuller").filter(|alpha| *alpha != 0.0).map(Value::Number),
            ),
            "k_class" => fit.maybe("kappa", read::<f64>(estimator, "kappa").map(Value::Number)),
            other => {
                program.leave_out(
                    format!("{}, {other}", branch.name),
                    "GMM of one equation isn't among the scripts' helpers",
                );
                continue;
            }
        };
        outcomes::add(program, &branch.name, &name, outcome, true);
        statements.push(Statement::Let("fit".into(), fit.value()));
        let call = Call::new("report")
            .with(Value::text(&branch.name))
            .with(Value::text(&name))
            .with(Value::name("fit"))
            .with(Value::OfFit(Box::new(vcov.clone())));
        statements.push(Statement::Do(call));
    }
    statements.push(Statement::Blank);
    program.estimates.extend(statements);
    Ok(())
}

/// An equation with instruments that was written as lists.
fn listed(branch: &Branch<'_>) -> std::result::Result<Equation, String> {
    let params = branch.params();
    if params.get("factors").and_then(Json::as_object).is_some_and(|factors| !factors.is_empty()) {
        return Err("factors in an equation with instruments aren't written as scripts".into());
    }
    let dependent: String = branch.param("dependent").unwrap_or_default();
    let mut equation = Equation::listed(&dependent, &texts(params, "regressors"), &Default::default());
    equation.endogenous = texts(params, "endogenous");
    equation.instrument_names = texts(params, "instruments");
    equation.instruments = equation.instrument_names.iter().map(Value::text).collect();
    equation.intercept = branch.param("intercept").unwrap_or(true);
    Ok(equation)
}

/// The statements of a branch of `system`, and the numbers that it made.
pub(crate) fn add_system(program: &mut Program, branch: &Branch<'_>) -> Result<()> {
    let made = branch.json("results").or_else(|_| branch.json("system"))?;
    let mut statements = vec![Statement::Comment(heading(branch))];
    match system(program, branch, &made, &mut statements) {
        Ok(()) => {
            statements.push(Statement::Blank);
            program.estimates.extend(statements);
        }
        Err(reason) => program.leave_out(branch.name.clone(), reason),
    }
    Ok(())
}

fn system(
    program: &mut Program,
    branch: &Branch<'_>,
    made: &Json,
    statements: &mut Vec<Statement>,
) -> std::result::Result<(), String> {
    let frame = frame_under(program, branch, "panel").ok_or("its panel isn't a frame of the scripts")?;
    let params = branch.params();
    let equations: Vec<Json> = branch.param("equations").unwrap_or_default();
    let unlike =
        |name: &str, usual: &Json| params.get(name).is_some_and(|own| own != usual && !own.is_null());
    for (name, usual) in [
        ("where", Json::Null),
        ("iterate", Json::Null),
        ("pooled_sigma", Json::Null),
        ("restrictions", Json::Array(Vec::new())),
        ("covariance", serde_json::json!({"kind": "classical"})),
        ("weighted_first_step", Json::Bool(false)),
        ("three_stage", Json::String("GLS".into())),
        ("test", Json::String("equation".into())),
    ] {
        if unlike(name, &usual) {
            return Err(format!("a system with `{name}` isn't among the scripts' helpers"));
        }
    }
    let own = |one: &Json| one.get("formula").is_some() || one.get("instruments").is_some();
    if equations.iter().any(own) {
        return Err(
            "equations with formulas or instruments of their own aren't among the scripts' helpers".into()
        );
    }
    if texts(made, "instruments").is_empty() && made.get("instruments").is_some_and(Json::is_object) {
        return Err("its instruments can't be read".into());
    }
    let effects = match branch.param::<String>("effects").as_deref() {
        Some("entity") => vec!["entity"],
        Some("time") => vec!["time"],
        Some(_) => vec!["entity", "time"],
        None => Vec::new(),
    };
    let fits: Vec<Json> = read(made, "fits").unwrap_or_default();
    let several = fits.len() > 1;
    for fit in &fits {
        let estimator: String = read(fit, "estimator").unwrap_or_default();
        if !["ols", "sur", "2sls", "3sls"].contains(&estimator.as_str()) {
            program.leave_out(format!("{}, {estimator}", branch.name), "it isn't among the scripts' helpers");
            continue;
        }
        for left in fit.get("left_out").and_then(Json::as_array).into_iter().flatten() {
            let equation: String = read(left, "equation").unwrap_or_default();
            let reason = left.get("reason").map(outcomes::words).unwrap_or_default();
            program.leave_out(
                format!("{}, {equation}/{estimator}", branch.name),
                format!("the pipeline has no estimate: {reason}"),
            );
        }
        let results: Vec<Json> =
            fit.pointer("/result/equations").and_then(Json::as_array).cloned().unwrap_or_default();
        if results.is_empty() {
            let reason = fit.pointer("/result/reason").map(outcomes::words).unwrap_or_default();
            program.leave_out(
                format!("{}, {estimator}", branch.name),
                format!("the pipeline has no estimate: {reason}"),
            );
            continue;
        }
        let names: Vec<String> = results.iter().filter_map(|one| read(one, "name")).collect();
        let word = |name: &str| if several { format!("{name}/{estimator}") } else { name.to_owned() };
        for (name, result) in names.iter().zip(&results) {
            outcomes::add(program, &branch.name, &word(name), result, true);
        }
        let chosen = equations
            .iter()
            .filter(|one| read::<String>(one, "name").is_some_and(|name| names.contains(&name)));
        let lists = chosen.map(|one| {
            Value::Named(vec![
                ("name".into(), Value::text(read::<String>(one, "name").unwrap_or_default())),
                ("y".into(), Value::text(read::<String>(one, "dependent").unwrap_or_default())),
                ("x".into(), Value::texts(texts(one, "regressors"))),
                ("intercept".into(), Value::Bool(read(one, "intercept").unwrap_or(true))),
            ])
        });
        let call = Call::new("fit_system")
            .with(frame.clone())
            .with(Value::List(lists.collect()))
            .named("estimator", Value::text(&estimator))
            .named("instruments", Value::texts(texts(made, "instruments")))
            .named("variables", Value::texts(variables(&equations, made)))
            .maybe("effects", (!effects.is_empty()).then(|| Value::texts(&effects)))
            .maybe("count_effects", branch.param::<bool>("count_effects").filter(|yes| !yes).map(Value::Bool))
            .maybe("residual_covariance", params.get("residual_covariance").map(of_json))
            .maybe("center", branch.param::<bool>("center_residuals").filter(|yes| *yes).map(Value::Bool));
        statements.push(Statement::Let("fits".into(), call.value()));
        let call = Call::new("report_system")
            .with(Value::text(&branch.name))
            .with(Value::text(&estimator))
            .with(Value::name("fits"))
            .with(Value::Bool(several));
        statements.push(Statement::Do(call));
    }
    let what = format!("{}, identification, first stages and tests", branch.name);
    program.leave_out(what, "they are no coefficients");
    Ok(())
}

/// All variables of a system, whose rows have to be complete.
fn variables(equations: &[Json], made: &Json) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let each = equations.iter().flat_map(|one| {
        let dependent: Option<String> = read(one, "dependent");
        dependent.into_iter().chain(texts(one, "regressors"))
    });
    for name in each.chain(texts(made, "instruments")) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}
