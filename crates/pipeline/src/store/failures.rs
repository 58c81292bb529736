//! What failed when it was last to be made, and hasn't been made since.
//!
//! ```text
//! .vintner/v1/failed/<pipeline>/<vintage>.json    branch -> {at, message, fingerprint}
//! ```

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::store::{Store, json_bytes, read_if_there};
use crate::digest::Digest;
use crate::error::Result;
use crate::files::file_name;

/// A branch that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// When, in seconds since 1970.
    pub at: u64,
    /// What was said; of a long message the beginning, all of which is in the branch's log.
    pub message: String,
    /// The digest of its fingerprint, where that could be made out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Digest>,
}

/// So much of a message is kept.
const LONGEST: usize = 2000;

impl Failure {
    pub(crate) fn new(at: u64, message: &str, fingerprint: Option<Digest>) -> Self {
        let mut kept: String = message.chars().take(LONGEST).collect();
        if kept.len() < message.len() {
            kept.push('…');
        }
        Self { at, message: kept, fingerprint }
    }
}

impl Store {
    /// What failed and hasn't been made since. Nothing where that can't be read: it is told of no more, and
    /// the next run writes it again.
    pub fn failures(&self, pipeline: &str, vintage: &str) -> BTreeMap<String, Failure> {
        let text = read_if_there(&self.failures_path(pipeline, vintage)).ok().flatten();
        text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
    }

    pub(crate) fn put_failures(
        &self,
        pipeline: &str,
        vintage: &str,
        failures: &BTreeMap<String, Failure>,
    ) -> Result<()> {
        let path = self.failures_path(pipeline, vintage);
        self.write_cache(&path, &json_bytes(&path, failures)?)
    }

    fn failures_path(&self, pipeline: &str, vintage: &str) -> PathBuf {
        self.root.join("failed").join(file_name(pipeline)).join(format!("{vintage}.json"))
    }
}
