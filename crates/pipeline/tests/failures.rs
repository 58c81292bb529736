//! Stages that fail.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::common::{Workspace, ran, with};
use vintner_pipeline::Outcome;

const STAGES: &str = r#"
  base: {op: numbers, params: {values: {a: [1, 2]}}}
  sum: {op: sum, inputs: {from: base}, params: {column: a}}
  broken: {op: fail, inputs: {a: sum}, params: {message: the well is dry}}
  reader: {op: tens, inputs: {from: broken}}
  reader_of_reader: {op: total, inputs: {a: reader, b: sum}, publish: {text: out/never.txt}}
  other: {op: tens, inputs: {from: sum}}
"#;

#[test]
fn a_failing_stage_skips_its_readers_and_keeps_the_rest() {
    let workspace = Workspace::new();
    let report = workspace.run(STAGES);
    assert_eq!(ran(&report), ["base", "other", "sum"]);
    assert_eq!(with(&report, |outcome| matches!(outcome, Outcome::Failed(_))), ["broken"]);
    assert_eq!(with(&report, |outcome| *outcome == Outcome::Skipped), ["reader", "reader_of_reader"]);
    let error = report.check().unwrap_err();
    assert!(!error.is_usage());
    assert_eq!(
        error.to_string(),
        "stage broken failed: fail: the well is dry\nnot run because of this: reader, reader_of_reader"
    );
    assert!(!workspace.path("out/never.txt").exists());

    let again = workspace.run(STAGES);
    assert_eq!((again.ran(), again.cached()), (0, 3), "what was made is kept");
    assert!(again.check().is_err(), "a failure isn't cached");

    let mended =
        workspace.run(&STAGES.replace(
            "fail, inputs: {a: sum}, params: {message: the well is dry}",
            "tens, inputs: {from: sum}",
        ));
    assert_eq!(ran(&mended), ["broken", "reader", "reader_of_reader"]);
    assert!(mended.check().is_ok() && workspace.path("out/never.txt").exists());
}

#[test]
fn a_panic_is_a_failure_of_its_stage() {
    let workspace = Workspace::new();
    let report = workspace.run(&STAGES.replace("op: fail", "op: panic"));
    assert_eq!(ran(&report), ["base", "other", "sum"]);
    let message = report.check().unwrap_err().to_string();
    assert!(
        message.contains("stage broken failed: panic: a fault in the program: the well is dry"),
        "{message}"
    );
}

#[test]
fn two_failures_are_both_named() {
    let workspace = Workspace::new();
    let report =
        workspace.run("  a: {op: fail, params: {message: one}}\n  b: {op: fail, params: {message: two}}\n");
    assert_eq!(
        report.check().unwrap_err().to_string(),
        "stage a failed: fail: one\nstage b failed: fail: two"
    );
}

#[test]
fn outputs_other_than_declared_are_a_failure() {
    let report = Workspace::new().run("  a: {op: careless}\n");
    let message = report.check().unwrap_err().to_string();
    assert_eq!(message, "stage a failed: careless: it made no output `value`");
}

#[test]
fn a_source_that_vanished_is_a_failure_with_its_path() {
    let workspace = Workspace::new();
    let vintage = crate::common::vintage(&[("x", workspace.path("raw/x"))]);
    let report =
        workspace.run_with("  tidy: {op: source, foreach: sources}\n", &vintage, &Default::default());
    let message = report.check().unwrap_err().to_string();
    assert!(message.contains("tidy[x]") && message.contains("raw/x: reading"), "{message}");
}

#[test]
fn an_explanation_outlives_a_failure() {
    let workspace = Workspace::new();
    let stages = |add: i32, op: &str| {
        format!(
            "  base: {{op: numbers, params: {{values: {{a: [{add}]}}}}}}\n  \
             sum: {{op: sum, inputs: {{from: base}}, params: {{column: {op}}}}}\n"
        )
    };
    workspace.run(&stages(1, "a"));
    assert!(workspace.run(&stages(1, "b")).check().is_err());
    let report = workspace.run(&stages(2, "a"));
    assert_eq!(crate::common::causes(&report, "sum"), ["input from changed in a"]);
}
