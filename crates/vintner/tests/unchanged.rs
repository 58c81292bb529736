//! A run that finds nothing changed since the last one says what that one said, and whatever does
//! change is noticed as if there had been no such run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use crate::common::{Output, Workspace};
use serde_json::Value;

/// A stage of Vintner's own, commands that read a file, a folder and a variable, branches that are
/// known beforehand and such as aren't, and a stage that is often left out.
const PIPELINE: &str = r#"
version: 1
name: unchanged
vintage: invented
params: {window: {first: 2004, last: 2023}}
stages:
  tidy:
    op: ingest
    foreach: sources
    files: {crosswalk: data/crosswalk/vineyards.csv}
    params: {window: $window}
  panel:
    op: assemble
    inputs: {tidy: tidy}
    files: {crosswalk: data/crosswalk/vineyards.csv}
    params: {window: $window, variables: [rain, harvest]}
  notes:
    run: cat notes/*/*.txt > all.txt; echo "$MARK" >> all.txt; echo a warning
    files: {notes: notes}
    outputs: {all: all.txt}
    env: {MARK: null}
    publish: {all: reports/all.txt}
  listed:
    run: [cp, seed.txt, copy.txt]
    foreach: [one, two]
    files: {seed: seed.txt}
    outputs: {copy: copy.txt}
    publish: {copy: "reports/{item}.txt"}
  found:
    run: cp own/*.txt copy.txt
    foreach: {column: entity, of: panel}
    files: {own: "own/{item}.txt"}
    outputs: {copy: copy.txt}
  apart:
    run: [cp, apart.txt, copy.txt]
    files: {apart: apart.txt}
    outputs: {copy: copy.txt}
"#;

const UNTIL: [&str; 2] = ["--until", "panel,notes,listed,found"];

fn workspace() -> Workspace {
    let workspace = Workspace::of_folder("examples/languages");
    let write = |path: &str, text: &str| {
        let path = workspace.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("pipeline.yaml", PIPELINE);
    write("notes/a/1.txt", "first\n");
    write("notes/b/2.txt", "second\n");
    write("seed.txt", "seed\n");
    write("apart.txt", "apart\n");
    for vineyard in ["hollow", "ridge", "riverside", "terrace", "windmill"] {
        write(&format!("own/{vineyard}.txt"), vineyard);
    }
    workspace
}

fn run(workspace: &Workspace, mark: &str, arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_vintner"))
        .args(["-v", "reproduce", "--format", "json"])
        .args(arguments)
        .current_dir(workspace.path(""))
        .env_remove("VINTNER_DATA_ROOT")
        .env_remove("VINTNER_LOG")
        .env("MARK", mark)
        .output()
        .unwrap();
    Output {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn is_unchanged(output: &Output) -> bool {
    output.stderr.contains("nothing has changed since the last run")
}

/// Runs until a run finds nothing changed, and returns what it printed and what the one before did.
fn settle(workspace: &Workspace, mark: &str, arguments: &[&str]) -> (Output, Output) {
    let mut before = run(workspace, mark, arguments);
    for _ in 0..40 {
        sleep(Duration::from_millis(100));
        let after = run(workspace, mark, arguments);
        assert_eq!(after.code, 0, "{}", after.stderr);
        if is_unchanged(&after) {
            return (before, after);
        }
        before = after;
    }
    panic!("a run over the same is never recognised:\n{}", before.stderr);
}

fn outcomes(output: &Output, wanted: &str) -> Vec<String> {
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    let stages = report["stages"].as_array().unwrap();
    let found = stages.iter().filter(|stage| stage["outcome"] == wanted);
    found.map(|stage| stage["branch"].as_str().unwrap().to_owned()).collect()
}

/// An object of an output, where it lies in the store.
fn object_of(workspace: &Workspace, shown: &str) -> PathBuf {
    use std::os::unix::fs::MetadataExt;
    let inode = fs::metadata(workspace.path(shown)).unwrap().ino();
    let objects = workspace.files(".vintner/v1/objects");
    let found = objects.keys().map(|path| workspace.path(path.to_str().unwrap()));
    found.into_iter().find(|path| fs::metadata(path).unwrap().ino() == inode).unwrap()
}

#[test]
fn it_says_what_the_run_over_everything_said() {
    let workspace = workspace();
    let (full, short) = settle(&workspace, "m", &[]);
    assert!(!is_unchanged(&full));
    assert_eq!(full.stdout, short.stdout);
    assert_eq!(outcomes(&short, "cached").len(), 11);
    // For people too: that there was nothing to do, and what is published.
    let mut text = Command::new(env!("CARGO_BIN_EXE_vintner"));
    let text = text.args(["reproduce"]).current_dir(workspace.path("")).env("MARK", "m").output().unwrap();
    let said = String::from_utf8(text.stdout).unwrap();
    assert!(said.contains("11 stages, all cached: nothing to do\n"), "{said}");
    assert!(said.contains("reports/one.txt and 2 more files\n"), "{said}");
}

#[test]
fn whatever_changes_is_noticed() {
    let workspace = workspace();
    let write = |path: &str, text: &str| fs::write(workspace.path(path), text).unwrap();
    settle(&workspace, "m", &[]);
    let ran = |mark: &str, expected: &[&str], what: &str| {
        let output = run(&workspace, mark, &[]);
        assert!(!is_unchanged(&output), "{what}");
        assert_eq!(output.code, 0, "{what}: {}", output.stderr);
        assert_eq!(outcomes(&output, "ran"), expected, "{what}");
        settle(&workspace, mark, &[]);
    };

    // An input of the same size, with the time that it had.
    let seed = workspace.path("seed.txt");
    let time: SystemTime = fs::metadata(&seed).unwrap().modified().unwrap();
    write("seed.txt", "Seed\n");
    File::options().write(true).open(&seed).unwrap().set_modified(time).unwrap();
    ran("m", &["listed[one]", "listed[two]"], "an input");
    assert_eq!(workspace.read("reports/two.txt"), "Seed\n");

    write("own/ridge.txt", "rigde");
    ran("m", &["found[ridge]"], "an input of a branch that is known at run time");
    write("notes/b/2.txt", "2nd\n");
    ran("m", &["notes"], "a file below a folder");
    write("notes/a/0.txt", "zeroth\n");
    ran("m", &["notes"], "a file more in a folder below a folder");
    fs::remove_file(workspace.path("notes/a/1.txt")).unwrap();
    ran("m", &["notes"], "a file fewer");
    ran("another", &["notes"], "a variable");
    assert!(workspace.read("reports/all.txt").contains("another"));
    ran("m", &[], "a variable as it was: nothing runs, and what is published changes");
    assert!(!workspace.read("reports/all.txt").contains("another"));
    workspace.edit("pipeline.yaml", "foreach: [one, two]", "foreach: [one, two, three]");
    ran("m", &["listed[three]"], "the pipeline");
    workspace.edit("data/vintages/invented/vintage.yaml", "range: [0, 2000]", "range: [0, 3000]");
    ran("m", &["tidy[vineyards]"], "the manifest");
}

#[test]
fn whatever_is_lost_or_damaged_is_made_again() {
    let workspace = workspace();
    settle(&workspace, "m", &[]);
    let again = |ran: &[&str], what: &str| {
        let output = run(&workspace, "m", &[]);
        assert!(!is_unchanged(&output), "{what}");
        assert_eq!((output.code, outcomes(&output, "ran")), (0, ran.iter().map(|s| s.to_string()).collect()));
        settle(&workspace, "m", &[]);
    };
    let shown = ".vintner/outputs/unchanged/invented/notes/all.txt";
    let all = workspace.read(shown);

    fs::remove_file(workspace.path(shown)).unwrap();
    again(&[], "an output that people look at");
    assert_eq!(workspace.read(shown), all);

    fs::write(workspace.path("reports/all.txt"), "edited by hand\n").unwrap();
    again(&[], "an output that is published");
    assert_eq!(workspace.read("reports/all.txt"), all);

    let object = object_of(&workspace, shown);
    let time = fs::metadata(&object).unwrap().modified().unwrap();
    fs::set_permissions(&object, fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(&object, all.replace('s', "z")).unwrap();
    File::options().write(true).open(&object).unwrap().set_modified(time).unwrap();
    again(&["notes"], "an object of the same size and time");
    assert_eq!(workspace.read(shown), all);

    fs::remove_file(object_of(&workspace, shown)).unwrap();
    again(&["notes"], "an object that is gone");

    fs::remove_dir_all(workspace.path(".vintner/v1/records")).unwrap();
    let everything = run(&workspace, "m", &[]);
    assert_eq!(outcomes(&everything, "ran").len(), 11, "records that are gone");
    settle(&workspace, "m", &[]);

    fs::remove_file(workspace.path("seed.txt")).unwrap();
    let output = run(&workspace, "m", &[]);
    assert_eq!(output.code, 2, "an input that is gone is a fault of the pipeline");
}

#[test]
fn what_else_was_asked_in_between_counts() {
    let workspace = workspace();
    settle(&workspace, "m", &[]);
    // Another value, and back: what is shown goes back too.
    let set = ["--set", "stages.listed.run=[cp, apart.txt, copy.txt]"];
    let set = [&set[..], &["--set", "stages.listed.files.seed=apart.txt", "--publish-to", "."]].concat();
    settle(&workspace, "m", &set);
    assert_eq!(workspace.read("reports/one.txt"), "apart\n");
    let back = run(&workspace, "m", &[]);
    assert!(!is_unchanged(&back) && outcomes(&back, "ran").is_empty());
    assert_eq!(workspace.read("reports/one.txt"), "seed\n");

    // A part of the pipeline: a stage that is left out is checked all the same.
    settle(&workspace, "m", &UNTIL);
    fs::write(workspace.path("apart.txt"), "changed\n").unwrap();
    let output = run(&workspace, "m", &UNTIL);
    assert!(outcomes(&output, "ran").is_empty());
    settle(&workspace, "m", &UNTIL);
    fs::remove_file(workspace.path("apart.txt")).unwrap();
    assert_eq!(run(&workspace, "m", &UNTIL).code, 2);
    fs::write(workspace.path("apart.txt"), "back\n").unwrap();

    // A manifest that comes to stand before the one that was read.
    let root = workspace.path("root");
    fs::create_dir(&root).unwrap();
    let of_root = ["--data-root", "root"];
    settle(&workspace, "m", &of_root);
    fs::create_dir(root.join("invented")).unwrap();
    fs::write(root.join("invented/vintage.yaml"), "title: {}\n").unwrap();
    let output = run(&workspace, "m", &of_root);
    assert!(output.code == 2 && output.stderr.contains("root/invented/vintage.yaml"), "{}", output.stderr);
    fs::remove_dir_all(&root).unwrap();
    assert_eq!(run(&workspace, "m", &of_root).code, 2);

    // Run everything whatever there is.
    settle(&workspace, "m", &[]);
    assert_eq!(outcomes(&run(&workspace, "m", &["--force"]), "ran").len(), 11);
}

#[test]
fn what_is_damaged_of_it_costs_time_and_nothing_else() {
    let workspace = workspace();
    let (_, sound) = settle(&workspace, "m", &[]);
    let kept = workspace.files(".vintner/v1/unchanged");
    let (name, bytes) = kept.iter().next().unwrap();
    let path = workspace.path(name.to_str().unwrap());
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
    assert!(lines > 40, "{lines} lines");
    let last_line = bytes[..bytes.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap();
    let mut other = bytes.clone();
    let middle = other.len() / 2;
    other[middle] ^= 1;
    for damaged in [&bytes[..0], &bytes[..bytes.len() / 2], &bytes[..=last_line], &[0; 1000], &other] {
        fs::remove_file(&path).unwrap();
        fs::write(&path, damaged).unwrap();
        let output = run(&workspace, "m", &[]);
        assert!(!is_unchanged(&output));
        assert_eq!(output.stdout, sound.stdout);
        settle(&workspace, "m", &[]);
    }
}

/// How many branches a run took to be as an earlier one found them.
fn unmoved(output: &Output) -> usize {
    let line = output.stderr.lines().find(|line| line.contains("are as an earlier run found them")).unwrap();
    let count = line.split("branches=").nth(1).unwrap_or_else(|| panic!("{line}"));
    count.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

/// The one branch of `apart` has something to do, so that no run is as a whole what the last one was.
fn change_apart(workspace: &Workspace, text: &str) {
    fs::write(workspace.path("apart.txt"), text).unwrap();
}

#[test]
fn where_little_changed_the_rest_is_not_looked_into() {
    let workspace = workspace();
    settle(&workspace, "m", &[]);
    let published = workspace.read("reports/all.txt");
    for round in 0..4 {
        change_apart(&workspace, &format!("round {round}\n"));
        let output = run(&workspace, "m", &[]);
        assert_eq!(
            (outcomes(&output, "ran"), outcomes(&output, "cached").len()),
            (vec!["apart".to_owned()], 10)
        );
        assert_eq!(unmoved(&output), 10, "round {round}");
        assert_eq!(workspace.read("reports/all.txt"), published);
        sleep(Duration::from_millis(100));
    }
    // What is read of a branch that isn't as it was is looked into, and what a column of it decides.
    change_apart(&workspace, "last\n");
    fs::write(workspace.path("own/ridge.txt"), "rigde").unwrap();
    let crosswalk = workspace.read("data/crosswalk/vineyards.csv");
    fs::write(workspace.path("data/crosswalk/vineyards.csv"), format!("{crosswalk}\n")).unwrap();
    let output = run(&workspace, "m", &[]);
    assert_eq!(unmoved(&output), 3, "the notes and two listed: {}", output.stderr);
    assert!(outcomes(&output, "ran").contains(&"found[ridge]".to_owned()));
    assert!(outcomes(&output, "cached").contains(&"found[hollow]".to_owned()));
}

#[test]
fn one_branch_that_was_touched_does_not_hide_another() {
    let workspace = workspace();
    let shown = ".vintner/outputs/unchanged/invented/notes/all.txt";
    settle(&workspace, "m", &[]);
    let all = workspace.read(shown);
    let mut round = 0;
    let mut noticed = |expected: &[&str], what: &str| {
        round += 1;
        change_apart(&workspace, &format!("{round}\n"));
        let output = run(&workspace, "m", &[]);
        assert_eq!(output.code, 0, "{what}: {}", output.stderr);
        let expected: Vec<String> = expected.iter().chain(&["apart"]).map(ToString::to_string).collect();
        let mut ran = outcomes(&output, "ran");
        ran.sort_by_key(|name| name == "apart");
        assert_eq!(ran, expected, "{what}");
        settle(&workspace, "m", &[]);
        output
    };
    let time: SystemTime = fs::metadata(workspace.path("seed.txt")).unwrap().modified().unwrap();
    fs::write(workspace.path("seed.txt"), "Seed\n").unwrap();
    File::options().write(true).open(workspace.path("seed.txt")).unwrap().set_modified(time).unwrap();
    noticed(&["listed[one]", "listed[two]"], "an input of the same size and time");
    fs::write(workspace.path("notes/a/0.txt"), "zeroth\n").unwrap();
    noticed(&["notes"], "a file more below a folder");
    fs::remove_file(workspace.path("notes/a/0.txt")).unwrap();
    noticed(&[], "and gone: its result is there");
    let hidden = workspace.path("notes/.Rprofile");
    fs::write(&hidden, "").unwrap();
    let output = noticed(&[], "a file that doesn't count");
    assert!(output.stderr.contains(".Rprofile") || output.stdout.contains(".Rprofile"), "{}", output.stderr);
    fs::remove_file(&hidden).unwrap();
    fs::remove_file(workspace.path(shown)).unwrap();
    noticed(&[], "an output that people look at");
    assert_eq!(workspace.read(shown), all);
    fs::write(workspace.path("reports/one.txt"), "edited by hand\n").unwrap();
    noticed(&[], "an output that is published");
    assert_eq!(workspace.read("reports/one.txt"), "Seed\n");
    fs::remove_file(object_of(&workspace, shown)).unwrap();
    noticed(&["notes"], "an object that is gone");
    for (path, bytes) in workspace.files(".vintner/v1/records") {
        if serde_json::from_slice::<Value>(&bytes).is_ok_and(|record| record["branch"] == "listed[two]") {
            fs::remove_file(workspace.path(path.to_str().unwrap())).unwrap();
        }
    }
    noticed(&["listed[two]"], "a record that is gone");
    // What somebody put beside an output is named in each run that looks there, and stays.
    let beside = workspace.path(".vintner/outputs/unchanged/invented/notes/mine.txt");
    fs::write(&beside, "mine\n").unwrap();
    for _ in 0..3 {
        let output = noticed(&[], "a file beside an output");
        assert!(output.stderr.contains("mine.txt"), "{}", output.stderr);
    }
}

#[test]
fn damaged_notes_of_branches_cost_time_and_nothing_else() {
    let workspace = workspace();
    settle(&workspace, "m", &[]);
    let kept = workspace.files(".vintner/v1/branches");
    let (name, bytes) = kept.iter().next().unwrap();
    let path = workspace.path(name.to_str().unwrap());
    let mut other = bytes.clone();
    let middle = other.len() / 2;
    other[middle] ^= 1;
    let bytes = bytes.as_slice();
    for (round, damaged) in
        [&bytes[..0], &bytes[..bytes.len() / 2], &[0; 1000], &other].into_iter().enumerate()
    {
        fs::write(&path, damaged).unwrap();
        change_apart(&workspace, &format!("{round}\n"));
        let output = run(&workspace, "m", &[]);
        assert_eq!((unmoved(&output), outcomes(&output, "ran")), (0, vec!["apart".to_owned()]));
        settle(&workspace, "m", &[]);
        change_apart(&workspace, &format!("{round}, again\n"));
        assert_eq!(unmoved(&run(&workspace, "m", &[])), 10, "they are kept again");
        settle(&workspace, "m", &[]);
    }
}
