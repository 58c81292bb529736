//! The whole: gathered, made, written.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::contents::{Request, gather, gather_with_programs};
use crate::error::Result;
use crate::files::{Body, Files, PackageFile, Role};
use crate::parts::{ACCESS, CITATION, CODE_LICENCE, DATA_LICENCE, PARTS, TODO, metadata};
use crate::written;

/// What Zenodo's deposit API asks for of a vintage's package, as JSON.
///
/// # Errors
/// As of [`write_package`], and where `package.yaml` doesn't say what Zenodo asks for.
pub fn zenodo_metadata(request: &Request<'_>) -> Result<Value> {
    metadata(&gather(request)?)
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WrittenPackage {
    /// How many files there are.
    pub files: usize,
    /// Their size.
    pub bytes: u64,
    /// How many things are left to be said.
    pub todos: usize,
    /// Sources whose files aren't in the package.
    pub withheld: Vec<String>,
}

/// Writes the package of a vintage as a folder, or as a ZIP where the target's name ends so; runs nothing. A package
/// of ours that is there is replaced.
///
/// # Errors
/// Where something isn't made or locked as things are now, where something can't be read or written, and where
/// anything else than a package of ours is in the way.
pub fn write_package(request: &Request<'_>, target: &Path) -> Result<WrittenPackage> {
    let contents = gather_with_programs(request)?;
    let mut files = Files::default();
    for part in PARTS {
        part(&contents, request.store, &mut files)?;
    }
    written::write(&files, target)?;
    let withheld = contents.sources.iter().filter(|source| !source.is_provided());
    Ok(WrittenPackage {
        files: files.iter().count(),
        bytes: files.bytes(),
        todos: files.iter().map(todos).sum(),
        withheld: withheld.map(|source| source.name.clone()).collect(),
    })
}

/// How many things a file leaves to be said.
fn todos(file: &PackageFile) -> usize {
    let asks = file.role == Role::Readme
        || [ACCESS, CITATION, CODE_LICENCE, DATA_LICENCE].contains(&file.path.as_str());
    match &file.body {
        Body::Bytes(bytes) if asks => String::from_utf8_lossy(bytes).matches(TODO).count(),
        _ => 0,
    }
}
