//! What is kept of a branch that ran.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::error::PipelineError;
use crate::fingerprint::{Fingerprint, InputDigest};
use crate::operation::{Encoded, InputDeclaration, Kind, value_bytes};

/// The record of one run of a branch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The stage or branch that ran first with this fingerprint.
    pub branch: String,
    /// What the outputs depend on.
    pub fingerprint: Fingerprint,
    /// The outputs by name.
    pub outputs: BTreeMap<String, Box<OutputRecord>>,
    /// What the user should know, said again each time the record is used.
    pub warnings: Vec<String>,
    /// How long it took.
    pub seconds: f64,
    /// The most memory in use meanwhile, in bytes: of a command, by it and what it started; else by
    /// the whole program up to the stage's end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_memory: Option<u64>,
    /// When it began, in seconds since 1970.
    #[serde(default)]
    pub started: u64,
    /// Why it ran.
    #[serde(default)]
    pub causes: Vec<String>,
    /// The fingerprint of the vintage's run before, with which it was compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Digest>,
    /// What each input was, in the order of the fingerprint's.
    #[serde(default)]
    pub inputs: Vec<InputRecord>,
    /// What it said while it ran.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub log: String,
}

impl Record {
    /// The input under a role and key.
    pub(crate) fn input(&self, role: &str, key: &str) -> Option<&InputRecord> {
        self.inputs.iter().find(|input| input.role == role && input.key == key)
    }

    /// What is written down of the run for people, with the error that it ended in.
    pub(crate) fn to_log(&self, error: Option<&PipelineError>) -> String {
        let mut log = format!("{} ({})\n", self.branch, self.fingerprint.operation);
        for cause in &self.causes {
            log.push_str(&format!("why: {cause}\n"));
        }
        for input in &self.inputs {
            let from = match &input.from {
                Origin::Output(name) => name.as_str(),
                Origin::File(path) => path.as_str(),
                Origin::Manifest => "the manifest",
                Origin::Command(line) => line.as_str(),
            };
            log.push_str(&format!("read: {} from {from}, {}\n", input.role, input.digest.short()));
        }
        if !self.log.is_empty() {
            log.push_str(&format!("said:\n{}\n", self.log.trim_end()));
        }
        for warning in &self.warnings {
            log.push_str(&format!("warning: {warning}\n"));
        }
        for (name, output) in &self.outputs {
            let rows = output.rows.map(|rows| format!(", {rows} rows")).unwrap_or_default();
            log.push_str(&format!("made: {name}, {} bytes{rows}, {}\n", output.bytes, output.digest.short()));
        }
        match error {
            Some(error) => log.push_str(&format!("failed: {error}\n")),
            None => log.push_str(&format!("took: {:.3} s\n", self.seconds)),
        }
        log
    }
}

/// An input as it was when a branch ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputRecord {
    /// The role under which it was read.
    pub role: String,
    /// Which, where there are several.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Where it came from: an output of a branch, or the path of a file.
    pub from: Origin,
    /// The digest of all of it.
    pub digest: Digest,
    /// Its size.
    pub bytes: u64,
}

/// Where an input came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The output of a branch, as `branch.output`.
    Output(String),
    /// A file, by its path from the workspace where it is in it. A copy is among the objects.
    File(String),
    /// The manifest of the vintage, or what it says of a source. A copy is among the objects.
    Manifest,
    /// What a command answered that was asked for the version of a program. A copy is among the objects.
    Command(String),
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
    /// The ending of its file's name, without the dot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
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
    /// The ending of its file's name, without the dot.
    pub fn extension(&self) -> &str {
        self.extension.as_deref().unwrap_or(self.kind.extension())
    }

    /// Whether it says of its columns and rows what they are.
    pub(crate) fn describes(&self, encoded: &Encoded) -> bool {
        let columns = encoded.columns.iter().flatten();
        let columns = columns.map(|(name, (kind, digest))| (name, kind, digest));
        let own = self.columns.iter().map(|(name, column)| (name, &column.data_type, &column.digest));
        let groups = encoded.groups.as_ref();
        columns.eq(own)
            && encoded.rows == self.rows
            && groups.map_or(self.groups.is_empty(), |found| found.groups == self.groups)
            && groups.map(|found| &found.empty) == self.empty_group.as_ref()
    }

    /// Bytes of memory that what a reader with this declaration reads of it takes, about; of a frame, as far as the types
    /// of its columns tell.
    pub(crate) fn size_for(&self, declared: Option<&InputDeclaration>) -> u64 {
        let Some(rows) = self.rows.filter(|_| self.kind == Kind::Frame) else { return self.bytes };
        let all: Vec<&str> = self.columns.keys().map(String::as_str).collect();
        let read = declared.and_then(|declared| declared.read_of(&all));
        let types: u64 = self
            .columns
            .iter()
            .filter(|(name, _)| read.as_ref().is_none_or(|read| read.contains(name)))
            .map(|(_, column)| value_bytes(&column.data_type))
            .sum();
        rows.saturating_mul(types)
    }

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
        if let Some(measures) = &declared.measures {
            let columns: Vec<&str> = self.columns.keys().map(String::as_str).collect();
            let read = measures.read_of(&columns).into_iter();
            let columns = read.filter_map(|column| {
                let digest = self.columns.get(&column)?.digest.clone();
                Some((column, digest))
            });
            return InputDigest { key, content: None, columns: columns.collect(), groups: BTreeMap::new() };
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
