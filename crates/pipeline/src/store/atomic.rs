//! Files that are there whole or not at all.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::write_through::WriteThrough;
use crate::error::{PipelineError, Result};

/// Writes a file so that it is there whole or not at all, even if the machine stops meanwhile.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    write(path, bytes, WRITING, READ_ONLY, true).map(|_| ())
}

/// Writes a file so that no reader sees half of it, and begins to write it through to the disk. If the
/// machine stops meanwhile, it may be gone or torn: for what bears its digest or is checked when read.
pub(crate) fn write_checked(path: &Path, bytes: &[u8], disk: &WriteThrough) -> Result<()> {
    let file = write(path, bytes, WRITING, READ_ONLY, false)?;
    disk.add(path, file);
    Ok(())
}

/// Writes a file of the workspace's, which people may change, so that it is there whole or not at all.
pub(crate) fn write_published(path: &Path, bytes: &[u8]) -> Result<()> {
    write(path, bytes, PUBLISHING, WRITABLE, true).map(|_| ())
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
    write(path, bytes, WRITING, READ_ONLY, false).map(|_| ())
}

fn write(path: &Path, bytes: &[u8], prefix: &str, mode: u32, sync: bool) -> Result<File> {
    let mut file = temporary(path, prefix, mode)?;
    file.write_all(bytes).map_err(PipelineError::io(path, "writing"))?;
    if sync {
        file.as_file().sync_all().map_err(PipelineError::io(path, "writing to disk"))?;
    }
    file.persist(path).map_err(|error| PipelineError::io(path, "renaming into place")(error.error))
}

/// A new file beside a path. Its folder is made where it isn't there, which is seldom.
fn temporary(path: &Path, prefix: &str, mode: u32) -> Result<NamedTempFile> {
    let parent = path.parent().unwrap_or(path);
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    let file = builder.tempfile_in(parent).or_else(|error| match error.kind() {
        ErrorKind::NotFound => fs::create_dir_all(parent).and_then(|()| builder.tempfile_in(parent)),
        _ => Err(error),
    });
    let file = file.map_err(PipelineError::io(parent, "making a temporary file"))?;
    #[cfg(not(unix))]
    let _ = mode;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let permissions = fs::Permissions::from_mode(mode);
        file.as_file()
            .set_permissions(permissions)
            .map_err(PipelineError::io(path, "setting permissions"))?;
    }
    Ok(file)
}

/// What names of files begin with that are being written; a run that was killed leaves some behind.
pub(crate) const WRITING: &str = ".writing-";
/// The same of files that are being published: among people's own files there may be others'.
const PUBLISHING: &str = ".publishing-";
/// What is kept isn't to be edited by mistake.
const READ_ONLY: u32 = 0o444;
const WRITABLE: u32 = 0o644;
