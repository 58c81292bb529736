//! Faults of a spec that only the operations and the graph together can tell.

use std::collections::BTreeMap;
use std::path::Path;

use vintner_pipeline::Pipeline;
use vintner_stages::registry;

/// The faults of a spec with these stages.
fn faults(stages: &str) -> String {
    let text = format!("version: 1\nname: test\nvintage: test\nstages:\n{stages}");
    Pipeline::parse(
        Path::new(env!("CARGO_MANIFEST_DIR")),
        "pipeline.yaml",
        &text,
        &registry(),
        &BTreeMap::new(),
    )
    .map(|_| String::new())
    .unwrap_or_else(|error| error.to_string())
}

const STAGES: &str = r#"  tidy:
    op: ingest
    foreach: sources
    files: {crosswalk: Cargo.toml}
  panel:
    op: assemble
    inputs: {tidy: tidy}
    files: {crosswalk: Cargo.toml}
    params: {window: {first: 2000, last: 2001}, variables: [x]}
    publish: {gaps: PATH}
  other:
    op: assemble
    inputs: {tidy: tidy}
    files: {crosswalk: Cargo.toml}
    params: {window: {first: 2000, last: 2001}, variables: [y]}
    publish: {gaps: "reports/{vintage}/gaps.parquet"}
"#;

#[test]
fn an_output_goes_to_a_file_of_its_own() {
    let at = |path: &str| faults(&STAGES.replace("PATH", path));
    assert_eq!(at("reports/gaps.parquet"), "");
    assert!(
        at("\"reports/./{vintage}//gaps.parquet\"")
            .contains("`other` is published to `reports/./{vintage}//")
    );
    assert!(at("Cargo.toml").contains("would be written over what `other` reads (`Cargo.toml`)"));
    assert!(at("\"\"").contains("an output is written to a file"));
    assert!(at("reports/").contains("an output is written to a file"));
    assert!(at("../gaps.parquet").contains("inside the workspace only"));
    assert!(at("/gaps.parquet").contains("inside the workspace only"));
}

#[test]
fn branches_for_sources_are_of_operations_that_read_sources() {
    let with = STAGES
        .replace("PATH", "gaps.parquet")
        .replace("op: assemble\n", "op: assemble\n    foreach: sources\n");
    assert!(faults(&with).contains("`assemble` reads no source of the vintage"));
    let without = STAGES.replace("PATH", "gaps.parquet").replace("    foreach: sources\n", "");
    assert!(faults(&without).contains("`foreach: sources` gives it to `ingest`"));
}

#[test]
fn a_lag_order_beyond_any_panel_is_a_fault_at_its_place() {
    let at = |lags: &str| {
        faults(&format!(
            "  test:\n    op: granger\n    inputs: {{panel: none}}\n    params: {{variables: [x, y], lags: {lags}}}\n"
        ))
    };
    assert!(at("18446744073709551615").contains("pipeline.yaml:8:39: 18446744073709551615 lags"));
    assert!(at("0").contains("from 1 to 100 are allowed"));
    assert!(!at("2").contains("lags"));
}

#[test]
fn a_spec_in_another_encoding_is_a_fault_of_the_spec() -> std::io::Result<()> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("pipeline.yaml"), b"version: 1\nname: \xb1\xb1\xbe\xa9\n")?;
    let read = Pipeline::load(folder.path(), Path::new("pipeline.yaml"), &registry(), &BTreeMap::new());
    assert!(read.is_err_and(|error| error.is_usage() && error.to_string().contains("line 2 isn't UTF-8")));
    Ok(())
}

#[test]
fn a_system_that_makes_no_sense_is_a_fault_at_its_place() {
    let of = |params: &str| {
        faults(&format!("  test:\n    op: system\n    inputs: {{panel: none}}\n    params:\n{params}"))
    };
    let twice = of(
        "      equations:\n        - {name: a, dependent: x, regressors: [y]}\n        - {name: a, dependent: y, regressors: [x]}\n      estimators: [2sls]\n",
    );
    assert!(twice.contains("pipeline.yaml:10:9: two equations are called `a`"), "{twice}");
    let none =
        of("      equations:\n        - {name: a, dependent: x, regressors: [y]}\n      estimators: []\n");
    assert!(none.contains("nothing to estimate"), "{none}");
    let unknown = of(
        "      equations:\n        - {name: a, dependent: x, regressors: [y]}\n      estimators: [fiml]\n",
    );
    assert!(unknown.contains("fiml"), "{unknown}");
}

#[test]
fn an_instrument_in_the_equation_is_a_fault_at_its_place() {
    let found = faults(
        "  test:\n    op: iv\n    inputs: {panel: none}\n    params: {dependent: y, regressors: [x, z], endogenous: [x], instruments: [z], estimators: [{kind: 2sls}]}\n",
    );
    assert!(found.contains("pipeline.yaml:8:40: `z` stands in the equation"), "{found}");
}
