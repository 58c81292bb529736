//! Handing branches over to an executor, and what is made of what it says of them.

use std::collections::BTreeMap;
use std::sync::{MutexGuard, PoisonError};

use super::away::Away;
use super::branch_result::BranchResult;
use super::executor::{Ended, Ready};
use super::failures::now;
use super::kept::{Kept, kept};
use super::making::Making;
use super::report::{Outcome, StageReport};
use crate::digest::Digest;
use crate::fingerprint::{Before, Cause, Fingerprint};
use crate::plan::{Branch, BranchAt};
use crate::store::Failure;

impl Making<'_> {
    /// Hands a branch over that has to be made.
    pub(super) fn hand_over(
        &self,
        (at, branch): (BranchAt, &Branch<'_>),
        name: &str,
        depends_on: Fingerprint,
        fingerprint: &Digest,
        mut causes: Vec<Cause>,
    ) {
        let latest = self.latest.get_or_init(|| self.store.latest(self.plan.key()));
        let named = latest.get(name);
        let before = named.and_then(|digest| self.store.record(digest));
        if causes.is_empty() {
            causes =
                Before::new(named, before.as_ref().map(|record| &record.fingerprint)).causes(&depends_on);
        }
        let forced = causes.contains(&Cause::Forced);
        let stage = &branch.id.stage;
        let resources =
            self.plan.pipeline.stage(stage).map(|stage| stage.resources.clone()).unwrap_or_default();
        self.away().insert(fingerprint.clone(), Away { at, causes });
        self.executor.take(Ready {
            branch: name.to_owned(),
            stage: stage.clone(),
            fingerprint: fingerprint.clone(),
            depends_on,
            resources,
            seconds: before.map(|record| record.seconds),
            forced,
        });
    }

    /// Whether the store has the result of a fingerprint.
    pub(super) fn has(&self, fingerprint: &Digest) -> bool {
        matches!(kept(self.store, &self.reading, fingerprint), Kept::Whole(_))
    }

    pub(super) fn is_any_away(&self) -> bool {
        !self.away().is_empty()
    }

    /// A branch is being made.
    pub(super) fn began(&self, fingerprint: &Digest) {
        let at = self.away().get(fingerprint).map(|away| away.at);
        if let Some(branch) = at.and_then(|at| self.progress.branch(at)) {
            self.observer.started(&branch.id.to_string());
        }
    }

    /// A branch that isn't away any longer.
    pub(super) fn back(&self, fingerprint: &Digest) -> Option<Away> {
        self.away().remove(fingerprint)
    }

    /// All that were away.
    pub(super) fn all_back(&self) -> BTreeMap<Digest, Away> {
        std::mem::take(&mut *self.away())
    }

    /// What became of a branch that was away.
    pub(super) fn settle(&self, fingerprint: &Digest, away: Away, ended: Ended) -> Option<BranchResult> {
        let branch = self.progress.branch(away.at)?;
        let name = branch.id.to_string();
        let failed = |message: String, log: &str| {
            let path = self.store.log_path(self.plan.key(), &branch.id);
            if !self.options.store_only {
                let said =
                    if log.is_empty() { format!("{name}\nfailed: {message}\n") } else { log.to_owned() };
                self.put_log(&path, &said);
            }
            let failure = Some(Failure::new(now(), &message, Some(fingerprint.clone())));
            BranchResult::without(StageReport::new(&name, Outcome::Failed(message)), failure)
        };
        Some(match ended {
            Ended::Stopped => BranchResult::without(StageReport::new(&name, Outcome::Stopped), None),
            Ended::Failed { message, log } => failed(message, &log),
            Ended::Made => match self.kept_or_shared(&name, fingerprint) {
                Kept::Whole(record) => {
                    self.write_log(branch, &record, None);
                    let causes = away.causes.iter().map(Cause::to_string).collect();
                    self.came_out(branch, name, Outcome::Ran(causes), fingerprint.clone(), record)
                }
                Kept::Broken(..) | Kept::Nothing => failed(
                    "it was made elsewhere, and its result isn't whole in the store; run again".into(),
                    "",
                ),
            },
        })
    }

    fn away(&self) -> MutexGuard<'_, BTreeMap<Digest, Away>> {
        self.away.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
