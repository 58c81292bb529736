//! Files that are put in place whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use crate::error::{FetchError, Result};

/// A file that is being made beside its place, under a hidden name that the next run finds again.
#[derive(Debug)]
pub(crate) struct Unplaced {
    pub(crate) file: File,
    pub(crate) path: PathBuf,
    place: PathBuf,
}

impl Unplaced {
    /// Opens it, and what there is of it.
    pub(crate) fn open(place: &Path) -> Result<Self> {
        let name = place.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = place.parent().unwrap_or_else(|| Path::new("."));
        let path = folder.join(format!(".{name}.part"));
        let io = |problem| FetchError::Io { path: path.clone(), problem };
        fs::create_dir_all(folder).map_err(io)?;
        // Nothing is written through a link that somebody put there.
        if fs::symlink_metadata(&path).is_ok_and(|there| !there.is_file()) {
            let problem = std::io::Error::other("something else than a file is there: take it away");
            return Err(io(problem));
        }
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(io)?;
        Ok(Self { file, path, place: place.to_owned() })
    }

    /// Puts it in its place, where nothing else is yet.
    pub(crate) fn put(self) -> Result<()> {
        let io = |problem| FetchError::Io { path: self.place.clone(), problem };
        if fs::symlink_metadata(&self.place).is_ok() {
            return Err(io(std::io::Error::other("a file is there already; nothing is overwritten")));
        }
        self.file.sync_all().map_err(io)?;
        fs::rename(&self.path, &self.place).map_err(io)
    }

    /// Takes it away.
    pub(crate) fn discard(self) {
        let _ = fs::remove_file(&self.path);
    }
}
