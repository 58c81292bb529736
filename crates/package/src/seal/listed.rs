//! All files of a package that is there, with their digests.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use crate::error::{PackageError, Result};
use crate::files::{sha256, sha256_of_file};

/// Digests by path, and the bytes of files that were asked for.
type Found = (BTreeMap<String, String>, BTreeMap<String, Vec<u8>>);

/// The SHA-256 of every file of a folder or a ZIP, by its path; and the bytes of those that `wanted` names.
pub(super) fn listed(package: &Path, wanted: &[&str]) -> Result<Found> {
    if package.is_dir() { of_folder(package, wanted) } else { of_archive(package, wanted) }
}

fn of_folder(package: &Path, wanted: &[&str]) -> Result<Found> {
    let (mut digests, mut bytes) = (BTreeMap::new(), BTreeMap::new());
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let full = package.join(&folder);
        for entry in fs::read_dir(&full).map_err(PackageError::io(&full, "reading a folder"))? {
            let entry = entry.map_err(PackageError::io(&full, "reading a folder"))?;
            let inner = folder.join(entry.file_name());
            let kind = entry.file_type().map_err(PackageError::io(&full, "reading a folder"))?;
            if kind.is_dir() {
                folders.push(inner);
                continue;
            }
            let path = package.join(&inner);
            let name =
                inner.iter().map(|part| part.to_string_lossy().into_owned()).collect::<Vec<_>>().join("/");
            vintner_guard::check_regular(&path).map_err(PackageError::io(&path, "reading"))?;
            digests.insert(name.clone(), sha256_of_file(&path)?.0);
            if wanted.contains(&name.as_str()) {
                bytes.insert(name, fs::read(&path).map_err(PackageError::io(&path, "reading"))?);
            }
        }
    }
    Ok((digests, bytes))
}

fn of_archive(package: &Path, wanted: &[&str]) -> Result<Found> {
    /// A file larger than this isn't one that is looked into.
    const LARGEST: u64 = 64 << 20;
    vintner_guard::check_regular(package).map_err(PackageError::io(package, "reading"))?;
    let file = File::open(package).map_err(PackageError::io(package, "reading"))?;
    let failed = |error: &dyn std::fmt::Display| PackageError::zip(package, "reading it", error);
    let mut archive = ZipArchive::new(file).map_err(|error| failed(&error))?;
    let (mut digests, mut bytes) = (BTreeMap::new(), BTreeMap::new());
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(|error| failed(&error))?;
        if entry.is_dir() {
            continue;
        }
        let name = entry.name().map_err(|error| failed(&error))?.into_owned();
        if digests.contains_key(&name) {
            let twice = format!("{name} is in it twice");
            return Err(PackageError::zip(package, "reading it", &twice));
        }
        if wanted.contains(&name.as_str()) {
            let mut read = Vec::new();
            entry.by_ref().take(LARGEST).read_to_end(&mut read).map_err(|error| failed(&error))?;
            digests.insert(name.clone(), sha256(&read));
            bytes.insert(name, read);
        } else {
            digests.insert(name, crate::files::sha256_of(&mut entry).map_err(|error| failed(&error))?);
        }
    }
    Ok((digests, bytes))
}
