//! `mean_group` and `gmm` from raw file to JSON: coefficients are plm's, faults stand at their places, and
//! what can't be estimated is a warning.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use crate::common::{Workspace, repository};
use serde_json::Value;

const HERE: [&str; 2] = ["-C", "examples/grunfeld"];
const PIPELINE: &str = "examples/grunfeld/pipeline.yaml";

/// The example with further stages.
fn with(stages: &str) -> Workspace {
    let workspace = Workspace::of_parts(&[
        "examples/grunfeld/pipeline.yaml",
        "examples/grunfeld/data",
        "reports/templates",
    ]);
    workspace.edit(PIPELINE, "\nstages:\n", &format!("\nstages:\n{stages}"));
    workspace
}

/// A stage of an operation on the panel, published as JSON.
fn stage(name: &str, operation: &str, params: &str) -> String {
    format!(
        "  {name}:\n    op: {operation}\n    inputs: {{panel: panel}}\n    params: {params}\n    \
         publish: {{fit: \"reports/{{vintage}}/{name}.json\"}}\n"
    )
}

fn fit(workspace: &Workspace, name: &str) -> Value {
    serde_json::from_str(&workspace.read(&format!("examples/grunfeld/reports/plm/{name}.json"))).unwrap()
}

fn golden(id: &str) -> Value {
    let path = repository().join("crates/estimation/tests/golden/json/r_hetero_grunfeld.json");
    let records: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    records["records"].as_array().unwrap().iter().find(|record| record["id"] == id).unwrap().clone()
}

fn near(ours: &Value, theirs: &Value) {
    let (ours, theirs) = (ours.as_f64().unwrap(), theirs.as_f64().unwrap());
    assert!((ours - theirs).abs() <= 1e-8 * theirs.abs(), "{ours}, plm has {theirs}");
}

const EQUATION: &str = "dependent: inv, regressors: [value, capital]";

#[test]
fn mean_group_s_coefficients_are_plm_s() {
    let methods = [
        ("mg", "mg, units: true", "pmg/mg/trend_FALSE"),
        ("trend", "mg, trend: rows", "pmg/mg/trend_TRUE"),
        ("dmg", "dmg", "pmg/dmg/trend_FALSE"),
        ("cmg", "cmg", "pmg/cmg/trend_FALSE"),
        ("cce_mg", "cce_mg", "pcce/mg"),
        ("cce_pooled", "cce_pooled", "pcce/p"),
        ("swamy", "swamy", "pvcm/random_swamy"),
    ];
    let stages: String = methods
        .iter()
        .map(|(name, method, _)| stage(name, "mean_group", &format!("{{{EQUATION}, method: {method}}}")))
        .collect();
    let workspace = with(&stages);
    workspace.reproduce(&HERE);
    for (name, _, id) in methods {
        let (found, expected) = (fit(&workspace, name), golden(id));
        assert_eq!(found["outcome"], "fit", "{found}");
        let coefficients = found["coefficients"].as_array().unwrap();
        assert_eq!(coefficients.len(), expected["names"].as_array().unwrap().len());
        for (at, coefficient) in coefficients.iter().enumerate() {
            assert_eq!(coefficient["name"], expected["names"][at]);
            near(&coefficient["estimate"], &expected["coef"][at]);
            near(&coefficient["std_error"], &expected["se"][at]);
        }
        assert_eq!(found.get("units").is_some(), name == "mg");
    }
    let expected = golden("swamy_chi2_homogeneity");
    near(&fit(&workspace, "swamy")["homogeneity"]["statistic"], &expected["statistic"]);
}

#[test]
fn gmm_s_coefficients_are_plm_s() {
    let params = "{dependent: inv, regressors: [{variable: inv, lags: [1]}, {variable: value}, \
                  {variable: capital}], gmm: [{variable: inv, last: 4, collapse: true}]}";
    let workspace = with(&stage("dynamic", "gmm", params));
    workspace.reproduce(&HERE);
    let found = fit(&workspace, "dynamic");
    // pgmm(inv ~ lag(inv, 1) + value + capital | lag(inv, 2:4), effect = "individual", collapse = TRUE)
    let plm = [0.535_478_890_402_563_6, 0.12395747732118773, 0.11735201432273534];
    for (coefficient, plm) in found["coefficients"].as_array().unwrap().iter().zip(plm) {
        near(&coefficient["estimate"], &plm.into());
        assert!(coefficient["p_value"].as_f64().is_some());
    }
    near(&found["hansen"]["statistic"], &7.917_463_586_857_939.into());
    assert_eq!(found["hansen"]["distribution"]["df"], 2.0);
    assert_eq!(found["instruments"]["instruments"], 5);
    assert_eq!(found["serial_correlation"].as_array().unwrap().len(), 2);
}

#[test]
fn what_can_t_be_estimated_is_a_warning_and_an_answer() {
    let collinear = "{dependent: inv, regressors: [value], method: mg, trend: time}";
    let few = "{dependent: inv, regressors: [{variable: inv, lags: [25]}], gmm: [{variable: inv}]}";
    let workspace = with(&[stage("units", "mean_group", collinear), stage("long", "gmm", few)].concat());
    let output = workspace.vintner(&[&HERE[..], &["reproduce"]].concat());
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert_eq!(fit(&workspace, "units")["outcome"], "fit");
    let long = fit(&workspace, "long");
    assert_eq!(long["outcome"], "not_estimable");
    assert_eq!(long["reason"]["kind"], "no_usable_rows");
    assert!([output.stdout, output.stderr].concat().contains("not estimable: no usable rows"));
}

#[test]
fn faults_stand_at_their_places() {
    let said = |operation: &str, params: &str| {
        let workspace = with(&stage("test", operation, params));
        let output = workspace.vintner(&[&HERE[..], &["reproduce"]].concat());
        assert_eq!(output.code, 2, "{}", output.stderr);
        output.stderr
    };
    let method = said("mean_group", &format!("{{{EQUATION}, method: mgg}}"));
    assert!(method.contains("`mgg` isn't known here") && method.contains("`mg`"), "{method}");
    let inverse =
        said("mean_group", &format!("{{{EQUATION}, method: mg, short_units: generalized_inverse}}"));
    assert!(inverse.contains("is for cce_mg and cce_pooled") && inverse.contains("leave_out"), "{inverse}");
    let variance = said("mean_group", &format!("{{{EQUATION}, method: mg, variance: between}}"));
    assert!(variance.contains("an option of the method swamy"), "{variance}");
    let scaling = said("mean_group", &format!("{{{EQUATION}, method: mg, scaling: shortest}}"));
    assert!(scaling.contains("an option of the method cce_pooled"), "{scaling}");
    let twice = said("mean_group", "{dependent: inv, regressors: [value, value], method: mg}");
    assert!(twice.contains("names the regressor `value` twice"), "{twice}");
    let lags = "{dependent: inv, regressors: [{variable: value}], gmm: [{variable: inv, first: 3, last: 2}]}";
    assert!(said("gmm", lags).contains("run from 3 to 2"));
    let none = "{dependent: inv, regressors: [{variable: value}], instruments: []}";
    assert!(said("gmm", none).contains("has no instruments"));
    let constant =
        "{dependent: inv, regressors: [{variable: value}], gmm: [{variable: inv}], constant: false}";
    assert!(said("gmm", constant).contains("add `transformation: system`"));
}
