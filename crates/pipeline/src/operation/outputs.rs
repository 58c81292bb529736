//! What a stage hands back.

use std::collections::BTreeMap;

use super::artifact::Artifact;

/// What a stage made.
#[derive(Debug, Default)]
pub struct Outputs {
    /// The artifacts by output name.
    pub artifacts: BTreeMap<String, Artifact>,
    /// What the user should know, replayed each time the stage is found in the cache.
    pub warnings: Vec<String>,
    /// What it said while it ran, for those who look into the run later.
    pub log: String,
    /// The most memory that it held, in bytes, where it ran in a process of its own.
    pub peak_memory: Option<u64>,
}

impl Outputs {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// These outputs with one more.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, artifact: Artifact) -> Self {
        self.artifacts.insert(name.into(), artifact);
        self
    }

    /// These outputs with warnings added.
    #[must_use]
    pub fn warn(mut self, warnings: impl IntoIterator<Item = String>) -> Self {
        self.warnings.extend(warnings);
        self
    }
}
