//! What a run holds its lock to.

use std::collections::BTreeSet;

use super::progress::{HasRecord, Progress};
use super::reading::{Reading, files};
use crate::error::Result;
use crate::plan::Plan;
use crate::spec::SourceFile;
use crate::store::Locked;

/// What the vintage was made of and what came out, as far as it is made.
pub(crate) fn locked<T: HasRecord>(
    progress: &Progress<'_, T>,
    plan: &Plan<'_>,
    reading: &Reading,
) -> Result<Locked> {
    let of_source = |source: &SourceFile| Ok((source.name.clone(), reading.files.digest(&source.path)?));
    let sources = plan.vintage.sources.iter().map(of_source).collect::<Result<_>>()?;
    let mut locked = Locked { sources, ..Locked::default() };
    let mut seen = BTreeSet::new();
    for known in (0..plan.pipeline.stages.len()).filter_map(|stage| progress.stage(stage)) {
        for (branch, result) in known.branches.iter().zip(&known.results) {
            let of_role = files(plan, branch)?.into_iter();
            // Raw files are known by their sources' names, wherever they lie.
            let of_workspace = of_role.filter(|(role, _)| branch.bound.files.contains_key(role));
            for file in of_workspace.flat_map(|(_, files)| files) {
                if seen.insert(file.path.clone()) {
                    let digest = reading.files.digest(&file.path)?;
                    locked.files.push((file.shown.display().to_string(), digest));
                }
            }
            let record = result.get().and_then(HasRecord::record);
            for (output, kept) in record.into_iter().flat_map(|(_, record)| &record.outputs) {
                locked.outputs.push((format!("{}.{output}", branch.id), kept.digest.clone()));
            }
        }
    }
    locked.files.sort();
    Ok(locked)
}
