//! Branches that one job makes, as they are written down for it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use vintner_pipeline::{Digest, Fingerprint};

use crate::error::{ClusterError, Result};

/// Branches that one job makes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The version of the program that asks.
    pub version: String,
    /// The digest of the pipeline's file there.
    pub spec: Digest,
    /// Whether they are made though the store has their results.
    pub forced: bool,
    /// The branches.
    pub branches: Vec<Asked>,
}

/// A branch that a job makes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// Its name.
    pub branch: String,
    /// The digest of what it depends on.
    pub fingerprint: Digest,
    /// What it depends on.
    pub depends_on: Fingerprint,
}

impl Group {
    /// What a file says.
    ///
    /// # Errors
    /// Where it can't be read, or isn't a group, or one that contradicts itself.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = fs::read(path).map_err(ClusterError::io(path, "reading"))?;
        let refused = |message: String| ClusterError::NoGroup { path: path.to_owned(), message };
        let group: Self = serde_json::from_slice(&bytes).map_err(|error| refused(error.to_string()))?;
        for asked in &group.branches {
            if !asked.depends_on.digest().is_ok_and(|digest| digest == asked.fingerprint) {
                return Err(refused(format!(
                    "the fingerprint of {} isn't that of what it says",
                    asked.branch
                )));
            }
        }
        Ok(group)
    }

    /// What each branch is to depend on.
    pub fn asked(&self) -> BTreeMap<String, Fingerprint> {
        self.branches.iter().map(|asked| (asked.branch.clone(), asked.depends_on.clone())).collect()
    }

    /// Their names with the digests of what they depend on.
    pub(crate) fn named(&self) -> BTreeMap<String, Digest> {
        self.branches.iter().map(|asked| (asked.branch.clone(), asked.fingerprint.clone())).collect()
    }
}
