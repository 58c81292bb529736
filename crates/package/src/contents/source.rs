//! A source, its files and its terms.

use std::path::PathBuf;

use serde::Serialize;
use vintner_ingest::{Redistribution, ValueColumn};

/// A source of the vintage.
#[derive(Debug, Clone, Serialize)]
pub struct SourceContent {
    /// Its name in the manifest.
    pub name: String,
    /// Its files.
    pub files: Vec<RawFileContent>,
    /// Their format, as the manifest names it.
    pub format: String,
    /// The sheet, of workbooks.
    pub sheet: Option<String>,
    /// Their encoding, of texts.
    pub encoding: Option<String>,
    /// The column of entities.
    pub entity: Option<String>,
    /// The column of times.
    pub time: Option<String>,
    /// What stands for a missing value.
    pub missing: Vec<String>,
    /// The variables that are read.
    pub columns: Vec<ValueColumn>,
    /// The years that it covers.
    pub covers: Option<[i32; 2]>,
    /// How it is cited.
    pub citation: Option<String>,
    /// Its terms.
    pub licence: Option<String>,
    /// How others come by it.
    pub access: Option<String>,
    /// Whether its files may be given to others.
    pub redistribution: Option<Redistribution>,
    /// Its digital object identifier.
    pub doi: Option<String>,
    /// Where it was published.
    pub url: Option<String>,
    /// Where it is kept as it was.
    pub archived_url: Option<String>,
    /// Whom to ask.
    pub contact: Option<String>,
    /// What a user should know.
    pub note: Option<String>,
}

/// A raw file.
#[derive(Debug, Clone, Serialize)]
pub struct RawFileContent {
    /// Its path in the package, or where it has to be put.
    pub path: String,
    /// Its SHA-256.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// Whether the package holds it.
    pub provided: bool,
    /// Where it is.
    #[serde(skip)]
    pub from: PathBuf,
}

impl SourceContent {
    /// Whether the package holds its files.
    pub fn is_provided(&self) -> bool {
        self.files.iter().all(|file| file.provided)
    }

    /// Whether values computed from it may be given observation by observation.
    pub fn gives_derived(&self) -> bool {
        matches!(self.redistribution, Some(Redistribution::Yes | Redistribution::Derived))
    }
}
