//! Taking from a shared store what a plan would make otherwise.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::digest::Digest;
use crate::error::Result;
use crate::operation::Cancelled;
use crate::plan::{Branch, BranchAt, Part, Plan};
use crate::run::{HasRecord, Kept, Progress, Reading, kept};
use crate::spec::ForEach;
use crate::store::{Record, SharedStore, Store, Taken};

/// What is known of a branch: its fingerprint and a record, here or there.
struct Found(Option<(Digest, Record)>);

impl HasRecord for Found {
    fn record(&self) -> Option<(&Digest, &Record)> {
        self.0.as_ref().map(|(digest, record)| (digest, record))
    }
}

/// What one look at a plan found.
struct Look {
    /// What is there and not here.
    wanted: BTreeMap<Digest, Record>,
    /// Whether some branches are known only once that is here.
    unfinished: bool,
}

/// Takes from a shared store what a plan would have to make otherwise: the fingerprints of its stages are worked out
/// from the records of those that they read, here or there, so that all that is missing is known before any
/// of it is asked for. What depends on a stage that has to be run isn't known yet; the run asks for that by itself.
///
/// # Errors
/// Where the shared store can't be read, or this one can't be written. That some objects didn't come is none: they
/// are named, and made here.
pub fn pull(
    plan: &Plan<'_>,
    store: &Store,
    shared: &dyn SharedStore,
    cancelled: &Cancelled,
) -> Result<Taken> {
    let _in_use = store.share()?;
    let mut all = Taken::default();
    let mut asked: BTreeSet<Digest> = BTreeSet::new();
    loop {
        let reading = Reading::asking(store, cancelled, false);
        let mut look = look(plan, store, &reading, shared)?;
        reading.save();
        // What didn't come isn't asked for twice.
        look.wanted.retain(|fingerprint, _| asked.insert(fingerprint.clone()));
        if look.wanted.is_empty() || cancelled.is_cancelled() {
            return Ok(all);
        }
        all.add(store.take(&look.wanted, shared, &reading.files, cancelled)?);
        reading.save();
        if !look.unfinished {
            return Ok(all);
        }
    }
}

fn look(plan: &Plan<'_>, store: &Store, reading: &Reading, shared: &dyn SharedStore) -> Result<Look> {
    let progress: Progress<'_, Found> = Progress::new(plan);
    let mut look = Look { wanted: BTreeMap::new(), unfinished: false };
    for (stage, part) in plan.parts.iter().enumerate() {
        let laid_out = plan.reads[stage].iter().all(|read| progress.stage(*read).is_some());
        if *part == Part::LeftOut || !laid_out {
            continue;
        }
        if let Some(ForEach::Column { stage: of, .. }) = &plan.pipeline.stages[stage].foreach
            && let Some(of) = plan.pipeline.positions.get(of)
            && let Some(known) = progress.stage(*of)
        {
            let records: Vec<_> = known.results.iter().map(|result| result.get()?.record()).collect();
            if records.iter().any(Option::is_none) {
                continue;
            }
            // The branches are values of a column, which has to be here to be read.
            if records.iter().flatten().any(|(digest, _)| look.wanted.contains_key(*digest)) {
                look.unfinished = true;
                continue;
            }
        }
        // What is wrong there, or with a file below, the run says in its place.
        let Ok(branches) = progress.lay_out(plan, stage, store) else { continue };
        let known = progress.put_branches(stage, branches);
        let mut missing: BTreeMap<Digest, Vec<&OnceLock<Found>>> = BTreeMap::new();
        for (branch, result) in known.branches.iter().zip(&known.results) {
            match look_at(plan, store, reading, &progress, branch).unwrap_or_default() {
                (Some(fingerprint), None) => missing.entry(fingerprint).or_default().push(result),
                (fingerprint, record) => {
                    let _ = result.set(Found(fingerprint.zip(record)));
                }
            }
        }
        if missing.is_empty() {
            continue;
        }
        let mut records = shared.find_records(&missing.keys().cloned().collect())?;
        for (fingerprint, results) in missing {
            let record = records.remove(&fingerprint);
            for result in results {
                let _ = result.set(Found(record.clone().map(|record| (fingerprint.clone(), record))));
            }
            if let Some(record) = record {
                look.wanted.insert(fingerprint, record);
            }
        }
    }
    Ok(look)
}

/// The fingerprint of a branch, where all that it reads is known, and its record, where it is here.
fn look_at(
    plan: &Plan<'_>,
    store: &Store,
    reading: &Reading,
    progress: &Progress<'_, Found>,
    branch: &Branch<'_>,
) -> Result<(Option<Digest>, Option<Record>)> {
    let is_known = |from: BranchAt| progress.record(from).is_some();
    if !branch.reads.iter().all(|read| is_known(read.from)) {
        return Ok((None, None));
    }
    let fingerprint = reading.fingerprint(plan, branch, progress)?.digest()?;
    let record = match kept(store, reading, &fingerprint) {
        Kept::Whole(record) => Some(record),
        Kept::Broken(..) | Kept::Nothing => None,
    };
    Ok((Some(fingerprint), record))
}
