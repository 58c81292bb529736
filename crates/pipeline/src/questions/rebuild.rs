//! Making everything again, away from the store, to see whether the same comes out.

use serde::Serialize;

use super::survey::Survey;
use crate::digest::Digest;
use crate::error::{PipelineError, Result};
use crate::operation::Cancelled;
use crate::plan::Plan;
use crate::run::{Engine, HasRecord, Observer, RunOptions};
use crate::store::Store;

/// What came out of making everything again.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Rebuild {
    /// How many branches were made again.
    pub branches: usize,
    /// How many outputs came out as they are kept, byte for byte.
    pub same: usize,
    /// Outputs that came out otherwise, in the pipeline's order.
    pub differing: Vec<Rebuilt>,
    /// Branches of which the store has nothing to compare with, as things are now.
    pub not_kept: Vec<String>,
}

/// An output that came out otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rebuilt {
    /// The output, as `branch.output`.
    pub output: String,
    /// The digest of what is kept.
    pub kept: Digest,
    /// The digest of what came out; nothing where the output didn't.
    pub rebuilt: Option<Digest>,
}

/// Makes all branches of a plan in a scratch store, and compares what comes out with what is kept.
///
/// # Errors
/// Where a branch fails, the run is cancelled, or the scratch store can't be written.
pub fn rebuild(
    plan: &Plan<'_>,
    store: &Store,
    observer: &dyn Observer,
    jobs: usize,
    cancelled: Cancelled,
) -> Result<Rebuild> {
    // What is made again isn't a killed run's leftover.
    let _in_use = store.share()?;
    let folder = store.scratch_folder()?;
    let scratch = Store::in_folder(folder.path());
    let options = RunOptions { store_only: true, jobs, cancelled, ..RunOptions::default() };
    let report = Engine::new(&scratch, observer).run(plan, &options)?;
    report.check()?;
    let mut found = Rebuild { branches: report.stages.len(), ..Rebuild::default() };
    let (kept, made) = (Survey::new(plan, store)?, Survey::new(plan, &scratch)?);
    for status in made.statuses() {
        let before = kept.position(&status.id).and_then(|at| kept.progress.result(at));
        let Some((_, before)) = before.and_then(HasRecord::record) else {
            found.not_kept.push(status.branch.clone());
            continue;
        };
        for (name, output) in &before.outputs {
            let rebuilt = status.record.as_ref().and_then(|record| record.outputs.get(name));
            if rebuilt.is_some_and(|rebuilt| rebuilt.digest == output.digest) {
                found.same += 1;
                continue;
            }
            found.differing.push(Rebuilt {
                output: format!("{}.{name}", status.branch),
                kept: output.digest.clone(),
                rebuilt: rebuilt.map(|rebuilt| rebuilt.digest.clone()),
            });
        }
    }
    folder.close().map_err(PipelineError::io("the scratch store", "removing"))?;
    Ok(found)
}
