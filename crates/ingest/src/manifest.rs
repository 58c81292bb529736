//! The manifest of a vintage.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::Label;

use crate::source::{Redistribution, Source};

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
    /// Under what terms each source may be used that doesn't say so itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<Label>,
    /// How others come by each source that doesn't say so itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Label>,
    /// Whether the file of each source that doesn't say so itself may be given to others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redistribution: Option<Redistribution>,
    /// Whom to ask about each source that doesn't say so itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Its sources.
    pub sources: Vec<Source>,
}

impl Manifest {
    /// The source called `name`.
    pub fn source(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.name == name)
    }

    /// The terms of a source: its own, or those of all sources.
    pub fn licence_of<'m>(&'m self, source: &'m Source) -> Option<&'m Label> {
        source.licence.as_ref().or(self.licence.as_ref()).filter(|licence| !licence.is_empty())
    }

    /// How others come by a source: by its own words, or by those of all sources.
    pub fn access_of<'m>(&'m self, source: &'m Source) -> Option<&'m Label> {
        source.access.as_ref().or(self.access.as_ref()).filter(|access| !access.is_empty())
    }

    /// Whether a source's file may be given to others; nothing where nobody says.
    pub fn redistribution_of(&self, source: &Source) -> Option<Redistribution> {
        source.redistribution.or(self.redistribution)
    }

    /// Whom to ask about a source.
    pub fn contact_of<'m>(&'m self, source: &'m Source) -> Option<&'m str> {
        source.contact.as_deref().or(self.contact.as_deref())
    }
}
