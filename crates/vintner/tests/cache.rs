//! What the cache keeps, and that collecting it takes away nothing that is needed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;
use std::fs;

use common::towns::{TOWNS, small, write_sums};
use common::{Workspace, redacted};

/// The exit code and all that is said.
fn cache(workspace: &Workspace, arguments: &[&str]) -> String {
    let output = workspace.vintner(&[&["cache"], arguments].concat());
    redacted(&format!("exit {}\n{}{}", output.code, output.stdout, output.stderr))
}

/// The small paper, run with two base years and back again.
fn with_two_parametrisations() -> Workspace {
    let workspace = small();
    workspace.reproduce(&[]);
    workspace.reproduce(&["--set", "params.base_year=2003"]);
    workspace.reproduce(&[]);
    workspace
}

fn objects(workspace: &Workspace) -> usize {
    workspace.files(".vintner/v1/objects").len()
}

#[test]
fn what_is_kept_for_whom() {
    let workspace = with_two_parametrisations();
    insta::assert_snapshot!("ls", cache(&workspace, &["ls"]));
    insta::assert_snapshot!("ls_of_a_vintage", cache(&workspace, &["ls", "--vintage", "small"]));
    insta::assert_snapshot!("du", cache(&workspace, &["du"]));
    insta::assert_snapshot!("du_for_scripts", cache(&workspace, &["du", "--format", "json"]));
    insta::assert_snapshot!("verified", cache(&workspace, &["verify"]));
}

#[test]
fn earlier_parametrisations_are_kept_for_a_while() {
    let workspace = with_two_parametrisations();
    let before = workspace.files(".vintner/v1");
    assert!(cache(&workspace, &["gc"]).contains("0 runs and 0 objects removed"));
    insta::assert_snapshot!("dry_run", cache(&workspace, &["gc", "--older-than", "0d", "--dry-run"]));
    assert_eq!(workspace.files(".vintner/v1"), before, "a dry run and a young cache stay whole");

    insta::assert_snapshot!("collected", cache(&workspace, &["gc", "--older-than", "0d"]));
    assert!(workspace.reproduce(&[]).values().all(|outcome| outcome == "cached"));
    assert_eq!(workspace.vintner(&["audit", "--verify"]).code, 0);
    let again = workspace.reproduce(&["--set", "params.base_year=2003"]);
    assert_eq!((again["real"].as_str(), again["panel"].as_str()), ("ran", "cached"));
}

#[test]
fn what_the_lock_names_is_kept() {
    let workspace = small();
    workspace.reproduce(&[]);
    let lock = workspace.read("pipeline.lock");
    workspace.edit(TOWNS, "Burton,2003,127,625\n", "Burton,2003,128,625\n");
    write_sums(&workspace);
    workspace.reproduce(&[]);
    // As in a workspace whose lock says what was sent in, while the work goes on.
    fs::write(workspace.path("pipeline.lock"), &lock).unwrap();
    assert!(cache(&workspace, &["gc", "--older-than", "0d"]).contains("0 runs and 0 objects removed"));
    fs::remove_file(workspace.path("pipeline.lock")).unwrap();
    assert!(!cache(&workspace, &["gc", "--older-than", "0d"]).contains("0 runs and 0 objects removed"));
    assert!(workspace.reproduce(&[]).values().all(|outcome| outcome == "cached"));
}

#[test]
fn leftovers_of_killed_runs_go_and_young_strangers_stay() {
    let workspace = small();
    workspace.reproduce(&[]);
    let kept = objects(&workspace);
    for path in ["objects/ab/.writing-x", "records/cd/.writing-y", "latest/.writing-z"] {
        let path = workspace.path(&format!(".vintner/v1/{path}"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "half").unwrap();
    }
    fs::create_dir_all(workspace.path(".vintner/scratch-abc/v1")).unwrap();
    fs::write(workspace.path(".vintner/scratch-abc/v1/file"), "rebuilt").unwrap();
    // An object that has no record yet.
    let digest = common::digest_of(b"just written");
    let stranger = workspace.path(&format!(".vintner/v1/objects/{}/{digest}", &digest[..2]));
    fs::create_dir_all(stranger.parent().unwrap()).unwrap();
    fs::write(&stranger, "just written").unwrap();

    insta::assert_snapshot!("leftovers", cache(&workspace, &["gc"]));
    assert_eq!(objects(&workspace), kept + 1);
    assert!(!workspace.path(".vintner/scratch-abc").exists());

    let hours_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(7_300);
    fs::File::options().write(true).open(&stranger).unwrap().set_modified(hours_ago).unwrap();
    assert!(cache(&workspace, &["gc"]).contains("0 runs and 1 object removed, 12 B"));
    assert_eq!(objects(&workspace), kept);
}

#[test]
fn nothing_is_collected_while_a_run_goes_on() {
    let workspace = small();
    workspace.reproduce(&[]);
    // What a run holds.
    let in_use =
        fs::File::options().read(true).write(true).open(workspace.path(".vintner/v1/in-use")).unwrap();
    in_use.lock_shared().unwrap();
    insta::assert_snapshot!("in_use", cache(&workspace, &["gc", "--older-than", "0d"]));
    assert!(cache(&workspace, &["gc", "--older-than", "0d", "--dry-run"]).starts_with("exit 0"));
}

#[test]
fn every_byte_of_the_cache_is_read() {
    let workspace = small();
    workspace.reproduce(&[]);
    let of = |path: &str| {
        let digest = common::digest_of(&fs::read(workspace.path(path)).unwrap());
        workspace.path(&format!(".vintner/v1/objects/{}/{digest}", &digest[..2]))
    };
    let (corrupt, gone) =
        (of(".vintner/outputs/small/real/series.parquet"), of(".vintner/outputs/small/panel/panel.parquet"));
    let mut bytes = fs::read(&corrupt).unwrap();
    bytes[10] ^= 1;
    common::overwrite(&corrupt, &bytes);
    fs::remove_file(gone).unwrap();
    let records: BTreeMap<_, _> = workspace.files(".vintner/v1/records");
    let record =
        records.iter().find(|(_, text)| String::from_utf8_lossy(text).contains("\"branch\": \"equation\""));
    common::overwrite(&workspace.path(record.unwrap().0.to_str().unwrap()), b"{");
    let said = cache(&workspace, &["verify"]);
    for part in [
        "exit 1",
        "an output of real is corrupt",
        "an output of panel is gone",
        "a record that can't be read",
        "the latest run of equation has no record",
    ] {
        assert!(said.contains(part), "{part} isn't in {said}");
    }
    let ran = workspace.reproduce(&[]);
    assert_eq!(
        [&ran["panel"], &ran["real"], &ran["equation"], &ran["summary"]],
        ["ran", "ran", "ran", "cached"]
    );
    assert!(cache(&workspace, &["verify"]).starts_with("exit 0"));
}

#[test]
fn ages_are_days_hours_or_minutes() {
    let workspace = small();
    for wrong in ["30", "d", "1w", "-1d", "9999999999999999999d", "天"] {
        let said = cache(&workspace, &["gc", "--older-than", wrong]);
        assert!(said.starts_with("exit 2"), "{wrong}: {said}");
    }
}
