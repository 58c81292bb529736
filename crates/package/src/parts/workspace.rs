//! The pipeline with all that a run reads beside raw data.

use vintner_pipeline::Store;

use crate::contents::Contents;
use crate::error::Result;
use crate::files::Files;

pub(super) fn add(contents: &Contents, _: &Store, files: &mut Files) -> Result<()> {
    contents.workspace_files.iter().try_for_each(|file| files.copy(&file.path, file.role, &file.from))
}
