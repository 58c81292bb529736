//! What became of a branch.

use super::progress::HasRecord;
use super::report::StageReport;
use crate::digest::Digest;
use crate::store::{Failure, Record};

/// What became of a branch.
pub(crate) struct BranchResult {
    pub(crate) made: Option<(Digest, Record)>,
    pub(crate) report: StageReport,
    /// What is remembered of it where it failed.
    pub(crate) failure: Option<Failure>,
    /// Whether it was known before the run, and is as it was: what it made and what is shown of it needs no further look.
    pub(crate) is_unmoved: bool,
    /// Whether it was seen then that it reads no folder.
    pub(crate) reads_files_alone: bool,
}

impl BranchResult {
    /// One that has no result.
    pub(crate) fn without(report: StageReport, failure: Option<Failure>) -> Self {
        Self { made: None, report, failure, is_unmoved: false, reads_files_alone: false }
    }
}

impl HasRecord for BranchResult {
    fn record(&self) -> Option<(&Digest, &Record)> {
        self.made.as_ref().map(|(digest, record)| (digest, record))
    }

    fn reads_files_alone(&self) -> bool {
        self.reads_files_alone
    }
}
