//! The manifest of a vintage.

use std::path::Path;

use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults};
use vintner_panel::Label;

use crate::{IngestError, Result, Source, manifest_check};

/// What kind of data a vintage holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// Reads a manifest from a file.
    ///
    /// # Errors
    /// Where the file can't be read, and as [`Manifest::parse`].
    pub fn read(path: &Path) -> Result<Self> {
        let text = vintner_guard::read_text(path)
            .map_err(|problem| IngestError::Io { path: path.to_owned(), problem })?;
        Self::parse(&path.display().to_string(), &text).map_err(IngestError::Manifest)
    }

    /// Reads a manifest from text; `file` is the name that faults give.
    ///
    /// # Errors
    /// Every unknown field, wrong type and missing field; where there are none of these, everything
    /// that doesn't go together (a wide table with a column of years, an encoding that doesn't
    /// exist, a name that comes twice).
    pub fn parse(file: &str, text: &str) -> std::result::Result<Self, Faults> {
        let document = Document::parse(file, text)?;
        let manifest: Self = document.decode()?;
        manifest_check::check(&manifest, &document).or(manifest)
    }

    /// The source called `name`.
    pub fn source(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.name == name)
    }
}
