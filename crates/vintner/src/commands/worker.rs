//! `vintner worker`: branches that a run elsewhere has asked for.

use std::io::{Write, stdout};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use vintner_cluster::{Group, Line};
use vintner_pipeline::{Digest, Engine, Observer, Outcome, Plan, RunOptions, Selection, StageReport};

use crate::arguments::Worker;
use crate::error::{CommandError, Result};
use crate::interrupt;
use crate::terminal::say;
use crate::workspace::Workspace;

/// The version that has to be the same where a branch is asked for and where it is made.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(crate) fn run(workspace: &Workspace, arguments: &Worker) -> Result<()> {
    let group = match &arguments.file {
        None => None,
        Some(path) => {
            let group = Group::read(path)?;
            if group.version != VERSION {
                let (path, theirs) = (path.clone(), group.version);
                return Err(CommandError::OtherVersion { path, theirs, ours: VERSION });
            }
            if group.spec != spec_digest(workspace)? {
                say(
                    "pipeline.yaml isn't what it was when these branches were asked for; those that it changes aren't made",
                );
            }
            Some(group)
        }
    };
    let named: Vec<String> = match &group {
        Some(group) => group.branches.iter().map(|asked| asked.branch.clone()).collect(),
        None => arguments.branch.clone(),
    };
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage(&pipeline, arguments.vintage.as_deref())?;
    let selection = Selection { only: named, ..Selection::default() };
    let mut plan = Plan::select(&pipeline, &vintage, &selection)?;
    plan.follow_links = workspace.follow_links;
    let telling = Telling::default();
    let options = RunOptions {
        store_only: true,
        records_only: true,
        keep_going: true,
        jobs: 1,
        force: group.as_ref().is_some_and(|group| group.forced),
        asked: group.as_ref().map(|group| Arc::new(group.asked())),
        cancelled: interrupt::cancelled()?,
        ..RunOptions::default()
    };
    let store = workspace.store();
    let report = Engine::new(&store, &telling).run(&plan, &options)?;
    let made = telling.made.load(Ordering::Relaxed);
    let unmade = report.stages.len().saturating_sub(made);
    if report.interrupted {
        report.check()?;
    }
    if unmade > 0 { Err(CommandError::NotAllMade { branches: unmade }) } else { Ok(()) }
}

/// The digest of the pipeline's file.
pub(super) fn spec_digest(workspace: &Workspace) -> Result<Digest> {
    let path = workspace.folder.join(&workspace.file);
    let bytes = std::fs::read(&path).map_err(|source| CommandError::NotRead { path, source })?;
    Ok(Digest::of(&bytes))
}

/// Tells of each branch on stdout, a line of JSON each.
#[derive(Debug, Default)]
struct Telling {
    made: AtomicUsize,
    /// What stages said that failed.
    logs: Mutex<Vec<(String, String)>>,
}

impl Telling {
    fn tell(&self, line: &Line) {
        let Ok(mut text) = serde_json::to_string(line) else { return };
        text.push('\n');
        // Where nobody can be told, results are found by their records.
        let mut out = stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }
}

impl Observer for Telling {
    fn started(&self, branch: &str) {
        self.tell(&Line::Began { branch: branch.to_owned() });
    }

    fn failed(&self, branch: &str, log: &str) {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner).push((branch.to_owned(), log.to_owned()));
    }

    fn finished(&self, report: &StageReport) {
        let branch = report.branch.clone();
        match &report.outcome {
            Outcome::Ran(_) | Outcome::Cached => {
                self.made.fetch_add(1, Ordering::Relaxed);
                self.tell(&Line::Made { branch, seconds: report.seconds });
            }
            Outcome::Failed(message) => {
                let mut logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
                let log = logs.iter().position(|(of, _)| *of == branch).map(|at| logs.swap_remove(at).1);
                self.tell(&Line::Failed { branch, message: message.clone(), log: log.unwrap_or_default() });
            }
            Outcome::Skipped | Outcome::Stopped => {}
        }
    }
}
