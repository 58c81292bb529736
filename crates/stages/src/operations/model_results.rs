//! What stages leave of models, in the one form of results: our own operations' and any program's.

use std::collections::BTreeMap;
use std::io::Cursor;

use polars::prelude::{AnyValue, DataFrame, ParquetReader, SerReader};
use serde::de::DeserializeOwned;
use serde_json::Value;
use vintner_estimation::gmm::{GmmCovariance, GmmOutcome, Steps};
use vintner_estimation::instruments::{FirstStage, InstrumentalOutcome};
use vintner_estimation::systems::EquationFit;
use vintner_estimation::{
    Coefficient, Effect, Effects, FamaMacBeth, Fit, Formula, HeterogeneousMethod, HeterogeneousOutcome,
    Model, Note, Outcome, ReferenceDistribution, TestOutcome,
};
use vintner_pipeline::{InputFile, Inputs};
use vintner_reporting::{
    ModelResults, ResultCell, ResultRow, TermResult, read_results, read_results_csv, read_results_json,
};

use super::bootstrap::{BootstrapOutcome, Bootstrapped};
use super::iv::IvResults;
use super::regress::Fits;
use super::system::SystemResults;
use super::written::Named;
use crate::error::StagesError;

/// The code that this file reads results by, for the digests of the operations that use it.
pub(super) const CODE: [&str; 8] = [
    env!("VINTNER_CODE_OPERATION_MODEL_RESULTS"),
    env!("VINTNER_CODE_OPERATION_WRITTEN"),
    env!("VINTNER_CODE_OPERATION_REGRESS"),
    env!("VINTNER_CODE_OPERATION_IV"),
    env!("VINTNER_CODE_OPERATION_SYSTEM"),
    env!("VINTNER_CODE_OPERATION_BOOTSTRAP"),
    crate::code::ESTIMATION,
    crate::code::REPORTING,
];

/// A model with where it comes from.
pub(super) struct Found {
    /// The branch of its stage; empty where there are none.
    pub(super) branch: String,
    /// The model.
    pub(super) results: ModelResults,
}

/// All models under a role, in the order of branches and then of the results.
pub(super) fn models_of(inputs: &Inputs, role: &str, level: f64) -> Result<Vec<Found>, StagesError> {
    let mut found = Vec::new();
    for file in inputs.files().filter(|file| file.role == role) {
        let models = of_file(&file, level)?;
        found.extend(models.into_iter().map(|results| Found { branch: file.key.to_owned(), results }));
    }
    Ok(found)
}

/// The models of one file.
pub(crate) fn results_of(file: &InputFile<'_>, level: f64) -> Result<Vec<ModelResults>, StagesError> {
    of_file(file, level)
}

fn of_file(file: &InputFile<'_>, level: f64) -> Result<Vec<ModelResults>, StagesError> {
    let source = match (file.place, file.key) {
        (Some(place), _) => place.display().to_string(),
        (None, "") => format!("input `{}`", file.role),
        (None, key) => format!("input `{}` {key}", file.role),
    };
    let refuse = |message: String| StagesError::NoResults { source_name: source.clone(), message };
    if file.bytes.starts_with(b"PAR1") {
        let frame = ParquetReader::new(Cursor::new(file.bytes)).finish()?;
        return Ok(read_results(&source, &rows_of(&frame)?)?);
    }
    let text =
        std::str::from_utf8(file.bytes).map_err(|_| refuse("it is neither text nor Parquet".into()))?;
    if !text.trim_start().starts_with(['{', '[']) {
        return Ok(read_results_csv(&source, text)?);
    }
    let value: Value = serde_json::from_str(text).map_err(|error| refuse(format!("no JSON: {error}")))?;
    match value {
        Value::Array(_) => Ok(read_results_json(&source, &value)?),
        value => of_operation(value, level).map_err(refuse),
    }
}

fn rows_of(frame: &DataFrame) -> Result<Vec<ResultRow>, StagesError> {
    let mut rows = Vec::with_capacity(frame.height());
    for at in 0..frame.height() {
        let mut cells = Vec::with_capacity(frame.width());
        for column in frame.columns() {
            let cell = match column.get(at)? {
                AnyValue::Null => ResultCell::Missing,
                AnyValue::String(text) => ResultCell::Text(text.to_owned()),
                AnyValue::StringOwned(text) => ResultCell::Text(text.to_string()),
                AnyValue::Boolean(value) => ResultCell::Text(value.to_string()),
                other => match other.extract::<f64>() {
                    // A frame of pandas has NaN for what is missing.
                    Some(number) if number.is_nan() => ResultCell::Missing,
                    Some(number) => ResultCell::Number(number),
                    None => ResultCell::Text(other.to_string()),
                },
            };
            cells.push((column.name().to_string(), cell));
        }
        rows.push(ResultRow { place: format!("row {}", at + 1), cells });
    }
    Ok(rows)
}

/// The models in what one of our operations made.
fn of_operation(value: Value, level: f64) -> Result<Vec<ModelResults>, String> {
    let has = |key: &str| value.get(key).is_some();
    if let Some(Value::Array(several)) = value.get("models") {
        return of_several(several, level);
    }
    let outcome = value.get("outcome").and_then(Value::as_str).map(str::to_owned);
    if has("by_entity") {
        return Ok(of_fits(&decoded(value)?, level));
    }
    if has("first_stage") && has("fits") {
        return Ok(of_iv(&decoded(value)?, level));
    }
    if has("identification") {
        return Ok(of_system(&decoded(value)?, level));
    }
    if has("formula") && value.get("outcome").is_some_and(Value::is_object) {
        return Ok(vec![of_bootstrap(&decoded(value)?)]);
    }
    match outcome.as_deref() {
        Some("not_estimable") => {
            let reason = value.get("reason").cloned().unwrap_or_default();
            let reason: vintner_estimation::Reason = decoded(reason)?;
            Ok(vec![ModelResults { note: reason.to_string(), ..ModelResults::default() }])
        }
        Some("means") => Ok(vec![of_means(&decoded(value)?, level)]),
        Some("fit") if has("sargan") => Ok(vec![of_gmm(&decoded(value)?, level)]),
        Some("fit") if has("n_units") => Ok(vec![of_mean_group(&decoded(value)?, level)]),
        _ => Err("these are no results of models; name the output of a stage that estimates, or results with a row a \
                  term (`term`, `estimate`, `std_error`, …) as CSV, Parquet or a JSON list"
            .into()),
    }
}

/// The models of a step-wise list or a split sample, each by its name.
fn of_several(several: &[Value], level: f64) -> Result<Vec<ModelResults>, String> {
    let mut models = Vec::new();
    for one in several {
        let Named { model, result } = decoded::<Named<Value>>(one.clone())?;
        let own = of_operation(result, level)?;
        models.extend(own.into_iter().map(|results| {
            let name = match results.model.is_empty() {
                true => model.name.clone(),
                false => format!("{}: {}", model.name, results.model),
            };
            ModelResults { model: name, ..results }
        }));
    }
    Ok(models)
}

fn decoded<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| format!("results that can't be read: {error}"))
}

fn of_fits(fits: &Fits, level: f64) -> Vec<ModelResults> {
    let pooled = fits.pooled.iter().map(|outcome| of_outcome(outcome, "", level));
    let under = fits.pooled_under.iter().map(|outcome| {
        let name = outcome.fit().map(|fit| fit.covariance_used.name.clone()).unwrap_or_default();
        of_outcome(outcome, &name, level)
    });
    let by_entity = fits.by_entity.iter().map(|unit| of_outcome(&unit.outcome, &unit.unit, level));
    pooled.chain(under).chain(by_entity).collect()
}

fn of_outcome(outcome: &Outcome, model: &str, level: f64) -> ModelResults {
    match outcome {
        Outcome::Fit(fit) => ModelResults { model: model.into(), ..of_fit(fit, level) },
        Outcome::NotEstimable(refusal) => {
            let mut results = ModelResults {
                model: model.into(),
                note: refusal.reason.to_string(),
                ..ModelResults::default()
            };
            results.set_number("n_obs", refusal.n_obs as f64);
            results
        }
    }
}

fn of_fit(fit: &Fit, level: f64) -> ModelResults {
    let mut results = estimated(&fit.coefficients, fit.reference, level, &told(&fit.notes));
    for regressor in &fit.formula.regressors {
        if let Some(note) = fit.left_out(regressor) {
            results.terms.push(TermResult { term: regressor.clone(), note, ..TermResult::default() });
        }
    }
    results.set_text("dependent", &fit.formula.dependent);
    results.set_text("estimator", fit.model.name());
    results.set_text("errors", &fit.covariance_used.name);
    results.set_text("effects", effects(fit.model, &fit.formula));
    results.set_number("n_obs", fit.n_obs as f64);
    results.set_number("n_entities", (fit.n_entities > 1).then_some(fit.n_entities as f64));
    results.set_number("clusters", fit.covariance_used.clusters.map(|clusters| clusters as f64));
    match fit.r2_with_effects {
        // With effects absorbed, R2 is that of the regression with a dummy for each, as fixest and reghdfe print it.
        Some(with_effects) => {
            results.set_number("r_squared", with_effects);
            results.set_number("r_squared_within", fit.r2);
        }
        None => {
            results.set_number("r_squared", fit.r2);
            results.set_number("r_squared_adjusted", fit.r2_adjusted);
        }
    }
    if matches!(fit.model, Model::Random(_)) {
        results.set_number("r_squared_within", fit.measures.r2_within);
        results.set_number("r_squared_between", fit.measures.r2_between);
        results.set_number("r_squared_overall", fit.measures.r2_overall);
    }
    if let Some(joint) = &fit.joint {
        match fit.reference {
            ReferenceDistribution::StudentT { .. } => {
                results.set_number("f_statistic", joint.f);
                results.set_number("f_p_value", joint.p_value);
            }
            ReferenceDistribution::Normal => {
                results.set_number("wald_chi_squared", joint.chi_squared);
                results.set_number("wald_p_value", joint.chi_squared_p_value);
            }
        }
    }
    results.set_number("sigma", fit.sigma2.sqrt());
    results.set_number("log_likelihood", fit.measures.log_likelihood);
    results.set_number("aic", fit.measures.aic);
    results.set_number("bic", fit.measures.bic);
    results
}

/// The effects that a model absorbs, as `entity + time`.
fn effects(model: Model, formula: &Formula) -> String {
    match model {
        Model::Within if !formula.effects.is_empty() => {
            formula.effects.iter().map(Effect::to_string).collect::<Vec<_>>().join(" + ")
        }
        Model::Within => "entity".into(),
        Model::WithinTime => "time".into(),
        Model::WithinTwoWay => "entity + time".into(),
        _ => String::new(),
    }
}

/// What notes say of numbers that aren't there; what they say of single regressors stands with these.
fn told(notes: &[Note]) -> String {
    let told = notes.iter().filter(|note| !note.leaves_out());
    told.map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// A model's results with its coefficients, and nothing else yet.
fn estimated(
    coefficients: &[Coefficient],
    reference: ReferenceDistribution,
    level: f64,
    notes: &str,
) -> ModelResults {
    ModelResults { terms: terms(coefficients, reference, level, notes), ..ModelResults::default() }
}

fn terms(
    coefficients: &[Coefficient],
    reference: ReferenceDistribution,
    level: f64,
    notes: &str,
) -> Vec<TermResult> {
    let term = |one: &Coefficient| {
        let margin = one.std_error.map(|error| error * reference.critical_of(one, level));
        TermResult {
            term: one.name.clone(),
            estimate: Some(one.estimate),
            std_error: one.std_error,
            statistic: one.statistic,
            p_value: one.p_value,
            conf_low: margin.map(|margin| one.estimate - margin).filter(|end| end.is_finite()),
            conf_high: margin.map(|margin| one.estimate + margin).filter(|end| end.is_finite()),
            df: one.df.or(reference.df().map(|df| df as f64)),
            note: if one.std_error.is_none() { notes.to_owned() } else { String::new() },
        }
    };
    coefficients.iter().map(term).collect()
}

/// What errors of equations with instruments are called where those of least squares stand beside them.
fn as_elsewhere(errors: &str) -> &str {
    match errors {
        "unadjusted" => "classical",
        "robust" => "heteroskedasticity-robust",
        own => own,
    }
}

/// A test's statistic and p-value, where it was made.
fn made(test: &TestOutcome) -> Option<(&str, f64, f64)> {
    match test {
        TestOutcome::Test(test) => Some((&test.name, test.statistic, test.p_value)),
        TestOutcome::NotTestable { .. } => None,
    }
}

/// Hansen's J and Sargan's test among some.
fn overidentification(results: &mut ModelResults, tests: &[TestOutcome]) {
    for (name, statistic, p_value) in tests.iter().filter_map(made) {
        let known = match name {
            name if name.starts_with("Hansen J") => "hansen_j",
            name if name.starts_with("Sargan") => "sargan",
            _ => continue,
        };
        results.set_number(known, statistic);
        results.set_number(&format!("{known}_p_value"), p_value);
    }
}

fn of_iv(made: &IvResults, level: f64) -> Vec<ModelResults> {
    let several = made.fits.len() > 1;
    let models = made.fits.iter().map(|outcome| match outcome {
        InstrumentalOutcome::Fit(fit) => {
            let mut results = ModelResults {
                model: if several { fit.estimator.name().into() } else { String::new() },
                terms: terms(&fit.coefficients, fit.reference, level, &told(&fit.notes)),
                ..ModelResults::default()
            };
            results.set_text("dependent", &fit.formula.dependent);
            results.set_text("estimator", fit.estimator.name());
            results.set_text("errors", as_elsewhere(fit.covariance_used.errors.name()));
            results.set_text(
                "effects",
                fit.formula.effects.iter().map(Effect::to_string).collect::<Vec<_>>().join(" + "),
            );
            results.set_number("n_obs", fit.n_obs as f64);
            results.set_number("n_entities", (fit.n_entities > 1).then_some(fit.n_entities as f64));
            results.set_number("clusters", fit.clusters.map(|clusters| clusters as f64));
            results.set_number("r_squared", fit.r2);
            results.set_number("sigma", fit.sigma2.sqrt());
            results.set_number("first_stage_f", made.first_stage.as_ref().and_then(first_stage_f));
            overidentification(&mut results, &fit.tests);
            results
        }
        InstrumentalOutcome::NotEstimable(refusal) => {
            ModelResults { note: refusal.reason.to_string(), ..ModelResults::default() }
        }
    });
    models.collect()
}

/// The F of the excluded instruments where there is one endogenous regressor, under the errors asked for; of several
/// regressors Kleibergen and Paap's.
fn first_stage_f(stage: &FirstStage) -> Option<f64> {
    match &stage.variables[..] {
        [one] => {
            let robust = one.robust_f.as_ref().and_then(made);
            robust.or_else(|| made(&one.f)).map(|(_, statistic, _)| statistic)
        }
        _ => stage.kleibergen_paap_f,
    }
}

fn of_system(made: &SystemResults, level: f64) -> Vec<ModelResults> {
    let several = made.fits.len() > 1;
    let mut models = Vec::new();
    for outcome in &made.fits {
        let named = |equation: &str| match several {
            true => format!("{equation}/{}", outcome.estimator.name()),
            false => equation.to_owned(),
        };
        if let Some(reason) = outcome.reason() {
            let equations = made.system.equations.iter();
            models.extend(equations.map(|equation| ModelResults {
                model: named(&equation.name),
                note: reason.to_string(),
                ..ModelResults::default()
            }));
            continue;
        }
        let Some(fit) = outcome.fit() else { continue };
        for (equation, reference) in fit.equations.iter().zip(&fit.references) {
            let mut results = of_equation(equation, *reference, level, &told(&fit.notes));
            results.model = named(&equation.name);
            results.set_text("estimator", fit.estimator.name());
            results.set_text("effects", made.system.effects.map(effects_text).unwrap_or_default());
            results.set_number("n_obs", fit.n_obs as f64);
            results.set_number("n_entities", (fit.n_entities > 1).then_some(fit.n_entities as f64));
            overidentification(&mut results, &fit.tests);
            models.push(results);
        }
        models.extend(outcome.left_out.iter().map(|left| ModelResults {
            model: named(&left.equation),
            note: left.reason.to_string(),
            ..ModelResults::default()
        }));
    }
    models
}

fn effects_text(effects: Effects) -> &'static str {
    match effects {
        Effects::Entity => "entity",
        Effects::Time => "time",
        Effects::TwoWay => "entity + time",
    }
}

fn of_equation(fit: &EquationFit, reference: ReferenceDistribution, level: f64, notes: &str) -> ModelResults {
    let mut results = estimated(&fit.coefficients, reference, level, notes);
    results.set_text("dependent", &fit.formula.dependent);
    results.set_number("r_squared", fit.r2);
    results.set_number("r_squared_adjusted", fit.r2_adjusted);
    results.set_number("sigma", fit.sigma);
    results
}

fn of_bootstrap(made: &Bootstrapped) -> ModelResults {
    let mut results = ModelResults::default();
    results.set_text("dependent", &made.formula.dependent);
    results.set_text("estimator", made.model.name());
    results.set_text("effects", effects(made.model, &made.formula));
    match &made.outcome {
        BootstrapOutcome::Fit { n_obs, fit } => {
            results.set_text("errors", &fit.name);
            results.set_number("n_obs", *n_obs as f64);
            results.set_number("clusters", fit.clusters.map(|clusters| clusters as f64));
            results.terms = fit
                .coefficients
                .iter()
                .map(|one| {
                    let interval = one.intervals.percentile.or(one.intervals.normal);
                    let inverted = one.intervals.inverted.unwrap_or_default();
                    TermResult {
                        term: one.name.clone(),
                        estimate: Some(one.estimate),
                        std_error: one.std_error,
                        statistic: one.statistic,
                        p_value: one.p_value,
                        conf_low: interval.map(|[low, _]| low).or(inverted[0]),
                        conf_high: interval.map(|[_, high]| high).or(inverted[1]),
                        df: None,
                        note: String::new(),
                    }
                })
                .collect();
        }
        BootstrapOutcome::NotEstimable { n_obs, reason } => {
            results.set_number("n_obs", *n_obs as f64);
            results.note = reason.to_string();
        }
    }
    results
}

fn of_means(means: &FamaMacBeth, level: f64) -> ModelResults {
    let reference = ReferenceDistribution::StudentT { df: means.times.len().saturating_sub(1).max(1) };
    let mut results = estimated(&means.coefficients, reference, level, "");
    results.set_text("dependent", &means.formula.dependent);
    results.set_text("estimator", "Fama-MacBeth");
    results.set_text("errors", if means.bandwidth.is_some() { "Newey-West" } else { "Fama-MacBeth" });
    results.set_number("n_obs", means.n_obs as f64);
    results.set_number("n_times", means.times.len() as f64);
    results
}

fn of_gmm(outcome: &GmmOutcome, level: f64) -> ModelResults {
    let Some(fit) = outcome.fit() else { return ModelResults::default() };
    let mut results = estimated(&fit.coefficients, fit.reference, level, &told(&fit.notes));
    results.set_text("dependent", &fit.model.dependent);
    results.set_text("estimator", if fit.n_levels > 0 { "system GMM" } else { "difference GMM" });
    results.set_text("errors", gmm_errors(fit.model.steps, fit.covariance_used));
    // Stata's xtabond2 counts the rows in levels of a system.
    let rows = if fit.n_levels > 0 { fit.n_levels } else { fit.n_differences };
    results.set_number("n_obs", rows as f64);
    results.set_number("n_entities", fit.n_units as f64);
    results.set_number("instruments", fit.instruments.instruments as f64);
    overidentification(&mut results, std::slice::from_ref(&fit.sargan));
    if let Some((_, statistic, p_value)) = made(&fit.hansen) {
        results.set_number("hansen_j", statistic);
        results.set_number("hansen_j_p_value", p_value);
    }
    for (name, test) in ["ar1_p_value", "ar2_p_value"].iter().zip(&fit.serial_correlation) {
        results.set_number(name, made(test).map(|(.., p_value)| p_value));
    }
    results
}

/// What standard errors of a dynamic panel are called: those of two steps rest on first steps of the same data, which
/// Windmeijer's correction takes into account.
fn gmm_errors(steps: Steps, covariance: GmmCovariance) -> &'static str {
    match (steps, covariance) {
        (Steps::One, GmmCovariance::Robust) => "robust, one-step",
        (Steps::One, GmmCovariance::Classical) => "classical, one-step",
        (Steps::Two, GmmCovariance::Robust) => "robust, two-step (Windmeijer)",
        (Steps::Two, GmmCovariance::Classical) => "uncorrected, two-step",
    }
}

/// What standard errors of coefficients that differ between units are called.
fn mean_group_errors(method: HeterogeneousMethod) -> &'static str {
    match method {
        HeterogeneousMethod::Swamy => "GLS (Swamy)",
        HeterogeneousMethod::CcePooled => "nonparametric over units (Pesaran 2006)",
        _ => "nonparametric over units (Pesaran and Smith 1995)",
    }
}

fn of_mean_group(outcome: &HeterogeneousOutcome, level: f64) -> ModelResults {
    let Some(fit) = outcome.fit() else { return ModelResults::default() };
    let mut results = estimated(&fit.coefficients, fit.reference, level, &told(&fit.notes));
    results.set_text("dependent", &fit.formula.dependent);
    results.set_text("estimator", fit.options.method.name());
    results.set_text("errors", mean_group_errors(fit.options.method));
    results.set_number("n_obs", fit.n_obs as f64);
    results.set_number("n_entities", fit.n_units as f64);
    if let Some(joint) = &fit.joint {
        results.set_number("wald_chi_squared", joint.chi_squared);
        results.set_number("wald_p_value", joint.chi_squared_p_value);
    }
    results
}

/// The models of several roles, each under its role.
pub(super) fn all_models(
    inputs: &Inputs,
    roles: &[&str],
    level: f64,
) -> Result<BTreeMap<String, Vec<Found>>, StagesError> {
    roles.iter().map(|role| Ok(((*role).to_owned(), models_of(inputs, role, level)?))).collect()
}
