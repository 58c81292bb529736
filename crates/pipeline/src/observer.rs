//! Watching a run.

use crate::StageReport;

/// Is told what happens in a run, from whichever thread it happens on.
pub trait Observer: Send + Sync {
    /// The run has this many branches.
    fn planned(&self, _branches: usize) {}
    /// A branch begins to run (one found in the store doesn't).
    fn started(&self, _branch: &str) {}
    /// A branch ran, was found in the store, failed, or was skipped.
    fn finished(&self, _report: &StageReport) {}
}

/// Watches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {}
