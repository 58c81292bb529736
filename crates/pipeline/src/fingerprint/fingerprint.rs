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

    /// Writes it as canonical JSON.
    fn write(&self, text: &mut Vec<u8>) -> serde_json::Result<()> {
        let digest = |text: &mut Vec<u8>, digest: &Digest| serde_json::to_writer(text, digest);
        text.push(b'{');
        if !self.columns.is_empty() {
            text.extend(b"\"columns\":");
            write_fields(text, &self.columns, digest)?;
            text.push(b',');
        }
        if let Some(content) = &self.content {
            text.extend(b"\"content\":");
            digest(text, content)?;
            text.push(b',');
        }
        if !self.groups.is_empty() {
            text.extend(b"\"groups\":");
            write_fields(text, &self.groups, digest)?;
            text.push(b',');
        }
        text.extend(b"\"key\":");
        serde_json::to_writer(&mut *text, &self.key)?;
        text.push(b'}');
        Ok(())
    }
}

impl Fingerprint {
    /// The digest under which the store keeps the result.
    ///
    /// # Errors
    /// [`PipelineError::Artifact`] where a parameter can't be written as JSON.
    pub fn digest(&self) -> Result<Digest> {
        let text = self.canonical().map_err(|error| PipelineError::Artifact {
            what: format!("the fingerprint of `{}`", self.operation),
            message: error.to_string(),
        })?;
        Ok(Digest::of(&text))
    }

    /// It as canonical JSON, written at once: of thousands of inputs a tree of values takes longer than all else.
    fn canonical(&self) -> serde_json::Result<Vec<u8>> {
        let mut text = b"{\"code\":".to_vec();
        serde_json::to_writer(&mut text, &self.code)?;
        text.extend(b",\"format\":");
        serde_json::to_writer(&mut text, &self.format)?;
        text.extend(b",\"inputs\":");
        write_fields(&mut text, &self.inputs, |text, inputs| {
            let mut before: &[u8] = b"[";
            for input in inputs {
                text.extend(before);
                input.write(text)?;
                before = b",";
            }
            text.extend(if inputs.is_empty() { &b"[]"[..] } else { b"]" });
            Ok(())
        })?;
        text.extend(b",\"operation\":");
        serde_json::to_writer(&mut text, &self.operation)?;
        text.extend(b",\"params\":");
        text.extend(canonical_json(&self.params).as_bytes());
        text.extend(b",\"seed\":");
        serde_json::to_writer(&mut text, &self.seed)?;
        text.push(b'}');
        Ok(text)
    }
}

/// Writes an object of fields that are sorted by name.
fn write_fields<V>(
    text: &mut Vec<u8>,
    fields: &BTreeMap<String, V>,
    write: impl Fn(&mut Vec<u8>, &V) -> serde_json::Result<()>,
) -> serde_json::Result<()> {
    text.push(b'{');
    for (position, (name, field)) in fields.iter().enumerate() {
        if position > 0 {
            text.push(b',');
        }
        serde_json::to_writer(&mut *text, name)?;
        text.push(b':');
        write(text, field)?;
    }
    text.push(b'}');
    Ok(())
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
    fn it_is_written_as_any_other_value_is() -> Result<()> {
        let digests = |names: &[&str]| -> BTreeMap<String, Digest> {
            names.iter().map(|name| ((*name).to_owned(), Digest::of(name.as_bytes()))).collect()
        };
        let odd = "a \"quoted\"\n\u{1}\u{e9} key";
        let mut print = known();
        print.params = json!({"z": [1.5, null, {"b": odd, "a": -3}], "a": {}});
        print.operation = odd.into();
        print.seed = u64::MAX;
        let of_columns = InputDigest {
            columns: digests(&["y", odd, "x"]),
            content: None,
            ..InputDigest::whole(odd.into(), Digest::of(b""))
        };
        let of_groups = InputDigest { groups: digests(&["b", "a"]), ..of_columns.clone() };
        let all = InputDigest { content: Some(Digest::of(b"c")), ..of_groups.clone() };
        print.inputs.insert(odd.into(), vec![of_columns, of_groups, all]);
        print.inputs.insert("none".into(), Vec::new());
        for print in [print, known()] {
            let value = serde_json::to_value(&print).unwrap_or_default();
            let text = print.canonical().unwrap_or_default();
            assert_eq!(String::from_utf8_lossy(&text), canonical_json(&value));
        }
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
