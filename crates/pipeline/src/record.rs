//! What is kept of a branch that ran.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Digest, Fingerprint, Kind};

/// The record of one run of a branch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The stage or branch that ran first with this fingerprint.
    pub branch: String,
    /// What the outputs depend on.
    pub fingerprint: Fingerprint,
    /// The outputs by name.
    pub outputs: BTreeMap<String, OutputRecord>,
    /// What the user should know, said again each time the record is used.
    pub warnings: Vec<String>,
    /// How long it took.
    pub seconds: f64,
}

/// An output as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutputRecord {
    /// Its kind.
    pub kind: Kind,
    /// The digest of its bytes, under which the object is kept.
    pub digest: Digest,
    /// Its size.
    pub bytes: u64,
    /// Rows of a frame, lines of a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// The columns of a frame.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, ColumnRecord>,
}

/// A column as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnRecord {
    /// Its type.
    #[serde(rename = "type")]
    pub data_type: String,
    /// The digest of its values.
    pub digest: Digest,
}
