//! Files and folders that stages name.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{PipelineError, Result};

/// The file itself, or all files below a folder by their path in it, sorted; hidden ones and
/// editors' leftovers don't count.
pub(crate) fn files_below(path: &Path) -> Result<Vec<(String, PathBuf)>> {
    walk(path, &mut |_| {})
}

/// The same; `enter` is told of each folder that is listed.
pub(crate) fn walk(path: &Path, enter: &mut dyn FnMut(&Path)) -> Result<Vec<(String, PathBuf)>> {
    if !path.is_dir() {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        return Ok(vec![(name, path.to_owned())]);
    }
    let mut found = Vec::new();
    let mut folders = vec![(String::new(), path.to_owned())];
    while let Some((prefix, folder)) = folders.pop() {
        enter(&folder);
        for entry in fs::read_dir(&folder).map_err(PipelineError::io(&folder, "listing"))? {
            let entry = entry.map_err(PipelineError::io(&folder, "listing"))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') || name.ends_with('~') {
                continue;
            }
            let key = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
            let kind = entry.file_type().map_err(PipelineError::io(entry.path(), "listing"))?;
            if kind.is_symlink() && entry.path().is_dir() {
                // It may lead back to a folder that holds it.
                return Err(PipelineError::Artifact {
                    what: entry.path().display().to_string(),
                    message: "a link to a folder isn't followed; name that folder itself under `files`"
                        .into(),
                });
            }
            if kind.is_dir() {
                folders.push((key, entry.path()));
            } else {
                found.push((key, entry.path()));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The ending of a file's name, without the dot.
pub(crate) fn ending(path: &Path) -> String {
    path.extension().map(|ending| ending.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The first line, from 1, of bytes that aren't UTF-8.
pub(crate) fn line_not_utf8(error: &std::string::FromUtf8Error) -> usize {
    let sound = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
    1 + sound.iter().filter(|byte| **byte == b'\n').count()
}
