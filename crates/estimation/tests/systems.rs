//! Systems and instrumental variables against systemfit, AER and linearmodels.
//!
//! The committed records are those of the complete reference files that are in scope; where the
//! reference folder lies beside the workspace, its files are walked whole, and what is out of scope is
//! listed with its reason.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod support;

use std::path::Path;

use polars::prelude::{Column, DataFrame};
use serde_json::Value;
use support::{Record, Tally, golden, shared, walk};
use vintner_estimation::instruments::{
    Errors, InstrumentalCovariance, InstrumentalEstimator, InstrumentalFit, InstrumentalOutcome,
    InstrumentedEquation, PreparedEquation,
};
use vintner_estimation::systems::{
    Equation, Iteration, Kernel, MomentWeights, PreparedSystem, ResidualCovariance, Restriction,
    RestrictionTerm, System, SystemCovariance, SystemEstimator, SystemFit, SystemOptions, ThreeStageMethod,
    hausman,
};
use vintner_estimation::{ClusterBy, Effects, HypothesisTest, Reason, TestOutcome};
use vintner_panel::Panel;

/// A file as a panel; where it has no entity or no year, it is one entity and its rows are years.
fn panel(folder: &Path, name: &str) -> Panel {
    let file = folder.join(format!("data/{name}.csv"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    if name == "grunfeld_greene5" {
        return wide(&header, &rows);
    }
    let mut columns: Vec<Column> = Vec::new();
    if !header.contains(&"city") {
        columns.push(Column::new("city".into(), vec!["all"; rows.len()]));
    }
    if !header.contains(&"year") {
        columns.push(Column::new("year".into(), (0..rows.len() as i32).collect::<Vec<_>>()));
    }
    for (at, name) in header.iter().enumerate() {
        let cells = rows.iter().map(|row| row[at]);
        columns.push(match *name {
            "city" => Column::new("city".into(), cells.collect::<Vec<_>>()),
            "year" => Column::new(
                "year".into(),
                cells.map(|cell| cell.parse::<i32>().expect(cell)).collect::<Vec<_>>(),
            ),
            name => Column::new(name.into(), cells.map(|cell| cell.parse::<f64>().ok()).collect::<Vec<_>>()),
        });
    }
    Panel::new(DataFrame::new(rows.len(), columns).expect("a frame"), "city", "year").expect("a panel")
}

/// Five firms' series side by side.
fn wide(header: &[&str], rows: &[Vec<&str>]) -> Panel {
    let place = |name: &str| header.iter().position(|one| *one == name).expect(name);
    let mut firms: Vec<&str> = Vec::new();
    for row in rows {
        if !firms.contains(&row[place("firm")]) {
            firms.push(row[place("firm")]);
        }
    }
    let mut years: Vec<i32> = rows.iter().map(|row| row[place("year")].parse().expect("a year")).collect();
    years.sort_unstable();
    years.dedup();
    let mut columns =
        vec![Column::new("city".into(), vec!["all"; years.len()]), Column::new("year".into(), years.clone())];
    for (at, firm) in firms.iter().enumerate() {
        for (short, long) in [("i", "invest"), ("v", "value"), ("c", "capital")] {
            let values: Vec<f64> = years
                .iter()
                .map(|year| {
                    let row = rows
                        .iter()
                        .find(|row| row[place("firm")] == *firm && row[place("year")] == year.to_string());
                    row.expect("a row")[place(long)].parse().expect("a number")
                })
                .collect();
            columns.push(Column::new(format!("{short}{}", at + 1).into(), values));
        }
    }
    Panel::new(DataFrame::new(years.len(), columns).expect("a frame"), "city", "year").expect("a panel")
}

fn system(name: &str) -> System {
    let synthetic = || {
        System::new(vec![
            Equation::new("co2", "ln_co2", &["ln_gdp", "ln_robot", "x_urban", "x_energy"]),
            Equation::new("gdp", "ln_gdp", &["ln_co2", "ln_robot", "x_fdi", "x_edu", "x_ind"]),
            Equation::new("robot", "ln_robot", &["ln_co2", "ln_gdp", "x_ind", "x_pop", "x_edu"]),
        ])
    };
    match name {
        "kmenta" => System::new(vec![
            Equation::new("demand", "consump", &["price", "income"]),
            Equation::new("supply", "consump", &["price", "farmPrice", "trend"]),
        ])
        .with_instruments(&["income", "farmPrice", "trend"]),
        "klein1" => System::new(vec![
            Equation::new("Consumption", "consump", &["corpProf", "corpProfLag", "wages"]),
            Equation::new("Investment", "invest", &["corpProf", "corpProfLag", "capitalLag"]),
            Equation::new("PrivateWages", "privWage", &["gnp", "gnpLag", "trend"]),
        ])
        .with_instruments(&[
            "govExp",
            "taxes",
            "govWage",
            "trend",
            "capitalLag",
            "corpProfLag",
            "gnpLag",
        ]),
        "grunfeld_greene5" => System::new(
            (1..=5)
                .map(|i| Equation::new(format!("f{i}"), format!("i{i}"), &[format!("v{i}"), format!("c{i}")]))
                .collect(),
        ),
        "synth14x12_pooled" => synthetic(),
        "synth14x12_lsdv" => synthetic().absorbing(Effects::Entity, true),
        "synth14x12_lsdv2" => synthetic().absorbing(Effects::TwoWay, true),
        "synth14x12_within" => synthetic().absorbing(Effects::Entity, false),
        "synth14x12_within2" => synthetic().absorbing(Effects::TwoWay, false),
        other => panic!("{other}"),
    }
}

struct Data {
    name: String,
    prepared: PreparedSystem,
    /// Each equation on its own.
    equations: Vec<(String, PreparedEquation)>,
}

fn data(folder: &Path, name: &str) -> Data {
    let file = if name.starts_with("synth14x12") { "synth14x12" } else { name };
    let panel = panel(folder, file);
    let system = system(name);
    let endogenous = system.endogenous_variables();
    let instruments = system.instrument_variables();
    let equations = system
        .equations
        .iter()
        .map(|equation| {
            let own = &equation.formula.regressors;
            let own_endogenous: Vec<&String> = own.iter().filter(|one| endogenous.contains(one)).collect();
            let excluded: Vec<&String> = instruments.iter().filter(|one| !own.contains(one)).collect();
            let mut one = InstrumentedEquation::new(equation.formula.clone(), &own_endogenous, &excluded);
            one.effects = system.effects;
            one.count_effects = system.count_effects;
            (equation.name.clone(), one.prepare(&panel).expect("an equation"))
        })
        .collect();
    Data { name: name.to_owned(), prepared: system.prepare(&panel).expect("a system"), equations }
}

fn estimate(data: &Data, estimator: SystemEstimator, options: &SystemOptions) -> Result<SystemFit, Reason> {
    let outcome = data.prepared.estimate(estimator, options).expect("an outcome");
    assert!(outcome.left_out.is_empty(), "{:?}", outcome.left_out);
    match outcome.fit() {
        Some(fit) => Ok(fit.clone()),
        None => Err(outcome.reason().expect("a reason").clone()),
    }
}

fn residual_covariance(name: &str) -> ResidualCovariance {
    match name {
        "geomean" => ResidualCovariance::Geomean,
        "noDfCor" => ResidualCovariance::NoDfCor,
        "max" => ResidualCovariance::Max,
        "Theil" => ResidualCovariance::Theil,
        other => panic!("{other}"),
    }
}

fn coefficients(fit: &SystemFit) -> Vec<f64> {
    fit.coefficients().map(|one| one.estimate).collect()
}

/// Numbers of a perfect or indefinite fit may be missing there as here.
fn compare_missing(record: &mut Record, key: &str, actual: &[Option<f64>], floor: f64, loose: f64) {
    let expected = record.take(key);
    let expected = expected.as_array().expect("numbers").clone();
    assert_eq!(actual.len(), expected.len(), "{} {key}", record.id);
    for (actual, expected) in actual.iter().zip(&expected) {
        match (actual, expected.as_f64()) {
            (None, None) => {}
            (Some(actual), Some(expected)) => {
                let error = (actual - expected).abs() / (loose * expected.abs().max(floor));
                record.values += 1;
                if error > record.worst {
                    (record.worst, record.worst_at) = (error, format!("{} {key} {expected:e}", record.id));
                }
                assert!(
                    error <= 1e-8,
                    "{} {key}: {actual:e}, reference {expected:e}, {error:.1e}",
                    record.id
                );
            }
            (actual, expected) => panic!("{} {key}: {actual:?}, reference {expected:?}", record.id),
        }
    }
}

/// Each entry relative to the geometric mean of its diagonal entries, which needn't be positive.
fn compare_matrix(record: &mut Record, key: &str, actual: &[Vec<f64>], loose: f64) {
    let scales: Vec<f64> = (0..actual.len())
        .flat_map(|i| (0..actual.len()).map(move |j| (i, j)))
        .map(|(i, j)| loose * (actual[i][i] * actual[j][j]).abs().sqrt())
        .collect();
    record.compare_to_scale(key, &actual.concat(), &scales);
}

/// R takes tails as 1 - pt(t), which keeps no digits below 1e-16.
const TAIL: f64 = 1e-7;

fn check_systemfit(data: &Data, record: &mut Record) -> Result<(), &'static str> {
    let id = record.id.clone();
    let parts: Vec<&str> = id.split('/').collect();
    let iterate = |tolerance| Some(Iteration { steps: 2000, tolerance });
    let mut options = SystemOptions::default();
    if let Some(name) = parts.last().filter(|name| ["geomean", "noDfCor", "max", "Theil"].contains(*name)) {
        options.residual_covariance = residual_covariance(name);
    }
    let estimator = match parts[0] {
        "system" => {
            record.skip(&["equations", "instruments"], "the system itself");
            return Ok(());
        }
        "ITSUR" if parts.len() == 1 => {
            // recorded as: drives the residual covariance to singularity
            options.iterate = iterate(1e-11);
            match estimate(data, SystemEstimator::Sur, &options) {
                Err(reason) => {
                    let typed = matches!(
                        reason,
                        Reason::SingularResidualCovariance { .. } | Reason::NotConverged { .. }
                    );
                    assert!(typed && data.name.starts_with("synth"), "{reason}");
                }
                // where it doesn't, it ends where the weights are those of its own residuals
                Ok(fit) => {
                    let behind = fit.weights_covariance.as_ref().expect("weights");
                    for (own, behind) in fit.residual_covariance.concat().iter().zip(behind.concat()) {
                        assert!((own - behind).abs() <= 1e-8 * fit.residual_covariance[0][0]);
                    }
                }
            }
            return Ok(());
        }
        "OLS" | "OLS_pooledsigma" => SystemEstimator::Ols,
        "WLS" => SystemEstimator::Wls,
        "SUR" | "SUR_centered" => SystemEstimator::Sur,
        "SUR_weighted" => {
            options.weighted_first_step = true;
            SystemEstimator::Sur
        }
        "SUR_restricted" => {
            options.restrictions = vec![v1_equals_v2()];
            SystemEstimator::Sur
        }
        "SUR_linearHypothesis" => {
            let fit = estimate(data, SystemEstimator::Sur, &options).expect("a fit");
            let test = fit.linear_hypothesis(&[v1_equals_v2()]).expect("coefficients").expect("a test");
            record.compare("chisq", &[test.chi_squared.statistic]);
            record.compare("F_wald", &[test.f.statistic]);
            record.compare("F_theil", &[test.theil_f.statistic]);
            record.compare("df", &[fit.df_residual as f64]);
            return Ok(());
        }
        "ITSUR" => {
            options.iterate = iterate(1e-11);
            SystemEstimator::Sur
        }
        "ITSUR_tol1e-5" => {
            options.iterate = iterate(1e-5);
            SystemEstimator::Sur
        }
        "2SLS" => SystemEstimator::TwoStage,
        "W2SLS" => SystemEstimator::WeightedTwoStage,
        "3SLS" | "IT3SLS" => {
            options.three_stage = match parts[1] {
                "GLS" => ThreeStageMethod::Gls,
                "IV" => ThreeStageMethod::Iv,
                "GMM" => ThreeStageMethod::Gmm,
                "Schmidt" => ThreeStageMethod::Schmidt,
                "EViews" => ThreeStageMethod::EViews,
                other => panic!("{other}"),
            };
            if parts[0] == "IT3SLS" {
                options.iterate = iterate(1e-10);
            }
            SystemEstimator::ThreeStage
        }
        "ivreg" => return check_ivreg(data, parts[1], record),
        "hausman_3SLS_2SLS" => return check_hausman(data, record),
        "system_sargan_3SLS_noDfCor" => {
            options.residual_covariance = ResidualCovariance::NoDfCor;
            let fit = estimate(data, SystemEstimator::ThreeStage, &options).expect("a fit");
            compare_test(record, &fit.tests, "Sargan test of the system", &["statistic", "df", "p_value"]);
            return Ok(());
        }
        "sur_bp_independence" => {
            let fit = estimate(data, SystemEstimator::Ols, &options).expect("a fit");
            compare_test(
                record,
                &fit.tests,
                "Breusch-Pagan test of independence",
                &["statistic", "df", "p_value"],
            );
            return Ok(());
        }
        other => panic!("{other}"),
    };
    match parts[0] {
        "OLS_pooledsigma" => options.pooled_sigma = Some(true),
        "SUR_centered" => options.center_residuals = true,
        _ => {}
    }
    let fit = match estimate(data, estimator, &options) {
        Ok(fit) => fit,
        Err(reason) if record.has("converged") && record.take("converged") == Value::Bool(false) => {
            let typed =
                matches!(reason, Reason::SingularResidualCovariance { .. } | Reason::NotConverged { .. });
            assert!(typed, "{id}: {reason}");
            record.skip(&["iter", "note", "warnings"], "the peer didn't converge either");
            return Ok(());
        }
        Err(reason) => panic!("{id}: {reason}"),
    };
    if record.has("converged") {
        assert_eq!(record.take("converged"), Value::Bool(true), "{id}");
    }
    record.skip(&["warnings"], "text");
    // systemfit's stopping rule counts the coefficients of dummies, which here are absorbed
    let loose = if parts[0] == "IT3SLS" && data.name.contains("lsdv") { 100.0 } else { 1.0 };
    compare_systemfit(record, &fit, loose);
    Ok(())
}

fn compare_systemfit(record: &mut Record, fit: &SystemFit, loose: f64) {
    let expected = record.texts("names");
    assert_eq!(fit.names(), expected, "{}", record.id);
    let all = |of: fn(&vintner_estimation::systems::EquationFit) -> f64| -> Vec<f64> {
        fit.equations.iter().map(of).collect()
    };
    let compare = |record: &mut Record, key: &str, values: &[f64]| {
        record.compare_to_scale(
            key,
            values,
            &values.iter().map(|value| loose * value.abs()).collect::<Vec<_>>(),
        );
    };
    compare(record, "coef", &coefficients(fit));
    let std_errors: Vec<Option<f64>> = fit.coefficients().map(|one| one.std_error).collect();
    let p_values: Vec<Option<f64>> = fit.coefficients().map(|one| one.p_value).collect();
    compare_missing(record, "se", &std_errors, 0.0, loose);
    compare_missing(record, "p_value", &p_values, TAIL, loose);
    compare_matrix(record, "vcov", fit.covariance.as_ref().expect("a covariance"), loose);
    compare_matrix(record, "residCov", &fit.residual_covariance, loose);
    if record.has("residCovEst") {
        compare_matrix(record, "residCovEst", fit.weights_covariance.as_ref().expect("weights"), loose);
    }
    if record.has("iter") {
        // rounding decides about a last step; with dummies their rule is another
        let steps = record.numbers("iter")[0];
        assert!(
            loose > 1.0 || (fit.iterations as f64 - steps).abs() <= 1.0,
            "{}: {} {steps}",
            record.id,
            fit.iterations
        );
    }
    record.compare("df_residual", &[fit.df_residual as f64]);
    record.compare("eq_df", &all(|one| one.df_residual as f64));
    compare(record, "eq_rss", &all(|one| one.rss));
    compare(record, "eq_r2", &all(|one| one.r2));
    compare(record, "eq_adj_r2", &all(|one| one.r2_adjusted));
    compare(record, "eq_sigma", &all(|one| one.sigma));
    compare(record, "ols_r2", &[fit.r2.judge]);
    compare(record, "mcelroy_r2", &[fit.mcelroy_r2.expect("R2")]);
    // of the size that its products cancel from
    let diagonal: f64 = (0..fit.residual_covariance.len()).map(|i| fit.residual_covariance[i][i]).product();
    record.compare_to_scale("det_residCov", &[fit.determinant], &[loose * diagonal]);
    compare(record, "loglik", &[fit.log_likelihood.expect("a likelihood")]);
}

fn v1_equals_v2() -> Restriction {
    let term = |equation: &str, regressor: &str, weight| RestrictionTerm {
        equation: equation.into(),
        regressor: regressor.into(),
        weight,
    };
    Restriction { terms: vec![term("f1", "v1", 1.0), term("f2", "v2", -1.0)], value: 0.0 }
}

fn check_hausman(data: &Data, record: &mut Record) -> Result<(), &'static str> {
    let options = SystemOptions::default();
    let two = estimate(data, SystemEstimator::TwoStage, &options).expect("2SLS");
    let three = estimate(data, SystemEstimator::ThreeStage, &options).expect("3SLS");
    let test = hausman(&two, &three).expect("a test");
    record.skip(&["statistic_name", "parameter_name", "method"], "text");
    let df = record.numbers("parameter")[0];
    let rank = distribution_numbers(&test)[0];
    if rank < df {
        return Err("Hausman's difference of covariances is singular there, and its inverse rounding");
    }
    record.compare("statistic", &[test.statistic]);
    record.compare("p_value", &[test.p_value]);
    Ok(())
}

fn distribution_numbers(test: &HypothesisTest) -> Vec<f64> {
    let value = serde_json::to_value(&test.distribution).expect("JSON");
    ["df", "numerator", "denominator"].iter().filter_map(|key| value[*key].as_f64()).collect()
}

fn find<'a>(tests: &'a [TestOutcome], name: &str) -> &'a TestOutcome {
    let is = |outcome: &&TestOutcome| match outcome {
        TestOutcome::Test(test) => test.name == name,
        TestOutcome::NotTestable { name: own, .. } => own == name,
    };
    tests.iter().find(is).unwrap_or_else(|| panic!("no {name}"))
}

fn compare_test(record: &mut Record, tests: &[TestOutcome], name: &str, keys: &[&str; 3]) {
    let test = find(tests, name).test().unwrap_or_else(|| panic!("{}: {name}", record.id));
    record.compare(keys[0], &[test.statistic]);
    record.compare(keys[1], &distribution_numbers(test)[..1]);
    record.compare_to_scale(keys[2], &[test.p_value], &[test.p_value.max(TAIL)]);
}

fn instrumental(
    equation: &PreparedEquation,
    estimator: InstrumentalEstimator,
    errors: Errors,
    debiased: bool,
) -> InstrumentalFit {
    match equation.estimate(estimator, InstrumentalCovariance { errors, debiased }) {
        InstrumentalOutcome::Fit(fit) => *fit,
        InstrumentalOutcome::NotEstimable(refusal) => panic!("{}", refusal.reason),
    }
}

fn errors_of(fit: &InstrumentalFit) -> Vec<f64> {
    fit.coefficients.iter().map(|one| one.std_error.expect("a standard error")).collect()
}

fn check_ivreg(data: &Data, name: &str, record: &mut Record) -> Result<(), &'static str> {
    let (_, equation) = data.equations.iter().find(|(own, _)| own == name).expect(name);
    let fit = instrumental(equation, InstrumentalEstimator::TwoStage {}, Errors::Unadjusted, true);
    let names: Vec<&str> = fit.coefficients.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, record.texts("names"));
    record.compare("coef", &fit.coefficients.iter().map(|one| one.estimate).collect::<Vec<_>>());
    record.compare("se", &errors_of(&fit));
    record.compare("df_residual", &[fit.df_residual as f64]);
    record.compare("sigma", &[fit.sigma2.sqrt()]);
    record.compare("r2", &[fit.r2]);
    let under = |errors, debiased| {
        errors_of(&instrumental(equation, InstrumentalEstimator::TwoStage {}, errors, debiased))
    };
    record.compare("hc0_se", &under(Errors::Robust, false));
    record.compare("hc1_se", &under(Errors::Robust, true));
    if record.has("cl_city_hc1_se") {
        let city = Errors::Cluster { by: ClusterBy::Entity };
        record.compare("cl_city_hc1_se", &under(city, true));
        record.compare("cl_city_hc0_nocadj_se", &under(city, false));
    }
    let rows = record.texts("diagnostics_rows");
    record.skip(&["diagnostics_cols"], "text");
    let stage = equation.first_stage(Errors::Unadjusted).expect("a first stage");
    let expected = record.take("diagnostics");
    for (row, values) in rows.iter().zip(expected.as_array().expect("rows")) {
        let outcome = match row.as_str() {
            "Wu-Hausman" => fit.test("Wu-Hausman test").expect("a test"),
            "Sargan" => fit.test("Sargan test").expect("a test"),
            weak => {
                let of = stage.variables.iter().find(|one| weak.ends_with(&format!("({})", one.variable)));
                &of.unwrap_or(&stage.variables[0]).f
            }
        };
        let values: Vec<Option<f64>> = values.as_array().expect("values").iter().map(Value::as_f64).collect();
        let Some(test) = outcome.test() else {
            assert!(values[2].is_none() && row == "Sargan", "{row}: {outcome:?}");
            continue;
        };
        let mut own = distribution_numbers(test);
        own.resize(2, f64::NAN);
        let own = [own[0], own[1], test.statistic, test.p_value];
        for (at, (own, value)) in own.iter().zip(&values).enumerate() {
            let Some(value) = value else { continue };
            // p-values are taken from the upper tail by AER
            let error = (own - value).abs() / value.abs();
            record.values += 1;
            assert!(error <= 1e-8, "{} {row} {at}: {own:e}, reference {value:e}", record.id);
        }
    }
    if fit.test("Sargan test").and_then(TestOutcome::test).is_some() {
        let statistic = |name| fit.test(name).and_then(TestOutcome::test).expect("a test").statistic;
        record.compare("sargan_nR2", &[statistic("Sargan test")]);
        record.compare("basmann", &[statistic("Basmann test")]);
    } else {
        record.skip(&["sargan_nR2", "basmann"], "exactly identified: rounding there, not testable here");
    }
    Ok(())
}

/// The places of a record's coefficients among ours.
fn alignment(record: &mut Record, own: &[String]) -> Vec<usize> {
    record
        .texts("names")
        .iter()
        .map(|name| {
            let name = match name.as_str() {
                "const" => "(Intercept)".to_owned(),
                other => other.replace("_const", "_(Intercept)"),
            };
            // linearmodels calls the firms' variables alike
            let name = match name.split_once('_') {
                Some((firm, "value")) => format!("{firm}_v{}", &firm[1..]),
                Some((firm, "capital")) => format!("{firm}_c{}", &firm[1..]),
                _ => name,
            };
            own.iter().position(|one| *one == name).unwrap_or_else(|| panic!("{name} among {own:?}"))
        })
        .collect()
}

fn picked(values: &[f64], places: &[usize]) -> Vec<f64> {
    places.iter().map(|at| values[*at]).collect()
}

fn picked_matrix(values: &[Vec<f64>], places: &[usize]) -> Vec<Vec<f64>> {
    places.iter().map(|i| picked(&values[*i], places)).collect()
}

fn check_linearmodels(data: &Data, record: &mut Record) -> Result<(), &'static str> {
    let id = record.id.clone();
    let parts: Vec<&str> = id.split('/').collect();
    if data.equations.iter().any(|(name, _)| parts.get(1) == Some(&name.as_str())) {
        return check_iv(data, &parts, record);
    }
    let debiased = parts.last() == Some(&"debiased_True");
    let mut options = SystemOptions {
        residual_covariance: if debiased { ResidualCovariance::Geomean } else { ResidualCovariance::NoDfCor },
        ..SystemOptions::default()
    };
    options.covariance = match parts.get(1) {
        None | Some(&"unadjusted" | &"full_cov_False") => SystemCovariance::Unadjusted,
        Some(&"robust") => SystemCovariance::Robust { debiased },
        Some(&"kernel") => SystemCovariance::Kernel {
            kernel: Kernel::Bartlett,
            bandwidth: None,
            across_entities: true,
            debiased,
        },
        Some(&"clustered_city") => {
            SystemCovariance::Cluster { by: ClusterBy::Entity, debiased, group_debias: false }
        }
        Some(other) => panic!("{other}"),
    };
    let estimator = match (parts[0], parts.get(1)) {
        ("3SLS", Some(&"full_cov_False")) => SystemEstimator::WeightedTwoStage,
        ("3SLS" | "IT3SLS", _) => SystemEstimator::ThreeStage,
        ("2SLS_system", _) => SystemEstimator::TwoStage,
        ("SUR_ols", _) => SystemEstimator::Ols,
        ("SUR" | "ITSUR", _) => SystemEstimator::Sur,
        ("SystemGMM", Some(weights)) => {
            options.moment_weights =
                if *weights == "robust" { MomentWeights::Robust } else { MomentWeights::Unadjusted };
            SystemEstimator::Gmm
        }
        other => panic!("{other:?}"),
    };
    if parts[0].starts_with("IT") {
        options.iterate = Some(Iteration { steps: 5000, tolerance: 1e-12 });
    }
    let fit = match estimate(data, estimator, &options) {
        Ok(fit) => fit,
        Err(Reason::SingularMoments { .. }) if data.name == "klein1" => {
            return Err(
                "more moments than observations: their covariance is singular, and its inverse there rounding",
            );
        }
        Err(Reason::SingularResidualCovariance { .. } | Reason::NotConverged { .. })
            if parts[0] == "IT3SLS" =>
        {
            assert_eq!(data.name, "synth14x12_pooled");
            return Err("iterated 3SLS without convergence: standard errors of not-a-number there");
        }
        Err(reason) => panic!("{id}: {reason}"),
    };
    let places = alignment(record, &fit.names());
    // linearmodels stops iterating at a change of 1e-10 on average, whatever is still to come
    let loose = if parts[0].starts_with("IT") { 100.0 } else { 1.0 };
    let estimates = picked(&coefficients(&fit), &places);
    record.compare_to_scale(
        "coef",
        &estimates,
        &estimates.iter().map(|b| loose * b.abs()).collect::<Vec<_>>(),
    );
    let std_errors: Vec<f64> =
        fit.coefficients().map(|one| one.std_error.expect("a standard error")).collect();
    let std_errors = picked(&std_errors, &places);
    record.compare_to_scale("se", &std_errors, &std_errors.iter().map(|se| loose * se).collect::<Vec<_>>());
    let covariance = picked_matrix(fit.covariance.as_ref().expect("a covariance"), &places);
    compare_matrix(record, "vcov", &covariance, loose);
    let sigma = match (parts.get(1), &fit.weights_covariance) {
        // theirs is the whole one, of which the diagonal weights
        (Some(&"full_cov_False"), _) | (_, None) => {
            let options = SystemOptions {
                residual_covariance: options.residual_covariance,
                ..SystemOptions::default()
            };
            estimate(data, SystemEstimator::Ols, &options).ok();
            let first =
                if estimator.uses_instruments() { SystemEstimator::TwoStage } else { SystemEstimator::Ols };
            estimate(data, first, &options).expect("a fit").residual_covariance
        }
        (_, Some(sigma)) => sigma.clone(),
    };
    compare_matrix(record, "sigma", &sigma, loose);
    record.compare("nobs", &[fit.n_obs as f64]);
    if parts[0].starts_with("IT") {
        record.skip(&["iterations"], "their stopping rule is another");
    } else {
        let estimates = usize::from(estimator == SystemEstimator::Gmm);
        record.compare("iterations", &[(fit.iterations + estimates) as f64]);
    }
    let r2 = record.take("system_r2");
    let own = [
        ("mcelroy", fit.r2.mcelroy),
        ("berndt", fit.r2.berndt),
        ("judge", Some(fit.r2.judge)),
        ("dhrymes", Some(fit.r2.dhrymes)),
    ];
    for (name, own) in own {
        if name == "berndt" && data.name == "kmenta" {
            // both equations have the same dependent variable, so that its covariance has no determinant
            assert_eq!(own, None, "{id}");
            continue;
        }
        compare_value(record, name, own, r2[name].as_f64(), loose);
    }
    for (key, name) in [
        ("breusch_pagan", "Breusch-Pagan test of independence"),
        ("likelihood_ratio", "likelihood-ratio test of independence"),
    ] {
        let test = find(&fit.tests, name).test().expect("a test");
        record.compare_to_scale(
            key,
            &[test.statistic, test.p_value],
            &[loose * test.statistic, loose * p_scale(test)],
        );
    }
    if record.has("j_stat") {
        let values = record.take("j_stat");
        let values: Vec<Option<f64>> = values.as_array().expect("values").iter().map(Value::as_f64).collect();
        match find(&fit.tests, "Hansen J test").test() {
            Some(test) => {
                compare_value(record, "j_stat", Some(test.statistic), values[0], loose);
                compare_value(record, "j_stat df", Some(distribution_numbers(test)[0]), values[1], loose);
                compare_value(record, "j_stat p", Some(test.p_value), values[2], loose);
            }
            None => assert_eq!(values[1], Some(0.0)),
        }
    }
    Ok(())
}

/// A p-value moves by its statistic's error times the density's slope.
fn p_scale(test: &HypothesisTest) -> f64 {
    test.p_value * test.statistic.abs().max(1.0)
}

fn compare_value(record: &mut Record, what: &str, actual: Option<f64>, expected: Option<f64>, loose: f64) {
    match (actual, expected) {
        (None, None) => {}
        (Some(actual), Some(expected)) => {
            record.values += 1;
            let error = (actual - expected).abs() / (loose * expected.abs());
            if error > record.worst {
                (record.worst, record.worst_at) = (error, format!("{} {what} {expected:e}", record.id));
            }
            assert!(
                actual == expected || error <= 1e-8,
                "{} {what}: {actual:e}, reference {expected:e}, {error:.1e}",
                record.id
            );
        }
        (actual, expected) => panic!("{} {what}: {actual:?}, reference {expected:?}", record.id),
    }
}

fn check_iv(data: &Data, parts: &[&str], record: &mut Record) -> Result<(), &'static str> {
    let (_, equation) = data.equations.iter().find(|(name, _)| *name == parts[1]).expect("an equation");
    let debiased = parts.last() == Some(&"debiased_True");
    let city = Errors::Cluster { by: ClusterBy::Entity };
    let gmm = |weights, iterate| InstrumentalEstimator::Gmm { weights, center: false, iterate };
    let kernel = Errors::Kernel { kernel: Kernel::Bartlett, bandwidth: Some(2.0), across_entities: true };
    let (estimator, errors) = match (parts[0], parts[2]) {
        ("2SLS", "unadjusted") => (InstrumentalEstimator::TwoStage {}, Errors::Unadjusted),
        ("2SLS", "robust") => (InstrumentalEstimator::TwoStage {}, Errors::Robust),
        ("2SLS", "kernel") => (InstrumentalEstimator::TwoStage {}, kernel),
        ("2SLS", "clustered_city") => (InstrumentalEstimator::TwoStage {}, city),
        ("LIML", "unadjusted") => (InstrumentalEstimator::Liml { fuller: 0.0 }, Errors::Unadjusted),
        ("GMM", "unadjusted_weight") => (gmm(Errors::Unadjusted, None), Errors::Unadjusted),
        ("GMM2", "robust") => (gmm(Errors::Robust, None), Errors::Robust),
        ("GMM2", "clustered") => (gmm(city, None), city),
        ("GMMiter", "robust") => {
            let iterate = Some(Iteration { steps: 1000, tolerance: 1e-12 });
            (gmm(Errors::Robust, iterate), Errors::Robust)
        }
        other => panic!("{other:?}"),
    };
    let fit = instrumental(equation, estimator, errors, debiased);
    let own: Vec<String> = fit.coefficients.iter().map(|one| one.name.clone()).collect();
    let places = alignment(record, &own);
    // linearmodels stops iterating when the change is 1e-6 of a standard error or so
    let loose = if parts[0] == "GMMiter" { 100.0 } else { 1.0 };
    let estimates: Vec<f64> = fit.coefficients.iter().map(|one| one.estimate).collect();
    let estimates = picked(&estimates, &places);
    let std_errors = picked(&errors_of(&fit), &places);
    record.compare_to_scale(
        "coef",
        &estimates,
        &estimates.iter().map(|b| loose * b.abs()).collect::<Vec<_>>(),
    );
    record.compare_to_scale("se", &std_errors, &std_errors.iter().map(|se| loose * se).collect::<Vec<_>>());
    let covariance = picked_matrix(fit.covariance.as_ref().expect("a covariance"), &places);
    let scales: Vec<f64> =
        std_errors.iter().flat_map(|i| std_errors.iter().map(move |j| loose * i * j)).collect();
    record.compare_to_scale("vcov", &covariance.concat(), &scales);
    record.compare_to_scale("s2", &[fit.sigma2], &[loose * fit.sigma2]);
    record.compare("nobs", &[fit.n_obs as f64]);
    // theirs doesn't count effects
    record.compare("df_resid", &[fit.df_residual as f64]);
    if record.has("kappa") {
        record.compare("kappa", &[fit.kappa.expect("k")]);
    }
    for (key, name) in [
        ("sargan", "Sargan test"),
        ("basmann", "Basmann test"),
        ("basmann_f", "Basmann F test"),
        ("anderson_rubin", "Anderson-Rubin test of overidentification"),
        ("wooldridge_score", "Wooldridge score test of exogeneity"),
        ("wooldridge_regression", "Wooldridge regression test of exogeneity"),
        ("wooldridge_overid", "Wooldridge score test of overidentification"),
        ("durbin", "Durbin test"),
        ("wu_hausman", "Wu-Hausman test"),
        ("j_stat", "Hansen J test"),
    ] {
        if !record.has(key) {
            continue;
        }
        let values = record.take(key);
        let statistic = values[0].as_f64();
        let outcome = fit.test(name).unwrap_or_else(|| panic!("{}: no {name}", record.id));
        let Some(test) = outcome.test() else {
            let exact = TestOutcome::NotTestable { name: name.into(), reason: Reason::ExactlyIdentified };
            assert_eq!(outcome, &exact, "{}", record.id);
            assert!(statistic.is_none_or(|value| value.abs() < 1e-8), "{} {key} {statistic:?}", record.id);
            continue;
        };
        let floor = loose * 1e-8;
        let off = (test.statistic - statistic.expect("a statistic")).abs() / test.statistic.abs();
        assert!(off <= floor, "{} {key}: {:e} {statistic:?} {off:.1e}", record.id, test.statistic);
        let p_value = values[1].as_f64().expect("a p-value");
        let off = (test.p_value - p_value).abs() / p_scale(test);
        assert!(off <= floor, "{} {key}: p {:e} {p_value:e} {off:.1e}", record.id, test.p_value);
        record.values += 2;
    }
    Ok(())
}

const R: [&str; 7] = [
    "kmenta",
    "klein1",
    "grunfeld_greene5",
    "synth14x12_pooled",
    "synth14x12_lsdv",
    "synth14x12_lsdv2",
    "synth14x12_within",
];

const PYTHON: [&str; 6] =
    ["kmenta", "klein1", "grunfeld_greene5", "synth14x12_pooled", "synth14x12_within", "synth14x12_within2"];

/// Walks all files; one record that fails doesn't hide the others.
fn walk_all(folder: &Path) -> Vec<Tally> {
    let mut tallies = Vec::new();
    let failures = std::cell::Cell::new(0);
    let guarded = |record: &mut Record, check: &dyn Fn(&mut Record) -> Result<(), &'static str>| {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(record))).unwrap_or_else(|_| {
            failures.set(failures.get() + 1);
            Err("failed")
        })
    };
    for name in R {
        let file = folder.join(format!("json/r_system_{name}.json"));
        if file.is_file() {
            let data = data(folder, name);
            tallies.push(walk(&file, |record| guarded(record, &|record| check_systemfit(&data, record))));
        }
    }
    for name in PYTHON {
        let file = folder.join(format!("json/py_systems_{name}.json"));
        if file.is_file() {
            let data = data(folder, name);
            tallies.push(walk(&file, |record| guarded(record, &|record| check_linearmodels(&data, record))));
        }
    }
    assert_eq!(failures.get(), 0, "records that don't agree, see above");
    tallies
}

/// systemfit where equations have instruments of their own, and with restrictions (`golden/scripts/systems_extra.R`).
#[test]
fn own_instruments_and_restrictions_agree() {
    let folder = golden();
    let mut system = system("klein1");
    let own: [&[&str]; 3] = [
        &["govExp", "taxes", "govWage", "trend", "corpProfLag"],
        &["govExp", "taxes", "trend", "capitalLag", "corpProfLag"],
        &["govExp", "govWage", "trend", "gnpLag", "capitalLag"],
    ];
    for (equation, own) in system.equations.iter_mut().zip(own) {
        equation.instruments = Some(own.iter().map(|name| (*name).to_owned()).collect());
    }
    let prepared = system.prepare(&panel(&folder, "klein1")).expect("a system");
    let data = Data { name: "klein1".into(), prepared, equations: Vec::new() };
    let term = |equation: &str, regressor: &str, weight| RestrictionTerm {
        equation: equation.into(),
        regressor: regressor.into(),
        weight,
    };
    let restrictions = vec![
        Restriction {
            terms: vec![term("Consumption", "corpProfLag", 1.0), term("Investment", "corpProfLag", 1.0)],
            value: 0.9,
        },
        Restriction {
            terms: vec![term("PrivateWages", "gnp", 1.0), term("PrivateWages", "gnpLag", -2.0)],
            value: 0.1,
        },
    ];
    let method = |name: &str| match name {
        "GLS" => ThreeStageMethod::Gls,
        "IV" => ThreeStageMethod::Iv,
        "GMM" => ThreeStageMethod::Gmm,
        "Schmidt" => ThreeStageMethod::Schmidt,
        "EViews" => ThreeStageMethod::EViews,
        other => panic!("{other}"),
    };
    let file = folder.join("json/r_systems_extra.json");
    let tally = walk(&file, |record| {
        let id = record.id.clone();
        let parts: Vec<&str> = id.split('/').collect();
        let mut options = SystemOptions::default();
        let estimator = match parts[..] {
            ["2SLS", divisor] => {
                options.residual_covariance = residual_covariance(divisor);
                SystemEstimator::TwoStage
            }
            ["3SLS", formula, divisor] => {
                options.residual_covariance = residual_covariance(divisor);
                options.three_stage = method(formula);
                SystemEstimator::ThreeStage
            }
            ["restricted_3SLS", formula] => {
                options.three_stage = method(formula);
                options.restrictions = restrictions.clone();
                SystemEstimator::ThreeStage
            }
            ["restricted", name] => {
                options.restrictions = restrictions.clone();
                match name {
                    "OLS" => SystemEstimator::Ols,
                    "WLS" => SystemEstimator::Wls,
                    "SUR" => SystemEstimator::Sur,
                    "2SLS" => SystemEstimator::TwoStage,
                    "W2SLS" => SystemEstimator::WeightedTwoStage,
                    _ => SystemEstimator::ThreeStage,
                }
            }
            _ => panic!("{id}"),
        };
        let fit = estimate(&data, estimator, &options).expect("a fit");
        assert_eq!(fit.names(), record.texts("names"));
        record.compare("coef", &coefficients(&fit));
        let std_errors: Vec<Option<f64>> = fit.coefficients().map(|one| one.std_error).collect();
        compare_missing(record, "se", &std_errors, 0.0, 1.0);
        let p_values: Vec<Option<f64>> = fit.coefficients().map(|one| one.p_value).collect();
        compare_missing(record, "p_value", &p_values, TAIL, 1.0);
        if parts[1] == "IV" {
            // the formula's matrix isn't symmetric; theirs isn't made so
            let (own, theirs) = (fit.covariance.as_ref().expect("a covariance"), record.numbers("vcov"));
            let order = own.len();
            let theirs: Vec<f64> = (0..order * order)
                .map(|at| (theirs[at] + theirs[at % order * order + at / order]) / 2.0)
                .collect();
            for (at, (own_value, theirs)) in own.concat().iter().zip(theirs).enumerate() {
                let scale = (own[at / order][at / order] * own[at % order][at % order]).sqrt();
                assert!((own_value - theirs).abs() <= 1e-8 * scale, "{id} {at}");
            }
        } else {
            compare_matrix(record, "vcov", fit.covariance.as_ref().expect("a covariance"), 1.0);
        }
        compare_matrix(record, "residCov", &fit.residual_covariance, 1.0);
        record.compare("df_residual", &[fit.df_residual as f64]);
        Ok(())
    });
    assert_eq!(tally.records, 28);
}

/// linearmodels' strength of instruments and further estimators (`golden/scripts/instruments_extra.py`).
#[test]
fn strength_and_further_estimators_agree() {
    let folder = golden();
    let file = folder.join("json/py_instruments_extra.json");
    let kmenta = InstrumentedEquation::new(
        vintner_estimation::Formula::new("consump", &["income", "price"]),
        &["price"],
        &["farmPrice", "trend"],
    )
    .prepare(&panel(&folder, "kmenta"))
    .expect("an equation");
    let synth = InstrumentedEquation::new(
        vintner_estimation::Formula::new("ln_co2", &["x_urban", "x_energy", "ln_gdp", "ln_robot"]),
        &["ln_gdp", "ln_robot"],
        &["x_fdi", "x_edu", "x_ind", "x_pop"],
    )
    .prepare(&panel(&folder, "synth14x12"))
    .expect("an equation");
    let kernel = |name: &str, bandwidth| Errors::Kernel {
        kernel: match name {
            "bartlett" => Kernel::Bartlett,
            "parzen" => Kernel::Parzen,
            _ => Kernel::QuadraticSpectral,
        },
        bandwidth,
        across_entities: true,
    };
    let errors = |name: &str| match name {
        "unadjusted" => Errors::Unadjusted,
        "robust" => Errors::Robust,
        "kernel" => kernel("bartlett", Some(2.0)),
        _ => Errors::Cluster { by: ClusterBy::Entity },
    };
    let tally = walk(&file, |record| {
        let id = record.id.clone();
        let parts: Vec<&str> = id.split('/').collect();
        let equation = if parts[0] == "kmenta" { &kmenta } else { &synth };
        if parts[1] == "strength" {
            let own = errors(parts[2]);
            let stage = equation.first_stage(own).expect("a first stage");
            record.compare("cragg_donald_f", &[stage.cragg_donald.expect("F")]);
            let lm = stage.kleibergen_paap.test().expect("a test");
            record.compare_to_scale("kp", &[lm.statistic, lm.p_value], &[lm.statistic, p_scale(lm)]);
            record.compare("kp_f", &[stage.kleibergen_paap_f.expect("F")]);
            let all = |of: &dyn Fn(&vintner_estimation::instruments::FirstStageVariable) -> f64| -> Vec<f64> {
                stage.variables.iter().map(of).collect()
            };
            record.compare("rsquared", &all(&|one| one.r2));
            record.compare("partial", &all(&|one| one.partial_r2));
            record.compare("shea", &all(&|one| one.shea_r2));
            // theirs under robust errors is Wald's, not over the number of instruments
            let f = all(&|one| match &one.robust_f {
                None => one.f.test().expect("F").statistic,
                Some(robust) => {
                    let test = robust.test().expect("F");
                    test.statistic * distribution_numbers(test)[0]
                }
            });
            record.compare("f", &f);
            return Ok(());
        }
        let gmm = |weights, center| InstrumentalEstimator::Gmm { weights, center, iterate: None };
        let (estimator, errors, debiased) = match parts[1..] {
            ["fuller", name, debiased] => {
                (InstrumentalEstimator::Liml { fuller: 1.0 }, errors(name), debiased == "True")
            }
            ["kclass", name, debiased] => {
                (InstrumentalEstimator::KClass { kappa: 0.7 }, errors(name), debiased == "True")
            }
            ["auto", name] => (InstrumentalEstimator::TwoStage {}, kernel(name, None), false),
            ["gmm_center"] => (gmm(Errors::Robust, true), Errors::Robust, false),
            [name] => {
                let own = kernel(name.trim_start_matches("gmm_"), Some(3.0));
                (gmm(own, false), own, false)
            }
            _ => panic!("{id}"),
        };
        let fit = instrumental(equation, estimator, errors, debiased);
        let own: Vec<String> = fit.coefficients.iter().map(|one| one.name.clone()).collect();
        let places = alignment(record, &own);
        let estimates: Vec<f64> = fit.coefficients.iter().map(|one| one.estimate).collect();
        record.compare("coef", &picked(&estimates, &places));
        record.compare("se", &picked(&errors_of(&fit), &places));
        compare_matrix(
            record,
            "vcov",
            &picked_matrix(fit.covariance.as_ref().expect("a covariance"), &places),
            1.0,
        );
        record.compare("s2", &[fit.sigma2]);
        Ok(())
    });
    assert_eq!(tally.records, 49);
}

#[test]
fn committed_records_agree() {
    let tallies = walk_all(&golden());
    assert!(tallies.iter().map(|tally| tally.records).sum::<usize>() > 100);
    assert!(tallies.iter().map(|tally| tally.values).sum::<usize>() > 5_000);
}

#[test]
fn the_whole_reference_agrees() {
    let Some(folder) = shared() else { return };
    let tallies = walk_all(&folder);
    assert_eq!(tallies.len(), R.len() + PYTHON.len());
}
