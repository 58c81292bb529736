//! What is kept of a branch that ran.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Digest, Fingerprint, InputDeclaration, InputDigest, Kind};

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
    /// The column by which the rows are grouped, where they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grouped_by: Option<String>,
    /// The digest of each group of rows.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, Digest>,
    /// The digest of a group without rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty_group: Option<Digest>,
}

impl OutputRecord {
    /// What a reader with this declaration depends on.
    pub(crate) fn digest_for(&self, key: String, declared: Option<&InputDeclaration>) -> InputDigest {
        let Some(declared) = declared else { return InputDigest::whole(key, self.digest.clone()) };
        if let Some(rows) = &declared.rows
            && self.grouped_by.as_ref() == Some(&rows.column)
        {
            // A group that isn't there is one without rows, whose columns may count all the same.
            let digest = |value: &String| self.groups.get(value).or(self.empty_group.as_ref()).cloned();
            let read = rows.values.iter().filter_map(|value| Some((value.clone(), digest(value)?)));
            return InputDigest { key, content: None, columns: BTreeMap::new(), groups: read.collect() };
        }
        // Which rows are read can only be told by reading them; then all of them count.
        if declared.rows.is_none()
            && let Some(columns) = &declared.columns
        {
            let read = columns
                .iter()
                .filter_map(|column| Some((column.clone(), self.columns.get(column)?.digest.clone())));
            let columns: BTreeMap<String, Digest> = read.collect();
            // Without any of the columns, how many rows there are is still seen.
            if !columns.is_empty() {
                return InputDigest { key, content: None, columns, groups: BTreeMap::new() };
            }
        }
        InputDigest::whole(key, self.digest.clone())
    }
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
