//! Symbolic links in a workspace that was received: whatever a command does, what they lead to stays as it
//! is.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::common::{Workspace, commands::files_below, towns};

/// A folder outside of the workspace, with what somebody would miss: names that the cache uses among them.
struct Outside {
    folder: tempfile::TempDir,
    before: BTreeMap<PathBuf, Vec<u8>>,
}

impl Outside {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let digest = "ab".repeat(32);
        for name in [
            "thesis.tex",
            ".writing-mine",
            ".publishing-mine",
            ".audit-mine/new/index.html",
            "small/summary/mine.txt",
            "towns/small/mine.json",
            "towns/small.json",
            "vintage.yaml.mine",
            &digest,
            &format!("{digest}.json"),
            &format!("ab/{digest}"),
            &format!("ab/{digest}.json"),
            &format!("{digest}.spare-1"),
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, format!("mine: {name}")).unwrap();
            // Old enough for everything that asks for an age.
            let old = std::time::SystemTime::now() - std::time::Duration::from_secs(90 * 86_400);
            fs::File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
        }
        let before = Self::content(folder.path());
        Self { folder, before }
    }

    fn content(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        files_below(folder).into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
    }

    /// Nothing is gone, changed or new.
    fn assert_untouched(&self, what: &str) {
        let now = Self::content(self.folder.path());
        let differs: Vec<&PathBuf> = self
            .before
            .keys()
            .chain(now.keys())
            .filter(|path| self.before.get(*path) != now.get(*path))
            .collect();
        assert!(differs.is_empty(), "{what}: {differs:?}");
    }
}

/// Puts a link in the place of a folder or file.
fn replace(workspace: &Workspace, part: &str, target: &Path) {
    workspace.remove(&[part]);
    fs::create_dir_all(workspace.path(part).parent().unwrap()).unwrap();
    symlink(target, workspace.path(part)).unwrap();
}

/// Every command that writes or removes.
fn commands() -> Vec<Vec<&'static str>> {
    vec![
        vec!["reproduce", "--force"],
        vec!["cache", "gc", "--older-than", "0d"],
        vec!["cache", "verify", "--mend"],
        vec!["clean", "--yes", "--apart"],
        vec!["audit", "--html"],
        vec!["audit", "--rebuild"],
        vec!["vintage", "new", "next", "--from", "data/vintages/small/raw", "--copy"],
    ]
}

#[test]
fn no_folder_of_the_cache_leads_outside() {
    for part in [
        ".vintner",
        ".vintner/v1",
        ".vintner/v1/objects",
        ".vintner/v1/objects/ab",
        ".vintner/v1/records",
        ".vintner/v1/records/ab",
        ".vintner/v1/locks",
        ".vintner/v1/latest",
        ".vintner/v1/latest/towns",
        ".vintner/v1/unchanged",
        ".vintner/outputs",
        ".vintner/outputs/towns",
        ".vintner/outputs/towns/small",
        ".vintner/outputs/towns/small/summary",
        ".vintner/outputs/small",
        ".vintner/logs",
        ".vintner/logs/towns/small",
    ] {
        let workspace = towns::small();
        assert_eq!(workspace.vintner(&["reproduce"]).code, 0);
        let outside = Outside::new();
        replace(&workspace, part, outside.folder.path());
        for command in commands() {
            let output = workspace.vintner(&command);
            outside.assert_untouched(&format!("{part}: {}", command.join(" ")));
            assert!([0, 1, 2].contains(&output.code), "{part}: {command:?}: {}", output.stderr);
        }
        let run = workspace.vintner(&["reproduce", "--force"]);
        if [".vintner", ".vintner/v1/locks", ".vintner/v1/objects", ".vintner/outputs"].contains(&part) {
            assert_eq!(run.code, 1, "{part}: {}", run.stderr);
            let said = run.stderr.replace('\n', " ");
            assert!(
                said.contains(&format!("{part} is a symbolic link")) && said.contains("remove the link"),
                "{said}"
            );
        }
    }
}

#[test]
fn no_file_of_the_cache_leads_outside() {
    for part in [
        "v1/in-use",
        "v1/showing",
        "v1/stat-cache",
        "v1/published",
        "v1/latest/towns/small.json",
        "CACHEDIR.TAG",
    ] {
        let workspace = towns::small();
        assert_eq!(workspace.vintner(&["reproduce"]).code, 0);
        let outside = Outside::new();
        for target in [outside.folder.path().join("thesis.tex"), outside.folder.path().join("new-file")] {
            replace(&workspace, &format!(".vintner/{part}"), &target);
            for command in commands() {
                workspace.vintner(&command);
                outside.assert_untouched(&format!("{part}: {}", command.join(" ")));
            }
        }
    }
}

#[test]
fn nothing_is_published_behind_a_link_unless_it_is_said() {
    for part in ["reports", "reports/small", "data/vintages/next", "data/vintages"] {
        let workspace = towns::small();
        let outside = Outside::new();
        if part == "data/vintages" {
            // Reading behind a link is no harm.
            fs::create_dir_all(outside.folder.path().join("keep")).unwrap();
        }
        if part != "data/vintages" {
            replace(&workspace, part, outside.folder.path());
        } else {
            let moved = outside.folder.path().join("vintages");
            fs::rename(workspace.path(part), &moved).unwrap();
            symlink(&moved, workspace.path(part)).unwrap();
        }
        let outside = Outside { before: Outside::content(outside.folder.path()), ..outside };
        for command in commands() {
            let output = workspace.vintner(&command);
            outside.assert_untouched(&format!("{part}: {}", command.join(" ")));
            assert!([0, 1, 2].contains(&output.code), "{}", output.stderr);
        }
        if part == "reports" {
            let refused = workspace.vintner(&["reproduce"]);
            assert_eq!(refused.code, 1);
            assert!(refused.stderr.contains("--follow-links"), "{}", refused.stderr);
            let output = workspace.vintner(&["reproduce", "--follow-links"]);
            assert_eq!(output.code, 0, "{}", output.stderr);
            assert!(outside.folder.path().join("small/summary.json").is_file());
        }
    }
}

#[test]
fn the_raw_files_of_a_synthetic_vintage_stay_in_the_workspace() {
    let workspace = Workspace::of_paper();
    let outside = Outside::new();
    let raw = "data/vintages/reconstructed/raw";
    replace(&workspace, raw, outside.folder.path());
    let output = workspace.vintner(&["reconstruct"]);
    outside.assert_untouched(raw);
    assert_eq!(output.code, 1, "{}", output.stderr);
    assert!(output.stderr.contains("is a symbolic link"), "{}", output.stderr);
}

#[test]
fn a_cache_on_another_disk_is_used_where_that_is_said() {
    let workspace = towns::small();
    let disk = tempfile::tempdir().unwrap();
    workspace.remove(&[".vintner"]);
    symlink(disk.path(), workspace.path(".vintner")).unwrap();
    let refused = workspace.vintner(&["reproduce"]);
    assert!(refused.code == 1 && refused.stderr.contains("VINTNER_FOLLOW_LINKS=1"), "{}", refused.stderr);
    for command in [&["reproduce"][..], &["cache", "gc"], &["reproduce"], &["cache", "verify"]] {
        let output = workspace.command(command).env("VINTNER_FOLLOW_LINKS", "1").output().unwrap();
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(disk.path().join("v1/objects").is_dir() && disk.path().join("CACHEDIR.TAG").is_file());
    assert_eq!(workspace.vintner(&["status", "--follow-links"]).code, 0);
    // Below it no link is followed all the same.
    let outside = Outside::new();
    fs::remove_dir_all(disk.path().join("v1/locks")).unwrap();
    symlink(outside.folder.path(), disk.path().join("v1/locks")).unwrap();
    let refused = workspace.vintner(&["reproduce", "--force", "--follow-links"]);
    assert_eq!(refused.code, 1, "{}", refused.stdout);
    outside.assert_untouched("v1/locks");
}

#[test]
fn a_folder_that_is_no_cache_is_left_alone() {
    let workspace = towns::small();
    workspace.remove(&[".vintner"]);
    workspace.write(".vintner/outputs/towns/small/mine.txt", "mine");
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 1, "{}", output.stderr);
    assert!(output.stderr.contains("isn't a cache of this program"), "{}", output.stderr);
    assert_eq!(workspace.read(".vintner/outputs/towns/small/mine.txt"), "mine");
}

#[test]
fn what_no_run_made_stays_in_the_cache_and_is_named() {
    let workspace = towns::small();
    assert_eq!(workspace.vintner(&["reproduce"]).code, 0);
    let digest = "cd".repeat(32);
    let mine = [
        ".vintner/outputs/towns/small/mine.txt",
        ".vintner/outputs/towns/small/summary/notes.md",
        ".vintner/v1/objects/ab/notes.txt",
        ".vintner/v1/records/notes.txt",
        ".vintner/v1/locks/notes.txt",
        ".vintner/notes.txt",
    ];
    mine.iter().for_each(|path| workspace.write(path, "mine"));
    // In the place of an output: set aside.
    let shown = ".vintner/outputs/towns/small/summary/descriptives.json";
    workspace.remove(&[shown]);
    workspace.write(shown, "my own");
    let output = workspace.vintner(&["reproduce", "--force"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(output.stderr.contains("mine.txt") && output.stderr.contains("notes.md"), "{}", output.stderr);
    assert_eq!(workspace.read(&format!("{shown}.yours")), "my own");
    // What a killed run left goes.
    let left = [
        ".vintner/v1/.writing-1".to_owned(),
        ".vintner/v1/objects/ab/.writing-2".into(),
        ".vintner/v1/unchanged/.writing-3".into(),
        ".vintner/outputs/towns/small/.writing-4".into(),
        ".vintner/scratch-5/v1/objects/x".into(),
        "reports/small/.publishing-6".into(),
        format!(".vintner/v1/locks/{digest}"),
    ];
    left.iter().for_each(|path| workspace.write(path, "half"));
    let audit = workspace.path("reports/small/.audit-7");
    fs::create_dir_all(audit.join("new/stages")).unwrap();
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(7_200);
    fs::File::open(&audit).unwrap().set_modified(old).unwrap();
    workspace.write("reports/small/.audit-mine/thesis.tex", "mine");
    assert_eq!(workspace.vintner(&["cache", "gc"]).code, 0);
    assert_eq!(workspace.vintner(&["reproduce", "--force"]).code, 0);
    for path in left.iter().map(String::as_str).chain(["reports/small/.audit-7"]) {
        assert!(!workspace.path(path).exists(), "{path} is left");
    }
    for path in mine.into_iter().chain(["reports/small/.audit-mine/thesis.tex"]) {
        assert_eq!(workspace.read(path), "mine", "{path}");
    }
}
