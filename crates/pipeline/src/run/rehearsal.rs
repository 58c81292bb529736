//! Running a part of a plan away from the store, to see whether it can be.

use super::engine::Engine;
use super::observer::Observer;
use super::report::Report;
use super::run_options::RunOptions;
use crate::error::{PipelineError, Result};
use crate::operation::Cancelled;
use crate::plan::Plan;
use crate::store::Store;

/// Runs all selected branches of a plan in a scratch store, each whether or not others fail, and keeps
/// nothing of it.
///
/// # Errors
/// Where the scratch store can't be written; failed branches are in the report.
pub fn rehearse(
    plan: &Plan<'_>,
    store: &Store,
    observer: &dyn Observer,
    jobs: usize,
    cancelled: Cancelled,
) -> Result<Report> {
    // What is made for a moment isn't a killed run's leftover.
    let _in_use = store.share()?;
    let folder = store.scratch_folder()?;
    let scratch = Store::in_folder(folder.path());
    let options = RunOptions { store_only: true, keep_going: true, jobs, cancelled, ..RunOptions::default() };
    let report = Engine::new(&scratch, observer).run(plan, &options)?;
    folder.close().map_err(PipelineError::io("the scratch store", "removing"))?;
    Ok(report)
}
