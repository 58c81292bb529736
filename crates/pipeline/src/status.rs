//! What a run would do, and why.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::Serialize;

use crate::branch::BranchAt;
use crate::causes::causes;
use crate::making::{Kept, kept};
use crate::plan::{HasRecord, Progress};
use crate::reading::Reading;
use crate::selection::Part;
use crate::{Branch, BranchId, Cause, Digest, ForEach, Plan, Record, Result, Store};

/// The state of a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "causes")]
pub enum State {
    /// The store has its outputs.
    Fresh,
    /// It was made, of something else than there is now; what differs.
    Stale(Vec<String>),
    /// It was never made on this vintage, or its outputs are gone; why.
    Missing(Vec<String>),
    /// Outputs in the store aren't what they were; which.
    Corrupt(Vec<String>),
    /// Something that it reads would run first, and might come out the same; which.
    Waiting(Vec<String>),
}

impl State {
    /// The state in a word.
    pub fn word(&self) -> &'static str {
        match self {
            State::Fresh => "fresh",
            State::Stale(_) => "stale",
            State::Missing(_) => "missing",
            State::Corrupt(_) => "corrupt",
            State::Waiting(_) => "waiting",
        }
    }

    /// Why it isn't fresh.
    pub fn causes(&self) -> &[String] {
        match self {
            State::Fresh => &[],
            State::Stale(causes)
            | State::Missing(causes)
            | State::Corrupt(causes)
            | State::Waiting(causes) => causes,
        }
    }

    /// Whether it would run for sure.
    pub fn would_run(&self) -> bool {
        matches!(self, State::Stale(_) | State::Missing(_) | State::Corrupt(_))
    }

    fn of(causes: &[Cause]) -> Self {
        let texts = causes.iter().map(Cause::to_string).collect();
        if causes.iter().any(|cause| matches!(cause, Cause::Corrupt { .. })) {
            State::Corrupt(texts)
        } else if causes
            .iter()
            .any(|cause| matches!(cause, Cause::FirstRun | Cause::Gone { .. } | Cause::NoRecord))
        {
            State::Missing(texts)
        } else {
            State::Stale(texts)
        }
    }
}

/// The state of one branch.
#[derive(Debug, Clone, Serialize)]
pub struct StageStatus {
    /// The branch.
    pub branch: String,
    /// Its state.
    #[serde(flatten)]
    pub state: State,
    /// The branch's name, in its parts.
    #[serde(skip)]
    pub id: BranchId,
    /// What is kept of it, where it is fresh or corrupt.
    #[serde(skip)]
    pub record: Option<Record>,
    /// The digest of its fingerprint, where that is known.
    #[serde(skip)]
    pub fingerprint: Option<Digest>,
}

impl HasRecord for StageStatus {
    fn record(&self) -> Option<(&Digest, &Record)> {
        let fresh = self.state == State::Fresh;
        self.fingerprint.as_ref().zip(self.record.as_ref()).filter(|_| fresh)
    }
}

/// The state of each selected branch of a plan; runs nothing and writes nothing. A stage whose
/// branches aren't known yet is there once, under its name.
///
/// # Errors
/// Where a file that a branch reads can't be read.
pub fn status(plan: &Plan<'_>, store: &Store) -> Result<Vec<StageStatus>> {
    let latest = store.latest(&plan.vintage.name);
    let reading = Reading::new(store);
    let progress: Progress<'_, StageStatus> = Progress::new(plan);
    let mut unlaid: Vec<Option<StageStatus>> = Vec::new();
    for (stage, part) in plan.parts.iter().enumerate() {
        let waiting = waiting_for_layout(plan, stage, &progress, &unlaid);
        if *part == Part::LeftOut || !waiting.is_empty() {
            let id = BranchId { stage: plan.pipeline.stages[stage].name.clone(), item: None };
            let unknown = StageStatus::new(id, State::Waiting(waiting));
            unlaid.push(Some(unknown).filter(|_| *part != Part::LeftOut));
            continue;
        }
        unlaid.push(None);
        let known = progress.put_branches(stage, progress.lay_out(plan, stage, store)?);
        for (at, branch) in known.branches.iter().enumerate() {
            let status = of_branch(plan, branch, store, &reading, &progress, &latest)?;
            let _ = known.results[at].set(status);
        }
    }
    let mut statuses = Vec::new();
    for ((known, unlaid), part) in progress.into_stages().zip(unlaid).zip(&plan.parts) {
        if *part != Part::Made {
            continue;
        }
        statuses.extend(unlaid);
        let results = known.into_iter().flat_map(|known| known.results);
        statuses.extend(results.filter_map(OnceLock::into_inner));
    }
    Ok(statuses)
}

/// What has to be made before the branches of a stage are known.
fn waiting_for_layout(
    plan: &Plan<'_>,
    stage: usize,
    progress: &Progress<'_, StageStatus>,
    unlaid: &[Option<StageStatus>],
) -> Vec<String> {
    let name = |stage: usize| plan.pipeline.stages[stage].name.clone();
    let unknown = plan.reads[stage].iter().filter(|read| unlaid.get(**read).is_some_and(Option::is_some));
    let mut waiting: Vec<String> = unknown.map(|read| name(*read)).collect();
    if let Some(ForEach::Column { stage: of, .. }) = &plan.pipeline.stages[stage].foreach
        && let Some(of) = plan.pipeline.positions.get(of)
        && let Some(known) = progress.stage(*of)
    {
        let unmade = known.results.iter().filter_map(|result| result.get());
        let unmade = unmade.filter(|status| status.record().is_none());
        waiting.extend(unmade.map(|status| status.branch.clone()));
    }
    waiting
}

impl StageStatus {
    fn new(id: BranchId, state: State) -> Self {
        Self { branch: id.to_string(), id, state, record: None, fingerprint: None }
    }
}

fn of_branch(
    plan: &Plan<'_>,
    branch: &Branch<'_>,
    store: &Store,
    reading: &Reading,
    progress: &Progress<'_, StageStatus>,
    latest: &BTreeMap<String, Digest>,
) -> Result<StageStatus> {
    let name_of = |at: BranchAt| progress.branch(at).map(|branch| branch.id.to_string());
    let unmade = branch.reads.iter().map(|read| read.from).filter(|from| progress.record(*from).is_none());
    // In the order of the pipeline, each once.
    let unmade: BTreeSet<BranchAt> = unmade.collect();
    let waiting: Vec<String> = unmade.into_iter().filter_map(name_of).collect();
    if !waiting.is_empty() {
        return Ok(StageStatus::new(branch.id.clone(), State::Waiting(waiting)));
    }
    let fingerprint = reading.fingerprint(plan, branch, progress)?;
    let digest = fingerprint.digest()?;
    let mut status = StageStatus::new(branch.id.clone(), State::Fresh);
    match kept(store, reading, &digest) {
        Kept::Whole(record) => status.record = Some(record),
        Kept::Broken(record, broken) => {
            status.state = State::of(&broken);
            status.record = Some(record);
        }
        Kept::Nothing => {
            let before = latest.get(&status.branch).and_then(|digest| store.record(digest));
            let before = before.as_ref().map(|record| &record.fingerprint);
            status.state = State::of(&causes(before, &fingerprint));
        }
    }
    status.fingerprint = Some(digest);
    Ok(status)
}
