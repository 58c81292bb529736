//! Names that are the same letters in two Unicode forms: `é` as one character, or as `e` and an accent.
//!
//! They look alike, and some systems take them for one name, others for two.

use std::fs;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

/// A name in the form in which letters are one character where they can be.
pub(super) fn composed(name: &str) -> String {
    name.nfc().collect()
}

/// A name with everything shown that joins the letter before it.
pub(crate) fn told_apart(name: &str) -> String {
    let escaped = format!("{name:?}");
    escaped.trim_matches('"').to_owned()
}

/// What is found under a path below `folder` whose parts are written in another form.
pub(crate) fn in_other_form(folder: &Path, path: &Path) -> Option<PathBuf> {
    let mut found = PathBuf::new();
    for part in path.components() {
        let as_written = found.join(part);
        if folder.join(&as_written).exists() {
            found = as_written;
            continue;
        }
        let wanted = composed(part.as_os_str().to_str()?);
        let mut names: Vec<String> = fs::read_dir(folder.join(&found))
            .ok()?
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| composed(name) == wanted)
            .collect();
        names.sort();
        found.push(names.first()?);
    }
    (found != path).then_some(found)
}
