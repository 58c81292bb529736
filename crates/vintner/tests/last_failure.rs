//! What failed is told until it is made.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::common::{Workspace, redacted};
use serde_json::Value;

fn failing() -> Workspace {
    let workspace = Workspace::of_stages(
        "
  check:
    run: [sh, check.sh, $item]
    foreach: [good, bad]
    files: {script: check.sh}
    outputs: {out: out.txt}
  after:
    run: cat inputs/checks/* > out.txt
    inputs: {checks: check}
    outputs: {out: out.txt}
",
    );
    workspace.write("check.sh", "echo the $1 one\nif [ $1 = bad ]; then exit 3; fi\necho $1 > out.txt\n");
    assert_eq!(workspace.vintner(&["reproduce", "--keep-going"]).code, 1);
    workspace
}

fn status(workspace: &Workspace) -> String {
    redacted(&workspace.vintner(&["status"]).stdout)
}

#[test]
fn status_tells_what_failed_with_its_log() {
    let workspace = failing();
    insta::assert_snapshot!("failed", status(&workspace));
    let value: Value =
        serde_json::from_str(&workspace.vintner(&["status", "--format", "json"]).stdout).unwrap();
    let bad = &value["stages"][1];
    assert_eq!((&bad["branch"], &bad["failed"]["changed_since"]), (&"check[bad]".into(), &false.into()));
    assert!(value["stages"][0].get("failed").is_none(), "{value}");
    let log = workspace.read(bad["failed"]["log"].as_str().unwrap());
    assert!(log.contains("the bad one") && log.contains("failed: "), "{log}");

    // Another run of another part leaves it there; what it depends on may change.
    workspace.reproduce(&["--only", "check[good]"]);
    workspace.edit("check.sh", "exit 3", "exit 4");
    insta::assert_snapshot!("changed_since", status(&workspace));
}

#[test]
fn what_is_made_is_told_no_more() {
    let workspace = failing();
    workspace.edit("check.sh", "exit 3", "echo");
    workspace.reproduce(&[]);
    assert!(!status(&workspace).contains("failed on"));
    workspace.edit("check.sh", "echo; fi", "exit 3; fi");
    assert!(!status(&workspace).contains("failed on"), "it hasn't run yet");
    // A stage that there is no more is forgotten with its next run.
    assert_eq!(workspace.vintner(&["reproduce"]).code, 1);
    assert!(status(&workspace).contains("failed on"));
    workspace.edit("pipeline.yaml", "foreach: [good, bad]", "foreach: [good]");
    workspace.reproduce(&[]);
    let kept = workspace.read(".vintner/v1/failed/trial/v.json");
    assert_eq!(kept, "{}\n");
}

#[test]
fn what_fails_before_its_stage_begins_has_a_log_too() {
    let workspace = failing();
    workspace.edit("check.sh", "exit 3", "echo");
    workspace.reproduce(&[]);
    std::os::unix::fs::symlink("nowhere", workspace.path("link")).unwrap();
    workspace.write("folder/a", "1");
    std::os::unix::fs::symlink("nowhere", workspace.path("folder/link")).unwrap();
    workspace.edit("pipeline.yaml", "script: check.sh", "script: check.sh, folder: folder");
    assert_eq!(workspace.vintner(&["reproduce"]).code, 1);
    let log = workspace.read(".vintner/logs/trial/v/check/good.log");
    assert!(log.contains("failed: folder/link: a link to nowhere"), "{log}");
}

#[test]
fn a_damaged_list_of_failures_is_no_fault() {
    let workspace = failing();
    let path = workspace.path(".vintner/v1/failed/trial/v.json");
    crate::common::overwrite(&path, b"{");
    assert!(!status(&workspace).contains("failed on"));
    assert_eq!(workspace.vintner(&["reproduce", "--keep-going"]).code, 1);
    assert!(status(&workspace).contains("failed on"));
}
