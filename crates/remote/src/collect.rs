//! Taking away from a shared store what nobody needs any longer.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use vintner_pipeline::Digest;

use crate::batch::{Entries, Entry};
use crate::error::Result;
use crate::index::{Index, Part};
use crate::names;
use crate::remote::Remote;

/// An object without a record may be of somebody whose records aren't there yet.
const UNRECORDED: u64 = 24 * 3_600;

/// What is to be kept.
#[derive(Debug, Clone, Default)]
pub struct KeepThere {
    /// Runs all of whose outputs are among these: what a lock names.
    pub outputs: BTreeSet<Digest>,
    /// These runs: what the latest runs of a workspace need.
    pub runs: BTreeSet<Digest>,
    /// Runs that were given less than so many seconds ago.
    pub younger_than: u64,
}

/// What was taken away, or would be.
#[derive(Debug, Default, Serialize)]
pub struct RemovedThere {
    /// The branches of the runs whose records go.
    pub runs: Vec<String>,
    /// How many objects go.
    pub objects: usize,
    /// How much room that makes, in bytes.
    pub bytes: u64,
    /// How many runs stay.
    pub kept: usize,
    /// How many of these stay because others signed them, whatever their age.
    pub of_others: usize,
}

impl Remote {
    /// Takes away runs that are older and that `keep` doesn't name, and objects that no run needs. Records go first. What
    /// others signed stays: what is left of a batch could only be signed by them.
    ///
    /// # Errors
    /// Where it can't be read or written.
    pub fn collect(&self, keep: &KeepThere, dry_run: bool) -> Result<RemovedThere> {
        self.check_writable()?;
        let index_in = self.index_in();
        let index = index_in.read()?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let oldest = now.saturating_sub(keep.younger_than);
        let is_kept = |fingerprint: &Digest, entry: &Entry| {
            let young = keep.younger_than > 0 && entry.given >= oldest;
            young
                || keep.runs.contains(fingerprint)
                || entry.record(fingerprint).is_some_and(|record| {
                    let outputs = &mut record.outputs.values().map(|output| &output.digest);
                    record.outputs.is_empty() || outputs.all(|digest| keep.outputs.contains(digest))
                })
        };
        let mut removed = RemovedThere::default();
        for known in index.parts.iter().flat_map(|part| &part.batches) {
            for (fingerprint, entry) in &known.entries {
                match (known.own, is_kept(fingerprint, entry)) {
                    (true, false) => {
                        let branch = entry.record(fingerprint).map(|record| record.branch);
                        removed.runs.push(branch.unwrap_or_else(|| fingerprint.short().to_owned()));
                    }
                    (own, kept) => {
                        removed.kept += 1;
                        removed.of_others += usize::from(!own && !kept);
                    }
                }
            }
        }
        // In an order that no change of code moves.
        removed.runs.sort();
        if !dry_run && !removed.runs.is_empty() {
            let parts: Vec<&Part> = index.parts.iter().collect();
            index_in.replace(&parts, Entries::new(), is_kept)?;
            self.forget();
        }
        let needed = match dry_run {
            true => needed(&index, |known, fingerprint, entry| !known || is_kept(fingerprint, entry)),
            // Somebody may have given something meanwhile.
            false => needed(&index_in.read()?, |_, _, _| true),
        };
        let listed = self.attempts.one(|| self.bucket.list(&[names::objects()]));
        let listed = listed.map_err(|trouble| self.failed(&trouble))?;
        let mut gone = Vec::new();
        let of_gone = of_gone(&index, &needed);
        for one in listed {
            let Some(digest) = names::digest_of(&one.name) else { continue };
            let old = one.modified.is_some_and(|modified| modified + UNRECORDED < now);
            if !needed.contains(&digest) && (old || of_gone.contains(&digest)) {
                removed.objects += 1;
                removed.bytes += one.bytes;
                gone.push(one.name);
            }
        }
        if !dry_run {
            let done = self.attempts.each(&gone, |gone| self.bucket.remove(gone));
            if let Some(trouble) = done.into_iter().find_map(std::result::Result::err) {
                return Err(self.failed(&trouble));
            }
        }
        Ok(removed)
    }
}

/// The objects that the runs of an index need that stay.
fn needed(index: &Index, stays: impl Fn(bool, &Digest, &Entry) -> bool) -> BTreeSet<Digest> {
    let mut needed = BTreeSet::new();
    for known in index.parts.iter().flat_map(|part| &part.batches) {
        for (fingerprint, entry) in
            known.entries.iter().filter(|(print, entry)| stays(known.own, print, entry))
        {
            let record = entry.record(fingerprint);
            needed.extend(record.into_iter().flat_map(|record| {
                record.outputs.into_values().map(|output| output.digest).collect::<Vec<_>>()
            }));
        }
    }
    needed
}

/// The objects that were needed by runs of an index, and no longer are.
fn of_gone(index: &Index, needed_still: &BTreeSet<Digest>) -> BTreeSet<Digest> {
    let before: BTreeSet<Digest> = needed(index, |_, _, _| true);
    before.difference(needed_still).cloned().collect()
}
