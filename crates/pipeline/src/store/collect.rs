//! Taking away what nobody needs any longer.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Store;
use super::contents::{KeptRun, now};
use crate::{Digest, PipelineError, Result};

/// An object without a record may belong to a run whose record isn't written yet: such runs hold the
/// store, but a file that was put there by other means is left alone for an hour as well.
const UNRECORDED: u64 = 3_600;

/// What is to be kept.
#[derive(Debug, Clone, Default)]
pub struct Keep {
    /// Runs all of whose outputs are among these: what a lock names.
    pub outputs: BTreeSet<Digest>,
    /// Runs that began less than so many seconds ago.
    pub younger_than: u64,
}

/// What was taken away, or would be.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Collected {
    /// Runs whose records go.
    pub runs: Vec<KeptRun>,
    /// How many objects go.
    pub objects: usize,
    /// How many leftovers of killed runs go.
    pub leftovers: usize,
    /// How much room that makes, in bytes.
    pub bytes: u64,
    /// How many runs stay.
    pub kept: usize,
}

impl Store {
    /// Takes away runs that no vintage's latest run needs, nor anything in `keep`, with the objects that
    /// no other run needs, and what killed runs left behind. With `dry_run` it only says what.
    ///
    /// # Errors
    /// [`PipelineError::InUse`] where runs use the store; where something can't be taken away.
    pub fn collect(&self, keep: &Keep, dry_run: bool) -> Result<Collected> {
        // Nothing is taken away from under a run.
        let _alone = if dry_run { None } else { Some(self.claim()?) };
        let contents = self.contents()?;
        let oldest = now().saturating_sub(keep.younger_than);
        let is_kept = |run: &KeptRun| {
            !run.vintages.is_empty()
                || (keep.younger_than > 0 && run.started >= oldest)
                || run.outputs.iter().all(|digest| keep.outputs.contains(digest))
        };
        let (kept, gone): (Vec<KeptRun>, Vec<KeptRun>) = contents.records.iter().cloned().partition(is_kept);
        let needed: BTreeSet<&Digest> = kept.iter().flat_map(KeptRun::objects).collect();
        let of_gone: BTreeSet<&Digest> = gone.iter().flat_map(KeptRun::objects).collect();
        let mut collected = Collected { kept: kept.len(), ..Collected::default() };
        let mut paths: Vec<PathBuf> = gone.iter().map(|run| self.record_path(&run.fingerprint)).collect();
        paths.extend(contents.unreadable);
        // Records go first, so that none is left without its objects if this is interrupted.
        for (digest, bytes) in &contents.objects {
            let path = self.object_path(digest);
            let unrecorded = || is_older(&path, UNRECORDED);
            let locked = keep.outputs.contains(digest);
            if !needed.contains(digest) && !locked && (of_gone.contains(digest) || unrecorded()) {
                collected.objects += 1;
                collected.bytes += bytes;
                paths.push(path);
            }
        }
        for (path, bytes) in contents.leftovers {
            collected.leftovers += 1;
            collected.bytes += bytes;
            paths.push(path);
        }
        collected.runs = gone;
        if !dry_run {
            paths.iter().try_for_each(|path| remove(path))?;
            for folder in ["objects", "records"] {
                remove_empty(&self.root.join(folder));
            }
        }
        Ok(collected)
    }
}

fn is_older(path: &Path, seconds: u64) -> bool {
    let age = fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    age.and_then(|modified| modified.elapsed().ok()).is_some_and(|age| age.as_secs() > seconds)
}

fn remove(path: &Path) -> Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(PipelineError::io(path, "removing")(error))
        }
        _ => Ok(()),
    }
}

/// Takes away folders that hold nothing.
fn remove_empty(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        // A folder that holds something refuses.
        let _ = fs::remove_dir(entry.path());
    }
}
