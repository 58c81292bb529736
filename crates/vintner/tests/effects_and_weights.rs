//! Weights, effects over any columns and collinear regressors, from a pipeline to results; and faults in what is
//! asked for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::common::Workspace;
use crate::common::towns::small;
use serde_json::Value;

const PARAMS: &str = "      by_entity: {covariance: {kind: classical}}
      pooled: {model: within, covariance: {kind: classical}}
";

/// The small paper with other parameters of its equation.
fn with(params: &str) -> Workspace {
    let workspace = small();
    workspace.edit("pipeline.yaml", PARAMS, params);
    workspace.edit(
        "pipeline.yaml",
        "        ln_rain: ln(rain)\n",
        "        ln_rain: ln(rain)\n        twice: 2 * ln(rain)\n        wave: floor(rain / 100) % 2\n        weight: 1 + rain / 1000\n",
    );
    workspace
}

#[test]
fn an_equation_has_weights_effects_and_what_is_left_out() {
    let workspace = with(
        "      weights: {column: weight}
      by_entity: {}
      pooled: {model: within, effects: [entity, wave], singletons: drop, covariance: {kind: cluster}}
    publish: {fits: \"reports/fits.json\"}
",
    );
    workspace.edit("pipeline.yaml", "regressors: [ln_rain]", "regressors: [ln_rain, twice]");
    let output = workspace.vintner(&["reproduce", "-v"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let said = format!("{}{}", output.stdout, output.stderr);
    assert!(said.contains("pooled: left out as collinear: twice is a multiple of ln_rain"), "{said}");
    assert!(said.contains("ashby: left out as collinear: twice is a multiple of ln_rain"), "{said}");
    let fits: Value = serde_json::from_str(&workspace.read("reports/fits.json")).unwrap();
    let pooled = &fits["pooled"];
    assert_eq!(pooled["formula"]["effects"], serde_json::json!(["entity", "wave"]));
    assert_eq!(pooled["formula"]["weights"]["kind"], "analytic");
    assert_eq!(pooled["coefficients"].as_array().unwrap().len(), 1);
    assert_eq!(pooled["absorbed"], 4);
    assert_eq!(fits["by_entity"][0]["outcome"]["coefficients"].as_array().unwrap().len(), 2);

    // Refused instead, it isn't estimated.
    workspace.edit(
        "pipeline.yaml",
        "      by_entity: {}\n",
        "      by_entity: {}\n      collinear: refuse\n",
    );
    let output = workspace.vintner(&["reproduce", "-v"]);
    let said = format!("{}{}", output.stdout, output.stderr);
    assert!(
        said.contains("not estimable: pooled: collinear regressors: twice is a multiple of ln_rain"),
        "{said}"
    );
}

#[test]
fn faults_in_effects_and_weights_are_told_at_their_place() {
    let told = |params: &str| {
        let output = with(params).vintner(&["reproduce"]);
        assert_eq!(output.code, 2, "{}", output.stderr);
        output.stderr
    };
    let effects = told("      pooled: {model: within, effects: [entity, 'wave^', entity]}\n");
    let effects = format!(
        "{effects}{}",
        told(
            "      weights: {column: weight, kind: frequencies}\n      pooled: {model: within_two_way, effects: [wave], singletons: dropped}\n"
        )
    );
    let models = format!(
        "{}{}",
        told("      pooled: {model: ols, effects: [wave]}\n"),
        told("      weights: {column: weight, kind: frequency}\n      pooled: {model: between}\n")
    );
    insta::assert_snapshot!("faults_of_effects_and_weights", format!("{effects}{models}"));
    // A column that isn't there is told with those that are.
    let output = with("      pooled: {model: within, effects: [wav]}\n").vintner(&["reproduce"]);
    assert_ne!(output.code, 0);
    assert!(output.stderr.contains("wav") && output.stderr.contains("wave"), "{}", output.stderr);
}
