//! The inputs of a command that lie there from its last run.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::command::{INPUTS, place, remove_scratch};
use crate::digest::Digest;
use crate::operation::{InputFile, Standing};
use crate::plan::Read;

/// The folder of a command's inputs while the run has it.
pub(super) struct StandingInputs {
    pub(super) standing: Arc<Standing>,
    /// The folder that it lies in. What isn't kept goes with it.
    pub(super) root: PathBuf,
    /// Held for as long: what killed runs left is told by it.
    pub(super) _held: Option<File>,
}

impl Drop for StandingInputs {
    fn drop(&mut self) {
        remove_scratch(&self.root);
    }
}

impl StandingInputs {
    pub(super) fn folder(&self) -> Arc<Standing> {
        Arc::clone(&self.standing)
    }

    /// Whether what a branch reads of another lies there already.
    pub(super) fn has(&self, read: &Read, extension: &str, digest: &Digest) -> bool {
        path_of(read, extension).is_some_and(|path| self.standing.holds(&path, digest))
    }
}

/// Where a command finds what it reads of another branch, in the folder of its inputs.
pub(super) fn path_of(read: &Read, extension: &str) -> Option<PathBuf> {
    let file = InputFile { role: &read.role, key: &read.key, extension, place: None, bytes: &[] };
    place(&file).strip_prefix(INPUTS).map(Path::to_owned).ok()
}
