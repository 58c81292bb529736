//! A store that was damaged, interrupted or shared.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Barrier;

use crate::common::{Workspace, causes, ran, vintage};
use vintner_pipeline::{Engine, Plan, RunOptions, Silent};

const STAGES: &str = r#"
  base: {op: numbers, params: {values: {a: [1, 2, 3]}}}
  sum: {op: sum, inputs: {from: base}, params: {column: a}}
  all: {op: total, inputs: {a: sum}, publish: {text: out/all.txt}}
"#;

/// Replaces a stored file by something of the same length, as a bad disk does.
fn corrupt(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    bytes[0] ^= 1;
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_deleted_object_is_made_again() {
    let workspace = Workspace::new();
    workspace.run(STAGES);
    let before = workspace.outputs(STAGES, &vintage(&[]));
    fs::remove_file(workspace.object_file(&before["sum.sum"])).unwrap();
    let report = workspace.run(STAGES);
    assert_eq!(ran(&report), ["sum"]);
    assert_eq!(causes(&report, "sum"), ["its output sum is no longer in the store"]);
    assert_eq!(workspace.outputs(STAGES, &vintage(&[])), before);
}

#[test]
fn a_corrupted_object_is_made_again_when_it_is_read() {
    let workspace = Workspace::new();
    workspace.run(STAGES);
    let before = workspace.outputs(STAGES, &vintage(&[]));
    for name in ["base.frame", "sum.sum"] {
        corrupt(&workspace.object_file(&before[name]));
    }
    // Two readers at once, and what they read needs in turn what is corrupt too.
    let more = format!(
        "{STAGES}  two: {{op: tens, inputs: {{from: sum}}}}\n  three: {{op: total, inputs: {{a: sum}}}}\n"
    );
    let report = workspace.run_with(
        &more,
        &vintage(&[]),
        &RunOptions { force: false, jobs: 4, keep_going: true, ..Default::default() },
    );
    assert!(report.check().is_ok(), "{:?}", report.check());
    assert_eq!(ran(&report), ["base", "sum", "three", "two"]);
    let healed = workspace.outputs(&more, &vintage(&[]));
    assert!(before.iter().all(|(name, bytes)| healed[name] == *bytes));
    assert_eq!(workspace.run(&more).ran(), 0);
}

#[test]
fn a_corrupted_object_that_is_published_is_made_again() {
    let workspace = Workspace::new();
    workspace.run(STAGES);
    let text = workspace.read("out/all.txt");
    corrupt(&workspace.object_file(text.as_bytes()));
    fs::remove_file(workspace.path("out/all.txt")).unwrap();
    let report = workspace.run(STAGES);
    assert_eq!(ran(&report), ["all"]);
    assert_eq!(workspace.read("out/all.txt"), text);
}

#[test]
fn what_is_published_is_written_once_and_restored_when_edited() {
    let workspace = Workspace::new();
    workspace.run(STAGES);
    let path = workspace.path("out/all.txt");
    let written = fs::metadata(&path).unwrap().modified().unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
    workspace.run_with(
        STAGES,
        &vintage(&[]),
        &RunOptions { force: true, jobs: 0, keep_going: true, ..Default::default() },
    );
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), written, "equal, so left alone");

    workspace.write("out/all.txt", "edited by hand");
    let report = workspace.run(STAGES);
    assert_eq!((report.ran(), report.set_aside.len()), (0, 1));
    assert_eq!(workspace.read("out/all.txt"), "a[] 6\n");
    assert_eq!(workspace.read("out/all.edited.txt"), "edited by hand", "nothing of anybody's is lost");
    assert!(workspace.outputs(STAGES, &vintage(&[])).contains_key("all.text"), "the store is as it was");
}

#[test]
fn outputs_have_readable_names() {
    let workspace = Workspace::new();
    workspace.run(STAGES);
    assert_eq!(workspace.read(".vintner/outputs/toy/v/all/text.txt"), "a[] 6\n");
    let shown = fs::metadata(workspace.path(".vintner/outputs/toy/v/all/text.txt")).unwrap();
    assert_eq!(shown.permissions().mode() & 0o222, 0, "read-only: it may be the stored object itself");
    workspace.run(&STAGES.replace("[1, 2, 3]", "[1, 2, 4]"));
    assert_eq!(workspace.read(".vintner/outputs/toy/v/all/text.txt"), "a[] 7\n");
}

/// All files below a folder whose names begin so.
fn below(folder: &Path, wanted: fn(&str) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(below(&path, wanted));
        } else if wanted(path.file_name().unwrap().to_str().unwrap()) {
            found.push(path);
        }
    }
    found
}

#[test]
fn an_interrupted_write_is_survived() {
    let workspace = Workspace::new();
    workspace.run(STAGES);
    let before = workspace.outputs(STAGES, &vintage(&[]));
    let store = workspace.path(".vintner/v1");
    let records = below(&store.join("records"), |name| name.ends_with(".json"));
    assert_eq!(records.len(), 3);
    for (record, left) in records.iter().zip([0, 1, 200]) {
        let bytes = fs::read(record).unwrap();
        fs::remove_file(record).unwrap();
        fs::write(record, &bytes[..left]).unwrap();
        fs::write(record.with_file_name(".writing-abc"), &bytes[..left]).unwrap();
    }
    fs::remove_file(store.join("latest/toy/v.json")).unwrap();
    fs::write(store.join("latest/toy/v.json"), "{\"base\": \"0").unwrap();
    let object = workspace.object_file(&before["all.text"]);
    fs::write(object.with_file_name(".writing-def"), "a[").unwrap();

    let report = workspace.run(STAGES);
    assert_eq!(report.ran(), 3);
    assert!(report.check().is_ok());
    assert_eq!(workspace.outputs(STAGES, &vintage(&[])), before);
    assert_eq!(workspace.run(STAGES).ran(), 0);
}

#[test]
fn a_record_that_was_tampered_with_is_not_believed() {
    let workspace = Workspace::new();
    workspace.run(STAGES);
    for record in below(&workspace.path(".vintner/v1/records"), |name| name.ends_with(".json")) {
        let text = fs::read_to_string(&record).unwrap();
        fs::remove_file(&record).unwrap();
        fs::write(&record, text.replace("\"digest\": \"", "\"digest\": \"../../")).unwrap();
    }
    assert_eq!(workspace.run(STAGES).ran(), 3);
}

#[test]
fn two_runs_at_once_on_one_store_do_not_disturb_one_another() {
    let workspace = Workspace::new();
    for round in 0..20 {
        let stages = STAGES.replace("[1, 2, 3]", &format!("[1, 2, {}]", round / 2));
        let start = Barrier::new(4);
        std::thread::scope(|scope| {
            let runs: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        let (pipeline, vintage) = (workspace.pipeline(&stages), vintage(&[]));
                        let store = workspace.store();
                        start.wait();
                        let options = RunOptions {
                            force: round % 2 == 1,
                            jobs: 2,
                            keep_going: true,
                            ..Default::default()
                        };
                        Engine::new(&store, &Silent).run(&Plan::new(&pipeline, &vintage), &options)
                    })
                })
                .collect();
            for run in runs {
                run.join().unwrap().unwrap().check().unwrap();
            }
        });
        let expected = format!("a[] {}\n", 3 + round / 2);
        assert_eq!(workspace.read("out/all.txt"), expected);
        assert_eq!(workspace.read(".vintner/outputs/toy/v/all/text.txt"), expected);
        assert_eq!(workspace.output(&stages, "all.text"), expected);
    }
    assert!(below(&workspace.path(".vintner"), |name| name.starts_with(".writing-")).is_empty());
}
