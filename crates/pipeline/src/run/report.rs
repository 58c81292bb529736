//! What happened in a run.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::error::{PipelineError, Result};
use crate::plan::Plan;
use crate::store::Locked;

/// What happened to a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome", content = "detail")]
pub enum Outcome {
    /// It ran; why.
    Ran(Vec<String>),
    /// The store had its outputs.
    Cached,
    /// It failed; the message.
    Failed(String),
    /// It wasn't run, because one that it reads failed.
    Skipped,
    /// It wasn't run, because the run ended before: at the first failure, or interrupted.
    Stopped,
}

impl Outcome {
    /// Whether what reads the branch can't run even if the run goes on.
    pub(crate) fn blocks(&self) -> bool {
        matches!(self, Outcome::Failed(_) | Outcome::Skipped)
    }

    /// What becomes of a stage or branch that can't run now, from what became of what it reads.
    pub(crate) fn without<'a>(mut upstream: impl Iterator<Item = &'a Outcome>) -> Self {
        if upstream.any(Outcome::blocks) { Outcome::Skipped } else { Outcome::Stopped }
    }
}

/// What happened to a branch, and what it made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StageReport {
    /// The branch.
    pub branch: String,
    /// What happened.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// How long it ran, now or when it was put into the store.
    pub seconds: f64,
    /// The rows of its first output.
    pub rows: Option<u64>,
    /// What the user should know.
    pub warnings: Vec<String>,
}

impl StageReport {
    /// The stage of the branch.
    pub fn stage(&self) -> &str {
        // No stage's name has a bracket.
        self.branch.split('[').next().unwrap_or(&self.branch)
    }

    pub(crate) fn new(branch: impl Into<String>, outcome: Outcome) -> Self {
        Self { branch: branch.into(), outcome, seconds: 0.0, rows: None, warnings: Vec::new() }
    }
}

/// A file in the place of a published one that somebody had edited or made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// Where it was, and what is published is now.
    pub path: PathBuf,
    /// Where it is now.
    pub aside: PathBuf,
}

/// What happened in a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// The pipeline.
    pub pipeline: String,
    /// The vintage.
    pub vintage: String,
    /// What there is to say of the vintage, whatever was cached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
    /// Each selected branch, in the plan's order.
    pub stages: Vec<StageReport>,
    /// Files that were written into the workspace or stood there already with that content.
    pub published: Vec<PathBuf>,
    /// Files that were there and no run had made, and under which name each was set aside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<SetAside>,
    /// Whether it was ended before it was done.
    pub interrupted: bool,
    /// What it was made of and what came out, of the branches that were made.
    #[serde(skip)]
    pub locked: Locked,
}

impl Report {
    /// Of a run in which nothing has happened yet.
    pub(crate) fn new(plan: &Plan<'_>, interrupted: bool) -> Self {
        Self {
            pipeline: plan.pipeline.name.clone(),
            vintage: plan.vintage.name.clone(),
            remarks: plan.vintage.remarks.clone(),
            stages: Vec::new(),
            published: Vec::new(),
            set_aside: Vec::new(),
            interrupted,
            locked: Locked::default(),
        }
    }

    /// How many branches ran.
    pub fn ran(&self) -> usize {
        self.stages.iter().filter(|stage| matches!(stage.outcome, Outcome::Ran(_))).count()
    }

    /// How many the store had.
    pub fn cached(&self) -> usize {
        self.stages.iter().filter(|stage| stage.outcome == Outcome::Cached).count()
    }

    /// The failures, as an error.
    ///
    /// # Errors
    /// [`PipelineError::Stages`] where a branch failed, [`PipelineError::Interrupted`] where the run
    /// was ended before it was done.
    pub fn check(&self) -> Result<()> {
        let named = |wanted: fn(&Outcome) -> bool| -> Vec<String> {
            let found = self.stages.iter().filter(|stage| wanted(&stage.outcome));
            found.map(|stage| stage.branch.clone()).collect()
        };
        let failures: Vec<(String, String)> = self
            .stages
            .iter()
            .filter_map(|stage| match &stage.outcome {
                Outcome::Failed(message) => Some((stage.branch.clone(), message.clone())),
                _ => None,
            })
            .collect();
        let (skipped, stopped) =
            (named(|outcome| *outcome == Outcome::Skipped), named(|outcome| *outcome == Outcome::Stopped));
        if !failures.is_empty() {
            return Err(PipelineError::Stages { failures, skipped, stopped });
        }
        if self.interrupted && !(stopped.is_empty() && skipped.is_empty()) {
            let finished = self.ran() + self.cached();
            return Err(PipelineError::Interrupted { finished, planned: self.stages.len() });
        }
        Ok(())
    }
}
