//! Branches that are as an earlier run found them.

use super::branch_result::BranchResult;
use super::making::Making;
use super::reading::left_out;
use super::report::Outcome;
use super::snapshot::Unmoved;
use crate::plan::{Branch, BranchAt};
use crate::spec::ForEach;

impl Making<'_> {
    /// The result of a branch that was known before the run, where it and all that it reads are as they were.
    pub(super) fn unmoved(&self, at: BranchAt, branch: &Branch<'_>) -> Option<BranchResult> {
        let Making { plan, progress, .. } = self;
        let name = branch.id.to_string();
        if !self.known.has(&name) {
            return None;
        }
        let is_unmoved = |result: Option<&BranchResult>| result.is_some_and(|result| result.is_unmoved);
        if !branch.reads.iter().all(|read| is_unmoved(progress.result(read.from))) {
            return None;
        }
        // What a branch is may depend on the values of a column that it doesn't read.
        if matches!(plan.pipeline.stages[at.stage].foreach, Some(ForEach::Column { .. })) {
            let read = plan.reads[at.stage].iter().filter_map(|stage| progress.stage(*stage));
            if !read.flat_map(|known| &known.results).all(|result| is_unmoved(result.get())) {
                return None;
            }
        }
        let Unmoved { fingerprint, record, reads_folders } =
            self.known.unmoved((plan, self.store, &self.reading), branch, &name)?;
        if !self.reading.are_answered(branch, &record.fingerprint) {
            return None;
        }
        self.seen.check(branch, &record.fingerprint).ok()?;
        tracing::info!(stage = name, fingerprint = fingerprint.short(), "cached");
        let hidden = if reads_folders { left_out(plan, branch) } else { Vec::new() };
        let result = self.told(branch, name, Outcome::Cached, (fingerprint, record), hidden);
        Some(BranchResult { is_unmoved: true, reads_files_alone: !reads_folders, ..result })
    }
}
