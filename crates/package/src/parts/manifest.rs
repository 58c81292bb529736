//! The list of all files with their SHA-256, as `sha256sum --check` reads it.

use vintner_pipeline::Store;

use crate::contents::Contents;
use crate::error::Result;
use crate::files::{Files, MANIFEST, Role};

pub(super) fn add(_: &Contents, _: &Store, files: &mut Files) -> Result<()> {
    let lines: String = files.iter().map(|file| format!("{}  {}\n", file.sha256, file.path)).collect();
    files.put(MANIFEST, Role::Manifest, lines)
}
