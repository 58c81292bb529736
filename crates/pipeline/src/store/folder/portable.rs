//! A folder by its path, where the system has no descriptors of folders: what is under a name is looked
//! at before it is used.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::entry::{Entry, EntryKind};

#[derive(Debug)]
pub(crate) struct Handle(PathBuf);

impl Handle {
    /// A folder by its path, in which links are followed.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        match fs::metadata(path)?.is_dir() {
            true => Ok(Self(path.to_owned())),
            false => Err(ErrorKind::NotADirectory.into()),
        }
    }

    pub(crate) fn inner(&self, name: &OsStr) -> io::Result<Self> {
        match self.entry(name)?.kind {
            EntryKind::Folder => Ok(Self(self.0.join(name))),
            _ => Err(ErrorKind::NotADirectory.into()),
        }
    }

    /// A folder by a path of names, which can't be reached at once here.
    #[cfg_attr(unix, allow(dead_code))]
    pub(crate) fn below(&self, _: &Path) -> io::Result<Self> {
        Err(ErrorKind::Unsupported.into())
    }

    pub(crate) fn make(&self, name: &OsStr) -> io::Result<()> {
        fs::create_dir(self.0.join(name))
    }

    pub(crate) fn names(&self) -> io::Result<Vec<OsString>> {
        fs::read_dir(&self.0)?.map(|entry| entry.map(|entry| entry.file_name())).collect()
    }

    pub(crate) fn kinds(&self) -> io::Result<Vec<(OsString, Option<EntryKind>)>> {
        Ok(self.names()?.into_iter().map(|name| (name, None)).collect())
    }

    pub(crate) fn entry(&self, name: &OsStr) -> io::Result<Entry> {
        let found = fs::symlink_metadata(self.0.join(name))?;
        let kind = match found.file_type() {
            kind if kind.is_symlink() => EntryKind::Link,
            kind if kind.is_dir() => EntryKind::Folder,
            kind if kind.is_file() => EntryKind::File,
            _ => EntryKind::Other,
        };
        let modified = found.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Ok(Entry {
            name: name.to_owned(),
            kind,
            bytes: found.len(),
            identity: None,
            names: 1,
            modified: modified.unwrap_or_default().as_secs(),
        })
    }

    pub(crate) fn open_file(&self, name: &OsStr, make: bool) -> io::Result<File> {
        if self.entry(name).is_ok_and(|entry| entry.kind != EntryKind::File) {
            return Err(ErrorKind::InvalidInput.into());
        }
        File::options().read(true).write(true).create(make).truncate(false).open(self.0.join(name))
    }

    pub(crate) fn create(&self, name: &OsStr, _: u32) -> io::Result<File> {
        File::create_new(self.0.join(name))
    }

    pub(crate) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        fs::rename(self.0.join(from), self.0.join(to))
    }

    /// Moves what is under a name to a path.
    pub(crate) fn move_out(&self, name: &OsStr, to: &Path) -> io::Result<()> {
        fs::rename(self.0.join(name), to)
    }

    /// Moves what is at a path to a name that nothing has.
    pub(crate) fn move_in(&self, from: &Path, name: &OsStr) -> io::Result<()> {
        fs::rename(from, self.0.join(name))
    }

    pub(crate) fn link(&self, of: &Self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        fs::hard_link(of.0.join(from), self.0.join(to))
    }

    pub(crate) fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_file(self.0.join(name))
    }

    pub(crate) fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_dir(self.0.join(name))
    }
}
