//! Where a package goes.

use std::path::Path;

use super::{archive, folder};
use crate::error::Result;
use crate::files::Files;

/// Writes a ZIP where the target's name ends so, else a folder.
pub(crate) fn write(files: &Files, target: &Path) -> Result<()> {
    let ending = target.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("zip") => archive::write(files, target),
        _ => folder::write(files, target),
    }
}
