//! The manifest of a vintage.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::Label;

use crate::source::Source;

/// What kind of data a vintage holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum VintageKind {
    /// Made, not measured.
    Synthetic,
    /// Publicly available.
    Public,
    /// Under a licence that the user holds.
    Licensed,
}

/// A vintage's `vintage.yaml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// What the vintage is.
    pub title: Label,
    /// What kind of data it holds.
    pub kind: VintageKind,
    /// When it was put together, as `YYYY-MM-DD`.
    pub date: String,
    /// What everything made from it must say.
    pub notice: Label,
    /// The folder of its raw files relative to the data root; `<vintage's name>/raw` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// Its sources.
    pub sources: Vec<Source>,
}

impl Manifest {
    /// The source called `name`.
    pub fn source(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.name == name)
    }
}
