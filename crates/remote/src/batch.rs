//! Records that were given together, as a text that can be signed.
//!
//! One line a record: its fingerprint, when it was given in seconds since 1970, and the record as JSON. Lines are in order
//! of fingerprints, each there once.

use std::collections::BTreeMap;

use vintner_pipeline::{Digest, Record};

use crate::trust::Signature;

/// A record as it is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) given: u64,
    /// The record as JSON; it is read when it is asked for.
    pub(crate) json: String,
}

impl Entry {
    pub(crate) fn new(given: u64, record: &Record) -> Result<Self, serde_json::Error> {
        Ok(Self { given, json: serde_json::to_string(record)? })
    }

    /// The record, where it is that of a fingerprint.
    pub(crate) fn record(&self, fingerprint: &Digest) -> Option<Record> {
        let record: Record = serde_json::from_str(&self.json).ok()?;
        record.is_of(fingerprint).then_some(record)
    }
}

/// Entries by fingerprint.
pub(crate) type Entries = BTreeMap<Digest, Entry>;

/// A batch as it lies in a part of the index: what may have been signed, to the byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) text: String,
    pub(crate) signature: Option<Signature>,
}

/// Entries as a text.
pub(crate) fn written(entries: &Entries) -> String {
    let mut text = String::new();
    for (fingerprint, entry) in entries {
        text.push_str(&format!("{fingerprint} {} {}\n", entry.given, entry.json));
    }
    text
}

/// The entries of a text; `None` where it isn't one of entries.
pub(crate) fn read(text: &str) -> Option<Entries> {
    let entry = |line: &str| {
        let (fingerprint, rest) = line.split_once(' ')?;
        let (given, json) = rest.split_once(' ')?;
        Some((Digest::parse(fingerprint)?, Entry { given: given.parse().ok()?, json: json.to_owned() }))
    };
    text.lines().map(entry).collect()
}
