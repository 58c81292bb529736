//! What of the machine counts: files that name versions, and what programs say of theirs.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::common::Workspace;
use crate::run::{output_of, reproduce};

const STAGES: &str = "
  a:
    run: echo x > out.txt
    environment: [renv.lock, [tool, --version]]
    outputs: {out: out.txt}
  b:
    run: echo y > out.txt
    environment: [[tool, --version]]
    outputs: {out: out.txt}
";

/// A program that says its version, and notes that it was asked.
fn install(bin: &Path, version: &str) {
    let path = bin.join("tool");
    // Another file, so that what the file system says of it differs.
    let _ = fs::remove_file(&path);
    let script = format!("#!/bin/sh\necho asked >> {}/asked\necho tool {version}\n", bin.display());
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn asked(bin: &Path) -> usize {
    fs::read_to_string(bin.join("asked")).unwrap_or_default().lines().count()
}

#[test]
fn a_new_version_is_a_cause_and_is_asked_for_once_a_run() {
    let bin = tempfile::tempdir().unwrap();
    let bin = bin.path();
    install(bin, "1.0");
    let workspace = Workspace::of_stages(STAGES);
    workspace.write("renv.lock", "one\n");
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let with = [("PATH", path.as_str())];
    let ran = |arguments: &[&str]| {
        let output = reproduce(&workspace, &with, &[&["--format", "json"], arguments].concat());
        assert_eq!(output.code, 0, "{}", output.stderr);
        output.stdout.matches("\"ran\"").count()
    };
    assert_eq!((ran(&[]), asked(bin)), (2, 1));
    // Who only looks asks nobody.
    let why = output_of(&workspace, &with, &["status"]);
    assert_eq!((why.code, asked(bin)), (0, 1), "{}", why.stderr);
    assert!(!why.stdout.contains("stale"), "{}", why.stdout);
    install(bin, "1.1");
    let why = output_of(&workspace, &with, &["why", "b"]);
    assert!(why.stdout.contains("environment tool --version changed"), "{}", why.stdout);
    assert_eq!(asked(bin), 1);
    assert_eq!((ran(&[]), asked(bin)), (2, 2));
    let why = output_of(&workspace, &with, &["why", "b"]);
    assert!(why.stdout.contains("tool 1.0") && why.stdout.contains("tool 1.1"), "{}", why.stdout);
    // The same answer of another file is no cause.
    install(bin, "1.1");
    assert_eq!(ran(&[]), 0);
    workspace.write("renv.lock", "two\n");
    assert_eq!(ran(&[]), 1);
    let why = output_of(&workspace, &with, &["why", "a"]);
    assert!(why.stdout.contains("environment file") && why.stdout.contains("renv.lock"), "{}", why.stdout);
}

#[test]
fn where_nothing_changed_nobody_is_asked_until_the_program_is_another() {
    let bin = tempfile::tempdir().unwrap();
    let bin = bin.path();
    install(bin, "1.0");
    let workspace = Workspace::of_stages(STAGES);
    workspace.write("renv.lock", "one\n");
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let with = [("PATH", path.as_str())];
    for _ in 0..3 {
        std::thread::sleep(std::time::Duration::from_millis(120));
        assert_eq!(reproduce(&workspace, &with, &[]).code, 0);
    }
    let before = asked(bin);
    assert_eq!(reproduce(&workspace, &with, &[]).code, 0);
    assert_eq!(asked(bin), before, "the no-op path asks nobody");
    install(bin, "2.0");
    let output = reproduce(&workspace, &with, &["--format", "json"]);
    assert_eq!(output.stdout.matches("\"ran\"").count(), 2, "{}", output.stdout);
}

#[test]
fn a_question_without_an_answer_fails_its_stage() {
    let workspace = Workspace::of_stages(
        "  a: {run: 'echo x > out.txt', environment: [[sh, -c, 'echo broken; exit 3']], outputs: {out: out.txt}}\n",
    );
    let output = reproduce(&workspace, &[], &[]);
    assert_eq!(output.code, 1);
    assert!(
        output.stderr.contains("ended with exit code 3") && output.stderr.contains("broken"),
        "{}",
        output.stderr
    );
}
