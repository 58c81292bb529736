//! The workspace above the folder in which a command is given.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

use crate::error::{CommandError, Result};

/// The nearest folder above `here` that has the pipeline, as a path from `here` (`../..`); none where `here`
/// has it, or no folder has it.
///
/// A pipeline runs commands, so one that somebody else has put above (as into `/tmp`) isn't taken: its file
/// has to belong to whom `here` belongs to, or to the system's administrator.
///
/// # Errors
///
/// If what is found is somebody else's.
pub(crate) fn nearest_above(here: &Path, pipeline: &Path) -> Result<Option<PathBuf>> {
    if here.join(pipeline).is_file() {
        return Ok(None);
    }
    // `..` of the real folder: what is above a link isn't what is above its target.
    let Ok(real) = fs::canonicalize(here) else { return Ok(None) };
    let mut above = here.to_owned();
    for folder in real.ancestors().skip(1) {
        above = if above == Path::new(".") { PathBuf::from("..") } else { above.join("..") };
        let file = folder.join(pipeline);
        let Ok(metadata) = fs::metadata(&file) else { continue };
        if !metadata.is_file() {
            continue;
        }
        return match fs::metadata(&real) {
            Ok(own) if is_trusted(&own, &metadata) => Ok(Some(above)),
            _ => Err(CommandError::OthersPipeline { path: file, folder: folder.to_owned() }),
        };
    }
    Ok(None)
}

#[cfg(unix)]
fn is_trusted(here: &Metadata, found: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    found.uid() == here.uid() || found.uid() == 0
}

/// Where files tell no owner that could be compared.
#[cfg(not(unix))]
fn is_trusted(_: &Metadata, _: &Metadata) -> bool {
    true
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_above_is_taken_and_none_where_it_is_here() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("数据 a/b/c");
        fs::create_dir_all(&below).unwrap();
        let name = Path::new("a-pipeline-of-this-test.yaml");
        assert_eq!(nearest_above(&below, name).unwrap(), None);
        fs::write(folder.path().join(name), "").unwrap();
        assert_eq!(nearest_above(&below, name).unwrap(), Some(below.join("../../..")));
        // A folder of that name is no pipeline.
        fs::create_dir(folder.path().join("数据 a").join(name)).unwrap();
        assert_eq!(nearest_above(&below, name).unwrap(), Some(below.join("../../..")));
        fs::write(folder.path().join("数据 a/b").join(name), "").unwrap();
        assert_eq!(nearest_above(&below, name).unwrap(), Some(below.join("..")));
        assert_eq!(nearest_above(folder.path(), name).unwrap(), None);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_above_a_link_is_what_is_above_its_target() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("paper/data")).unwrap();
        fs::create_dir(folder.path().join("elsewhere")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("paper/data"), folder.path().join("elsewhere/link"))
            .unwrap();
        let name = Path::new("a-pipeline-of-this-test.yaml");
        fs::write(folder.path().join("paper").join(name), "").unwrap();
        let link = folder.path().join("elsewhere/link");
        let found = nearest_above(&link, name).unwrap().unwrap();
        assert!(found.join(name).is_file(), "{}", found.display());
    }
}
