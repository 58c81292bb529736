//! A package as a folder: written aside, then put into its place as a whole.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{PackageError, Result};
use crate::files::{Body, Files, MANIFEST};

/// What the names of folders begin with in which packages are being written.
const ASIDE: &str = ".package-";

pub(super) fn write(files: &Files, target: &Path) -> Result<()> {
    check_own(target)?;
    let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(PackageError::io(parent, "making a folder"))?;
    let aside = tempfile::Builder::new().prefix(ASIDE).tempdir_in(parent);
    let aside = aside.map_err(PackageError::io(parent, "making a temporary folder"))?;
    let (new, old) = (aside.path().join("new"), aside.path().join("old"));
    fs::create_dir(&new).map_err(PackageError::io(&new, "making a folder"))?;
    for file in files.iter() {
        let path = new.join(&file.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(PackageError::io(folder, "making a folder"))?;
        }
        match &file.body {
            Body::Bytes(bytes) => fs::write(&path, bytes).map_err(PackageError::io(&path, "writing"))?,
            Body::Copied(from) => {
                let bytes =
                    fs::copy(from, &path).map_err(PackageError::io(from, "copying into the package"))?;
                changed_meanwhile(bytes == file.bytes, from)?;
            }
        }
    }
    // What came to be there meanwhile stays too.
    check_own(target)?;
    let there = target.symlink_metadata().is_ok();
    if there {
        fs::rename(target, &old).map_err(PackageError::io(target, "moving the last package away"))?;
    }
    if let Err(error) = fs::rename(&new, target) {
        if there {
            // A last attempt; the error that counts is the first.
            let _ = fs::rename(&old, target);
        }
        return Err(PackageError::io(target, "moving the package into its place")(error));
    }
    Ok(())
}

/// A file that was digested has to be the one that is copied.
pub(super) fn changed_meanwhile(same: bool, from: &Path) -> Result<()> {
    match same {
        true => Ok(()),
        false => Err(PackageError::Output {
            what: from.display().to_string(),
            message: "it changed while it was packaged; package again".into(),
        }),
    }
}

/// Fails where something is there that isn't a package of ours: a folder without a list of its files, or with files
/// that the list hasn't.
fn check_own(target: &Path) -> Result<()> {
    let Ok(metadata) = target.symlink_metadata() else { return Ok(()) };
    let refused = |what: String| PackageError::InTheWay { target: target.to_owned(), what };
    if !metadata.is_dir() {
        return Err(refused("a file is there".into()));
    }
    let listed = fs::read_to_string(target.join(MANIFEST)).unwrap_or_default();
    let listed: BTreeSet<&str> = listed.lines().filter_map(|line| Some(line.split_once("  ")?.1)).collect();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let path = target.join(&folder);
        let entries = fs::read_dir(&path).map_err(PackageError::io(&path, "reading a folder"))?;
        for entry in entries {
            let entry = entry.map_err(PackageError::io(&path, "reading a folder"))?;
            let inner = folder.join(entry.file_name());
            let kind = entry.file_type().map_err(PackageError::io(&path, "reading a folder"))?;
            if kind.is_dir() {
                folders.push(inner);
                continue;
            }
            let name =
                inner.iter().map(|part| part.to_string_lossy().into_owned()).collect::<Vec<_>>().join("/");
            if name != MANIFEST && !listed.contains(name.as_str()) {
                return Err(refused(format!(
                    "{name} is there, which is no file of a package that vintner wrote"
                )));
            }
        }
    }
    Ok(())
}
