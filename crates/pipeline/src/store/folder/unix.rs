//! A folder's descriptor, and what is done with names in it.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags};
#[cfg(target_os = "linux")]
use rustix::fs::{ResolveFlags, openat2};
use rustix::fs::{linkat, mkdirat, openat, renameat, statat, unlinkat};

use super::entry::{Entry, EntryKind};

#[derive(Debug)]
pub(crate) struct Handle(OwnedFd);

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

impl Handle {
    /// A folder by its path, in which links are followed.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(openat(CWD, path, FOLDER, Mode::empty())?))
    }

    pub(crate) fn inner(&self, name: &OsStr) -> io::Result<Self> {
        Ok(Self(openat(&self.0, name, FOLDER | OFlags::NOFOLLOW, Mode::empty())?))
    }

    /// A folder by a path of names; no link on the way is followed.
    #[cfg(target_os = "linux")]
    pub(crate) fn below(&self, names: &Path) -> io::Result<Self> {
        let within = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        Ok(Self(openat2(&self.0, names, FOLDER, Mode::empty(), within)?))
    }

    /// The same, which this system can't.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn below(&self, _: &Path) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn make(&self, name: &OsStr) -> io::Result<()> {
        Ok(mkdirat(&self.0, name, Mode::from_raw_mode(0o777))?)
    }

    pub(crate) fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.0)? {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name != "." && name != ".." {
                names.push(name.to_owned());
            }
        }
        Ok(names)
    }

    /// The same with what each is, where listing them tells.
    pub(crate) fn kinds(&self) -> io::Result<Vec<(OsString, Option<EntryKind>)>> {
        let mut found = Vec::new();
        for entry in Dir::read_from(&self.0)? {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            let kind = match entry.file_type() {
                FileType::RegularFile => Some(EntryKind::File),
                FileType::Directory => Some(EntryKind::Folder),
                FileType::Symlink => Some(EntryKind::Link),
                FileType::Unknown => None,
                _ => Some(EntryKind::Other),
            };
            if name != "." && name != ".." {
                found.push((name.to_owned(), kind));
            }
        }
        Ok(found)
    }

    pub(crate) fn entry(&self, name: &OsStr) -> io::Result<Entry> {
        let found = statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)?;
        let kind = match FileType::from_raw_mode(found.st_mode) {
            FileType::RegularFile => EntryKind::File,
            FileType::Directory => EntryKind::Folder,
            FileType::Symlink => EntryKind::Link,
            _ => EntryKind::Other,
        };
        // The types of these fields differ between systems.
        #[allow(clippy::unnecessary_cast)]
        Ok(Entry {
            name: name.to_owned(),
            kind,
            bytes: found.st_size.try_into().unwrap_or_default(),
            identity: Some((found.st_dev as u64, found.st_ino as u64)),
            names: found.st_nlink as u64,
            modified: found.st_mtime.try_into().unwrap_or_default(),
        })
    }

    pub(crate) fn open_file(&self, name: &OsStr, make: bool) -> io::Result<File> {
        // A pipe that was put there isn't waited for.
        let mut flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        flags.set(OFlags::CREATE, make);
        Ok(openat(&self.0, name, flags, Mode::from_raw_mode(0o666))?.into())
    }

    pub(crate) fn create(&self, name: &OsStr, mode: u32) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(openat(&self.0, name, flags, Mode::from_raw_mode(mode as _))?.into())
    }

    pub(crate) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(renameat(&self.0, from, &self.0, to)?)
    }

    /// Moves what is under a name to a path.
    pub(crate) fn move_out(&self, name: &OsStr, to: &Path) -> io::Result<()> {
        Ok(renameat(&self.0, name, CWD, to)?)
    }

    /// Moves what is at a path to a name that nothing has, or an empty folder.
    pub(crate) fn move_in(&self, from: &Path, name: &OsStr) -> io::Result<()> {
        Ok(renameat(CWD, from, &self.0, name)?)
    }

    pub(crate) fn link(&self, of: &Self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(linkat(&of.0, from, &self.0, to, AtFlags::empty())?)
    }

    pub(crate) fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(&self.0, name, AtFlags::empty())?)
    }

    pub(crate) fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(&self.0, name, AtFlags::REMOVEDIR)?)
    }
}
