//! Files as the branches of a run found them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::digest::Digest;
use crate::error::{PipelineError, Result};
use crate::fingerprint::Fingerprint;
use crate::plan::Branch;

/// Which content each file had when a branch of this run first asked for it. What a run shows together
/// is made of the same files, even where somebody edits them meanwhile.
#[derive(Default)]
pub(crate) struct Seen(Mutex<HashMap<PathBuf, First>>);

/// Who asked first, and what was found.
struct First {
    branch: String,
    digest: Digest,
}

impl Seen {
    /// Forgets all of it: what was said of a file was wrong.
    pub(crate) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Makes sure that the files of a branch are what the run's other branches found.
    ///
    /// # Errors
    /// [`PipelineError::MovedSince`] where one changed between two branches.
    pub(crate) fn check(&self, branch: &Branch<'_>, fingerprint: &Fingerprint) -> Result<()> {
        let files = branch.bound.files.iter().map(|(role, path)| (role.as_str(), path.as_path()));
        let source = branch.source.map(|source| ("source", source.path.as_path()));
        for (role, path) in files.chain(source) {
            for input in fingerprint.inputs.get(role).into_iter().flatten() {
                if let Some(digest) = &input.content {
                    self.check_file(file(path, &input.key), branch, digest)?;
                }
            }
        }
        Ok(())
    }

    fn check_file(&self, path: PathBuf, branch: &Branch<'_>, digest: &Digest) -> Result<()> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match seen.get(&path) {
            Some(first) if first.digest == *digest => Ok(()),
            Some(first) => Err(PipelineError::MovedSince {
                path: path.display().to_string(),
                first: first.branch.clone(),
                branch: branch.id.to_string(),
            }),
            None => {
                seen.insert(path, First { branch: branch.id.to_string(), digest: digest.clone() });
                Ok(())
            }
        }
    }
}

/// The file that a key names: the path itself, or one below it.
fn file(path: &Path, key: &str) -> PathBuf {
    let is_itself = key.is_empty() || path.file_name().is_some_and(|name| name == key);
    if is_itself { path.to_owned() } else { path.join(key) }
}
