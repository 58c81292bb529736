//! The steps of a run's end, one after the other: what was made is held to the lock, shown, published, and noted.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::thread;

use super::branch_result::BranchResult;
use super::ending::{cached, check_publications, publish_all, remember, results, show};
use super::failures::remember_failures;
use super::progress::Branches;
use super::publish::Publishing;
use super::reading::Reading;
use super::report::{Outcome, Report, StageReport};
use super::run_options::RunOptions;
use super::snapshot::{KnownBranches, Request, keep_known};
use crate::digest::Digest;
use crate::error::{PipelineError, Result};
use crate::plan::{Branch, Part, Plan};
use crate::store::{Locked, Showing, Shown, Store, WriteThrough};

/// The end of a run.
pub(super) struct Finish<'r> {
    plan: &'r Plan<'r>,
    store: &'r Store,
    options: &'r RunOptions,
    reading: &'r Reading,
    /// The branches that an earlier run found as they are to be.
    known: &'r KnownBranches,
    stages: &'r [Option<Branches<'r, BranchResult>>],
    /// Stages whose branches couldn't be laid out.
    unlaid: &'r [OnceLock<StageReport>],
    /// Whether all is made. Reports that belong together are written together: none of them where a stage failed.
    whole: bool,
    /// Whether nothing is shown or published.
    store_only: bool,
    report: Report,
    /// What stood in the way of showing and publishing.
    unshown: Result<()>,
}

impl<'r> Finish<'r> {
    pub(super) fn new(
        (plan, store, options): (&'r Plan<'r>, &'r Store, &'r RunOptions),
        reading: &'r Reading,
        known: &'r KnownBranches,
        stages: &'r [Option<Branches<'r, BranchResult>>],
        unlaid: &'r [OnceLock<StageReport>],
    ) -> Self {
        let made = |result: &OnceLock<BranchResult>| result.get().is_some_and(|result| result.made.is_some());
        let whole = stages.iter().zip(&plan.parts).all(|(known, part)| match known {
            Some(known) => known.results.iter().all(made),
            None => *part == Part::LeftOut,
        });
        let report = Report::new(plan, options.cancelled.is_cancelled());
        let store_only = options.store_only;
        let unshown = Ok(());
        Self { plan, store, options, reading, known, stages, unlaid, whole, store_only, report, unshown }
    }

    /// Notes what the vintage was made of and what came out.
    pub(super) fn note_what_came_out(&mut self, came_out: Result<Locked>) -> Result<()> {
        // Where a stage failed, what couldn't be read was its fault, and is reported as that.
        self.report.locked = if self.whole { came_out? } else { came_out.unwrap_or_default() };
        Ok(())
    }

    /// Fails where something else came out than has to. That a stage failed has to be said before that.
    pub(super) fn hold_to_the_lock(&mut self) -> Result<()> {
        let Some(locked) = &self.options.locked else { return Ok(()) };
        let differences = locked.differences(&self.report.locked, !(self.plan.whole && self.whole));
        self.store_only |= !differences.is_empty();
        if differences.is_empty() || self.has_failed() {
            return Ok(());
        }
        Err(PipelineError::Unlocked { vintage: self.plan.vintage.name.clone(), differences })
    }

    fn has_failed(&self) -> bool {
        let is_failure = |report: &StageReport| matches!(report.outcome, Outcome::Failed(_));
        self.unlaid.iter().filter_map(OnceLock::get).any(is_failure)
            || results(self.stages).filter_map(|(_, result)| result).any(|result| is_failure(&result.report))
    }

    /// Puts what was made where people look for it; what is shown, and what is the latest of each branch.
    pub(super) fn show_and_publish(
        &mut self,
        publishing: &mut Publishing<'_>,
        before: &BTreeMap<String, Digest>,
    ) -> (Shown, BTreeMap<String, Digest>) {
        // What a failed branch depended on at its last success still explains the next run.
        let mut latest = if self.plan.whole && self.whole { BTreeMap::new() } else { before.clone() };
        let mut shown = Shown::default();
        if self.whole && !self.store_only {
            // Some paths are known only now.
            self.unshown = check_publications(self.plan, self.store, self.stages);
        }
        for (stage, known) in self.stages.iter().enumerate() {
            let Some(known) = known else {
                self.report.stages.extend(self.unlaid[stage].get().cloned());
                continue;
            };
            let selected = self.plan.parts[stage] == Part::Made;
            for (branch, result) in known.branches.iter().zip(&known.results) {
                let Some(result) = result.get() else { continue };
                self.show(branch, result, selected, &mut shown, publishing);
                if let Some((digest, _)) = &result.made {
                    latest.insert(branch.id.to_string(), digest.clone());
                }
                if selected || matches!(result.report.outcome, Outcome::Failed(_)) {
                    self.report.stages.push(result.report.clone());
                }
            }
        }
        let unmoved =
            results(self.stages).filter_map(|(_, result)| result).filter(|result| result.is_unmoved);
        tracing::info!(branches = unmoved.count(), "are as an earlier run found them");
        (shown, latest)
    }

    /// The same of one branch, until something stands in the way.
    fn show(
        &mut self,
        branch: &Branch<'_>,
        result: &BranchResult,
        selected: bool,
        shown: &mut Shown,
        publishing: &mut Publishing<'_>,
    ) {
        let Some((_, record)) = result.made.as_ref().filter(|_| !self.store_only) else { return };
        if self.unshown.is_ok() {
            let of = (self.store, self.plan.key());
            self.unshown = show(of, branch, record, self.reading, result.is_unmoved, shown);
        }
        if self.whole && selected && self.unshown.is_ok() {
            self.unshown = publish_all(publishing, self.plan, branch, record, &mut self.report.published);
        }
    }

    /// Waits until what was made is on the disk; whether it is. What isn't there isn't remembered as sound.
    pub(super) fn settle(&mut self, disk: WriteThrough) -> bool {
        let settled = disk.settle();
        let is_settled = settled.is_ok();
        self.meet(settled);
        is_settled
    }

    /// Takes away what is shown and is no longer made; files of others that lie there.
    pub(super) fn tidy(&mut self, shown: &Shown, showing: &Showing) -> Vec<PathBuf> {
        if self.store_only || !self.plan.whole || !self.whole || self.unshown.is_err() {
            return Vec::new();
        }
        let tidied = self.store.tidy_outputs(self.plan.key(), shown, &self.reading.files, showing);
        tidied.unwrap_or_else(|error| {
            self.unshown = Err(error);
            Vec::new()
        })
    }

    /// Notes what is published and what is the latest, and for the next run which branches were cached. What waits for the
    /// disk waits for all of it at once. Whether the latest is noted.
    pub(super) fn put_down(
        &mut self,
        publishing: Publishing<'_>,
        (before, latest): (&BTreeMap<String, Digest>, BTreeMap<String, Digest>),
        others: &[PathBuf],
        is_settled: bool,
    ) -> Result<()> {
        let (published, noted) = thread::scope(|scope| {
            let is_new = latest != *before;
            let noting = || self.store.put_latest(self.plan.key(), Arc::new(latest));
            let noting = is_new.then(|| scope.spawn(noting));
            let remembering = is_settled.then(|| scope.spawn(|| self.remember_branches(others)));
            let published = publishing.finish();
            let noted = noting.map(|noting| noting.join().unwrap_or_else(|panic| resume_unwind(panic)));
            if let Some(remembering) = remembering {
                remembering.join().unwrap_or_else(|panic| resume_unwind(panic));
            }
            (published, noted.unwrap_or(Ok(())))
        });
        match published {
            Ok(set_aside) => self.report.set_aside = set_aside,
            Err(error) => self.meet(Err(error)),
        }
        noted
    }

    fn remember_branches(&self, others: &[PathBuf]) {
        if let Some(request) = self.to_remember() {
            let cached = cached(self.plan, self.store, self.stages, others);
            keep_known(self.known, (self.plan, self.store, self.reading), request, cached);
        }
        self.reading.save();
    }

    /// Remembers what failed until it is made.
    pub(super) fn note_failures(&mut self, noted: Result<()>) {
        if !self.options.store_only
            && let Err(error) = remember_failures(self.store, self.plan, self.stages, self.unlaid)
        {
            tracing::warn!(%error, "what failed can't be remembered");
        }
        self.meet(noted);
    }

    /// Takes a snapshot where there was nothing to do.
    pub(super) fn take_snapshot(&self) {
        let Some(request) = self.to_remember() else { return };
        if self.report.set_aside.is_empty() && self.report.cached() == self.report.stages.len() {
            remember(request, self.plan, self.store, self.reading, self.stages, &self.report);
        }
    }

    /// What was asked, where all of it was made and shown.
    fn to_remember(&self) -> Option<&'r Request> {
        let is_done = self.whole && !self.store_only && self.unshown.is_ok();
        self.options.remember.as_ref().filter(|_| is_done)
    }

    /// Notes what stood in the way, unless something did before.
    fn meet(&mut self, met: Result<()>) {
        if self.unshown.is_ok() {
            self.unshown = met;
        }
    }

    /// The report, or what has to be said in its place.
    pub(super) fn told(self, unknown: OnceLock<PipelineError>) -> Result<Report> {
        match self.unshown {
            // That a stage failed is what has to be said, and mostly it failed of the same.
            Err(error) if self.report.check().is_err() => {
                tracing::warn!(%error, "what was made is kept and couldn't be shown");
            }
            unshown => unshown?,
        }
        unknown.into_inner().map_or(Ok(self.report), Err)
    }
}
