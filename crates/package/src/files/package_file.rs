//! One file of a package.

use std::path::PathBuf;

use serde::Serialize;

/// What a file of a package is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The README.
    Readme,
    /// Terms of code or data.
    Licence,
    /// How to cite it, and what repositories ask for.
    Metadata,
    /// A raw file of a source.
    RawData,
    /// Data that the results are computed from.
    AnalysisData,
    /// What the data hold.
    Codebook,
    /// The pipeline, its lock, and manifests.
    Pipeline,
    /// A program or a template.
    Program,
    /// Anything else that a stage reads: crosswalks, published tables, claims.
    Input,
    /// What a stage publishes: tables, figures, reports.
    Output,
    /// Programs that make the results without Vintner.
    Replication,
    /// Further documents of the authors.
    Document,
    /// The list of all files.
    Manifest,
}

/// Where a file's bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Here.
    Bytes(Vec<u8>),
    /// In a file, which is copied.
    Copied(PathBuf),
}

/// One file of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackageFile {
    /// Its path in the package, with slashes.
    pub path: String,
    /// What it is there for.
    pub role: Role,
    /// Its SHA-256.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// What made it: a branch, where it is a stage's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_by: Option<String>,
    /// Its bytes.
    #[serde(skip)]
    pub body: Body,
}
