//! The whole: gathered, made, written.

use std::path::Path;

use serde::Serialize;

use crate::contents::{Request, gather};
use crate::error::Result;
use crate::files::Files;
use crate::parts::PARTS;
use crate::written;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WrittenPackage {
    /// How many files there are.
    pub files: usize,
    /// Their size.
    pub bytes: u64,
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
    let contents = gather(request)?;
    let mut files = Files::default();
    for part in PARTS {
        part(&contents, request.store, &mut files)?;
    }
    written::write(&files, target)?;
    let withheld = contents.sources.iter().filter(|source| !source.is_provided());
    Ok(WrittenPackage {
        files: files.iter().count(),
        bytes: files.bytes(),
        withheld: withheld.map(|source| source.name.clone()).collect(),
    })
}
