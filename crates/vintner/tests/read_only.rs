//! A store or a workspace that can't be written to.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::common::Workspace;
use crate::common::commands::files_below;
use crate::common::mount::Mount;

const STAGES: &str = r#"
  upper:
    run: "tr a-z A-Z < data/in.txt > out.txt"
    files: {text: data/in.txt}
    outputs: {text: out.txt}
  twice:
    run: "cat inputs/text.txt inputs/text.txt > out.txt"
    inputs: {text: upper.text}
    outputs: {text: out.txt}
    publish: {text: out/twice.txt}
"#;

fn workspace() -> Workspace {
    let workspace = Workspace::of_stages(STAGES);
    workspace.write("data/in.txt", "new\n");
    workspace
}

/// What can be done without writing is done.
fn assert_can_be_read(workspace: &Workspace) {
    let status = workspace.vintner(&["status"]);
    assert_eq!((status.code, status.stdout.matches("  fresh    ").count()), (0, 2), "{}", status.stderr);
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(output.stdout.contains("2 stages, all cached: nothing to do"), "{}", output.stdout);
    let shown = workspace.vintner(&["show", "twice"]);
    assert_eq!((shown.code, shown.stdout.as_str()), (0, "NEW\nNEW\n"), "{}", shown.stderr);
    assert_eq!(workspace.vintner(&["reproduce", "--dry-run"]).code, 0);
}

fn assert_refuses(workspace: &Workspace, arguments: &[&str], part: &str) {
    let output = workspace.vintner(arguments);
    assert_eq!(output.code, 1, "{}", output.stderr);
    for said in [part, "Read-only file system", "nothing can be written there; make it writable"] {
        assert!(output.stderr.contains(said), "{said}: {}", output.stderr);
    }
}

#[test]
fn a_read_only_store_can_be_read_and_says_what_it_lacks() {
    let workspace = workspace();
    workspace.reproduce(&[]);
    let Some(mount) = Mount::over(&workspace.path(".vintner")) else { return };
    mount.set_writable(false);
    assert_can_be_read(&workspace);
    // A result that was edited is put back from the store.
    workspace.write("out/twice.txt", "edited by hand\n");
    assert_can_be_read(&workspace);
    assert_eq!(workspace.read("out/twice.txt"), "NEW\nNEW\n");

    let before = files_below(&workspace.path(".vintner"));
    assert_refuses(&workspace, &["reproduce", "--force"], "/.vintner/v1/locks/");
    workspace.write("data/in.txt", "own\n");
    assert_refuses(&workspace, &["reproduce"], "stage upper failed: ");
    let status = workspace.vintner(&["status"]);
    assert!(status.stdout.contains("stale    upper  (input text in.txt changed"), "{}", status.stdout);
    assert_eq!(files_below(&workspace.path(".vintner")), before);
    assert_eq!(workspace.read("out/twice.txt"), "NEW\nNEW\n");

    mount.set_writable(true);
    assert_eq!(workspace.reproduce(&[])["upper"], "ran");
    assert_eq!(workspace.read("out/twice.txt"), "OWN\nOWN\n");
}

#[test]
fn a_read_only_workspace_is_read_and_one_without_a_store_says_so() {
    let workspace = workspace();
    let Some(mount) = Mount::over(&workspace.path("")) else { return };
    mount.set_writable(false);
    assert_eq!(workspace.vintner(&["status"]).code, 0);
    assert_refuses(&workspace, &["reproduce"], "/.vintner");
    mount.set_writable(true);
    workspace.reproduce(&[]);
    mount.set_writable(false);
    assert_can_be_read(&workspace);
}

#[test]
fn a_read_only_folder_of_results_is_an_error_and_what_was_made_is_kept() {
    let workspace = workspace();
    workspace.write("out/twice.txt", "by hand\n");
    let Some(mount) = Mount::over(&workspace.path("out")) else { return };
    mount.set_writable(false);
    assert_refuses(&workspace, &["reproduce"], "out");
    mount.set_writable(true);
    let outcomes = workspace.reproduce(&[]);
    assert!(outcomes.values().all(|outcome| outcome == "cached"), "{outcomes:?}");
    assert_eq!(workspace.read("out/twice.txt"), "NEW\nNEW\n");
}
