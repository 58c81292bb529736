//! What a result depends on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::digest::{Digest, canonical_json};
use crate::error::{PipelineError, Result};

/// The version of the fingerprint's and the store's format. A change here makes every stage run
/// again, so it is a deliberate act; a test pins the digest of a known fingerprint.
pub const FORMAT: u32 = 1;

/// Everything that the outputs of a branch depend on. Two branches with equal fingerprints have
/// equal outputs, whenever and wherever they run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// [`FORMAT`].
    pub format: u32,
    /// The operation.
    pub operation: String,
    /// The digest of the code that implements it.
    pub code: Digest,
    /// The parameters, defaults filled in.
    pub params: Value,
    /// The inputs: role, then what is read under it.
    pub inputs: BTreeMap<String, Vec<InputDigest>>,
    /// The stage's own seed.
    pub seed: u64,
}

/// One artifact or file that is read under a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct InputDigest {
    /// Which: a branch's key, a file's path, or nothing where there is only one.
    pub key: String,
    /// The digest of all of it, where all of it is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Digest>,
    /// The digests of the columns that are read, where only some are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, Digest>,
    /// The digests of the groups of rows that are read, where only some are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, Digest>,
}

impl InputDigest {
    /// An input of which everything is read.
    pub(crate) fn whole(key: String, content: Digest) -> Self {
        Self { key, content: Some(content), columns: BTreeMap::new(), groups: BTreeMap::new() }
    }
}

impl Fingerprint {
    /// The digest under which the store keeps the result.
    ///
    /// # Errors
    /// [`PipelineError::Artifact`] where a parameter can't be written as JSON.
    pub fn digest(&self) -> Result<Digest> {
        let value = serde_json::to_value(self).map_err(|error| PipelineError::Artifact {
            what: format!("the fingerprint of `{}`", self.operation),
            message: error.to_string(),
        })?;
        Ok(Digest::of(canonical_json(&value).as_bytes()))
    }
}

/// A stage's own seed: it depends on the stage's name and the pipeline's seed, never on the order in
/// which stages run.
pub(crate) fn stage_seed(seed: u64, stage: &str) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    hasher.update(stage.as_bytes());
    let mut bytes = [0; 8];
    hasher.finalize_xof().fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn known() -> Fingerprint {
        let input = InputDigest::whole(String::new(), Digest::of(b"x"));
        Fingerprint {
            format: FORMAT,
            operation: "deflate".into(),
            code: Digest::of(b"code"),
            params: json!({"base_year": 2008}),
            inputs: BTreeMap::from([("panel".into(), vec![input])]),
            seed: 7,
        }
    }

    #[test]
    fn a_known_fingerprint_keeps_its_digest() -> Result<()> {
        // Another digest here makes every cache of every user stale: change it knowingly.
        assert_eq!(known().digest()?.short(), "41457764cc7b");
        assert_eq!(stage_seed(1, "a"), 12_559_661_471_446_138_455);
        Ok(())
    }

    #[test]
    fn every_part_counts() -> Result<()> {
        let digest = known().digest()?;
        let changes: [fn(&mut Fingerprint); 5] = [
            |print| print.operation = "lag".into(),
            |print| print.code = Digest::of(b"other"),
            |print| print.params = json!({"base_year": 2010}),
            |print| print.seed = 8,
            |print| print.inputs.clear(),
        ];
        for change in changes {
            let mut other = known();
            change(&mut other);
            assert_ne!(other.digest()?, digest);
        }
        Ok(())
    }
}
