//! What commands say to scripts; `why`, `audit`, `lock` and `cache` have it in tests of their own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::common::towns::small;
use crate::common::{Workspace, redacted};

/// The exit code and the value.
fn value(workspace: &Workspace, arguments: &[&str]) -> String {
    let output = workspace.vintner(&[arguments, &["--format", "json"]].concat());
    assert!(serde_json::from_str::<serde_json::Value>(&output.stdout).is_ok(), "{}", output.stdout);
    redacted(&format!("exit {}\n{}", output.code, output.stdout))
}

#[test]
fn of_a_run_and_of_what_it_leaves() {
    let workspace = small();
    insta::assert_snapshot!("dry_run", value(&workspace, &["reproduce", "--dry-run", "--until", "panel"]));
    insta::assert_snapshot!("reproduce", value(&workspace, &["reproduce", "--until", "panel"]));
    workspace.edit("pipeline.yaml", "base_year: 2001", "base_year: 1901");
    insta::assert_snapshot!("reproduce_failed", value(&workspace, &["reproduce", "--until", "variables"]));
    insta::assert_snapshot!("status", value(&workspace, &["status"]));
    insta::assert_snapshot!("show_frame", value(&workspace, &["show", "panel", "--rows", "2"]));
    insta::assert_snapshot!("show_value", value(&workspace, &["show", "tidy[towns].summary"]));
}

#[test]
fn of_what_there_is() {
    let workspace = small();
    insta::assert_snapshot!("graph", value(&workspace, &["graph"]));
    insta::assert_snapshot!("vintages", value(&workspace, &["vintages"]));
    insta::assert_snapshot!("operations", value(&workspace, &["operations"]));
}
