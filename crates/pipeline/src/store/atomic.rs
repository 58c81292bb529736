//! Files that are there whole or not at all.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::{PipelineError, Result};

/// Writes a file so that it is there whole or not at all, even if the machine stops meanwhile.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    write(path, bytes, true)
}

/// Writes a file so that no reader sees half of it. If the machine stops, it may be gone: for what
/// is found out again.
pub(crate) fn write_cache(path: &Path, bytes: &[u8]) -> Result<()> {
    write(path, bytes, false)
}

fn write(path: &Path, bytes: &[u8], sync: bool) -> Result<()> {
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent).map_err(PipelineError::io(parent, "making a folder"))?;
    let mut file = tempfile::Builder::new()
        .prefix(WRITING)
        .tempfile_in(parent)
        .map_err(PipelineError::io(parent, "making a temporary file"))?;
    file.write_all(bytes).map_err(PipelineError::io(path, "writing"))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let readable = fs::Permissions::from_mode(0o444);
        fs::set_permissions(file.path(), readable).map_err(PipelineError::io(path, "setting permissions"))?;
    }
    if sync {
        file.as_file().sync_all().map_err(PipelineError::io(path, "writing to disk"))?;
    }
    file.persist(path).map_err(|error| PipelineError::io(path, "renaming into place")(error.error))?;
    Ok(())
}

/// What names of files begin with that are being written; a run that was killed leaves some behind.
pub(crate) const WRITING: &str = ".writing-";

/// Lets the user write to a file of the workspace, which isn't the cache's.
#[cfg(unix)]
pub(crate) fn make_writable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let writable = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(path, writable).map_err(PipelineError::io(path, "setting permissions"))
}

/// Lets the user write to a file of the workspace, which isn't the cache's.
#[cfg(not(unix))]
pub(crate) fn make_writable(_: &Path) -> Result<()> {
    Ok(())
}
