//! Which inputs of commands lie there from their last run.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::Arc;

use super::making::Making;
use super::standing_inputs::{StandingInputs, path_of};
use crate::command::{CommandOperation, INPUTS, SCRATCH_PARTS, SCRATCH_PREFIX, inside, scratch_parent};
use crate::operation::{Standing, StandingFiles};
use crate::plan::Branch;
use crate::spec::Reference;

/// A command has its inputs' folder kept if it has so many of them, since few are made as soon as looked at.
const FEWEST: usize = 64;
/// And no more than so many, nor more bytes: copies of large files would take room for little.
const MOST: usize = 20_000;
const MOST_BYTES: u64 = 16 << 20;

impl Making<'_> {
    /// The folder of a branch's inputs from its last run, or an empty one, where it is worth it.
    pub(super) fn standing(&self, branch: &Branch<'_>, operation: &str) -> Option<StandingInputs> {
        let wanted = self.lying_in_inputs(branch, operation)?;
        let parent = scratch_parent();
        if !self.store.stands_beside(&parent, &self.reading.files) {
            return None;
        }
        // Looks like the folder of a command, so that it is taken away as one where this run is killed.
        let root = tempfile::Builder::new().prefix(SCRATCH_PREFIX).tempdir_in(&parent).ok()?;
        let root = root.keep();
        let held = File::open(&root).ok().filter(|folder| folder.try_lock().is_ok());
        let folder = root.join(SCRATCH_PARTS[0]).join(INPUTS);
        let aside = root.join(SCRATCH_PARTS[1]).join(INPUTS);
        let mut inputs = StandingInputs {
            standing: Arc::new(Standing::new(folder.clone(), StandingFiles::new())),
            root,
            _held: held,
        };
        for part in SCRATCH_PARTS {
            fs::create_dir(inputs.root.join(part)).ok()?;
        }
        let name = branch.id.to_string();
        let there = match self.store.take_standing(self.plan.key(), &name, &folder, &self.reading.files) {
            Ok(there) => there.filter(|_| !self.options.force).filter(|there| there.keys().eq(wanted.iter())),
            Err(error) => {
                tracing::warn!(%error, "a folder of inputs isn't looked for");
                return None;
            }
        };
        match there {
            Some(there) => {
                inputs.standing = Arc::new(Standing::new(folder, there));
            }
            None => {
                // Where something lies there, it isn't what it has to be.
                let _ = fs::rename(&folder, aside);
                fs::create_dir(&folder).ok()?;
            }
        }
        Some(inputs)
    }

    /// The paths that a command's inputs have in their folder, where they are many and small and nothing else is put there.
    fn lying_in_inputs(&self, branch: &Branch<'_>, operation: &str) -> Option<BTreeSet<OsString>> {
        let options = self.options;
        let is_of_others = options.store_only || options.records_only;
        if operation != CommandOperation::NAME || is_of_others || branch.source.is_some() {
            return None;
        }
        if !(FEWEST..=MOST).contains(&branch.reads.len())
            || branch.bound.inputs.values().any(|reference| *reference == Reference::Vintage)
        {
            return None;
        }
        let is_elsewhere = |path: &PathBuf| inside(path).is_none_or(|path| path.starts_with(INPUTS));
        if branch.bound.files.values().any(is_elsewhere) {
            return None;
        }
        let mut bytes = 0;
        let mut paths = BTreeSet::new();
        for read in &branch.reads {
            let (_, record) = self.progress.record(read.from)?;
            let kept = record.outputs.get(&read.output)?;
            bytes += kept.bytes;
            paths.insert(path_of(read, kept.extension())?.into_os_string());
        }
        (bytes <= MOST_BYTES && paths.len() == branch.reads.len()).then_some(paths)
    }

    /// Keeps the folder for the next run.
    pub(super) fn keep_standing(&self, branch: &str, inputs: Option<StandingInputs>) {
        let Some(inputs) = inputs else { return };
        if let Err(error) = self.store.keep_standing(self.plan.key(), branch, &inputs.standing) {
            tracing::debug!(%error, branch, "the folder of inputs isn't kept");
        }
    }
}
