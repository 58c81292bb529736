//! Taking results over from another store.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::blobs::Blobs;
use super::record::Record;
use super::stat_cache::StatCache;
use super::store::{Soundness, Store};
use super::write_through::WriteThrough;
use crate::digest::Digest;
use crate::error::{PipelineError, Result};
use crate::operation::Cancelled;

/// So many objects are asked for at once, and so many bytes, before what came is kept.
const MOST: usize = 1_024;
const MOST_BYTES: u64 = 256 << 20;

/// Where what is shared is kept beside the store's own, and in it what is on its way.
pub(super) const SHARED: &str = "shared";
pub(super) const INCOMING: &str = "incoming";

/// What was taken over.
#[derive(Debug, Default, Serialize)]
pub struct Taken {
    /// How many runs.
    pub runs: usize,
    /// How many objects came for them.
    pub objects: usize,
    /// How many bytes these have.
    pub bytes: u64,
    /// Why others aren't taken, one line an object.
    pub refused: Vec<String>,
}

impl Taken {
    pub(crate) fn add(&mut self, other: Taken) {
        self.runs += other.runs;
        self.objects += other.objects;
        self.bytes += other.bytes;
        self.refused.extend(other.refused);
    }
}

/// Held by the one process that takes over what earlier ones began to.
#[derive(Debug)]
pub(crate) struct Taking {
    _file: Option<File>,
}

impl Store {
    /// A folder of the store for what is known of a shared one; all of it can be had again.
    ///
    /// # Errors
    /// Where it can't be made.
    pub fn shared_folder(&self) -> Result<PathBuf> {
        let path = self.root.join(SHARED);
        self.make_folder(&path)?;
        Ok(path)
    }

    /// Waits until no other process takes over results into the store's own folder for them.
    pub(crate) fn taking(&self) -> Result<Taking> {
        let file = self.lock_named("taking")?;
        Ok(Taking { _file: file })
    }

    /// Takes over runs with all of their objects: these first, so that nobody finds a run without its outputs. What
    /// came of an object before this was interrupted is there already where it is done again.
    pub(crate) fn take(
        &self,
        runs: &BTreeMap<Digest, Record>,
        from: &dyn Blobs,
        files: &StatCache,
        cancelled: &Cancelled,
    ) -> Result<Taken> {
        let _taking = self.taking()?;
        let incoming = self.shared_folder()?.join(INCOMING);
        self.make_folder(&incoming)?;
        let taken = self.take_through(&incoming, runs, from, files, cancelled);
        // It is empty where nothing was interrupted.
        let _ = std::fs::remove_dir(&incoming);
        taken
    }

    /// The same for one run in the middle of others, by a folder of its own.
    pub(crate) fn take_one(
        &self,
        fingerprint: &Digest,
        record: Record,
        from: &dyn Blobs,
        files: &StatCache,
        cancelled: &Cancelled,
    ) -> Result<Taken> {
        let folder = self.scratch_folder()?;
        let runs = BTreeMap::from([(fingerprint.clone(), record)]);
        self.take_through(folder.path(), &runs, from, files, cancelled)
    }

    fn take_through(
        &self,
        incoming: &Path,
        runs: &BTreeMap<Digest, Record>,
        from: &dyn Blobs,
        files: &StatCache,
        cancelled: &Cancelled,
    ) -> Result<Taken> {
        let runs: BTreeMap<&Digest, &Record> =
            runs.iter().filter(|(fingerprint, record)| record.is_of(fingerprint)).collect();
        let outputs = runs.values().flat_map(|record| record.outputs.values());
        let wanted: BTreeMap<Digest, u64> = outputs
            .filter(|output| self.soundness(&output.digest, output.bytes, files) != Soundness::Sound)
            .map(|output| (output.digest.clone(), output.bytes))
            .collect();
        let mut taken = Taken::default();
        let mut missing: BTreeSet<Digest> = wanted.keys().cloned().collect();
        let disk = WriteThrough::default();
        for part in parts(wanted) {
            if cancelled.is_cancelled() {
                break;
            }
            for digest in part.keys() {
                make_way(&incoming.join(digest.as_str()))?;
            }
            for (digest, got) in from.get_blobs(&part, incoming) {
                let file = match got {
                    Ok(file) => file,
                    Err(error) => {
                        taken.refused.push(error.to_string());
                        continue;
                    }
                };
                // Whoever it came from may have said that it was right; here it is read again.
                let (found, bytes) = self.put_file(&file, &disk)?;
                std::fs::remove_file(&file).map_err(PipelineError::io(&file, "removing"))?;
                if found == digest {
                    missing.remove(&digest);
                    taken.objects += 1;
                    taken.bytes += bytes;
                } else {
                    let error = PipelineError::WrongBytes { place: from.place(), digest, found };
                    taken.refused.push(error.to_string());
                }
            }
        }
        disk.settle()?;
        let disk = WriteThrough::default();
        for (fingerprint, record) in runs {
            if record.outputs.values().all(|output| !missing.contains(&output.digest)) {
                self.put_record(fingerprint, record, &disk)?;
                taken.runs += 1;
            }
        }
        disk.settle()?;
        Ok(taken)
    }
}

/// Takes away what isn't a file where one is to be written: a link that somebody put there would be followed.
fn make_way(path: &Path) -> Result<()> {
    match path.symlink_metadata() {
        Ok(found) if !found.is_file() => {
            std::fs::remove_file(path).map_err(PipelineError::io(path, "removing what stands in the way"))
        }
        _ => Ok(()),
    }
}

/// Objects in parts that aren't too large to lose.
fn parts(wanted: BTreeMap<Digest, u64>) -> Vec<BTreeMap<Digest, u64>> {
    let mut parts: Vec<BTreeMap<Digest, u64>> = Vec::new();
    let mut bytes = 0;
    for (digest, size) in wanted {
        match parts.last_mut() {
            Some(part) if part.len() < MOST && bytes + size <= MOST_BYTES => {
                part.insert(digest, size);
                bytes += size;
            }
            _ => {
                parts.push(BTreeMap::from([(digest, size)]));
                bytes = size;
            }
        }
    }
    parts
}
