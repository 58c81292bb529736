//! A folder that was reached without following links, and what is done in it.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::entry::{Entry, EntryKind};
#[cfg(not(unix))]
use super::portable::Handle;
#[cfg(unix)]
use super::unix::Handle;
use crate::error::{PipelineError, Result};

/// A folder that was reached without following links.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    handle: Handle,
}

impl Folder {
    /// The folder at `below` in one that is trusted; `None` where there is none.
    ///
    /// # Errors
    /// [`PipelineError::Linked`] where a link leads there.
    pub(crate) fn open(trusted: &Path, below: &Path) -> Result<Option<Self>> {
        Self::walk(trusted, below, false)
    }

    /// The same; what isn't there is made.
    ///
    /// # Errors
    /// [`PipelineError::Linked`] where a link leads there; where a folder can't be made.
    pub(crate) fn make(trusted: &Path, below: &Path) -> Result<Self> {
        let missing =
            || PipelineError::io(trusted.join(below), "opening a folder")(ErrorKind::NotFound.into());
        Self::walk(trusted, below, true)?.ok_or_else(missing)
    }

    fn walk(trusted: &Path, below: &Path, make: bool) -> Result<Option<Self>> {
        let start = if trusted.as_os_str().is_empty() { Path::new(".") } else { trusted };
        if make && !start.exists() {
            fs::create_dir_all(start).map_err(PipelineError::io(start, "making a folder"))?;
        }
        let handle = match Handle::open(start) {
            Ok(handle) => handle,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(PipelineError::io(start, "opening a folder")(error)),
        };
        let parts = below.components().filter(|part| *part != Component::CurDir);
        let names: Option<PathBuf> = parts
            .map(|part| match part {
                Component::Normal(name) => Some(name),
                _ => None,
            })
            .collect();
        let Some(names) = names else {
            let error = io::Error::new(ErrorKind::InvalidInput, "it leads out of its folder");
            return Err(PipelineError::io(trusted.join(below), "opening a folder")(error));
        };
        Self { path: trusted.to_owned(), handle }.reach(&names, make)
    }

    /// The folder at a path of names below this one: at once where the system can and it is there, else the one above it first.
    fn reach(self, names: &Path, make: bool) -> Result<Option<Self>> {
        let (Some(above), Some(name)) = (names.parent(), names.file_name()) else { return Ok(Some(self)) };
        if !above.as_os_str().is_empty() {
            match self.handle.below(names) {
                Ok(handle) => return Ok(Some(Self { path: self.path.join(names), handle })),
                Err(error) if error.kind() == ErrorKind::NotFound && !make => return Ok(None),
                // The walk finds which folder it is that can't be opened, or that a link leads to.
                Err(_) => {}
            }
        }
        match self.reach(above, make)? {
            Some(above) => above.inner(name, make),
            None => Ok(None),
        }
    }

    /// A folder in this one.
    fn inner(&self, name: &OsStr, make: bool) -> Result<Option<Self>> {
        let path = self.path.join(name);
        let mut opened = self.handle.inner(name);
        if make && opened.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
            match self.handle.make(name) {
                // Another process may have made it a moment ago.
                Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                    return Err(PipelineError::io(path, "making a folder")(error));
                }
                _ => opened = self.handle.inner(name),
            }
        }
        match opened {
            Ok(handle) => Ok(Some(Self { path, handle })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => match self.entry(name) {
                Ok(Some(entry)) if entry.kind == EntryKind::Link => {
                    Err(PipelineError::Linked { target: fs::read_link(&path).unwrap_or_default(), path })
                }
                _ => Err(PipelineError::io(path, "opening a folder")(error)),
            },
        }
    }

    /// A folder in this one, where it is one.
    ///
    /// # Errors
    /// [`PipelineError::Linked`] where it is a link.
    pub(crate) fn folder(&self, name: &OsStr) -> Result<Option<Self>> {
        self.inner(name, false)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What is in it, sorted by name; what goes meanwhile isn't there.
    pub(crate) fn entries(&self) -> Result<Vec<Entry>> {
        let failed = || PipelineError::io(&self.path, "listing");
        let mut names = self.handle.names().map_err(failed())?;
        names.sort();
        let mut entries = Vec::with_capacity(names.len());
        for name in names {
            entries.extend(self.entry(&name).map_err(failed())?);
        }
        Ok(entries)
    }

    /// The names of what is in it, sorted, and what each is: for folders of which nothing else is asked, as every look costs.
    pub(crate) fn kinds(&self) -> Result<Vec<(OsString, EntryKind)>> {
        let failed = || PipelineError::io(&self.path, "listing");
        let mut found = self.handle.kinds().map_err(failed())?;
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut kinds = Vec::with_capacity(found.len());
        for (name, kind) in found {
            let looked = || self.entry(&name).map(|entry| entry.map(|entry| entry.kind)).map_err(failed());
            let kind = match kind {
                Some(kind) => Some(kind),
                None => looked()?,
            };
            kinds.extend(kind.map(|kind| (name, kind)));
        }
        Ok(kinds)
    }

    /// What is under a name; `None` where nothing is.
    pub(crate) fn entry(&self, name: &OsStr) -> io::Result<Option<Entry>> {
        match self.handle.entry(name) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            entry => entry.map(Some),
        }
    }

    /// Opens a file to lock it and to write who holds it. A link is refused.
    pub(crate) fn open_to_lock(&self, name: &OsStr, make: bool) -> io::Result<File> {
        self.handle.open_file(name, make)
    }

    /// A new file under a name that nothing has yet, of which the caller's umask is taken away.
    pub(crate) fn create(&self, name: &OsStr, mode: u32) -> io::Result<File> {
        self.handle.create(name, mode)
    }

    /// Renames a file within the folder, over what may be there.
    pub(crate) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        self.handle.rename(from, to)
    }

    /// Moves what is under a name to a path of another folder that is private.
    pub(crate) fn move_out(&self, name: &OsStr, to: &Path) -> io::Result<()> {
        self.handle.move_out(name, to)
    }

    /// Moves a folder from a path to a name here. One that holds something isn't replaced.
    pub(crate) fn move_in(&self, from: &Path, name: &OsStr) -> io::Result<()> {
        self.handle.move_in(from, name)
    }

    /// Gives a file of another folder a further name here, which nothing has yet.
    pub(crate) fn link(&self, of: &Folder, from: &OsStr, to: &OsStr) -> io::Result<()> {
        self.handle.link(&of.handle, from, to)
    }

    /// Takes away a file, or a link itself.
    pub(crate) fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        self.handle.remove_file(name)
    }

    /// Takes away a folder that holds nothing.
    pub(crate) fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        self.handle.remove_folder(name)
    }

    /// Takes away a folder with all that is in it; of links only these themselves.
    pub(crate) fn remove_all(&self, name: &OsStr) -> Result<()> {
        let Some(inner) = self.inner(name, false)? else { return Ok(()) };
        for entry in inner.entries()? {
            if entry.kind == EntryKind::Folder {
                inner.remove_all(&entry.name)?;
            } else {
                let path = inner.path.join(&entry.name);
                inner.remove_file(&entry.name).map_err(PipelineError::io(path, "removing"))?;
            }
        }
        self.remove_folder(name).map_err(PipelineError::io(inner.path, "removing"))
    }

    /// Makes something under a name that begins with `prefix` and that nothing has yet; returns the name.
    pub(crate) fn aside<T>(
        &self,
        prefix: &str,
        mut make: impl FnMut(&OsStr) -> io::Result<T>,
    ) -> io::Result<(OsString, T)> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let process = std::process::id();
        loop {
            let number = MADE.fetch_add(1, Ordering::Relaxed);
            let name = OsString::from(format!("{prefix}{process:x}-{number:x}"));
            match make(&name) {
                // A process of that number was killed some time ago.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                made => return made.map(|made| (name, made)),
            }
        }
    }

    /// Writes a file so that it is there whole or not at all: beside its place under a name that begins
    /// with `prefix`, then renamed. Returns the open file.
    pub(crate) fn write(
        &self,
        name: &OsStr,
        bytes: &[u8],
        prefix: &str,
        permissions: Permissions,
        sync: bool,
    ) -> Result<File> {
        self.write_with(name, &mut |file| file.write_all(bytes), prefix, permissions, sync)
    }

    /// The same with what is read from elsewhere, piece by piece.
    pub(crate) fn write_from(
        &self,
        name: &OsStr,
        from: &mut dyn Read,
        prefix: &str,
        permissions: Permissions,
        sync: bool,
    ) -> Result<File> {
        self.write_with(name, &mut |file| io::copy(from, file).map(|_| ()), prefix, permissions, sync)
    }

    fn write_with(
        &self,
        name: &OsStr,
        fill: &mut dyn FnMut(&mut File) -> io::Result<()>,
        prefix: &str,
        permissions: Permissions,
        sync: bool,
    ) -> Result<File> {
        let path = || self.path.join(name);
        let (aside, mut file) = self
            .aside(prefix, |aside| self.create(aside, permissions.asked()))
            .map_err(PipelineError::io(&self.path, "making a temporary file"))?;
        let written = permissions
            .set(&file)
            .map_err(PipelineError::io(path(), "setting permissions"))
            .and_then(|()| fill(&mut file).map_err(PipelineError::io(path(), "writing")))
            .and_then(|()| match sync {
                true => file.sync_all().map_err(PipelineError::io(path(), "writing to disk")),
                false => Ok(()),
            })
            .and_then(|()| {
                self.rename(&aside, name).map_err(PipelineError::io(path(), "renaming into place"))
            });
        if let Err(error) = written {
            // The fault that counts is the first.
            let _ = self.remove_file(&aside);
            return Err(error);
        }
        Ok(file)
    }
}

/// Who may do what with a file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Permissions {
    /// All may read and nobody write: what is kept isn't to be edited by mistake.
    ReadOnly,
    /// What the caller's umask says: for people's own files.
    OfUmask,
}

impl Permissions {
    fn asked(self) -> u32 {
        match self {
            Permissions::ReadOnly => 0o444,
            Permissions::OfUmask => 0o666,
        }
    }

    fn set(self, file: &File) -> io::Result<()> {
        match self {
            #[cfg(unix)]
            Permissions::ReadOnly => {
                use std::os::unix::fs::PermissionsExt;
                file.set_permissions(fs::Permissions::from_mode(0o444))
            }
            _ => {
                let _ = file;
                Ok(())
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn no_link_on_the_way_is_followed() -> io::Result<()> {
        let (folder, outside) = (tempfile::tempdir()?, tempfile::tempdir()?);
        fs::write(outside.path().join("mine"), "kept")?;
        fs::create_dir(outside.path().join("inner"))?;
        symlink(outside.path(), folder.path().join("link"))?;
        for below in ["link", "link/inner", "link/new"] {
            let refused = Folder::make(folder.path(), Path::new(below));
            assert!(matches!(refused, Err(PipelineError::Linked { .. })), "{below}");
            let refused = Folder::open(folder.path(), Path::new(below));
            assert!(matches!(refused, Err(PipelineError::Linked { .. })), "{below}");
        }
        for below in ["../x", "/x", "a/../../x"] {
            assert!(Folder::make(folder.path(), Path::new(below)).is_err(), "{below}");
        }
        assert!(!outside.path().join("new").exists());
        // The trusted folder itself may be reached through one.
        assert!(
            Folder::open(&folder.path().join("link"), Path::new("inner")).is_ok_and(|found| found.is_some())
        );
        Ok(())
    }

    #[test]
    fn a_link_put_into_its_place_changes_nothing() -> io::Result<()> {
        let (folder, outside) = (tempfile::tempdir()?, tempfile::tempdir()?);
        fs::write(outside.path().join("file"), "mine")?;
        let Ok(held) = Folder::make(folder.path(), Path::new("a")) else { unreachable!("it can be made") };
        fs::rename(folder.path().join("a"), folder.path().join("b"))?;
        symlink(outside.path(), folder.path().join("a"))?;
        held.write("file".as_ref(), b"ours", ".writing-", Permissions::OfUmask, false).ok();
        assert_eq!(fs::read_to_string(outside.path().join("file"))?, "mine");
        assert_eq!(fs::read_to_string(folder.path().join("b/file"))?, "ours");
        held.remove_file("file".as_ref())?;
        assert!(outside.path().join("file").exists() && !folder.path().join("b/file").exists());
        Ok(())
    }

    #[test]
    fn a_tree_goes_without_what_its_links_lead_to() -> io::Result<()> {
        let (folder, outside) = (tempfile::tempdir()?, tempfile::tempdir()?);
        fs::write(outside.path().join("mine"), "kept")?;
        fs::create_dir_all(folder.path().join("tree/inner"))?;
        fs::write(folder.path().join("tree/inner/file"), "")?;
        symlink(outside.path(), folder.path().join("tree/inner/link"))?;
        symlink(outside.path().join("mine"), folder.path().join("tree/file-link"))?;
        let Ok(Some(held)) = Folder::open(folder.path(), Path::new("")) else { unreachable!("it is there") };
        assert!(held.remove_all("tree".as_ref()).is_ok());
        assert!(!folder.path().join("tree").exists() && outside.path().join("mine").exists());
        Ok(())
    }

    #[test]
    fn permissions_are_those_asked_for() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let Ok(Some(held)) = Folder::open(folder.path(), Path::new("")) else { unreachable!("it is there") };
        let mode =
            |name: &str| fs::metadata(folder.path().join(name)).map(|m| m.permissions().mode() & 0o777);
        assert!(held.write("kept".as_ref(), b"1", ".w-", Permissions::ReadOnly, true).is_ok());
        assert!(held.write("own".as_ref(), b"1", ".w-", Permissions::OfUmask, true).is_ok());
        fs::write(folder.path().join("beside"), "1")?;
        assert_eq!((mode("kept")?, mode("own")?), (0o444, mode("beside")?));
        assert_eq!(fs::read_dir(folder.path())?.count(), 3);
        Ok(())
    }
}
