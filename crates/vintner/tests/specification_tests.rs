//! Specification tests, hypotheses and intervals, from a pipeline to results; and faults in what is asked for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::common::Workspace;
use crate::common::towns::small;
use serde_json::Value;

const POOLED: &str = "      pooled: {model: within, covariance: {kind: classical}}\n";

/// The small paper with a stage of tests behind its equation.
fn with_tests(tests: &str) -> Workspace {
    let workspace = small();
    workspace.edit(
        "pipeline.yaml",
        POOLED,
        &format!(
            "{POOLED}  tests:
    op: diagnose
    inputs: {{panel: variables}}
    params:
      dependent: ln_income
      regressors: [ln_rain]
{tests}    publish: {{tests: \"reports/tests.json\"}}
"
        ),
    );
    workspace
}

#[test]
fn every_test_is_made_or_says_why_not() {
    let workspace = with_tests("");
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let found: Value = serde_json::from_str(&workspace.read("reports/tests.json")).unwrap();
    assert_eq!(found["formula"]["dependent"], "ln_income");
    let lines = found["tests"].as_array().unwrap();
    assert!(lines.len() > 25, "{}", lines.len());
    let mut made = 0;
    for line in lines {
        match line["outcome"].as_str().unwrap() {
            "test" => {
                made += 1;
                assert!((0.0..=1.0).contains(&line["p_value"].as_f64().unwrap()), "{line}");
                assert!(line["statistic"].as_f64().unwrap().is_finite(), "{line}");
            }
            "measure" => assert!(line["value"].as_f64().unwrap().is_finite(), "{line}"),
            "variation" => assert!(line["over_time"].is_boolean(), "{line}"),
            "not_testable" => {
                assert!(line["reason"].is_object() || line["reason"].is_string(), "{line}");
                let key = line["key"].as_str().unwrap();
                let said = format!("{}{}", output.stdout, output.stderr);
                let mut refused = said.lines().filter(|line| line.contains("not testable: "));
                assert!(refused.any(|line| line.contains(key)), "{key}: {said}");
            }
            other => panic!("{other}"),
        }
    }
    assert!(made >= 10, "{made}");
}

#[test]
fn tests_are_named_with_or_without_options() {
    let workspace = with_tests(
        "      tests:
        - effects_f
        - {hausman: {method: nerlove, indefinite: absolute_value}}
        - {cross_section_dependence: {statistic: lm}}
        - {breusch_godfrey: {order: 2, f: true}}
",
    );
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let found: Value = serde_json::from_str(&workspace.read("reports/tests.json")).unwrap();
    let lines = found["tests"].as_array().unwrap();
    let keys: Vec<&str> = lines.iter().map(|line| line["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["effects_f", "hausman", "cross_section_dependence", "breusch_godfrey"]);
    assert_eq!(lines[0]["distribution"]["kind"], "f");
    assert_eq!(lines[2]["distribution"]["kind"], "chi_squared");
    assert_eq!(lines[3]["distribution"]["numerator"], 2.0);
}

#[test]
fn faults_in_the_list_of_tests_are_told_at_their_place() {
    let workspace = with_tests(
        "      tests:
        - hausmann
        - {hausman: {methd: swar}}
        - {white: {statistic: f}, reset: {}}
        - {durbin_watson: {p_value: precise}}
",
    );
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 2, "{}", output.stderr);
    insta::assert_snapshot!("faults_of_tests", output.stderr);
}

#[test]
fn hypotheses_and_intervals_come_with_the_fit() {
    let workspace = small();
    workspace.edit(
        "pipeline.yaml",
        POOLED,
        "      pooled:
        model: ols
        covariance: {kind: classical}
        confidence_level: 0.9
        hypotheses:
          - ln_rain = 1
          - [ln_rain = 0, (Intercept) = 2]
          - [ln_rain = 0, 2 ln_rain = 0]
    publish: {fits: \"reports/fits.json\"}
",
    );
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let fits: Value = serde_json::from_str(&workspace.read("reports/fits.json")).unwrap();
    let inference = &fits["inference"];
    let intervals = inference["confidence_intervals"].as_array().unwrap();
    assert_eq!(intervals.len(), 2);
    let coefficient = &fits["pooled"]["coefficients"];
    let slope = coefficient.as_array().unwrap().iter().find(|one| one["name"] == "ln_rain").unwrap();
    let combination = &inference["hypotheses"][0]["combination"];
    let number = |value: &Value| value.as_f64().unwrap();
    assert!((number(&combination["estimate"]) - (number(&slope["estimate"]) - 1.0)).abs() < 1e-12);
    assert_eq!(combination["std_error"], slope["std_error"]);
    assert_eq!(combination["level"], 0.9);
    let t = number(&combination["statistic"]);
    assert!((number(&inference["hypotheses"][0]["test"]["statistic"]) - t * t).abs() < 1e-9 * t * t);
    assert_eq!(inference["hypotheses"][1]["test"]["distribution"]["numerator"], 2.0);
    assert_eq!(inference["hypotheses"][2]["outcome"], "not_testable");
    let said = format!("{}{}", output.stdout, output.stderr);
    let warning =
        "not testable: ln_rain = 0, 2 ln_rain = 0: the covariance of the 2 restrictions is singular";
    assert!(said.contains(warning), "{said}");
}

#[test]
fn faults_in_hypotheses_are_told_at_their_place() {
    let workspace = small();
    workspace.edit(
        "pipeline.yaml",
        POOLED,
        "      pooled:
        model: within
        confidence_level: 95
        hypotheses:
          - ln_rain + = 1
          - []
",
    );
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 2, "{}", output.stderr);
    insta::assert_snapshot!("faults_of_hypotheses", output.stderr);
    // A coefficient that the equation hasn't got is found when there is one to look for.
    let workspace = small();
    workspace.edit("pipeline.yaml", POOLED, "      pooled: {model: within, hypotheses: [ln_rian = 0]}\n");
    let output = workspace.vintner(&["reproduce"]);
    assert_ne!(output.code, 0);
    assert!(output.stderr.contains("ln_rian") && output.stderr.contains("ln_rain"), "{}", output.stderr);
}

/// The small paper with a price per rain, which effects of years leave as rain alone, tested against the raw panel.
fn with_a_disguise(definitions: &str) -> Workspace {
    let workspace = small();
    workspace.edit(
        "pipeline.yaml",
        "      define:\n        ln_income: ln(real_income)\n",
        "      define: &made\n        ln_income: ln(real_income)\n        share: price / rain\n        ln_share: ln(share)\n",
    );
    workspace.edit(
        "pipeline.yaml",
        POOLED,
        &format!(
            "{POOLED}  tests:
    op: diagnose
    inputs: {{panel: variables, beside: panel}}
    params:
      dependent: ln_income
      regressors: [ln_share]
{definitions}      tests: [{{disguised: {{effects: two_way}}}}]
    publish: {{tests: \"reports/tests.json\"}}
"
        ),
    );
    workspace
}

#[test]
fn a_regressor_that_is_another_variable_after_the_effects_is_told() {
    let workspace = with_a_disguise("      definitions: *made\n");
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let found: Value = serde_json::from_str(&workspace.read("reports/tests.json")).unwrap();
    let lines = found["tests"].as_array().unwrap();
    let told: Vec<(&str, &str)> =
        lines.iter().map(|line| (line["other"].as_str().unwrap(), line["form"].as_str().unwrap())).collect();
    let mut sorted = told.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [("ln_rain", "level"), ("rain", "log")]);
    for line in lines {
        assert_eq!(
            (line["outcome"].as_str(), line["subject"].as_str()),
            (Some("disguise"), Some("ln_share"))
        );
        assert!((line["correlation"].as_f64().unwrap() + 1.0).abs() < 1e-9, "{line}");
        // 24 rows, 3 towns and 8 years.
        assert_eq!((line["rows"].as_u64(), line["df"].as_u64()), (Some(24), Some(13)));
        assert_eq!(line["on_purpose"], false);
        let made: Vec<&str> =
            line["made"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        assert_eq!(made, ["ln_share = ln(share)", "share = price / rain"]);
    }
    let said = format!("{}{}", output.stdout, output.stderr);
    assert!(said.contains("ln_share is minus ln_rain after effects of units and times"), "{said}");
}

#[test]
fn without_definitions_it_is_told_too_and_definitions_need_the_test() {
    let workspace = with_a_disguise("");
    assert_eq!(workspace.vintner(&["reproduce"]).code, 0);
    let found: Value = serde_json::from_str(&workspace.read("reports/tests.json")).unwrap();
    assert_eq!(found["tests"].as_array().unwrap().len(), 2);
    assert!(found["tests"][0].get("made").is_none());

    let workspace = with_a_disguise("      definitions: {ln_share: ln(price / ra}\n");
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("`ln_share`: "), "{}", output.stderr);

    let workspace = with_a_disguise("      definitions: *made\n");
    workspace.edit("pipeline.yaml", "{disguised: {effects: two_way}}", "effects_f");
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("no test reads `definitions`"), "{}", output.stderr);
}
