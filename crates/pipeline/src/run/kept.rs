//! What the store has of a result.

use super::reading::Reading;
use crate::digest::Digest;
use crate::fingerprint::Cause;
use crate::store::{Record, Soundness, Store};

/// What the store has of a result.
pub(crate) enum Kept {
    Whole(Record),
    Broken(Record, Vec<Cause>),
    Nothing,
}

/// What the store has under a fingerprint. An object that isn't sound counts as a cause to run.
pub(crate) fn kept(store: &Store, reading: &Reading, fingerprint: &Digest) -> Kept {
    let Some(record) = store.record(fingerprint) else { return Kept::Nothing };
    let causes: Vec<Cause> = record
        .outputs
        .iter()
        .filter_map(|(output, kept)| {
            let output = output.clone();
            match store.soundness(&kept.digest, kept.bytes, &reading.files) {
                Soundness::Sound => None,
                Soundness::Missing => Some(Cause::Gone { output }),
                Soundness::Corrupt => Some(Cause::Corrupt { output }),
            }
        })
        .collect();
    if causes.is_empty() { Kept::Whole(record) } else { Kept::Broken(record, causes) }
}
