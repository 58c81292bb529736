//! Locks: one for each result that is being made, and one for the whole store.
//!
//! They are the operating system's locks on open files, so that a process that is killed holds none
//! and no lock is ever left behind.

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::store::Store;
use crate::digest::Digest;
use crate::error::{PipelineError, Result};
use crate::operation::Cancelled;

/// Held while a result is being made, so that no other process makes it at the same time.
#[derive(Debug)]
pub(crate) struct KeyLock<'a> {
    path: PathBuf,
    /// Until it is let go of.
    file: Option<File>,
    spare: Option<&'a SpareLocks>,
}

/// Locks that a run let go of, and takes again for other results. File systems are slow to make files
/// where many were removed a moment ago, so that no file is made and removed for each result.
#[derive(Debug, Default)]
pub(crate) struct SpareLocks(Mutex<Vec<Spare>>);

/// A file that is locked, under a name that nobody asks for.
#[derive(Debug)]
struct Spare {
    path: PathBuf,
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
        let path = self.root.join("locks").join(fingerprint.as_str());
        if let Some(mut file) = spare.take(&path) {
            say(&mut file, holder);
            return Ok(Some(KeyLock { path, file: Some(file), spare: Some(spare) }));
        }
        let mut pause = Duration::from_millis(1);
        let mut said = false;
        loop {
            let mut file = open(&path)?;
            match file.try_lock() {
                // Whoever held it removed it as they let go: this one is another file by now.
                Ok(()) if !is_at(&file, &path) => {}
                Ok(()) => {
                    say(&mut file, holder);
                    return Ok(Some(KeyLock { path, file: Some(file), spare: Some(spare) }));
                }
                Err(TryLockError::WouldBlock) => {
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
                Err(TryLockError::Error(error)) => return Err(PipelineError::io(path, "locking")(error)),
            }
        }
    }

    /// Takes away the files of locks that nobody holds: a run that is killed after it wrote its record
    /// leaves one that no later run asks for.
    pub(crate) fn remove_dead_locks(&self) {
        for entry in fs::read_dir(self.root.join("locks")).into_iter().flatten().flatten() {
            let path = entry.path();
            let Ok(file) = File::options().read(true).write(true).open(&path) else { continue };
            if file.try_lock().is_ok() && is_at(&file, &path) {
                // Removed while it is held, as its holder does.
                drop(KeyLock { path, file: Some(file), spare: None });
            }
        }
    }

    /// Waits until no other run is putting its results where people look for them, and keeps others
    /// from it.
    pub(crate) fn showing(&self) -> Result<Showing> {
        let path = self.root.join("showing");
        // Where nothing can be written, a run that finds everything in place needs no lock.
        let Ok(file) = open(&path) else { return Ok(Showing { file: None }) };
        file.lock().map_err(PipelineError::io(&path, "locking"))?;
        Ok(Showing { file: Some(file) })
    }

    /// Has the store alone.
    ///
    /// # Errors
    /// [`PipelineError::InUse`] where runs use it.
    pub(crate) fn claim(&self) -> Result<Use> {
        let path = self.root.join("in-use");
        let file = open(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Use { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => {
                Err(PipelineError::InUse { path: self.root.clone(), processes: holders(&file) })
            }
            Err(TryLockError::Error(error)) => Err(PipelineError::io(path, "locking")(error)),
        }
    }

    /// Uses the store together with other runs.
    pub(crate) fn share(&self) -> Result<Use> {
        let path = self.root.join("in-use");
        // A store that can't be written to can't be collected either.
        let Ok(file) = open(&path) else { return Ok(Use { _file: None }) };
        file.lock_shared().map_err(PipelineError::io(&path, "locking"))?;
        Ok(Use { _file: Some(file) })
    }
}

impl SpareLocks {
    /// A locked file that is now at `path`; `None` where there is a file already, which another process
    /// may hold, or none to spare.
    fn take(&self, path: &Path) -> Option<File> {
        let spare = self.all().pop()?;
        match fs::hard_link(&spare.path, path) {
            Ok(()) => {
                // From here on it is known by its new name alone.
                let _ = fs::remove_file(&spare.path);
                Some(spare.file)
            }
            Err(error) => {
                if error.kind() == ErrorKind::AlreadyExists {
                    self.all().push(spare);
                } else {
                    let _ = fs::remove_file(&spare.path);
                }
                None
            }
        }
    }

    /// Takes the file from its path, where whoever waits for it makes another; the file itself where it
    /// can't be moved.
    fn put(&self, path: &Path, file: File) -> Option<File> {
        let mut aside = path.as_os_str().to_owned();
        aside.push(format!("{SPARE}{}", std::process::id()));
        let aside = PathBuf::from(aside);
        if fs::rename(path, &aside).is_err() {
            return Some(file);
        }
        self.all().push(Spare { path: aside, file });
        None
    }

    fn all(&self) -> MutexGuard<'_, Vec<Spare>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SpareLocks {
    fn drop(&mut self) {
        for spare in self.all().drain(..) {
            let _ = fs::remove_file(&spare.path);
        }
    }
}

impl Drop for KeyLock<'_> {
    fn drop(&mut self) {
        let left = match (self.file.take(), self.spare) {
            (Some(file), Some(spare)) => spare.put(&self.path, file),
            (file, _) => file,
        };
        if left.is_none() {
            return;
        }
        // Still held: whoever opened the file meanwhile finds that it isn't at its path any longer.
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(path = %self.path.display(), %error, "a lock's file stays behind, unlocked");
        }
    }
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

fn open(path: &Path) -> Result<File> {
    let options = || File::options().read(true).write(true).create(true).truncate(false).open(path);
    if let Ok(file) = options() {
        return Ok(file);
    }
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent).map_err(PipelineError::io(parent, "making a folder"))?;
    options().map_err(PipelineError::io(path, "opening a lock"))
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
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(one), Ok(two)) => one.ino() == two.ino() && one.dev() == two.dev(),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}
