//! What a run says in a log: a line for what ran or failed, a number for what was cached, and a line for all
//! that couldn't run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write;
use std::fs;

use crate::common::Workspace;

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
fn what_is_cached_is_a_number_and_what_cannot_run_a_line() {
    let workspace = workspace();
    let first = workspace.vintner(&["reproduce"]);
    assert_eq!(first.code, 0, "{}", first.stderr);
    assert_eq!(first.stderr.lines().filter(|line| line.starts_with("  ran  ")).count(), 1220);
    assert!(first.stdout.starts_with("invented: 1220 stages, 1220 ran, 0 cached\n"), "{}", first.stdout);

    let again = workspace.vintner(&["reproduce"]);
    assert_eq!(again.stderr, "");
    assert!(
        again.stdout.starts_with("invented: 1220 stages, all cached: nothing to do\n"),
        "{}",
        again.stdout
    );

    fs::write(workspace.path("own/7"), "other").unwrap();
    let one = workspace.vintner(&["reproduce", "--until", "copy"]);
    assert!(one.stderr.starts_with("  ran      copy[7] "), "{}", one.stderr);
    assert_eq!(one.stderr.lines().count(), 1, "{}", one.stderr);
    assert!(one.stdout.starts_with("invented: 1200 stages, 1 ran, 1199 cached\n"), "{}", one.stdout);

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
