//! Locks: one for each result that is being made, and one for the whole store.
//!
//! They are the operating system's locks on open files, so that a process that is killed holds none
//! and no lock is ever left behind.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use super::folder::{EntryKind, Folder};
use super::locking::Lock;
use super::store::Store;
use crate::digest::Digest;
use crate::error::{PipelineError, Result};
use crate::operation::Cancelled;

/// Held while a result is being made, so that no other process makes it at the same time.
#[derive(Debug)]
pub(crate) struct KeyLock<'a> {
    folder: Arc<Folder>,
    name: OsString,
    /// Until it is let go of.
    file: Option<File>,
    spare: Option<&'a SpareLocks>,
}

/// Locks that a run let go of, and takes again for other results. File systems are slow to make files
/// where many were removed a moment ago, so that no file is made and removed for each result.
#[derive(Debug, Default)]
pub(crate) struct SpareLocks {
    spare: Mutex<Vec<Spare>>,
    folder: OnceLock<Arc<Folder>>,
}

/// A file that is locked, under a name that nobody asks for.
#[derive(Debug)]
struct Spare {
    folder: Arc<Folder>,
    name: OsString,
    file: File,
}

/// Held while the store is in use: by runs together, and by none while it is collected.
#[derive(Debug)]
pub(crate) struct Use {
    _file: Option<File>,
}

/// Held while results are put where people look for them, so that all that is found there is of one
/// run.
#[derive(Debug)]
pub(crate) struct Showing {
    file: Option<File>,
}

impl Showing {
    /// Whether no other run writes where people look for results.
    pub(crate) fn is_alone(&self) -> bool {
        self.file.is_some()
    }
}

/// What stands between the name of a spare lock, which is that of the result that it was held for, and
/// the process that has it.
const SPARE: &str = ".spare-";
/// Held by runs, so that nothing is collected meanwhile.
const IN_USE: &str = "in-use";
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

impl Store {
    /// The lock of a result. Where another process holds it, `waiting` is told who, once, and this
    /// waits for it to be let go; `None` where the run is cancelled meanwhile.
    pub(crate) fn lock<'a>(
        &self,
        fingerprint: &Digest,
        holder: &str,
        spare: &'a SpareLocks,
        cancelled: &Cancelled,
        waiting: &mut dyn FnMut(&str),
    ) -> Result<Option<KeyLock<'a>>> {
        let folder = spare.folder(self)?;
        let name = OsStr::new(fingerprint.as_str());
        let key = |file| KeyLock {
            folder: Arc::clone(&folder),
            name: name.to_owned(),
            file: Some(file),
            spare: Some(spare),
        };
        if let Some(mut file) = spare.take(&folder, name) {
            say(&mut file, holder);
            return Ok(Some(key(file)));
        }
        let mut pause = Duration::from_millis(1);
        let mut said = false;
        loop {
            let mut file = open(&folder, name)?;
            let path = || folder.path().join(name);
            match self.locking.try_exclusive(&file).map_err(PipelineError::io(path(), "locking"))? {
                // Whoever held it removed it as they let go: this one is another file by now.
                Lock::Held if !is_at(&file, &folder, name) => {}
                Lock::Held | Lock::Unknown => {
                    say(&mut file, holder);
                    return Ok(Some(key(file)));
                }
                Lock::Taken => {
                    if !said {
                        // Whoever took it a moment ago may not have said who they are.
                        let by = read(&mut file);
                        said = !by.is_empty() || pause == LONGEST_PAUSE;
                        if said {
                            waiting(if by.is_empty() { "another process" } else { &by });
                        }
                    }
                    if cancelled.is_cancelled() {
                        return Ok(None);
                    }
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// Takes away the files of locks that nobody holds: a run that is killed after it wrote its record
    /// leaves one that no later run asks for. Files of other names aren't locks, and stay.
    pub(crate) fn remove_dead_locks(&self) {
        let Ok(Some(folder)) = self.folder(&self.root.join("locks")) else { return };
        let folder = Arc::new(folder);
        for entry in folder.entries().into_iter().flatten().filter(|entry| is_lock(&entry.name, entry.kind)) {
            let Ok(file) = folder.open_to_lock(&entry.name, false) else { continue };
            let taken = self.locking.try_exclusive(&file);
            if taken.is_ok_and(|lock| lock == Lock::Held) && is_at(&file, &folder, &entry.name) {
                // Removed while it is held, as its holder does.
                let folder = Arc::clone(&folder);
                drop(KeyLock { folder, name: entry.name, file: Some(file), spare: None });
            }
        }
    }

    /// Waits until no other run is putting its results where people look for them, and keeps others
    /// from it.
    pub(crate) fn showing(&self) -> Result<Showing> {
        // Where nothing can be written, a run that finds everything in place needs no lock.
        Ok(Showing { file: self.lock_named("showing")? })
    }

    /// Waits until no other process holds the file of that name in the store, and holds it; none where nothing
    /// can be written.
    pub(super) fn lock_named(&self, name: &str) -> Result<Option<File>> {
        let Some((file, path)) = self.open_where_writable(name)? else { return Ok(None) };
        self.locking.exclusive(&file).map_err(PipelineError::io(&path, "locking"))?;
        Ok(Some(file))
    }

    /// Has the store alone.
    ///
    /// # Errors
    /// [`PipelineError::InUse`] where runs use it.
    pub(crate) fn claim(&self) -> Result<Use> {
        self.mark()?;
        let folder = self.make_folder(&self.root)?;
        let file = open(&folder, OsStr::new(IN_USE))?;
        let path = self.root.join(IN_USE);
        match self.locking.try_exclusive(&file).map_err(PipelineError::io(path, "locking"))? {
            Lock::Held => Ok(Use { _file: Some(file) }),
            Lock::Taken => Err(PipelineError::InUse { path: self.root.clone(), processes: holders(&file) }),
            Lock::Unknown => Err(PipelineError::NoLocks { path: self.root.clone() }),
        }
    }

    /// Uses the store together with other runs.
    pub(crate) fn share(&self) -> Result<Use> {
        self.mark()?;
        // A store that can't be written to can't be collected either.
        let Some((file, path)) = self.open_where_writable(IN_USE)? else { return Ok(Use { _file: None }) };
        self.locking.shared(&file).map_err(PipelineError::io(&path, "locking"))?;
        Ok(Use { _file: Some(file) })
    }

    /// A file to be locked, with its path; `None` where nothing can be written. A link is refused.
    fn open_where_writable(&self, name: &str) -> Result<Option<(File, PathBuf)>> {
        let opened = self.make_folder(&self.root).and_then(|folder| open(&folder, OsStr::new(name)));
        match opened {
            Ok(file) => Ok(Some((file, self.root.join(name)))),
            Err(error @ PipelineError::Linked { .. }) => Err(error),
            Err(_) => Ok(None),
        }
    }
}

impl SpareLocks {
    /// The folder of a store's locks, which is opened once.
    fn folder(&self, store: &Store) -> Result<Arc<Folder>> {
        if let Some(folder) = self.folder.get() {
            return Ok(Arc::clone(folder));
        }
        let folder = Arc::new(store.make_folder(&store.root.join("locks"))?);
        Ok(Arc::clone(self.folder.get_or_init(|| folder)))
    }

    /// A locked file that now has this name; `None` where there is a file already, which another process
    /// may hold, or none to spare.
    fn take(&self, folder: &Folder, name: &OsStr) -> Option<File> {
        let spare = self.all().pop()?;
        match folder.link(&spare.folder, &spare.name, name) {
            Ok(()) => {
                // From here on it is known by its new name alone.
                let _ = spare.folder.remove_file(&spare.name);
                Some(spare.file)
            }
            Err(error) => {
                if error.kind() == ErrorKind::AlreadyExists {
                    self.all().push(spare);
                } else {
                    let _ = spare.folder.remove_file(&spare.name);
                }
                None
            }
        }
    }

    /// Takes the file from its name, for which whoever waits for it makes another; the file itself where it
    /// can't be moved.
    fn put(&self, folder: &Arc<Folder>, name: &OsStr, file: File) -> Option<File> {
        let mut aside = name.to_owned();
        aside.push(format!("{SPARE}{}", std::process::id()));
        if folder.rename(name, &aside).is_err() {
            return Some(file);
        }
        self.all().push(Spare { folder: Arc::clone(folder), name: aside, file });
        None
    }

    fn all(&self) -> MutexGuard<'_, Vec<Spare>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SpareLocks {
    fn drop(&mut self) {
        for spare in self.all().drain(..) {
            let _ = spare.folder.remove_file(&spare.name);
        }
    }
}

impl Drop for KeyLock<'_> {
    fn drop(&mut self) {
        let left = match (self.file.take(), self.spare) {
            (Some(file), Some(spare)) => spare.put(&self.folder, &self.name, file),
            (file, _) => file,
        };
        if left.is_none() {
            return;
        }
        // Still held: whoever opened the file meanwhile finds that it isn't under its name any longer.
        if let Err(error) = self.folder.remove_file(&self.name) {
            let path = self.folder.path().join(&self.name);
            tracing::debug!(path = %path.display(), %error, "a lock's file stays behind, unlocked");
        }
    }
}

/// Whether a name is a lock's: a digest, and of a spare one what stands after it.
fn is_lock(name: &OsStr, kind: EntryKind) -> bool {
    let Some(name) = name.to_str().filter(|_| kind == EntryKind::File) else { return false };
    let (digest, process) = name.split_once(SPARE).unwrap_or((name, "0"));
    Digest::parse(digest).is_some() && process.parse::<u32>().is_ok()
}

/// The processes that hold a lock on the file, where the system says: on Linux each line of /proc/locks
/// has `FLOCK`, the process, and the device with the inode. Devices are left aside, as some file systems
/// have another there than in what they say of a file.
#[cfg(unix)]
fn holders(file: &File) -> Vec<u32> {
    use std::os::unix::fs::MetadataExt;
    let Ok(inode) = file.metadata().map(|metadata| metadata.ino().to_string()) else { return Vec::new() };
    let locks = fs::read_to_string("/proc/locks").unwrap_or_default();
    let holder = |line: &str| {
        // Those that wait for a lock have an arrow before its kind.
        let words: Vec<&str> = line.split_whitespace().skip(1).collect();
        let [kind, _, _, process, place, ..] = words.as_slice() else { return None };
        (*kind == "FLOCK" && place.rsplit(':').next() == Some(&inode)).then(|| process.parse().ok())?
    };
    let mut holders: Vec<u32> = locks.lines().filter_map(holder).collect();
    holders.sort_unstable();
    holders.dedup();
    holders
}

#[cfg(not(unix))]
fn holders(_: &File) -> Vec<u32> {
    Vec::new()
}

fn open(folder: &Folder, name: &OsStr) -> Result<File> {
    folder.open_to_lock(name, true).map_err(|error| {
        let path = folder.path().join(name);
        match folder.entry(name) {
            Ok(Some(entry)) if entry.kind == EntryKind::Link => {
                PipelineError::Linked { target: fs::read_link(&path).unwrap_or_default(), path }
            }
            _ => PipelineError::io(path, "opening a lock")(error),
        }
    })
}

/// Writes into a lock who holds it. That is for people; it is no harm if it can't be said.
fn say(file: &mut File, holder: &str) {
    let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(holder.as_bytes()));
}

fn read(file: &mut File) -> String {
    let mut text = String::new();
    let _ = file.rewind().and_then(|()| file.read_to_string(&mut text));
    text
}

#[cfg(unix)]
fn is_at(file: &File, folder: &Folder, name: &OsStr) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), folder.entry(name)) {
        (Ok(one), Ok(Some(two))) => Some((one.dev(), one.ino())) == two.identity,
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_at(_: &File, folder: &Folder, name: &OsStr) -> bool {
    folder.entry(name).is_ok_and(|entry| entry.is_some())
}
