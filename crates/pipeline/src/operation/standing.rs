//! Inputs of a command that lie in their folder from its last run.
//!
//! To make a thousand small files takes a file system longer than all else that a run does for them. So a command
//! that has many is handed the folder of inputs that it left as it was, in which only those files are written that
//! hold something else by now. What is here only says what lies there; who keeps the folder between runs, and who
//! hands it over, is elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::digest::Digest;
use crate::files::{Identity, Stamp};

/// Files by their paths in the folder: as texts, since a path is compared part by part.
pub(crate) type StandingFiles = BTreeMap<OsString, StandingFile>;

/// A folder of inputs, and what is known of its files.
#[derive(Debug)]
pub(crate) struct Standing {
    /// Where it lies before it is handed over, and after it came back.
    folder: PathBuf,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    files: StandingFiles,
    is_spoilt: bool,
}

/// A file as it was last looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StandingFile {
    pub(crate) digest: Digest,
    pub(crate) identity: Identity,
    pub(crate) stamp: Stamp,
    /// Whether a write since then would show in its stamp for sure.
    pub(crate) is_settled: bool,
}

impl Standing {
    /// The folder, with what is in it.
    pub(crate) fn new(folder: PathBuf, files: StandingFiles) -> Self {
        Self { folder, known: Mutex::new(Known { files, is_spoilt: false }) }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What lies at a path of the folder.
    pub(crate) fn file(&self, path: &Path) -> Option<StandingFile> {
        self.known().files.get(path.as_os_str()).cloned()
    }

    /// Whether what lies at a path of the folder has this digest.
    pub(crate) fn holds(&self, path: &Path, digest: &Digest) -> bool {
        self.known().files.get(path.as_os_str()).is_some_and(|file| file.digest == *digest)
    }

    /// Notes what lies at a path of the folder from now on.
    pub(crate) fn note(&self, path: &Path, file: StandingFile) {
        self.known().files.insert(path.into(), file);
    }

    /// Notes that something isn't as it was left there: the folder is handed over no more.
    pub(crate) fn spoil(&self) {
        self.known().is_spoilt = true;
    }

    /// All that lies in it, by path; nothing where it isn't to be handed over again.
    pub(crate) fn files(&self) -> Option<StandingFiles> {
        let known = self.known();
        (!known.is_spoilt).then(|| known.files.clone())
    }

    /// The folders that files at these paths lie in, by their paths.
    pub(crate) fn folders_of<'p>(paths: impl Iterator<Item = &'p Path>) -> BTreeSet<PathBuf> {
        let mut folders = BTreeSet::new();
        let mut before = None;
        for folder in paths.filter_map(Path::parent) {
            // Mostly it is that of the path before.
            if before.replace(folder) != Some(folder) {
                let all = folder.ancestors().filter(|folder| !folder.as_os_str().is_empty());
                folders.extend(all.map(Path::to_owned));
            }
        }
        folders
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
