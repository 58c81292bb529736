//! A vintage as a pipeline sees it: a name, a manifest and files.

use std::path::PathBuf;

use serde_json::Value;

/// A data vintage, bound to the files that were found for it.
#[derive(Debug, Clone)]
pub struct Vintage {
    /// Its name, which names the folder of its outputs.
    pub name: String,
    /// What its manifest says, as stages read it.
    pub manifest: Value,
    /// Where its manifest is, or would be.
    pub manifests: Vec<PathBuf>,
    /// Its raw files.
    pub sources: Vec<SourceFile>,
    /// What there is to say of it whenever anything is made of it.
    pub remarks: Vec<String>,
}

/// One raw file of a vintage.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The source's name in the manifest, which names its branch.
    pub name: String,
    /// What the manifest says of it, as the branch's stage reads it.
    pub declaration: Value,
    /// Where it was found.
    pub path: PathBuf,
}
