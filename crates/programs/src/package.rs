//! The files of a package.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{ProgramsError, Result};
use crate::language::{Language, other_program};

/// More files than this are no package.
const MOST: usize = 50_000;

/// A program larger than this isn't one.
const LARGEST_PROGRAM: u64 = 8 << 20;

/// Names that systems and editors leave, at any depth.
const LEFT_OUT: [&str; 8] =
    [".git", "__MACOSX", "__pycache__", ".DS_Store", "Thumbs.db", "desktop.ini", ".Rproj.user", ".vintner"];

/// The files of a package.
#[derive(Debug, Clone)]
pub struct Package {
    folder: PathBuf,
    files: BTreeMap<String, u64>,
    folders: BTreeSet<String>,
    left_out: Vec<(String, String)>,
}

impl Package {
    /// Lists the files below a folder.
    ///
    /// # Errors
    /// Where the folder or one below can't be listed, a name isn't UTF-8, or there are too many files.
    pub fn open(folder: &Path) -> Result<Self> {
        let mut package = Self {
            folder: folder.to_owned(),
            files: BTreeMap::new(),
            folders: BTreeSet::new(),
            left_out: Vec::new(),
        };
        package.list(folder, "")?;
        package.left_out.sort();
        Ok(package)
    }

    fn list(&mut self, folder: &Path, path: &str) -> Result<()> {
        let io = |problem| ProgramsError::Io { path: folder.to_owned(), problem };
        for entry in fs::read_dir(folder).map_err(io)? {
            let entry = entry.map_err(io)?;
            let full = entry.path();
            let Ok(name) = entry.file_name().into_string() else {
                return Err(ProgramsError::Name { path: full });
            };
            let below = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            if LEFT_OUT.contains(&name.as_str()) || name.starts_with("._") || name.starts_with("~$") {
                continue;
            }
            let kind = entry.file_type().map_err(io)?;
            if kind.is_dir() {
                self.folders.insert(below.clone());
                self.list(&full, &below)?;
            } else if kind.is_file() {
                self.files.insert(below, entry.metadata().map_err(io)?.len());
                if self.files.len() > MOST {
                    return Err(ProgramsError::TooMany { folder: self.folder.clone(), most: MOST });
                }
            } else {
                let what = if kind.is_symlink() { "a link, which isn't followed" } else { "no file" };
                self.left_out.push((below, what.to_owned()));
            }
        }
        Ok(())
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The files, by their paths from the package's folder, with their sizes in bytes.
    pub fn files(&self) -> &BTreeMap<String, u64> {
        &self.files
    }

    /// What is there and isn't taken, with the reason.
    pub fn left_out(&self) -> &[(String, String)] {
        &self.left_out
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// Where it can't be read.
    pub fn bytes(&self, path: &str) -> Result<Vec<u8>> {
        let full = self.folder.join(path);
        vintner_guard::read_regular(&full)
            .map_err(|problem| ProgramsError::Io { path: full.clone(), problem })
    }

    /// A program's text; what isn't UTF-8 in it is a mark for a character, which no name of a file has.
    pub(crate) fn text(&self, path: &str) -> Option<String> {
        if self.files.get(path).is_none_or(|size| *size > LARGEST_PROGRAM) {
            return None;
        }
        self.bytes(path).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    pub(crate) fn has_folder(&self, path: &str) -> bool {
        path.is_empty() || self.folders.contains(path)
    }

    /// The one file whose path is the same but for capital letters.
    pub(crate) fn in_other_letters(&self, path: &str) -> Option<&str> {
        let small = path.to_lowercase();
        let mut found = self.files.keys().filter(|file| file.to_lowercase() == small);
        found.next().filter(|_| found.next().is_none()).map(String::as_str)
    }

    /// What a path of the author's machine is in the package: the longest end of it that is a file or a folder there.
    pub(crate) fn end_of(&self, absolute: &str) -> Option<String> {
        let parts: Vec<&str> = absolute.split('/').filter(|part| !part.is_empty()).collect();
        (0..parts.len())
            .map(|from| parts.get(from..).unwrap_or_default().join("/"))
            .find(|end| self.has(end) || self.folders.contains(end))
    }

    /// Programs that can be followed.
    pub(crate) fn programs(&self) -> impl Iterator<Item = (&str, Language)> {
        self.files.keys().filter_map(|path| Some((path.as_str(), Language::of(path)?)))
    }

    /// Programs that can't, with what they are.
    pub(crate) fn other_programs(&self) -> impl Iterator<Item = (&str, &'static str)> {
        self.files.keys().filter_map(|path| Some((path.as_str(), other_program(path)?)))
    }
}
