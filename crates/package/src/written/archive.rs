//! A package as a ZIP: entries in the order of their paths, all of the same time.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::folder::changed_meanwhile;
use crate::error::{PackageError, Result};
use crate::files::{Body, Files, MANIFEST};

pub(super) fn write(files: &Files, target: &Path) -> Result<()> {
    check_own(target)?;
    let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).map_err(PackageError::io(parent, "making a folder"))?;
    let aside = tempfile::NamedTempFile::new_in(parent)
        .map_err(PackageError::io(parent, "making a temporary file"))?;
    let failed = |error: &dyn std::fmt::Display| PackageError::zip(target, "writing it", error);
    let mut writer = ZipWriter::new(aside);
    for file in files.iter() {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .large_file(file.bytes >= u64::from(u32::MAX))
            .unix_permissions(0o644);
        writer.start_file(file.path.as_str(), options).map_err(|error| failed(&error))?;
        match &file.body {
            Body::Bytes(bytes) => writer.write_all(bytes).map_err(PackageError::io(target, "writing"))?,
            Body::Copied(from) => {
                let mut read = File::open(from).map_err(PackageError::io(from, "reading"))?;
                let bytes = io::copy(&mut read, &mut writer)
                    .map_err(PackageError::io(from, "copying into the package"))?;
                changed_meanwhile(bytes == file.bytes, from)?;
            }
        }
    }
    let aside = writer.finish().map_err(|error| failed(&error))?;
    aside.as_file().sync_all().map_err(PackageError::io(target, "writing"))?;
    aside
        .persist(target)
        .map_err(|error| PackageError::io(target, "moving the package into its place")(error.error))?;
    Ok(())
}

/// Fails where something is there that isn't a package of ours.
fn check_own(target: &Path) -> Result<()> {
    if target.symlink_metadata().is_err() {
        return Ok(());
    }
    let file = File::open(target).map_err(PackageError::io(target, "reading"))?;
    let own = ZipArchive::new(file).is_ok_and(|mut archive| archive.by_name(MANIFEST).is_ok());
    match own {
        true => Ok(()),
        false => Err(PackageError::InTheWay {
            target: target.to_owned(),
            what: "something is there that isn't a package that vintner wrote".into(),
        }),
    }
}
