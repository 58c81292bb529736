//! What became of a branch.

use super::progress::HasRecord;
use super::report::StageReport;
use crate::digest::Digest;
use crate::store::Record;

/// What became of a branch.
pub(crate) struct BranchResult {
    pub(crate) made: Option<(Digest, Record)>,
    pub(crate) report: StageReport,
}

impl HasRecord for BranchResult {
    fn record(&self) -> Option<(&Digest, &Record)> {
        self.made.as_ref().map(|(digest, record)| (digest, record))
    }
}
