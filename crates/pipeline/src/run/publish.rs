//! Outputs that are written into the workspace.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::reading::Reading;
use crate::error::{PipelineError, Result};
use crate::plan::{Branch, Plan};
use crate::store::{Record, Store, write_published};

/// Writes the outputs of a branch that are to be published, where they differ from what is there, and
/// notes the folders of those that it wrote.
pub(crate) fn publish(
    store: &Store,
    plan: &Plan<'_>,
    branch: &Branch<'_>,
    record: &Record,
    reading: &Reading,
    folders: &mut BTreeSet<PathBuf>,
) -> Result<Vec<PathBuf>> {
    let mut published = Vec::new();
    for (output, target) in &branch.bound.publish {
        let Some(kept) = record.outputs.get(output) else { continue };
        let target = target_of(target, &plan.vintage.name);
        let path = plan.pipeline.workspace.join(&target);
        if reading.files.matches(&path, &kept.digest, kept.bytes) != Some(true) {
            let bytes = store.object(&kept.digest).ok_or_else(|| PipelineError::Artifact {
                what: path.display().to_string(),
                message: "the stored object is corrupt; run again".into(),
            })?;
            write_published(&path, &bytes)?;
            folders.extend(path.parent().map(Path::to_owned));
        }
        published.push(target);
    }
    Ok(published)
}

/// Where an output is published for a vintage.
pub(crate) fn target_of(target: &str, vintage: &str) -> PathBuf {
    PathBuf::from(target.replace("{vintage}", vintage))
}
