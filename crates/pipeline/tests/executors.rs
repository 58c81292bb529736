//! Who makes branches: whoever does, what comes out is the same, and what an executor says is believed nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use vintner_pipeline::{
    Digest, Ended, Engine, Executor, News, Outcome, Plan, Ready, Report, Result, RunOptions, Selection,
    Silent,
};

use crate::common::{Workspace, vintage};

const STAGES: &str = r#"
  rows: {op: numbers, params: {values: {x: [1, 2], y: [3, 4]}}}
  sum: {op: sum, foreach: [x, y], inputs: {from: rows}, params: {column: $item}, resources: {time: 1h, cpus: 2}}
  tens: {op: tens, foreach: [x, y], inputs: {from: "sum[$item]"}}
"#;

/// What the stand-in for a cluster does with what it takes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    /// Has it made by a worker, one at each look, the last that came first.
    Works,
    /// Says that it was made, and does nothing.
    Lies,
    /// Says nothing until it is to end, and gives it back then.
    Hangs,
    /// Can't go on.
    Breaks,
}

#[derive(Debug)]
struct Elsewhere {
    way: Way,
    taken: Mutex<Vec<Ready>>,
    /// All that was ever taken.
    seen: Mutex<Vec<Ready>>,
    ended: Mutex<bool>,
    worker: Worker,
}

/// A workspace from the outside, as a worker finds it.
#[derive(Debug)]
struct Worker {
    folder: std::path::PathBuf,
    stages: String,
}

impl Worker {
    /// Makes branches, each of which has to depend on what it was asked for with.
    fn work(&self, asked: BTreeMap<String, vintner_pipeline::Fingerprint>) -> Report {
        let text = format!("version: 1\nname: toy\nvintage: v\nstages:\n{}", self.stages);
        let registry = crate::common::toys::registry();
        let pipeline = vintner_pipeline::Pipeline::parse(
            &self.folder,
            "pipeline.yaml",
            &text,
            &registry,
            &BTreeMap::new(),
        )
        .unwrap();
        let vintage = vintage(&[]);
        let selection = Selection { only: asked.keys().cloned().collect(), ..Selection::default() };
        let plan = Plan::select(&pipeline, &vintage, &selection).unwrap();
        let options = RunOptions {
            store_only: true,
            records_only: true,
            keep_going: true,
            asked: Some(Arc::new(asked)),
            ..RunOptions::default()
        };
        let store = vintner_pipeline::Store::of_workspace(&self.folder);
        Engine::new(&store, &Silent).run(&plan, &options).unwrap()
    }
}

impl Executor for Elsewhere {
    fn takes(&self, stage: &str) -> bool {
        stage != "tens"
    }

    fn take(&self, ready: Ready) {
        self.seen.lock().unwrap().push(ready.clone());
        self.taken.lock().unwrap().push(ready);
    }

    fn news(&self, _: bool, is_made: &dyn Fn(&Digest) -> bool) -> Result<Vec<News>> {
        let ended = *self.ended.lock().unwrap();
        let mut taken = self.taken.lock().unwrap();
        match self.way {
            Way::Hangs if !ended => {
                std::thread::sleep(std::time::Duration::from_millis(2));
                Ok(Vec::new())
            }
            Way::Hangs => {
                Ok(taken.drain(..).map(|ready| News::Ended(ready.fingerprint, Ended::Stopped)).collect())
            }
            Way::Lies => {
                Ok(taken.drain(..).map(|ready| News::Ended(ready.fingerprint, Ended::Made)).collect())
            }
            Way::Breaks => Err(vintner_pipeline::PipelineError::Executor {
                executor: "the cluster".into(),
                message: "it is gone".into(),
            }),
            Way::Works => {
                let Some(ready) = taken.pop() else { return Ok(Vec::new()) };
                assert!(!is_made(&ready.fingerprint));
                let report = self.worker.work(BTreeMap::from([(ready.branch.clone(), ready.depends_on)]));
                assert!(matches!(report.stages[..], [ref one] if one.branch == ready.branch), "{report:?}");
                assert!(is_made(&ready.fingerprint));
                let began = News::Began(ready.fingerprint.clone());
                Ok(vec![began, News::Ended(ready.fingerprint, Ended::Made)])
            }
        }
    }

    fn end(&self, _: bool) {
        *self.ended.lock().unwrap() = true;
    }
}

fn elsewhere(workspace: &Workspace, stages: &str, way: Way) -> Arc<Elsewhere> {
    let worker = Worker { folder: workspace.folder().to_owned(), stages: stages.to_owned() };
    Arc::new(Elsewhere {
        way,
        taken: Mutex::default(),
        seen: Mutex::default(),
        ended: Mutex::default(),
        worker,
    })
}

fn run(workspace: &Workspace, executor: &Arc<Elsewhere>, cancelled: &vintner_pipeline::Cancelled) -> Report {
    let options = RunOptions {
        executor: Some(Arc::clone(executor) as _),
        cancelled: cancelled.clone(),
        ..RunOptions::default()
    };
    workspace.run_with(STAGES, &vintage(&[]), &options)
}

#[test]
fn what_is_made_elsewhere_is_what_is_made_here() {
    let (there, here) = (Workspace::new(), Workspace::new());
    let executor = elsewhere(&there, STAGES, Way::Works);
    let report = run(&there, &executor, &Default::default());
    here.run(STAGES);
    assert_eq!(report.ran(), 5, "{report:?}");
    let sources = vintage(&[]);
    assert_eq!(there.outputs(STAGES, &sources), here.outputs(STAGES, &sources));
    // What was handed over says what its stage asks for, and how long it took before where that is known.
    let seen = executor.seen.lock().unwrap();
    let names: Vec<&str> = seen.iter().map(|ready| ready.branch.as_str()).collect();
    assert_eq!((names.len(), names[0]), (3, "rows"));
    assert_eq!(
        (seen[1].resources.seconds, seen[1].resources.cpus, seen[1].seconds),
        (Some(3600), Some(2), None)
    );
    drop(seen);
    // Nothing is handed over that is there.
    assert_eq!(run(&there, &executor, &Default::default()).cached(), 5);
    assert_eq!(executor.seen.lock().unwrap().len(), 3);
}

#[test]
fn a_worker_leaves_records_and_nothing_else() {
    let workspace = Workspace::new();
    let executor = elsewhere(&workspace, STAGES, Way::Hangs);
    let cancelled = vintner_pipeline::Cancelled::default();
    let ending = cancelled.clone();
    let taken = Arc::clone(&executor);
    let ends = std::thread::spawn(move || {
        while taken.seen.lock().unwrap().is_empty() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        ending.cancel();
    });
    let report = run(&workspace, &executor, &cancelled);
    ends.join().unwrap();
    assert!(
        report.interrupted && report.stages.iter().all(|stage| stage.outcome == Outcome::Stopped),
        "{report:?}"
    );
    let ready = executor.seen.lock().unwrap()[0].clone();
    let made = executor.worker.work(BTreeMap::from([("rows".to_owned(), ready.depends_on.clone())]));
    assert_eq!(made.ran(), 1);
    let status = workspace.status(STAGES);
    assert_eq!(status["rows"], vintner_pipeline::State::Fresh);
    for part in [
        ".vintner/outputs",
        ".vintner/logs",
        ".vintner/v1/latest",
        ".vintner/v1/failed",
        ".vintner/v1/stat-cache",
    ] {
        assert!(!workspace.path(part).exists(), "{part}");
    }
    // Asked for anything else than it finds, it makes nothing, and says what differs.
    let mut other = ready.depends_on;
    other.params["values"]["x"] = serde_json::json!([7]);
    let report = executor.worker.work(BTreeMap::from([("rows".to_owned(), other)]));
    let Outcome::Failed(message) = &report.stages[0].outcome else { panic!("{report:?}") };
    assert!(message.contains("depends on other things here") && message.contains("values.x"), "{message}");
}

#[test]
fn what_is_said_of_a_result_is_not_believed() {
    let workspace = Workspace::new();
    let report = run(&workspace, &elsewhere(&workspace, STAGES, Way::Lies), &Default::default());
    let error = report.check().unwrap_err().to_string();
    assert!(
        error.contains("stage rows failed: it was made elsewhere, and its result isn't whole"),
        "{error}"
    );
    // An executor that breaks fails one branch with its reason; the others weren't made.
    let workspace = Workspace::new();
    let report = run(&workspace, &elsewhere(&workspace, STAGES, Way::Breaks), &Default::default());
    let error = report.check().unwrap_err().to_string();
    assert!(error.contains("stage rows failed: the cluster: it is gone"), "{error}");
    assert_eq!(error.matches("failed").count(), 1, "{error}");
}

#[test]
fn what_a_stage_asks_for_is_checked_and_changes_nothing() {
    let workspace = Workspace::new();
    workspace.run(STAGES);
    let without = STAGES.replace(", resources: {time: 1h, cpus: 2}", "");
    assert_eq!(workspace.run(&without).cached(), 5);
    for (asked, said) in [
        ("{time: 1d}", "`1d` is no time"),
        ("{memory: 4 gigs}", "`4 gigs` is no size"),
        ("{cpus: 0}", "0 is no number of processors"),
        ("{gres: \"gpu:1; rm\"}", "`gpu:1; rm` isn't a name"),
        ("{partition: $x}", "`$x` isn't a name"),
        ("{node: a}", "node"),
    ] {
        let text = STAGES.replace("{time: 1h, cpus: 2}", asked);
        let text = format!("version: 1\nname: toy\nvintage: v\nstages:\n{text}");
        let error = workspace.parse(&text).err().unwrap_or_else(|| panic!("{asked}")).to_string();
        assert!(error.contains(said) && error.contains("pipeline.yaml:7:"), "{asked}: {error}");
    }
}
