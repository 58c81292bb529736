//! Files that are there whole or not at all.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::{PipelineError, Result};

/// Writes a file so that it is there whole or not at all, even if the machine stops meanwhile.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    write(path, bytes, WRITING, READ_ONLY, true)
}

/// Writes a file of the workspace's, which people may change, so that it is there whole or not at all.
pub(crate) fn write_published(path: &Path, bytes: &[u8]) -> Result<()> {
    write(path, bytes, PUBLISHING, WRITABLE, true)
}

/// Takes away what a run that was killed was about to publish into a folder.
pub(crate) fn remove_unpublished(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(PUBLISHING)
            && let Err(error) = fs::remove_file(entry.path())
        {
            tracing::debug!(path = %entry.path().display(), %error, "an unfinished file stays behind");
        }
    }
}

/// Writes a file so that no reader sees half of it. If the machine stops, it may be gone: for what
/// is found out again.
pub(crate) fn write_cache(path: &Path, bytes: &[u8]) -> Result<()> {
    write(path, bytes, WRITING, READ_ONLY, false)
}

fn write(path: &Path, bytes: &[u8], prefix: &str, mode: u32, sync: bool) -> Result<()> {
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent).map_err(PipelineError::io(parent, "making a folder"))?;
    let mut file = tempfile::Builder::new()
        .prefix(prefix)
        .tempfile_in(parent)
        .map_err(PipelineError::io(parent, "making a temporary file"))?;
    file.write_all(bytes).map_err(PipelineError::io(path, "writing"))?;
    #[cfg(not(unix))]
    let _ = mode;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(file.path(), permissions)
            .map_err(PipelineError::io(path, "setting permissions"))?;
    }
    if sync {
        file.as_file().sync_all().map_err(PipelineError::io(path, "writing to disk"))?;
    }
    file.persist(path).map_err(|error| PipelineError::io(path, "renaming into place")(error.error))?;
    Ok(())
}

/// What names of files begin with that are being written; a run that was killed leaves some behind.
pub(crate) const WRITING: &str = ".writing-";
/// The same of files that are being published: among people's own files there may be others'.
const PUBLISHING: &str = ".publishing-";
/// What is kept isn't to be edited by mistake.
const READ_ONLY: u32 = 0o444;
const WRITABLE: u32 = 0o644;
