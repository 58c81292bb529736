//! Giving what is kept here to a shared store.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::Serialize;

use crate::digest::Digest;
use crate::error::Result;
use crate::store::{Blobs, KeptRun, Record, SharedStore, Store, file_digest};

/// Which runs are to be given.
#[derive(Debug, Clone, Default)]
pub struct PushWhat<'a> {
    /// Those that the latest run of this vintage needs; of every vintage where none is named.
    pub vintage: Option<&'a str>,
    /// Earlier ones too.
    pub all: bool,
    /// Say what would be given, and give nothing.
    pub dry_run: bool,
}

/// What was given.
#[derive(Debug, Default, Serialize)]
pub struct Pushed {
    /// How many runs.
    pub runs: usize,
    /// How many objects were put there for them, or for runs that had lost theirs.
    pub objects: usize,
    /// How many bytes these have.
    pub bytes: u64,
    /// How many runs were there already.
    pub there: usize,
    /// Runs that are there with other outputs than here; what is there stays.
    pub differing: Vec<String>,
    /// Runs whose outputs aren't whole here, which aren't given.
    pub unsound: Vec<String>,
    /// Runs that couldn't be given, and why.
    pub refused: Vec<String>,
}

/// Gives runs with their outputs to a shared store: objects first, then records, so that nobody finds a run
/// without its outputs. Copies of raw files aren't given: they may be others', and who reproduces has them.
///
/// # Errors
/// Where the shared store can't be read or written, or this one can't be read.
pub fn push(store: &Store, shared: &dyn SharedStore, what: &PushWhat<'_>) -> Result<Pushed> {
    let _in_use = store.share()?;
    let contents = store.contents()?;
    let is_wanted = |run: &&KeptRun| match what.vintage {
        Some(vintage) => run.vintages.iter().any(|of| of == vintage),
        None => what.all || !run.vintages.is_empty(),
    };
    let wanted: BTreeMap<Digest, Record> = contents
        .records
        .iter()
        .filter(is_wanted)
        .filter_map(|run| Some((run.fingerprint.clone(), store.record(&run.fingerprint)?)))
        .collect();
    let there = shared.find_records(&wanted.keys().cloned().collect())?;
    let outputs = |record: &Record| -> BTreeSet<Digest> {
        record.outputs.values().map(|output| output.digest.clone()).collect()
    };
    let all: BTreeSet<Digest> = wanted.values().flat_map(outputs).collect();
    let sizes = shared.blob_sizes(&all)?;
    let mut pushed = Pushed::default();
    let mut new: BTreeMap<&Digest, &Record> = BTreeMap::new();
    let mut files: BTreeMap<Digest, PathBuf> = BTreeMap::new();
    for (fingerprint, record) in &wanted {
        match there.get(fingerprint) {
            Some(other) if outputs(other) != outputs(record) => {
                pushed.differing.push(record.branch.clone());
                continue;
            }
            Some(_) => pushed.there += 1,
            None => {}
        }
        let lacking =
            record.outputs.values().filter(|output| sizes.get(&output.digest) != Some(&output.bytes));
        let lacking: Vec<(Digest, PathBuf)> =
            lacking.map(|output| (output.digest.clone(), store.object_path(&output.digest))).collect();
        let is_sound = |(digest, path): &(Digest, PathBuf)| {
            files.contains_key(digest) || file_digest(path).is_ok_and(|found| found == *digest)
        };
        if !lacking.iter().all(is_sound) {
            pushed.unsound.push(record.branch.clone());
            continue;
        }
        files.extend(lacking);
        if !there.contains_key(fingerprint) {
            new.insert(fingerprint, record);
        }
    }
    let size = |digest: &Digest| contents.objects.get(digest).copied().unwrap_or(0);
    pushed.runs = new.len();
    pushed.objects = files.len();
    pushed.bytes = files.keys().map(size).sum();
    if what.dry_run || (new.is_empty() && files.is_empty()) {
        return Ok(pushed);
    }
    let failed = if files.is_empty() { BTreeMap::new() } else { Blobs::put_blobs(shared, &files) };
    pushed.objects -= failed.len();
    pushed.bytes -= failed.keys().map(size).sum::<u64>();
    new.retain(|_, record| match outputs(record).iter().find_map(|digest| failed.get(digest)) {
        Some(error) => {
            pushed.refused.push(format!("{}: {error}", record.branch));
            false
        }
        None => true,
    });
    pushed.runs = new.len();
    if !new.is_empty() {
        let new = new.into_iter().map(|(fingerprint, record)| (fingerprint.clone(), record.clone()));
        shared.put_records(&new.collect())?;
    }
    Ok(pushed)
}
