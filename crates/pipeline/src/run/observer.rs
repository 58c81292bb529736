//! Watching a run.

use super::report::StageReport;

/// Is told what happens in a run, from whichever thread it happens on.
pub trait Observer: Send + Sync {
    /// The branches of a stage are known: so many. Each of them will be finished.
    fn planned(&self, _stage: &str, _branches: usize) {}
    /// A branch begins to run (one found in the store doesn't).
    fn started(&self, _branch: &str) {}
    /// A branch waits for another process that makes it just now; who says that it does.
    fn waiting(&self, _branch: &str, _holder: &str) {}
    /// A branch's stage failed, and all that it said; of a run that writes no logs.
    fn failed(&self, _branch: &str, _log: &str) {}
    /// Something that has to do with all branches.
    fn said(&self, _text: &str) {}
    /// A branch ran, was found in the store, failed, or was skipped.
    fn finished(&self, _report: &StageReport) {}
}

/// Watches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {}
