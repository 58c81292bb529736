//! The data vintage as the report presents it.

use serde::{Deserialize, Serialize};
use vintner_panel::Label;

/// What a report says of the vintage it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VintageSummary {
    /// The folder's name.
    pub name: String,
    /// Its title.
    pub title: Label,
    /// `synthetic`, `public` or `licensed`.
    pub kind: String,
    /// The manifest's date, as written there.
    pub date: String,
    /// What a reader must know before the numbers; needed where the data are synthetic. That they are
    /// is said by the templates, before the notice and beside each table, and need not be said again.
    #[serde(default)]
    pub notice: Option<Label>,
    /// Lines of the manifest on which a guess about how a file is read is still marked `REVIEW`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub review: Vec<usize>,
    /// The files.
    pub sources: Vec<SourceSummary>,
}

impl VintageSummary {
    /// Whether the data are made up.
    pub fn is_synthetic(&self) -> bool {
        self.kind == "synthetic"
    }
}

/// One raw file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSummary {
    /// The file's name in the vintage.
    pub file: String,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// How to cite it.
    #[serde(default)]
    pub citation: Label,
    /// On which terms it may be used.
    #[serde(default)]
    pub licence: Label,
    /// Where it is found; empty where that isn't known.
    #[serde(default)]
    pub url: String,
    /// Rows of data read from it.
    #[serde(default)]
    pub rows: Option<usize>,
    /// Marks beside its values ("p" for provisional) in words, with how many each is beside; empty where none are kept.
    #[serde(default)]
    pub flags: String,
    /// Numbers that are codes for missing values most often and are read as numbers, in words; empty where there are none.
    #[serde(default)]
    pub codes: String,
    /// Its cells that are read otherwise than they stand in it.
    #[serde(default)]
    pub corrections: Vec<CorrectionSummary>,
}

/// A cell that is read otherwise than it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorrectionSummary {
    /// The cell: `D15`.
    pub cell: String,
    /// What stands there.
    pub old: String,
    /// What is read; empty where the value is made missing.
    pub new: String,
    /// Why.
    pub reason: String,
    /// Where the right value is from.
    pub source: String,
}
