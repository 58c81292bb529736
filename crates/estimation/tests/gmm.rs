//! Dynamic panels against plm's `pgmm` and gretl's `dpanel`.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod support;

use std::path::Path;

use faer::Mat;
use polars::prelude::{Column, DataFrame};
use serde_json::Value;
use support::{Record, TOLERANCE, Tally, golden, panel, shared, walk};
use vintner_estimation::gmm::{
    DynamicPanel, ErrorVariance, GmmCovariance, GmmEstimated, GmmFit, GmmInstrument, LevelInstruments, Steps,
    Term, Transformation, gmm,
};
use vintner_estimation::{EstimationError, HypothesisTest, Note, Reason, TestOutcome};
use vintner_panel::Panel;

fn empluk(folder: &Path) -> Panel {
    let logs =
        [("log(emp)", "emp"), ("log(wage)", "wage"), ("log(capital)", "capital"), ("log(output)", "output")];
    panel(&folder.join("data/empluk.csv"), "firm", &logs)
}

/// The model of a record's id, `pgmm/<formula>/<effect>/<steps>/<transformation>`.
fn model(id: &str) -> DynamicPanel {
    let parts: Vec<&str> = id.split('/').collect();
    let [_, formula, effect, steps, transformation] = parts[..] else { panic!("{id}") };
    let regressors = match formula {
        "ab91_a1" => vec![
            Term::lagged("log(emp)", &[1, 2]),
            Term::lagged("log(wage)", &[0, 1]),
            Term::new("log(capital)"),
            Term::lagged("log(output)", &[0, 1]),
        ],
        _ => vec![Term::lagged("log(emp)", &[1]), Term::new("log(wage)"), Term::new("log(capital)")],
    };
    let mut model = DynamicPanel::new("log(emp)", regressors);
    let last = (formula == "short").then_some(3);
    model.gmm =
        vec![GmmInstrument { last, collapse: formula == "collapsed", ..GmmInstrument::new("log(emp)") }];
    model.time_dummies = effect == "twoways";
    // plm's system has a constant beside time dummies alone.
    model.constant = model.time_dummies;
    model.level_instruments = LevelInstruments::LastPeriod;
    model.steps = if steps == "twosteps" { Steps::Two } else { Steps::One };
    model.transformation =
        if transformation == "ld" { Transformation::System } else { Transformation::Difference };
    model
}

fn estimated(panel: &Panel, model: &DynamicPanel) -> GmmEstimated {
    model.estimate(panel).expect("a model that makes sense").unwrap_or_else(|reason| panic!("{reason}"))
}

fn roots(matrix: &Mat<f64>) -> Vec<f64> {
    (0..matrix.nrows()).map(|at| matrix[(at, at)].sqrt()).collect()
}

/// plm's names: the first lag where a term has several is `lag(x, 0:1)0`.
fn plm_name(name: &str, ab91: bool) -> String {
    if !ab91 {
        return name.into();
    }
    match name {
        "lag(log(emp), 1)" => "lag(log(emp), 1:2)1",
        "lag(log(emp), 2)" => "lag(log(emp), 1:2)2",
        "log(wage)" => "lag(log(wage), 0:1)0",
        "lag(log(wage), 1)" => "lag(log(wage), 0:1)1",
        "log(output)" => "lag(log(output), 0:1)0",
        "lag(log(output), 1)" => "lag(log(output), 0:1)1",
        other => other,
    }
    .into()
}

fn close(record: &mut Record, what: &str, actual: f64, expected: &Value) {
    let expected = expected.as_f64().unwrap_or_else(|| panic!("{} {what}: {expected}", record.id));
    let error = (actual - expected).abs() / expected.abs();
    assert!(
        actual == expected || error <= TOLERANCE,
        "{} {what}: {actual:e}, reference {expected:e}, off by {error:.1e}",
        record.id
    );
    record.values += 1;
    if error > record.worst {
        (record.worst, record.worst_at) = (error, format!("{} {what}", record.id));
    }
}

fn compare_serial(record: &mut Record, key: &str, estimated: &GmmEstimated, covariance: &Mat<f64>) {
    let expected = record.take(key);
    for (place, expected) in expected.as_array().expect("tests").iter().enumerate() {
        let test = estimated.serial_correlation(place + 1, covariance);
        if expected["statistic"][0].is_null() {
            assert!(matches!(test, Err(Reason::NotPositiveDefinite { .. })), "{} {key}", record.id);
            record.values += 1;
            continue;
        }
        let test = test.unwrap_or_else(|reason| panic!("{} {key}: {reason}", record.id));
        close(record, &format!("{key}[{place}]"), test.statistic, &expected["statistic"][0]);
        close(record, &format!("{key}[{place}] p"), test.p_value, &expected["p_value"][0]);
    }
}

fn check(panel: &Panel, record: &mut Record) {
    let model = model(&record.id);
    let estimated = estimated(panel, &model);
    let ab91 = record.id.contains("ab91");
    let names: Vec<String> = estimated.names().iter().map(|name| plm_name(name, ab91)).collect();
    assert_eq!(names, record.texts("names"), "{}", record.id);
    record.compare("coef", estimated.coefficients());
    let robust = estimated.covariance(GmmCovariance::Robust);
    record.compare("se_robust_windmeijer", &roots(&robust));
    // plm's classical covariance of one step leaves out the error's variance and divides by the number of units.
    let mut classical = estimated.covariance(GmmCovariance::Classical);
    if model.steps == Steps::One {
        let factor = 1.0 / estimated.error_variance() / panel.entities().len() as f64;
        classical = Mat::from_fn(classical.nrows(), classical.ncols(), |i, j| classical[(i, j)] * factor);
    }
    record.compare("se", &roots(&classical));
    let sargan = record.take("sargan");
    let hansen = estimated.hansen().expect("a test");
    close(record, "sargan", hansen.statistic, &sargan["statistic"][0]);
    close(record, "sargan p", hansen.p_value, &sargan["p_value"][0]);
    let df = estimated.instruments() - estimated.names().len();
    close(record, "sargan df", df as f64, &sargan["parameter"][0]);
    compare_serial(record, "mtest_robust", &estimated, &robust);
    compare_serial(record, "mtest_classical", &estimated, &classical);
    record.skip(&["note", "warnings"], "text");
}

fn walk_file(folder: &Path) -> Tally {
    let panel = empluk(folder);
    walk(&folder.join("json/r_gmm_empluk.json"), |record| {
        check(&panel, record);
        Ok(())
    })
}

#[test]
fn committed_records_agree() {
    assert_eq!(walk_file(&golden()).records, 28);
}

#[test]
fn the_whole_reference_agrees() {
    let Some(folder) = shared() else { return };
    assert_eq!(walk_file(&folder).records, 28);
}
