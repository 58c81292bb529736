//! `pipeline.lock`: written by whole runs, and held to by `--locked`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs;

use common::towns::{TOWNS, small, write_sums};
use common::{Workspace, redacted};

fn made() -> Workspace {
    let workspace = small();
    workspace.reproduce(&[]);
    workspace
}

/// What is said of a run on stdout, and of its failure.
fn said(workspace: &Workspace, arguments: &[&str]) -> String {
    let output = workspace.vintner(arguments);
    let failure: Vec<&str> = output.stderr.lines().skip_while(|line| !line.starts_with("error")).collect();
    redacted(&format!("exit {}\n{}{}", output.code, output.stdout, failure.join("\n")))
}

fn change_income(workspace: &Workspace) {
    workspace.edit(TOWNS, "Burton,2003,127,625\n", "Burton,2003,128,625\n");
    write_sums(workspace);
}

#[test]
fn a_whole_run_writes_it() {
    let workspace = small();
    fs::remove_file(workspace.path("pipeline.lock")).ok();
    assert!(said(&workspace, &["reproduce"]).contains("pipeline.lock: small is new in it"));
    insta::assert_snapshot!("written", redacted(&workspace.read("pipeline.lock")));
    let before = workspace.read("pipeline.lock");
    assert!(!said(&workspace, &["reproduce", "--force"]).contains("pipeline.lock"));
    assert_eq!(workspace.read("pipeline.lock"), before);
}

#[test]
fn what_isn_t_the_pipeline_as_written_isn_t_locked() {
    let workspace = made();
    let before = workspace.read("pipeline.lock");
    workspace.reproduce(&["--set", "params.base_year=2003"]);
    assert_eq!(workspace.read("pipeline.lock"), before);
    workspace.edit("pipeline.yaml", "base_year: 2001", "base_year: 2002");
    workspace.reproduce(&["--until", "real"]);
    assert_eq!(workspace.read("pipeline.lock"), before);
}

#[test]
fn other_results_are_written_anew_unless_they_are_locked() {
    let workspace = made();
    let (lock, report) = (workspace.read("pipeline.lock"), workspace.read("reports/small/summary.json"));
    assert_eq!(workspace.vintner(&["reproduce", "--locked"]).code, 0);
    change_income(&workspace);
    insta::assert_snapshot!("locked", said(&workspace, &["reproduce", "--locked"]));
    assert_eq!(workspace.read("pipeline.lock"), lock);
    assert_eq!(workspace.read("reports/small/summary.json"), report, "nothing was published");
    insta::assert_snapshot!("compared", said(&workspace, &["lock"]));
    insta::assert_snapshot!("written_anew", said(&workspace, &["reproduce"]));
    assert_eq!(said(&workspace, &["lock"]), "exit 0\nsmall: as it is locked\n");
}

#[test]
fn a_part_is_held_to_its_part_of_the_lock() {
    let workspace = made();
    workspace.edit("pipeline.yaml", "ln_rain: ln(rain)", "ln_rain: ln(rain + 1)");
    assert_eq!(workspace.vintner(&["reproduce", "--locked", "--until", "real"]).code, 0);
    assert_eq!(workspace.vintner(&["reproduce", "--locked", "--until", "variables"]).code, 1);
}

#[test]
fn without_an_entry_there_is_nothing_to_hold_to() {
    let workspace = made();
    fs::write(workspace.path("pipeline.lock"), "format: 1\n").unwrap();
    insta::assert_snapshot!("not_locked", said(&workspace, &["reproduce", "--locked"]));
    fs::write(workspace.path("pipeline.lock"), "format: 1\nvintages:\n<<<<<<< HEAD\n").unwrap();
    insta::assert_snapshot!("conflict", said(&workspace, &["reproduce"]));
    fs::write(
        workspace.path("pipeline.lock"),
        "format: 1\nvintages: {small: {outputs: {panel.panel: abc}}}\n",
    )
    .unwrap();
    insta::assert_snapshot!("no_digest", said(&workspace, &["reproduce"]));
}

#[test]
fn a_stage_that_fails_is_said_before_what_came_out_otherwise() {
    let workspace = made();
    let shown = workspace.files(".vintner/outputs");
    change_income(&workspace);
    workspace.edit("pipeline.yaml", "base_year: 2001", "base_year: 1990");
    let said = said(&workspace, &["reproduce", "--locked"]);
    assert!(said.starts_with("exit 1\nerror: stage real failed"), "{said}");
    assert!(workspace.files(".vintner/outputs") == shown, "nothing else is shown");
}
