//! Equations under covariances of every kind, from a pipeline to results; and faults in what is asked for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::common::Workspace;
use crate::common::towns::small;
use serde_json::Value;

const POOLED: &str = "      pooled: {model: within, covariance: {kind: classical}}\n";

/// The small paper with other parameters of the pooled equation.
fn with(pooled: &str) -> Workspace {
    let workspace = small();
    workspace.edit("pipeline.yaml", POOLED, pooled);
    workspace
}

#[test]
fn one_estimate_serves_many_covariances() {
    let workspace = with(
        "      pooled:
        model: within
        covariance: {kind: cluster, type: cr2, small_sample: none, test: satterthwaite}
        covariances:
          - {kind: heteroskedastic, type: hc3}
          - {kind: groupwise, by: entity}
          - {kind: two_way_cluster, groups: own, fix: true}
          - {kind: newey_west, kernel: parzen, bandwidth: 2, lag: row}
          - {kind: driscoll_kraay, bandwidth: newey_west_1987}
          - {kind: panel_corrected, diagonal: true}
          - {kind: cluster, by: {column: entity}, small_sample: {fixest: {k_adj: true, k_fixef: full, g_adj: true}}}
          - {kind: driscoll_kraay, bandwidth: 8}
    publish: {fits: \"reports/fits.json\"}
",
    );
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let said = format!("{}{}", output.stdout, output.stderr);
    assert!(
        said.contains("pooled, Driscoll-Kraay: a bandwidth of 8, with 8 times; it must be less"),
        "{said}"
    );
    let fits: Value = serde_json::from_str(&workspace.read("reports/fits.json")).unwrap();
    let pooled = &fits["pooled"]["Fit"];
    let pooled = if pooled.is_null() { &fits["pooled"] } else { pooled };
    assert_eq!(pooled["covariance_used"]["options"]["type"], "cr2");
    assert!(pooled["coefficients"][0]["df"].as_f64().unwrap() < 3.0);
    assert!(pooled["measures"]["r2_within"].as_f64().is_some());
    let under = fits["pooled_under"].as_array().unwrap();
    assert_eq!(under.len(), 8);
    let estimate = &pooled["coefficients"][0]["estimate"];
    for outcome in &under[..7] {
        assert_eq!(&outcome["coefficients"][0]["estimate"], estimate);
        assert!(outcome["coefficients"][0]["std_error"].as_f64().unwrap() > 0.0, "{outcome}");
    }
    assert_eq!(under[4]["covariance_used"]["bandwidth"], 1.0);
    assert_eq!(under[6]["covariance_used"]["clusters"], 3);
    assert_eq!(under[7]["outcome"], "not_estimable");
}

#[test]
fn faults_in_a_covariance_are_told_at_their_place() {
    let workspace = with(
        "      pooled:
        model: within
        covariance: {kind: newey_wets, bandwidth: 1}
        covariances:
          - {kind: newey_west, kernel: bartlet}
          - {kind: newey_west, bandwidth: -1}
          - {kind: driscoll_kraay, bandwidth: newey_west}
          - {kind: cluster, type: hc1}
          - {kind: classical, by: entity}
          - {kind: cluster, small_samples: none}
",
    );
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 2, "{}", output.stderr);
    insta::assert_snapshot!("faults_of_covariances", output.stderr);
}

#[test]
fn means_over_times_are_made_or_told_why_not() {
    let workspace = with(
        "      pooled: {model: within}
  means:
    op: fama_macbeth
    inputs: {panel: variables}
    params: {dependent: ln_income, regressors: [ln_rain], covariance: {lags: {bandwidth: 2}, kernel: bartlett}}
    publish: {means: \"reports/means.json\"}
",
    );
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let means: Value = serde_json::from_str(&workspace.read("reports/means.json")).unwrap();
    assert_eq!(means["outcome"], "means");
    assert_eq!(means["bandwidth"], 2);
    assert_eq!(means["times"].as_array().unwrap().len() + means["skipped"].as_array().unwrap().len(), 8);
    // three towns are too few for four coefficients, at every time
    workspace.edit(
        "pipeline.yaml",
        "        ln_rain: ln(rain)\n",
        "        ln_rain: ln(rain)\n        dry: 1000 - rain\n        wet: rain * rain\n",
    );
    workspace.edit("pipeline.yaml", "[ln_rain], covariance", "[ln_rain, dry, wet], covariance");
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let said = format!("{}{}", output.stdout, output.stderr);
    assert!(
        said.contains(
            "not estimable: the equation can be estimated at 0 times of 8, and at least 2 are needed"
        ),
        "{said}"
    );
    let means: Value = serde_json::from_str(&workspace.read("reports/means.json")).unwrap();
    assert_eq!(means["outcome"], "not_estimable");
}
