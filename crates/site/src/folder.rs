//! The folder of a site: written aside, then put into its place as a whole.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Result, SiteError};

/// The file that tells a site from other folders: it lists every file of the site, a line each.
const MARKER: &str = "vintner-audit.txt";

/// A site that is being written.
pub(crate) struct Folder {
    target: PathBuf,
    aside: tempfile::TempDir,
    files: BTreeSet<String>,
    bytes: u64,
    largest: (u64, String),
}

/// What a folder has come to hold.
pub(crate) struct Finished {
    pub(crate) files: usize,
    pub(crate) bytes: u64,
    pub(crate) largest: (u64, String),
}

impl Folder {
    /// Begins a site that will stand at `target`. Nothing is there yet, or a site.
    pub(crate) fn begin(target: &Path) -> Result<Self> {
        foreign_in(target)?;
        let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(SiteError::io(parent, "making a folder"))?;
        let aside = tempfile::Builder::new()
            .prefix(".audit-")
            .tempdir_in(parent)
            .map_err(SiteError::io(parent, "making a temporary folder"))?;
        fs::create_dir(aside.path().join("new")).map_err(SiteError::io(aside.path(), "making a folder"))?;
        let largest = (0, String::new());
        Ok(Self { target: target.to_owned(), aside, files: BTreeSet::new(), bytes: 0, largest })
    }

    /// Writes a file; `path` is made of plain names and slashes.
    pub(crate) fn put(&mut self, path: &str, text: &str) -> Result<()> {
        let file = self.aside.path().join("new").join(path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(SiteError::io(folder, "making a folder"))?;
        }
        fs::write(&file, text).map_err(SiteError::io(&file, "writing"))?;
        let size = text.len() as u64;
        self.bytes += size;
        if size > self.largest.0 {
            self.largest = (size, path.to_owned());
        }
        self.files.insert(path.to_owned());
        Ok(())
    }

    /// Puts the site into its place, for the one that may be there.
    pub(crate) fn finish(mut self) -> Result<Finished> {
        let list: String = self.files.iter().map(|file| format!("{file}\n")).collect();
        self.put(MARKER, &format!("{MARKER}\n{list}"))?;
        // What came to be there meanwhile stays too.
        foreign_in(&self.target)?;
        let (new, old) = (self.aside.path().join("new"), self.aside.path().join("old"));
        let there = self.target.symlink_metadata().is_ok();
        if there {
            fs::rename(&self.target, &old)
                .map_err(SiteError::io(&self.target, "moving the last audit away"))?;
        }
        if let Err(error) = fs::rename(&new, &self.target) {
            if there {
                // A last attempt; the error that counts is the first.
                let _ = fs::rename(&old, &self.target);
            }
            return Err(SiteError::io(&self.target, "moving the audit into its place")(error));
        }
        Ok(Finished { files: self.files.len(), bytes: self.bytes, largest: self.largest })
    }
}

/// Fails where a folder holds anything that its marker doesn't list.
fn foreign_in(target: &Path) -> Result<()> {
    let Ok(metadata) = target.symlink_metadata() else { return Ok(()) };
    let refused = |foreign: PathBuf| SiteError::Foreign { folder: target.to_owned(), foreign };
    if !metadata.is_dir() {
        return Err(refused(target.to_owned()));
    }
    let listed = fs::read_to_string(target.join(MARKER)).unwrap_or_default();
    let listed: BTreeSet<&str> = listed.lines().collect();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let path = target.join(&folder);
        let entries = fs::read_dir(&path).map_err(SiteError::io(&path, "reading a folder"))?;
        let mut names = Vec::new();
        for entry in entries {
            names.push(entry.map_err(SiteError::io(&path, "reading a folder"))?.file_name());
        }
        names.sort();
        for name in names {
            let inner = folder.join(name);
            let metadata = target.join(&inner).symlink_metadata();
            if metadata.as_ref().is_ok_and(|metadata| metadata.is_dir()) {
                folders.push(inner);
                continue;
            }
            let own = metadata.is_ok_and(|metadata| metadata.is_file());
            let name: Vec<String> = inner.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            if !own || !listed.contains(name.join("/").as_str()) {
                return Err(refused(inner));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(target: &Path, files: &[(&str, &str)]) -> Result<Finished> {
        let mut folder = Folder::begin(target)?;
        for (path, text) in files {
            folder.put(path, text)?;
        }
        folder.finish()
    }

    #[test]
    fn a_site_replaces_a_site_and_nothing_else() {
        let parent = tempfile::tempdir().unwrap_or_else(|error| unreachable!("{error}"));
        let target = parent.path().join("reports/audit");
        let first = written(&target, &[("index.html", "one"), ("stages/a.html", "a")]);
        assert!(first.is_ok_and(|first| first.files == 3 && first.largest.0 > 0));
        assert!(written(&target, &[("index.html", "two")]).is_ok());
        assert!(!target.join("stages").exists(), "what the new one hasn't is gone");
        assert_eq!(fs::read_to_string(target.join("index.html")).ok().as_deref(), Some("two"));
        let rest: Vec<_> = fs::read_dir(parent.path().join("reports")).into_iter().flatten().collect();
        assert_eq!(rest.len(), 1, "nothing is left beside it");

        for foreign in ["notes.txt", "stages/mine.html"] {
            let path = target.join(foreign);
            assert!(path.parent().is_some_and(|folder| fs::create_dir_all(folder).is_ok()));
            assert!(fs::write(&path, "mine").is_ok());
            let refused = written(&target, &[("index.html", "three")]);
            let named = |found: &Path| found == Path::new(foreign);
            assert!(matches!(refused, Err(SiteError::Foreign { foreign, .. }) if named(&foreign)));
            assert_eq!(fs::read_to_string(&path).ok().as_deref(), Some("mine"));
            assert!(fs::remove_file(&path).is_ok());
        }
    }

    #[test]
    fn a_file_and_a_folder_of_others_stay() {
        let parent = tempfile::tempdir().unwrap_or_else(|error| unreachable!("{error}"));
        let file = parent.path().join("audit");
        assert!(fs::write(&file, "a file").is_ok());
        assert!(matches!(Folder::begin(&file), Err(SiteError::Foreign { .. })));
        let folder = parent.path().join("folder");
        assert!(fs::create_dir(&folder).is_ok() && fs::write(folder.join("thesis.tex"), "").is_ok());
        assert!(matches!(Folder::begin(&folder), Err(SiteError::Foreign { .. })));
        let empty = parent.path().join("empty");
        assert!(fs::create_dir(&empty).is_ok());
        assert!(Folder::begin(&empty).is_ok(), "an empty folder is nobody's");
    }
}
