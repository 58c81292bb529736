//! Files and folders that stages name.

use std::collections::BTreeMap;
use std::fs::{self, DirEntry};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::ignored::{Ignored, Verdict};
use super::unicode_form::{composed, told_apart};
use crate::error::{PipelineError, Result};

/// What a path that a stage names stands for.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// The file itself under its name, or all files that count below the folder by their paths in it;
    /// sorted.
    pub(crate) files: Vec<(String, PathBuf)>,
    /// Hidden files and folders that don't count, by their paths in the folder; sorted.
    pub(crate) hidden: Vec<String>,
    /// Whether it is a folder.
    pub(crate) is_folder: bool,
}

/// The files at a path of a workspace, but those that are ignored; `enter` is told of each folder that
/// is listed.
///
/// # Errors
/// Where a folder can't be listed, and of what can't be read as a file or has no name of its own on every
/// system: a link to nothing or to a folder, a pipe, a name that isn't UTF-8, two names that differ in
/// Unicode form alone.
pub(crate) fn list(
    workspace: &Path,
    path: &Path,
    ignored: &Ignored,
    enter: &mut dyn FnMut(&Path),
) -> Result<Listing> {
    let full = workspace.join(path);
    let found = fs::metadata(&full);
    if !found.as_ref().is_ok_and(fs::Metadata::is_dir) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        check_found(&full, found)?;
        return Ok(Listing { files: vec![(name, full)], ..Listing::default() });
    }
    let mut listing = Listing { is_folder: true, ..Listing::default() };
    let mut folders = vec![(String::new(), full)];
    while let Some((prefix, folder)) = folders.pop() {
        enter(&folder);
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for entry in fs::read_dir(&folder).map_err(PipelineError::io(&folder, "listing"))? {
            let entry = entry.map_err(PipelineError::io(&folder, "listing"))?;
            let kind = entry.file_type().map_err(PipelineError::io(entry.path(), "listing"))?;
            let lossy = entry.file_name().to_string_lossy().into_owned();
            let key = if prefix.is_empty() { lossy.clone() } else { format!("{prefix}/{lossy}") };
            match ignored.verdict(&lossy, &shown(&path.join(&key)), kind.is_dir()) {
                Verdict::Counts => {}
                Verdict::LeftOut => continue,
                Verdict::Hidden => {
                    listing.hidden.push(key);
                    continue;
                }
            }
            let name = name_of(&entry)?;
            if let Some(twin) = names.insert(composed(&name), name.clone()) {
                return Err(twins(&folder, &twin, &name));
            }
            if kind.is_dir() {
                folders.push((key, entry.path()));
                continue;
            }
            if kind.is_symlink() && entry.path().is_dir() {
                // It may lead back to a folder that holds it.
                let message = "a link to a folder isn't followed; name that folder itself under `files`";
                return Err(refused(&entry.path(), message));
            }
            check_file(&entry.path())?;
            listing.files.push((key, entry.path()));
        }
    }
    listing.files.sort();
    listing.hidden.sort();
    Ok(listing)
}

/// That a path can be read as a file; of one that isn't there whoever reads it tells.
fn check_file(path: &Path) -> Result<()> {
    check_found(path, fs::metadata(path))
}

fn check_found(path: &Path, found: std::io::Result<fs::Metadata>) -> Result<()> {
    match found {
        Ok(metadata) if metadata.is_file() || metadata.is_dir() => Ok(()),
        Ok(_) => Err(refused(path, "a pipe, a socket or a device isn't read; put a file in its place")),
        Err(error) => match fs::read_link(path) {
            Ok(target) if error.kind() == ErrorKind::NotFound => Err(refused(path, &dangling(&target))),
            _ => Ok(()),
        },
    }
}

/// What is said of a link to nothing.
pub(crate) fn dangling(target: &Path) -> String {
    format!(
        "a link to {}, and nothing is there; mend it, remove it, or leave it out with `ignore`",
        target.display()
    )
}

fn name_of(entry: &DirEntry) -> Result<String> {
    entry.file_name().into_string().map_err(|name| {
        let message =
            format!("the name {name:?} isn't UTF-8; rename the file, or leave it out with `ignore`");
        refused(entry.path().parent().unwrap_or(Path::new("")), &message)
    })
}

fn twins(folder: &Path, one: &str, other: &str) -> PipelineError {
    let mut names = [told_apart(one), told_apart(other)];
    names.sort();
    let message = format!(
        "{} are the same letters in two Unicode forms, which other systems take for one name; rename one",
        names.join(" and ")
    );
    refused(folder, &message)
}

fn refused(path: &Path, message: &str) -> PipelineError {
    let path = path.strip_prefix(".").unwrap_or(path);
    PipelineError::Artifact { what: path.display().to_string(), message: message.to_owned() }
}

/// A path of the workspace with slashes, whatever the system writes.
fn shown(path: &Path) -> String {
    let parts = path.components().map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::ffi::OsStr;
    use std::io;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    use super::super::unicode_form::in_other_form;
    use super::*;

    fn listed(workspace: &Path) -> std::result::Result<Listing, String> {
        list(workspace, Path::new("f"), &Ignored::default(), &mut |_| {}).map_err(|error| error.to_string())
    }

    fn folder() -> io::Result<tempfile::TempDir> {
        let workspace = tempfile::tempdir()?;
        fs::create_dir_all(workspace.path().join("f/sub"))?;
        fs::write(workspace.path().join("f/sub/a.csv"), "1")?;
        Ok(workspace)
    }

    #[test]
    fn hidden_files_are_told_and_leftovers_are_not() -> io::Result<()> {
        let workspace = folder()?;
        for name in ["f/.Rprofile", "f/.DS_Store", "f/sub/Thumbs.db", "f/b.csv"] {
            fs::write(workspace.path().join(name), "1")?;
        }
        let listing = listed(workspace.path()).map_err(io::Error::other)?;
        let keys: Vec<&str> = listing.files.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["b.csv", "sub/a.csv"]);
        assert_eq!(listing.hidden, [".Rprofile"]);
        Ok(())
    }

    #[test]
    fn what_can_t_be_read_everywhere_is_refused_by_name() -> io::Result<()> {
        let refused = |make: &dyn Fn(&Path) -> io::Result<()>| -> io::Result<String> {
            let workspace = folder()?;
            make(&workspace.path().join("f"))?;
            Ok(listed(workspace.path()).err().unwrap_or_default())
        };
        let said = refused(&|f| symlink("nowhere.csv", f.join("gone.csv")))?;
        assert!(said.contains("f/gone.csv: a link to nowhere.csv, and nothing is there"), "{said}");
        let said = refused(&|f| symlink("..", f.join("loop")))?;
        assert!(said.contains("f/loop: a link to a folder isn't followed"), "{said}");
        let said = refused(&|f| fs::write(f.join(OsStr::from_bytes(b"a\xff.csv")), ""))?;
        assert!(said.contains(r#"f: the name "a\xFF.csv" isn't UTF-8"#), "{said}");
        let said = refused(&|f| {
            fs::write(f.join("caf\u{e9}.csv"), "")?;
            fs::write(f.join("cafe\u{301}.csv"), "")
        })?;
        assert!(said.contains(r"f: cafe\u{301}.csv and café.csv are the same letters"), "{said}");
        let said = refused(&|f| std::os::unix::net::UnixListener::bind(f.join("pipe")).map(|_| ()))?;
        assert!(said.contains("f/pipe: a pipe, a socket or a device isn't read"), "{said}");
        Ok(())
    }

    #[test]
    fn a_file_is_found_under_its_other_form() -> io::Result<()> {
        let workspace = tempfile::tempdir()?;
        fs::create_dir(workspace.path().join("donne\u{301}es"))?;
        fs::write(workspace.path().join("donne\u{301}es/\u{e9}.csv"), "")?;
        let found = |path: &str| in_other_form(workspace.path(), Path::new(path));
        let there = PathBuf::from("donne\u{301}es/\u{e9}.csv");
        assert_eq!(found("donn\u{e9}es/\u{e9}.csv"), Some(there.clone()));
        assert_eq!(found("donn\u{e9}es/e\u{301}.csv"), Some(there));
        assert_eq!(found("donn\u{e9}es/f.csv"), None);
        assert_eq!(found("donne\u{301}es/\u{e9}.csv"), None);
        Ok(())
    }
}
