//! Opening a folder or a ZIP.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use super::examined::Examined;
use super::kinds::is_clutter;
use crate::error::{PackageError, Result};

/// A ZIP that unpacks to more than this many bytes isn't unpacked.
const LARGEST: u64 = 64 << 30;
/// Nor one of more entries.
const MOST: usize = 1_000_000;

/// Looks at a package: a folder, or a ZIP that is unpacked into a temporary folder.
///
/// # Errors
/// Where it isn't there, can't be read, or is no ZIP.
pub(crate) fn open(path: &Path) -> Result<Examined> {
    let metadata = fs::metadata(path).map_err(PackageError::io(path, "reading the package"))?;
    if metadata.is_dir() {
        return listed(path.to_owned(), None);
    }
    let aside = tempfile::tempdir().map_err(PackageError::io(path, "making a temporary folder"))?;
    unpack(path, aside.path())?;
    let folder = only_folder(aside.path()).unwrap_or_else(|| aside.path().to_owned());
    listed(folder, Some(aside))
}

/// Many put all they have into one folder of the ZIP.
fn only_folder(folder: &Path) -> Option<PathBuf> {
    let mut inner = fs::read_dir(folder).ok()?.flatten().filter(|entry| entry.file_name() != "__MACOSX");
    let first = inner.next()?.path();
    (inner.next().is_none() && first.is_dir()).then_some(first)
}

fn unpack(path: &Path, into: &Path) -> Result<()> {
    let failed = |error: &dyn std::fmt::Display| PackageError::zip(path, "reading it as a ZIP", error);
    let file = fs::File::open(path).map_err(PackageError::io(path, "reading"))?;
    let mut archive = ZipArchive::new(file).map_err(|error| failed(&error))?;
    if archive.len() > MOST {
        return Err(failed(&format!("{} entries are more than are unpacked ({MOST})", archive.len())));
    }
    let mut left = LARGEST;
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(|error| failed(&error))?;
        let Some(name) = entry.enclosed_name() else {
            return Err(failed(&format!(
                "the entry {:?} leads out of the folder that it is unpacked into",
                entry.name()
            )));
        };
        let target = into.join(name);
        if entry.is_dir() {
            fs::create_dir_all(&target).map_err(PackageError::io(&target, "unpacking"))?;
            continue;
        }
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(PackageError::io(folder, "unpacking"))?;
        }
        let mut written = fs::File::create(&target).map_err(PackageError::io(&target, "unpacking"))?;
        // What an entry says of its size isn't to be believed.
        let read = io::copy(&mut entry.by_ref().take(left + 1), &mut written);
        let read = read.map_err(PackageError::io(path, "unpacking"))?;
        left = left
            .checked_sub(read)
            .ok_or_else(|| failed(&format!("it unpacks to more than {} GB", LARGEST >> 30)))?;
    }
    Ok(())
}

fn listed(folder: PathBuf, unpacked: Option<tempfile::TempDir>) -> Result<Examined> {
    let mut examined = Examined {
        folder,
        files: Default::default(),
        empty_folders: Vec::new(),
        links: Vec::new(),
        clutter: Vec::new(),
        _unpacked: unpacked,
    };
    let mut pending = vec![String::new()];
    while let Some(inner) = pending.pop() {
        let path = examined.folder.join(&inner);
        let entries = fs::read_dir(&path).map_err(PackageError::io(&path, "reading a folder"))?;
        let mut any = false;
        for entry in entries {
            let entry = entry.map_err(PackageError::io(&path, "reading a folder"))?;
            any = true;
            let name = entry.file_name().to_string_lossy().into_owned();
            let within = if inner.is_empty() { name.clone() } else { format!("{inner}/{name}") };
            let metadata =
                entry.path().symlink_metadata().map_err(PackageError::io(&path, "reading a folder"))?;
            if is_clutter(&name) {
                examined.clutter.push(within);
            } else if metadata.is_dir() {
                pending.push(within);
            } else if metadata.is_symlink() {
                examined.links.push(within);
            } else {
                examined.files.insert(within, metadata.len());
            }
        }
        if !any && !inner.is_empty() {
            examined.empty_folders.push(inner);
        }
    }
    examined.empty_folders.sort();
    examined.links.sort();
    examined.clutter.sort();
    Ok(examined)
}
