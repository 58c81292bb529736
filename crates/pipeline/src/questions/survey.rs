//! A look at all branches of a plan as they stand, which runs nothing and writes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use super::status::{LastFailure, StageStatus, State};
use crate::digest::Digest;
use crate::error::Result;
use crate::fingerprint::{Before, Cause};
use crate::plan::{Branch, BranchAt, BranchId, Part, Plan};
use crate::run::{HasRecord, Kept, Progress, Reading, failures, kept, locked};
use crate::spec::{BranchName, ForEach, no_branch};
use crate::store::{Failure, Locked, Store};

/// The branches of a plan with the state of each.
pub struct Survey<'p, 'a> {
    pub(crate) plan: &'p Plan<'a>,
    pub(crate) store: &'p Store,
    pub(crate) reading: Reading,
    pub(crate) progress: Progress<'a, StageStatus>,
    /// The fingerprints of the vintage's last run.
    pub(crate) latest: Arc<BTreeMap<String, Digest>>,
    /// What failed and hasn't been made since.
    failures: BTreeMap<String, Failure>,
    /// Stages whose branches aren't known yet.
    unlaid: Vec<Option<StageStatus>>,
}

impl<'p, 'a> Survey<'p, 'a> {
    /// Looks at each selected branch and at what it reads. Files that haven't changed since they were
    /// last read aren't read again.
    ///
    /// # Errors
    /// Where a file that a branch reads can't be read.
    pub fn new(plan: &'p Plan<'a>, store: &'p Store) -> Result<Self> {
        Self::with(plan, store, Reading::new(store))
    }

    /// The same, but reads every byte of every file and object.
    ///
    /// # Errors
    /// Where a file that a branch reads can't be read.
    pub fn of_every_byte(plan: &'p Plan<'a>, store: &'p Store) -> Result<Self> {
        Self::with(plan, store, Reading::anew(store))
    }

    fn with(plan: &'p Plan<'a>, store: &'p Store, reading: Reading) -> Result<Self> {
        let (latest, progress) = (store.latest(plan.key()), Progress::new(plan));
        let failures = failures(store, plan);
        let mut survey = Self { plan, store, reading, progress, latest, failures, unlaid: Vec::new() };
        for (stage, part) in plan.parts.iter().enumerate() {
            let waiting = survey.waiting_for_layout(stage);
            if *part == Part::LeftOut || !waiting.is_empty() {
                let id = BranchId { stage: plan.pipeline.stages[stage].name.clone(), item: None };
                let mut unknown = StageStatus::new(id, State::Waiting(waiting));
                unknown.failed = survey.last_failure(&unknown);
                survey.unlaid.push(Some(unknown).filter(|_| *part != Part::LeftOut));
                continue;
            }
            survey.unlaid.push(None);
            let branches = survey.progress.lay_out(plan, stage, store)?;
            let known = survey.progress.put_branches(stage, branches);
            for (at, branch) in known.branches.iter().enumerate() {
                let mut status = survey.look_at(branch)?;
                status.failed = survey.last_failure(&status);
                let _ = known.results[at].set(status);
            }
        }
        Ok(survey)
    }

    /// The state of each selected branch, in the pipeline's order. A stage whose branches aren't known
    /// yet is there once, under its name.
    pub fn statuses(&self) -> impl Iterator<Item = &StageStatus> {
        let stages = self.plan.parts.iter().enumerate().filter(|(_, part)| **part == Part::Made);
        stages.flat_map(|(stage, _)| {
            let known = self.progress.stage(stage);
            let results = known.into_iter().flat_map(|known| known.results.iter().filter_map(OnceLock::get));
            self.unlaid.get(stage).and_then(Option::as_ref).into_iter().chain(results)
        })
    }

    /// The branches that are known, each with what it runs on, in the pipeline's order.
    pub fn branches(&self) -> impl Iterator<Item = &Branch<'a>> {
        let stages = 0..self.plan.parts.len();
        stages.filter_map(|stage| self.progress.stage(stage)).flat_map(|known| &known.branches)
    }

    /// The branches that `stage` or `stage[item]` stands for; there is at least one. Where the branches of
    /// the stage aren't known yet it is the stage itself.
    ///
    /// # Errors
    /// [`PipelineError::Unknown`](crate::PipelineError::Unknown) with a suggestion.
    pub fn named(&self, name: &str) -> Result<Vec<&StageStatus>> {
        let named = BranchName::parse(name)?;
        named.check(self.plan.pipeline, self.plan.vintage)?;
        let of_stage: Vec<&StageStatus> =
            self.statuses().filter(|status| status.id.stage == named.stage).collect();
        let is_unlaid = |status: &&StageStatus| status.id.item.is_none();
        let Some(item) = named.item else { return Ok(of_stage) };
        let is_meant = |status: &&&StageStatus| is_unlaid(status) || status.id.item.as_deref() == Some(item);
        let found: Vec<&StageStatus> = of_stage.iter().filter(is_meant).copied().collect();
        if found.is_empty() {
            let known: Vec<&str> = of_stage.iter().filter_map(|status| status.id.item.as_deref()).collect();
            return Err(no_branch(named.stage, item, known));
        }
        Ok(found)
    }

    /// What the vintage was made of and what came out, as far as it is made.
    ///
    /// # Errors
    /// Where a file can't be read.
    pub fn locked(&self) -> Result<Locked> {
        locked(&self.progress, self.plan, &self.reading)
    }

    pub(crate) fn into_statuses(self) -> Vec<StageStatus> {
        let mut statuses = Vec::new();
        for ((known, unlaid), part) in self.progress.into_stages().zip(self.unlaid).zip(&self.plan.parts) {
            if *part == Part::Made {
                statuses.extend(unlaid);
                let results = known.into_iter().flat_map(|known| known.results);
                statuses.extend(results.filter_map(OnceLock::into_inner));
            }
        }
        statuses
    }

    /// Where a branch stands that is known.
    pub(crate) fn position(&self, id: &BranchId) -> Option<BranchAt> {
        let stage = *self.plan.pipeline.positions.get(&id.stage)?;
        let branches = &self.progress.stage(stage)?.branches;
        let branch = branches.iter().position(|branch| branch.id == *id)?;
        Some(BranchAt { stage, branch })
    }

    fn last_failure(&self, status: &StageStatus) -> Option<LastFailure> {
        let failure = self.failures.get(&status.branch).filter(|_| status.state != State::Fresh)?;
        let log = self.store.log_path(self.plan.key(), &status.id);
        let workspace = &self.plan.pipeline.workspace;
        let fingerprints = failure.fingerprint.as_ref().zip(status.fingerprint.as_ref());
        Some(LastFailure {
            at: failure.at,
            message: failure.message.clone(),
            log: log.is_file().then(|| log.strip_prefix(workspace).unwrap_or(&log).to_owned()),
            changed_since: fingerprints.map(|(then, now)| then != now),
        })
    }

    /// What has to be made before the branches of a stage are known.
    fn waiting_for_layout(&self, stage: usize) -> Vec<String> {
        let plan = self.plan;
        let is_unlaid = |read: &&usize| self.unlaid.get(**read).is_some_and(Option::is_some);
        let unknown = plan.reads[stage].iter().filter(is_unlaid);
        let mut waiting: Vec<String> = unknown.map(|read| plan.pipeline.stages[*read].name.clone()).collect();
        if let Some(ForEach::Column { stage: of, .. }) = &plan.pipeline.stages[stage].foreach
            && let Some(of) = plan.pipeline.positions.get(of)
            && let Some(known) = self.progress.stage(*of)
        {
            let unmade = known.results.iter().filter_map(|result| result.get());
            let unmade = unmade.filter(|status| status.record().is_none());
            waiting.extend(unmade.map(|status| status.branch.clone()));
        }
        waiting
    }

    fn look_at(&self, branch: &Branch<'_>) -> Result<StageStatus> {
        let unmade = branch.reads.iter().map(|read| read.from);
        // In the order of the pipeline, each once.
        let unmade: BTreeSet<BranchAt> =
            unmade.filter(|from| self.progress.record(*from).is_none()).collect();
        let name_of = |at: BranchAt| self.progress.branch(at).map(|branch| branch.id.to_string());
        let waiting: Vec<String> = unmade.into_iter().filter_map(name_of).collect();
        if !waiting.is_empty() {
            return Ok(StageStatus::new(branch.id.clone(), State::Waiting(waiting)));
        }
        let fingerprint = self.reading.fingerprint(self.plan, branch, &self.progress)?;
        let digest = fingerprint.digest()?;
        let mut status = StageStatus::new(branch.id.clone(), State::Fresh);
        match kept(self.store, &self.reading, &digest) {
            Kept::Whole(record) => status.record = Some(record),
            Kept::Broken(record, broken) => {
                status.would_run(broken);
                status.record = Some(record);
            }
            Kept::Nothing => {
                let named = self.latest.get(&status.branch);
                let record = named.and_then(|digest| self.store.record(digest));
                let before = Before::new(named, record.as_ref().map(|record| &record.fingerprint));
                let has_failed = self.failures.contains_key(&status.branch);
                status.would_run(match before {
                    Before::Never if has_failed => vec![Cause::NeverMade],
                    before => before.causes(&fingerprint),
                });
            }
        }
        status.fingerprint = Some(digest);
        Ok(status)
    }
}

/// The state of each selected branch of a plan; runs nothing and writes nothing. A stage whose
/// branches aren't known yet is there once, under its name.
///
/// # Errors
/// Where a file that a branch reads can't be read.
pub fn status(plan: &Plan<'_>, store: &Store) -> Result<Vec<StageStatus>> {
    Ok(Survey::new(plan, store)?.into_statuses())
}
