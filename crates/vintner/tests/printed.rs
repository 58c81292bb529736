//! What stands in files never reaches a terminal as something to obey.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::common::Workspace;

#[test]
fn names_and_paths_are_printed_and_not_obeyed() {
    let workspace = Workspace::of_stages(
        r#"
  fit:
    run: echo 1 > out.txt
    foreach: ["a\e[2Jb", "c\u009b2Jd"]
    outputs: {out: out.txt}
  all:
    run: cat inputs/fits/* > out.txt
    inputs: {fits: fit}
    outputs: {out: out.txt}
    publish: {out: "reports/x\e]0;y.txt"}
"#,
    );
    for arguments in [
        &["status"][..],
        &["reproduce", "--dry-run"],
        &["reproduce"],
        &["why", "fit"],
        &["audit"],
        &["audit", "all"],
        &["lock"],
        &["cache", "ls"],
        &["why", "fit[a\u{1b}[2J"],
    ] {
        let output = workspace.vintner(arguments);
        let obeyed = |text: &str| text.chars().any(|one| one.is_control() && !matches!(one, '\n' | '\t'));
        assert!(!obeyed(&output.stdout), "{arguments:?}: {:?}", output.stdout);
        assert!(!obeyed(&output.stderr), "{arguments:?}: {:?}", output.stderr);
    }
}
