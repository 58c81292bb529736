//! What is remembered of files, damaged or wrong: the bytes are right, and runs go on with them.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use crate::common::towns::{TOWNS, small};
use crate::common::{Workspace, digest_of, with_outcome};

const CACHE: &str = ".vintner/v1/stat-cache";

/// A workspace that is made, and of whose files the cache remembers what they are.
fn made() -> Workspace {
    let workspace = small();
    for _ in 0..2 {
        std::thread::sleep(Duration::from_millis(120));
        workspace.reproduce(&[]);
    }
    assert!(note_of(&workspace, TOWNS).is_some(), "{}", workspace.read(CACHE));
    workspace
}

/// The line of the stat cache of a file as it stands now.
fn note_of(workspace: &Workspace, path: &str) -> Option<String> {
    let metadata = fs::metadata(workspace.path(path)).unwrap();
    let start = format!("{} {} ", metadata.dev(), metadata.ino());
    workspace.read(CACHE).lines().find(|line| line.starts_with(&start)).map(str::to_owned)
}

/// A line that says of a file as it stands now that it has this content, with the check that it needs.
fn forged(workspace: &Workspace, path: &str, digest: &str) -> String {
    let metadata = fs::metadata(workspace.path(path)).unwrap();
    let time = |seconds: i64, nanoseconds: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds);
    let modified = time(metadata.mtime(), metadata.mtime_nsec());
    let changed = time(metadata.ctime(), metadata.ctime_nsec());
    let read = changed.max(modified) + 10_000_000_000;
    let fields = format!(
        "{} {} {} {modified} {changed} {read} {digest}",
        metadata.dev(),
        metadata.ino(),
        metadata.size()
    );
    format!("{fields} {}", &digest_of(fields.as_bytes())[..12])
}

fn put(workspace: &Workspace, path: &str, line: &str) {
    let old = note_of(workspace, path).unwrap_or_default();
    let lines: Vec<String> = workspace.read(CACHE).lines().map(str::to_owned).collect();
    let kept: Vec<String> = lines.into_iter().filter(|line| *line != old).chain([line.to_owned()]).collect();
    fs::write(workspace.path(CACHE), kept.join("\n") + "\n").unwrap();
    // What runs looked at that had nothing to do: a run that looks again asks the notes.
    for looked_at in ["unchanged", "branches"] {
        let _ = fs::remove_dir_all(workspace.path(".vintner/v1").join(looked_at));
    }
}

#[test]
fn a_wrong_digit_costs_a_reading_and_nothing_else() {
    let workspace = made();
    let text = workspace.read(CACHE);
    let wrong: String = text
        .lines()
        .map(|line| {
            let at = line.rfind(' ').unwrap() - 3;
            let digit = if line.as_bytes()[at] == b'0' { "1" } else { "0" };
            format!("{}{digit}{}\n", &line[..at], &line[at + 1..])
        })
        .collect();
    fs::write(workspace.path(CACHE), wrong).unwrap();
    for looked_at in ["unchanged", "branches"] {
        let _ = fs::remove_dir_all(workspace.path(".vintner/v1").join(looked_at));
    }
    assert_eq!(with_outcome(&workspace.reproduce(&[]), "ran").len(), 0);
    assert_eq!(workspace.vintner(&["cache", "verify"]).code, 0);
}

#[test]
fn a_note_that_is_wrong_is_set_right_by_the_run_that_reads_the_file() {
    let workspace = made();
    put(&workspace, TOWNS, &forged(&workspace, TOWNS, &digest_of(b"something else")));
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    assert!(!output.stdout.contains("changed while"), "{}", output.stderr);
    assert_eq!(with_outcome(&workspace.reproduce(&[]), "ran").len(), 0);
    let right = digest_of(&fs::read(workspace.path(TOWNS)).unwrap());
    assert!(note_of(&workspace, TOWNS).is_none_or(|line| line.contains(&right)));
}

#[test]
fn objects_are_not_called_corrupt_on_the_word_of_a_note() {
    let workspace = made();
    let objects: Vec<String> = workspace
        .files(".vintner/v1/objects")
        .into_keys()
        .map(|path| path.to_str().unwrap().to_owned())
        .collect();
    for object in &objects {
        put(&workspace, object, &forged(&workspace, object, &digest_of(b"something else")));
    }
    assert_eq!(with_outcome(&workspace.reproduce(&[]), "ran").len(), 0);
}

#[test]
fn what_verify_finds_the_next_run_finds_too() {
    let workspace = made();
    let before = digest_of(&fs::read(workspace.path(TOWNS)).unwrap());
    workspace.edit(TOWNS, "Ashby,2001,100,", "Ashby,2001,101,");
    let sums = workspace.read(crate::common::towns::MANIFEST_PATH);
    // As if the file system had said nothing of the change.
    put(&workspace, TOWNS, &forged(&workspace, TOWNS, &before));
    assert_eq!(with_outcome(&workspace.reproduce(&[]), "ran").len(), 0, "nobody sees it");
    let verified = workspace.vintner(&["audit", "--verify"]);
    assert_eq!(verified.code, 1, "{}{}", verified.stdout, verified.stderr);
    // The manifest's checksum is the old one, and the file is read: the run says so.
    let output = workspace.vintner(&["reproduce"]);
    assert!(
        output.code == 1 && output.stderr.contains("sha256"),
        "{}{}\n{sums}",
        output.stdout,
        output.stderr
    );
}

#[test]
fn force_believes_nothing() {
    let workspace = made();
    let before = digest_of(&fs::read(workspace.path(TOWNS)).unwrap());
    workspace.edit(TOWNS, "Ashby,2001,100,", "Ashby,2001,101,");
    put(&workspace, TOWNS, &forged(&workspace, TOWNS, &before));
    let output = workspace.vintner(&["reproduce", "--force"]);
    assert!(output.code == 1 && output.stderr.contains("sha256"), "{}{}", output.stdout, output.stderr);
}

#[test]
fn without_locks_all_goes_on() {
    let workspace = small();
    assert_eq!(workspace.vintner(&["reproduce", "--no-lock"]).code, 0);
    let output =
        workspace.command(&["cache", "gc", "--older-than", "0d"]).env("VINTNER_NO_LOCK", "1").output();
    assert!(output.unwrap().status.success());
    assert_eq!(with_outcome(&workspace.reproduce(&[]), "ran").len(), 0);
}
