//! What a run says while it goes on: a line for what ran or failed, one for all cached branches of a
//! stage, and one for all that couldn't run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fmt::Write;
use std::fs;

use common::Workspace;

/// A stage with 1,200 branches, and 20 that read it.
fn workspace() -> Workspace {
    let workspace = Workspace::of_folder("examples/languages");
    let items: Vec<String> = (0..1200).map(|item| item.to_string()).collect();
    let mut pipeline = format!(
        "version: 1\nname: progress\nvintage: invented\nstages:\n  copy:\n    run: [cp, seed.txt, copy.txt]\n    \
         foreach: [{}]\n    files: {{seed: seed.txt, own: \"own/{{item}}\"}}\n    outputs: {{copy: copy.txt}}\n",
        items.join(", ")
    );
    for reader in 0..20 {
        writeln!(
            pipeline,
            "  reader{reader:02}:\n    run: [cp, inputs/copy.txt, copy.txt]\n    inputs: {{copy: 'copy[1]'}}\n    \
             outputs: {{copy: copy.txt}}"
        )
        .unwrap();
    }
    fs::write(workspace.path("pipeline.yaml"), pipeline).unwrap();
    fs::write(workspace.path("seed.txt"), "seed\n").unwrap();
    fs::create_dir(workspace.path("own")).unwrap();
    items.iter().for_each(|item| fs::write(workspace.path(&format!("own/{item}")), item).unwrap());
    workspace
}

#[test]
fn what_is_cached_and_what_cannot_run_are_said_in_a_line_each() {
    let workspace = workspace();
    let first = workspace.vintner(&["reproduce"]);
    assert_eq!(first.code, 0, "{}", first.stderr);
    assert_eq!(first.stderr.lines().filter(|line| line.starts_with("  ran  ")).count(), 1220);
    assert!(!first.stderr.contains("cached"));

    let said = workspace.vintner(&["reproduce"]).stderr;
    let mut lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.remove(0), "  cached   copy: 1,200 of 1,200");
    lines.sort_unstable();
    let readers: Vec<String> = (0..20).map(|reader| format!("  cached   reader{reader:02}")).collect();
    assert_eq!(lines, readers);

    fs::write(workspace.path("own/7"), "other").unwrap();
    let said = workspace.vintner(&["reproduce", "--until", "copy"]).stderr;
    let ran = said.lines().find(|line| line.starts_with("  ran  ")).unwrap();
    assert!(ran.contains(" copy[7] "), "{ran}");
    let rest: Vec<&str> = said.lines().filter(|line| *line != ran).collect();
    assert_eq!(rest, ["  cached   copy: 1,199 of 1,200"]);

    // A branch that fails, and what can't run without it.
    workspace.edit("pipeline.yaml", "[cp, seed.txt, copy.txt]", "test ! -e own/1; cp seed.txt copy.txt");
    let failed = workspace.vintner(&["reproduce", "--keep-going"]);
    let said: Vec<&str> = failed.stderr.lines().filter(|line| !line.starts_with("  ran  ")).collect();
    assert_eq!(failed.code, 1);
    assert_eq!(said[0], "  FAILED   copy[1]");
    let last = said.last().unwrap();
    assert!(last.starts_with("not run because of this: reader00, reader01, "), "{last}");
    assert!(last.ends_with(" more"), "{last}");
    assert!(!failed.stderr.contains("skipped"));
}
