//! What stages publish, as the lock has it.

use vintner_pipeline::Store;

use crate::contents::Contents;
use crate::error::{PackageError, Result};
use crate::files::Files;

pub(super) fn add(contents: &Contents, store: &Store, files: &mut Files) -> Result<()> {
    for stage in &contents.stages {
        for output in &stage.outputs {
            let Some(path) = &output.path else { continue };
            let bytes = store.object(&output.digest).ok_or_else(|| PackageError::Output {
                what: format!("{}.{}", stage.branch, output.name),
                message: "it isn't in the cache any longer; `vintner reproduce` makes it again".into(),
            })?;
            files.put_made(path, &stage.branch, bytes)?;
        }
    }
    Ok(())
}
