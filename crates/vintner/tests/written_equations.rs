//! Equations as one text, from a pipeline to results, and faults at their place in the text.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::Workspace;
use common::towns::small;
use serde_json::Value;

const PARAMS: &str = "      dependent: ln_income
      regressors: [ln_rain]
      by_entity: {covariance: {kind: classical}}
      pooled: {model: within, covariance: {kind: classical}}
";

/// The small paper with other parameters of its equation, whose variables come without logarithms.
fn with(params: &str) -> Workspace {
    let workspace = small();
    workspace.edit("pipeline.yaml", PARAMS, params);
    workspace.edit(
        "pipeline.yaml",
        "        ln_rain: ln(rain)\n",
        "        ln_rain: ln(rain)\n        income_of: real_income\n        rain_of: rain\n",
    );
    workspace
}

fn fits(params: &str) -> Value {
    let workspace = with(&format!("{params}    publish: {{fits: \"reports/fits.json\"}}\n"));
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    serde_json::from_str(&workspace.read("reports/fits.json")).unwrap()
}

#[test]
fn a_text_says_what_lists_say() {
    let lists = fits(PARAMS);
    let text = fits(
        "      formula: log(income_of) ~ log(rain_of) | entity
      by_entity: {covariance: {kind: classical}}
      pooled: {model: within, covariance: {kind: classical}}
",
    );
    assert_eq!(text["pooled"]["formula"]["dependent"], "log(income_of)");
    assert_eq!(text["pooled"]["coefficients"][0]["name"], "log(rain_of)");
    for number in ["estimate", "std_error", "p_value"] {
        let (one, other) =
            (&text["pooled"]["coefficients"][0][number], &lists["pooled"]["coefficients"][0][number]);
        let (one, other) = (one.as_f64().unwrap(), other.as_f64().unwrap());
        assert!((one / other - 1.0).abs() < 1e-9, "{number}: {one} {other}");
    }
    assert_eq!(text["by_entity"].as_array().unwrap().len(), lists["by_entity"].as_array().unwrap().len());
}

#[test]
fn where_chooses_rows_after_lags_are_taken() {
    let of = |further: &str| {
        fits(&format!("      formula: ln_income ~ ln_rain\n{further}      pooled: {{model: ols}}\n"))["pooled"]["n_obs"]
            .as_u64()
            .unwrap()
    };
    assert!(of("      where: ln_rain > 0 AND NOT (ln_rain > 6.5)\n") < of(""));
}

#[test]
fn faults_are_told_under_their_place() {
    let told = |params: &str| {
        let output = with(params).vintner(&["reproduce"]);
        assert_eq!(output.code, 2, "{}", output.stderr);
        output.stderr
    };
    let caret = |said: &str| -> usize {
        let line = said.lines().find(|line| line.contains('^')).expect("a caret");
        line.chars().position(|one| one == '^').unwrap()
    };
    let text = "      formula: ln_income ~ ln_rain + ln(rain_of)\n      pooled: {model: ols}\n";
    let said = told(text);
    assert!(said.contains("there is no function `ln`") && said.contains("log, exp"), "{said}");
    let line = said.lines().find(|line| line.contains("formula: ln_income")).unwrap();
    let place = line.find("ln(rain_of)").unwrap();
    assert_eq!(caret(&said), place, "{said}");

    let both =
        told("      formula: ln_income ~ ln_rain\n      dependent: ln_income\n      pooled: {model: ols}\n");
    assert!(both.contains("`formula` says what `dependent` is"), "{both}");
    let neither = told("      pooled: {model: ols}\n");
    assert!(
        neither.contains("missing field `dependent`") && neither.contains("missing field `regressors`"),
        "{neither}"
    );
    let instruments =
        told("      formula: ln_income ~ ln_rain | rain_of ~ income_of\n      pooled: {model: ols}\n");
    assert!(
        instruments.contains("`regress` has no instruments") && instruments.contains("op: iv"),
        "{instruments}"
    );
    let condition =
        told("      formula: ln_income ~ ln_rain\n      where: rain_of > > 1\n      pooled: {model: ols}\n");
    assert!(condition.contains("`where`"), "{condition}");
}
