//! Files that are there whole or not at all.
//!
//! Each is written below a folder that is trusted, and no link on the way from there is followed.

use std::ffi::OsStr;
use std::fs::File;
use std::path::Path;

use super::folder::{EntryKind, Folder, Permissions};
use super::write_through::WriteThrough;
use crate::error::{PipelineError, Result};

/// Writes a file so that it is there whole or not at all, even if the machine stops meanwhile.
pub(crate) fn write_atomically(trusted: &Path, path: &Path, bytes: &[u8]) -> Result<()> {
    write(trusted, path, bytes, WRITING, Permissions::ReadOnly, true).map(|_| ())
}

/// Writes a file so that no reader sees half of it, and begins to write it through to the disk. If the
/// machine stops meanwhile, it may be gone or torn: for what bears its digest or is checked when read.
pub(crate) fn write_checked(trusted: &Path, path: &Path, bytes: &[u8], disk: &WriteThrough) -> Result<()> {
    let file = write(trusted, path, bytes, WRITING, Permissions::ReadOnly, false)?;
    disk.add(path, file);
    Ok(())
}

/// The same with what another file holds, piece by piece.
pub(crate) fn write_checked_from(
    trusted: &Path,
    path: &Path,
    from: &Path,
    disk: &WriteThrough,
) -> Result<()> {
    let (folder, name) = place(trusted, path)?;
    let mut read = File::open(from).map_err(PipelineError::io(from, "reading"))?;
    let file = folder.write_from(name, &mut read, WRITING, Permissions::ReadOnly, false)?;
    disk.add(path, file);
    Ok(())
}

/// Writes a file of the workspace's, which people may change, so that it is there whole or not at all.
pub(crate) fn write_published(trusted: &Path, path: &Path, bytes: &[u8]) -> Result<()> {
    write(trusted, path, bytes, PUBLISHING, Permissions::OfUmask, true).map(|_| ())
}

/// Writes a file below a folder, so that it is there whole or not at all; no link on the way from the folder
/// is followed.
///
/// # Errors
/// [`PipelineError::Linked`] where a link leads there; where it can't be written.
pub fn write_within(folder: &Path, path: &Path, bytes: &[u8]) -> Result<()> {
    write(folder, path, bytes, WRITING, Permissions::OfUmask, true).map(|_| ())
}

/// Fails where a link leads from one folder to another that is below it, and may be there or not.
///
/// # Errors
/// [`PipelineError::Linked`].
pub fn check_unlinked(trusted: &Path, folder: &Path) -> Result<()> {
    Folder::open(trusted, below(trusted, folder)).map(|_| ())
}

/// Takes away what a run that was killed was about to publish into a folder.
pub(crate) fn remove_unpublished(trusted: &Path, folder: &Path) {
    let folder = match Folder::open(trusted, below(trusted, folder)) {
        Ok(Some(folder)) => folder,
        Ok(None) => return,
        Err(error) => return tracing::debug!(%error, "unfinished files aren't looked for"),
    };
    for entry in
        folder.entries().into_iter().flatten().filter(|entry| is_unpublished(&entry.name, entry.kind))
    {
        if let Err(error) = folder.remove_file(&entry.name) {
            let path = folder.path().join(&entry.name);
            tracing::debug!(path = %path.display(), %error, "an unfinished file stays behind");
        }
    }
}

/// Writes a file so that no reader sees half of it. If the machine stops, it may be gone: for what
/// is found out again.
pub(crate) fn write_cache(trusted: &Path, path: &Path, bytes: &[u8]) -> Result<()> {
    write(trusted, path, bytes, WRITING, Permissions::ReadOnly, false).map(|_| ())
}

fn write(
    trusted: &Path,
    path: &Path,
    bytes: &[u8],
    prefix: &str,
    permissions: Permissions,
    sync: bool,
) -> Result<File> {
    let (folder, name) = place(trusted, path)?;
    folder.write(name, bytes, prefix, permissions, sync)
}

/// The folder of a path, which is made where it isn't there, and the path's name in it.
pub(crate) fn place<'a>(trusted: &Path, path: &'a Path) -> Result<(Folder, &'a OsStr)> {
    let folder = Folder::make(trusted, below(trusted, path.parent().unwrap_or(path)))?;
    let name = path.file_name().ok_or_else(|| {
        PipelineError::io(path, "writing")(std::io::Error::from(std::io::ErrorKind::InvalidInput))
    })?;
    Ok((folder, name))
}

/// A path from the folder that is trusted; one that isn't in it is refused when it is opened.
pub(crate) fn below<'a>(trusted: &Path, path: &'a Path) -> &'a Path {
    path.strip_prefix(trusted).unwrap_or(path)
}

/// Whether a name in the store is that of a file that was being written, or a folder.
pub(crate) fn is_unfinished(name: &OsStr, kind: EntryKind) -> bool {
    matches!(kind, EntryKind::File | EntryKind::Folder) && name.to_string_lossy().starts_with(WRITING)
}

/// Whether a name in the workspace is that of a file that was being published.
pub(crate) fn is_unpublished(name: &OsStr, kind: EntryKind) -> bool {
    kind == EntryKind::File && name.to_string_lossy().starts_with(PUBLISHING)
}

/// What names of files begin with that are being written; a run that was killed leaves some behind.
pub(crate) const WRITING: &str = ".writing-";
/// The same of files that are being published: among people's own files there may be others'.
pub(crate) const PUBLISHING: &str = ".publishing-";
