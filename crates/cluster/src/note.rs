//! What is written down of an array before it is submitted, so that a later run finds it.
//!
//! ```text
//! .vintner/v1/submitted/<name>/note.json    the queue, and how many groups there are
//! .vintner/v1/submitted/<name>/0.json       a group
//! .vintner/v1/submitted/<name>/0.out 0.err  what its job says
//! .vintner/v1/submitted/<name>/job.sh       what is submitted
//! .vintner/v1/submitted/<name>/number       the array's number, once it has one
//! .vintner/v1/submitted/<name>/held         locked by the run that submitted it
//! .vintner/v1/submitted/unsettled           there from before the first is submitted until a run has seen at its end that none is left
//! ```

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use vintner_pipeline::Store;

use crate::error::{ClusterError, Result};
use crate::group::Group;
use crate::queue::Named;

/// What names of arrays begin with, in queues where they stand beside others.
const PREFIX: &str = "vintner-";

/// What says that it may have been submitted.
pub(crate) const NOTE: &str = "note.json";

/// What is written down of an array.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Written {
    queue: String,
    groups: usize,
}

/// An array that is written down.
#[derive(Debug)]
pub(crate) struct Note {
    /// Its name in the queue.
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    /// Its number, where it is known that it was submitted.
    pub(crate) id: Option<String>,
    /// Locked where this run may cancel it, as no other that lives has submitted it.
    held: Option<File>,
}

impl Note {
    /// Writes an array down with its groups.
    pub(crate) fn write(store: &Store, queue: &str, groups: &[Group]) -> Result<Self> {
        let parent = store.submitted_folder()?;
        let made = tempfile::Builder::new().prefix("").rand_bytes(10).tempdir_in(&parent);
        let folder = made.map_err(ClusterError::io(&parent, "making a folder"))?;
        let path = folder.path().to_owned();
        for (at, group) in groups.iter().enumerate() {
            write_json(&path.join(format!("{at}.json")), group)?;
        }
        let held = path.join("held");
        let file = File::create(&held).map_err(ClusterError::io(&held, "writing"))?;
        let held = lock(file);
        // The last: what has no note was never submitted.
        write_json(&path.join(NOTE), &Written { queue: queue.to_owned(), groups: groups.len() })?;
        let folder = folder.keep();
        Ok(Self { name: name_of(&folder), folder, id: None, held })
    }

    /// The array that is written down in a folder, with its groups; nothing where none was submitted to this queue. Where it is
    /// `claimed`, this run may cancel it unless another one that lives may.
    pub(crate) fn read(folder: &Path, queue: &str, claimed: bool) -> Option<(Self, Vec<Group>)> {
        let bytes = fs::read(folder.join(NOTE)).ok()?;
        let written: Written = serde_json::from_slice(&bytes).ok()?;
        if written.queue != queue {
            return None;
        }
        let groups = (0..written.groups).map(|at| Group::read(&folder.join(format!("{at}.json"))).ok());
        let groups = groups.collect::<Option<Vec<Group>>>()?;
        let file = || File::options().write(true).open(folder.join("held")).ok();
        let held = if claimed { file().and_then(lock) } else { None };
        let id = fs::read_to_string(folder.join("number")).ok().map(|id| id.trim().to_owned());
        let id = id.filter(|id| !id.is_empty());
        Some((Self { name: name_of(folder), folder: folder.to_owned(), id, held }, groups))
    }

    /// Notes the array's number.
    pub(crate) fn numbered(&mut self, id: &str) {
        self.id = Some(id.to_owned());
        // Where it can't be, the array is found by its name.
        if let Err(error) = fs::write(self.folder.join("number"), id) {
            tracing::debug!(%error, "the number of an array can't be noted");
        }
    }

    /// What a queue knows it by.
    pub(crate) fn named(&self) -> Named<'_> {
        Named { name: &self.name, id: self.id.as_deref() }
    }

    /// Whether no other run that lives has submitted it.
    pub(crate) fn is_own(&self) -> bool {
        self.held.is_some()
    }

    /// Takes it away.
    pub(crate) fn remove(self) {
        drop(self.held);
        remove(&self.folder);
    }
}

/// Whether a folder is that of an array which may have been submitted: of one that a killed run was about to submit there is no note.
pub(crate) fn has_note(folder: &Path) -> bool {
    folder.join(NOTE).exists()
}

/// Takes away what is written down in a folder.
pub(crate) fn remove(folder: &Path) {
    // A job that begins again may write there meanwhile.
    for _ in 0..3 {
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => {}
            Err(error) if error.kind() != ErrorKind::NotFound => {
                tracing::debug!(%error, "what was noted of an array stays");
                return;
            }
            Ok(()) | Err(_) => return,
        }
    }
}

/// What says, in the folder of all that may have been submitted, that something was.
const MARK: &str = "unsettled";

/// Says that something is about to be submitted.
pub(crate) fn mark(folder: &Path) -> Result<()> {
    let path = folder.join(MARK);
    File::create(&path).map(drop).map_err(ClusterError::io(&path, "writing"))
}

/// Whether something was, and no run has seen since that nothing of it is left.
pub(crate) fn is_marked(folder: &Path) -> bool {
    folder.join(MARK).exists()
}

/// Says that nothing is left.
pub(crate) fn unmark(folder: &Path) {
    if let Err(error) = fs::remove_file(folder.join(MARK)) {
        tracing::debug!(%error, "it stays noted that something was submitted");
    }
}

/// A file that is locked; where there are no locks, nobody else has it.
fn lock(file: File) -> Option<File> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => None,
        Ok(()) | Err(TryLockError::Error(_)) => Some(file),
    }
}

fn name_of(folder: &Path) -> String {
    format!("{PREFIX}{}", folder.file_name().unwrap_or_default().to_string_lossy())
}

/// The folders of what may have been submitted.
pub(crate) fn noted(store: &Store) -> Vec<PathBuf> {
    let entries = fs::read_dir(store.submitted_path()).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .collect();
    folders.sort();
    folders
}

/// Seconds since a file was written, by the clock of whoever keeps the files; machines' own may differ.
pub(crate) fn age(path: &Path) -> Option<u64> {
    let written = fs::metadata(path).and_then(|found| found.modified()).ok()?;
    let folder = path.parent()?;
    let now = tempfile::NamedTempFile::new_in(folder).ok()?;
    let now = now.as_file().metadata().and_then(|found| found.modified()).ok()?;
    Some(now.duration_since(written).unwrap_or_default().as_secs())
}

fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    let bytes = serde_json::to_vec(value)
        .map_err(|error| ClusterError::NoGroup { path: path.to_owned(), message: error.to_string() })?;
    let mut file = File::create(path).map_err(ClusterError::io(path, "writing"))?;
    // On a network file system it may be only here that a full quota is told.
    file.write_all(&bytes).and_then(|()| file.sync_data()).map_err(ClusterError::io(path, "writing"))
}
