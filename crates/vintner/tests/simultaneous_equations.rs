//! The operations `system` and `iv` in a pipeline: the paper's three equations taken at their word.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::common::{Workspace, with_outcome};
use serde_json::Value;

const STAGES: &str = r#"  simultaneous:
    title: The three equations as a system with city effects
    op: system
    inputs: {panel: variables}
    params:
      equations:
        - {name: emissions, dependent: lnCO2, regressors: [lnEG, lnAI, lnBE, lnPD]}
        - {name: growth, dependent: lnEG, regressors: [lnCO2, lnAI, lnopen, lnIS]}
        - {name: robots, dependent: lnAI, regressors: [lnCO2, lnEG, lnopen, lnIS, lnPD]}
      endogenous: [lnCO2, lnEG, lnAI]
      effects: entity
      estimators: [ols, sur, 2sls, 3sls]
      residual_covariance: noDfCor
      first_stage: {kind: cluster, by: entity}
    publish: {results: "reports/{vintage}/system.json"}

  iv:
    op: iv
    inputs: {panel: variables}
    params:
      dependent: lnCO2
      regressors: [lnEG, lnAI, lnBE, lnPD]
      endogenous: [lnEG, lnAI]
      instruments: [lnopen, lnIS]
      effects: entity
      estimators: [{kind: 2sls}, {kind: liml}, {kind: gmm, weights: {kind: robust}}]
      covariance: {errors: {kind: cluster, by: entity}}
    publish: {results: "reports/{vintage}/iv.json"}

  table1:
"#;

fn with_stages() -> Workspace {
    let workspace = Workspace::of_paper();
    workspace.edit("pipeline.yaml", "  table1:\n", STAGES);
    workspace
}

fn json(workspace: &Workspace, part: &str) -> Value {
    serde_json::from_str(&workspace.read(part)).unwrap()
}

fn estimates(fit: &Value) -> Vec<(String, f64)> {
    let of = |one: &Value| (one["name"].as_str().unwrap().to_owned(), one["estimate"].as_f64().unwrap());
    fit["coefficients"].as_array().unwrap().iter().map(of).collect()
}

#[test]
fn what_is_identified_is_estimated_and_the_rest_refused() {
    let workspace = with_stages();
    let run = workspace.vintner(&["reproduce", "-v"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let said = format!("{}{}", run.stdout, run.stderr);
    let refusal = "not estimable with instruments: robots: not identified: the order condition fails; \
                   exogenous variables excluded: lnBE; endogenous regressors: lnCO2, lnEG";
    assert!(said.contains(refusal), "{said}");
    // emissions and growth in this system and in the paper's own stage, and emissions alone
    assert_eq!(said.matches("weak instruments: Cragg-Donald F").count(), 5, "{said}");

    let results = json(&workspace, "reports/reconstructed/system.json");
    let identified: Vec<&str> = results["identification"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["identified"].as_str().unwrap())
        .collect();
    assert_eq!(identified, ["exactly", "exactly", "not_by_order"]);
    assert_eq!(results["n_obs"], 168);
    assert_eq!(results["first_stages"][0]["variables"].as_array().unwrap().len(), 2);
    assert!(results["first_stages"][0]["kleibergen_paap_f"].as_f64().unwrap() > 0.0);
    assert_eq!(results["first_stages"][2]["outcome"], "not_computable");
    let fits = results["fits"].as_array().unwrap();
    let equations: Vec<usize> =
        fits.iter().map(|fit| fit["result"]["equations"].as_array().unwrap().len()).collect();
    assert_eq!(equations, [3, 3, 2, 2]);
    assert_eq!(fits[2]["left_out"][0]["equation"], "robots");
    // exactly identified, so that three stages come to two
    let (two, three) = (&fits[2]["result"]["equations"][0], &fits[3]["result"]["equations"][0]);
    assert_eq!(estimates(two).len(), 4);
    for ((name, two), (_, three)) in estimates(two).into_iter().zip(estimates(three)) {
        assert!((two - three).abs() <= 1e-9 * two.abs(), "{name}: {two} {three}");
    }
    assert_eq!(results["tests"][0]["outcome"], "not_testable");

    // and one equation with instruments is the same as in the system
    let alone = json(&workspace, "reports/reconstructed/iv.json");
    for (at, fit) in alone["fits"].as_array().unwrap().iter().enumerate() {
        for ((name, own), (_, alone)) in estimates(two).into_iter().zip(estimates(fit)) {
            assert!((own - alone).abs() <= 1e-7 * own.abs(), "{at} {name}: {own} {alone}");
        }
    }
    assert_eq!(alone["first_stage"], {
        let mut first = results["first_stages"][0].clone();
        let object = first.as_object_mut().unwrap();
        object.remove("equation");
        object.remove("outcome");
        first
    });

    // nothing is made twice
    assert_eq!(with_outcome(&workspace.reproduce(&[]), "ran"), Vec::<&str>::new());
    workspace.edit(
        "pipeline.yaml",
        "[ols, sur, 2sls, 3sls]\n      residual_covariance: noDfCor",
        "[ols, sur, 2sls, 3sls]\n      residual_covariance: geomean",
    );
    assert_eq!(with_outcome(&workspace.reproduce(&[]), "ran"), ["simultaneous"]);
}
