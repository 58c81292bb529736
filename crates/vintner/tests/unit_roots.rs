//! The operations `unit_root` and `cointegration` from spec to output, on Grunfeld's firms.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use crate::common::{Workspace, repository};
use serde_json::Value;

const SPEC: &str = "examples/grunfeld/pipeline.yaml";
const HERE: [&str; 2] = ["-C", "examples/grunfeld"];

/// The example with stages of ours before its own.
fn with_stages(stages: &str) -> Workspace {
    let workspace = Workspace::of_parts(&[SPEC, "examples/grunfeld/data", "reports/templates"]);
    workspace.edit(SPEC, "\nstages:\n", &format!("\nstages:\n{stages}"));
    workspace
}

fn shown(workspace: &Workspace, output: &str) -> Value {
    let printed = workspace.vintner(&[&HERE[..], &["show", output]].concat());
    assert_eq!(printed.code, 0, "{}", printed.stderr);
    serde_json::from_str(&printed.stdout).unwrap()
}

/// The record called `id` of a golden file of the estimation crate.
fn golden(file: &str, id: &str) -> Value {
    let path = repository().join("crates/estimation/tests/golden/json").join(file);
    let records: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let records = records["records"].as_array().unwrap();
    records.iter().find(|record| record["id"] == id).unwrap_or_else(|| panic!("no record {id}")).clone()
}

fn row<'a>(tests: &'a Value, fields: &[(&str, &str)]) -> &'a Value {
    let rows = tests["rows"].as_array().unwrap();
    rows.iter().find(|row| fields.iter().all(|(field, value)| row[field] == *value)).expect("a row")
}

fn close(found: &Value, expected: &Value) {
    let (found, expected) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
    assert!((found - expected).abs() <= 1e-8 * expected.abs(), "{found}, reference {expected}");
}

#[test]
fn tests_of_a_stage_are_those_of_r() {
    let workspace = with_stages(
        "  roots:
    op: unit_root
    inputs: {panel: panel}
    params:
      variables: [inv, value]
      differences: true
      options: {deterministic: intercept, lags: {fixed: 0}, dfcor: false}
      tests:
        - {test: levin_lin_chu}
        - {test: im_pesaran_shin, statistic: w_t_bar}
        - {test: choi_logit}
        - {test: hadri, heteroskedastic: true, bandwidth: {lags: 0}}
        - {test: cips, model: cmg, lags: 1, interpolation: plm}
      by_entity: [adf, kpss, phillips_perron]
  linked:
    op: cointegration
    inputs: {panel: panel}
    params:
      dependent: inv
      regressors: [value, capital]
      tests:
        - {test: kao, lags: 1, bandwidth: newey_west_rule}
        - {test: pedroni, deterministic: trend, lags: {fixed: 1}, weighted: false}
",
    );
    let run = workspace.vintner(&[&HERE[..], &["reproduce", "--until", "roots"]].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let said = run.stdout + &run.stderr;
    assert!(
        said.contains("inv, Levin-Lin-Chu test: T = 20 lies beyond table 2 of Levin, Lin and Chu (2002)"),
        "{said}"
    );
    let roots = shown(&workspace, "roots.tests");
    assert_eq!(roots["rows"].as_array().unwrap().len(), 20);
    let llc = golden("r_unitroot_grunfeld.json", "value/purtest/levinlin/intercept/lags_0/dfcor_FALSE");
    let found = row(&roots, &[("variable", "value"), ("test", "Levin-Lin-Chu test")]);
    close(&found["statistic"], &llc["statistic"][0]);
    close(&found["p_value"], &llc["p_value"][0]);
    assert_eq!((found["entities"].as_u64(), &found["lags"]), (Some(10), &serde_json::json!([0, 0])));
    let changed = row(&roots, &[("variable", "D.inv"), ("test", "Im-Pesaran-Shin W-tbar")]);
    assert!(changed["p_value"].as_f64().unwrap() < 0.01);
    assert_eq!(roots["by_entity"].as_array().unwrap().len(), 12);

    let run = workspace.vintner(&[&HERE[..], &["reproduce", "--until", "linked"]].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let linked = shown(&workspace, "linked.tests");
    assert_eq!(linked["rows"].as_array().unwrap().len(), 12);
    let kao = golden("py_cointegration.json", "grunfeld/kao/bartlett/newey_west_rule/lags_1");
    for name in ["DF rho", "DF t", "DF rho*", "DF t*", "ADF"] {
        let found = row(&linked, &[("test", "Kao"), ("statistic", name)]);
        close(&found["value"], &kao["statistics"][name]);
    }
    let pedroni = golden(
        "py_cointegration.json",
        "grunfeld/pedroni/bartlett/newey_west_automatic/lags_1/trend/unweighted",
    );
    for statistic in linked["pedroni"][0]["statistics"].as_array().unwrap() {
        close(&statistic["raw"], &pedroni["raw"][statistic["name"].as_str().unwrap()]);
    }
}

/// A made-up table in place of MacKinnon's, by which the statistic is normal with mean -1, so that the p-values are known.
fn normal_table() -> String {
    let mut text = "terms,probability,normal_quantile,b0,b1,b2,b3,std_error\n".to_owned();
    for terms in ["none", "intercept", "trend"] {
        for step in -30_i32..=30 {
            let z = f64::from(step) / 2.0;
            // Probabilities only weigh the points here, so that a logistic's will do.
            let p = 1.0 / (1.0 + (-z).exp());
            text += &format!("{terms},{p},{z},{},0,0,0,0.001\n", z - 1.0);
        }
    }
    text
}

#[test]
fn p_values_of_1996_come_of_a_file() {
    let stage = |files: &str, p_values: &str| {
        with_stages(&format!(
            "  roots:
    op: unit_root
    inputs: {{panel: panel}}
{files}    params:
      variables: [inv]
      options: {{p_values: {p_values}, lags: {{fixed: 0}}}}
      tests: [{{test: choi_inverse_normal}}]
"
        ))
    };
    let reproduce = [&HERE[..], &["reproduce", "--until", "roots"]].concat();
    let file = "    files: {mackinnon: data/mackinnon.csv}\n";
    let write = |workspace: &Workspace, text: &str| {
        fs::write(workspace.path("examples/grunfeld/data/mackinnon.csv"), text).unwrap();
    };

    let run = stage("", "mackinnon1996").vintner(&reproduce);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("mackinnon"), "{}", run.stderr);

    let workspace = stage(file, "mackinnon1996");
    write(&workspace, &normal_table().replacen("none,", "nil,", 1));
    let run = workspace.vintner(&reproduce);
    assert_ne!(run.code, 0);
    let said = run.stdout + &run.stderr;
    assert!(said.contains("line 2, column 1: `nil` is neither `none`"), "{said}");

    write(&workspace, &normal_table());
    let run = workspace.vintner(&reproduce);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let roots = shown(&workspace, "roots.tests");
    let units = roots["tests"][0]["units"].as_array().unwrap();
    let sum: f64 = units.iter().map(|unit| unit["outcome"]["statistic"].as_f64().unwrap() + 1.0).sum();
    let z = roots["rows"][0]["statistic"].as_f64().unwrap();
    assert!((z - sum / (units.len() as f64).sqrt()).abs() < 1e-6, "{z}");
}

#[test]
fn what_cannot_be_tested_is_a_warning_and_what_makes_no_sense_a_fault_at_its_place() {
    let workspace = with_stages(
        "  roots:
    op: unit_root
    inputs: {panel: panel}
    params:
      variables: [inv]
      options: {lags: {fixed: 18}}
      tests: [{test: maddala_wu}]
",
    );
    let run = workspace.vintner(&[&HERE[..], &["reproduce", "--until", "roots"]].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let said = run.stdout + &run.stderr;
    assert!(said.contains("not testable: inv, Maddala-Wu test: "), "{said}");

    let workspace = with_stages(
        "  roots:
    op: unit_root
    inputs: {panel: panel}
    params:
      variables: [inv]
      options: {deterministic: none}
      tests:
        - {test: hadri}
  many:
    op: unit_root
    inputs: {panel: panel}
    params: {variables: [], options: {lags: {fixed: 1000000}}, by_entity: [kpss]}
  linked:
    op: cointegration
    inputs: {panel: panel}
    params: {dependent: inv, regressors: [inv], tests: []}
",
    );
    let run = workspace.vintner(&[&HERE[..], &["reproduce"]].concat());
    assert_eq!(run.code, 2, "{}", run.stderr);
    for fault in [
        "Hadri's test isn't defined with deterministic: none",
        "no variable to test",
        "1000000 lags; at most 100 are allowed",
        "`inv` stands on both sides of its equation",
        "nothing to test",
    ] {
        assert!(run.stderr.contains(fault), "{fault}: {}", run.stderr);
    }
}
