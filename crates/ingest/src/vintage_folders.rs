//! Where vintages and their raw files lie.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;
use vintner_diagnostics::did_you_mean;

use crate::error::{IngestError, Result};
use crate::file_pattern::NameReading;
use crate::fold::fold_header;
use crate::manifest::Manifest;
use crate::source::Source;

const MANIFEST: &str = "vintage.yaml";

/// The folders that hold vintages: the user's data root, if there is one, before the workspace's
/// own `data/vintages`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VintageFolders {
    roots: Vec<PathBuf>,
}

/// A vintage that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Vintage {
    /// Its name.
    pub name: String,
    /// Its manifest.
    pub manifest: Manifest,
    /// Lines of the manifest on which a guess about how a source is read is still marked `REVIEW`.
    pub review: Vec<usize>,
    /// Where the manifest lies.
    pub manifest_path: PathBuf,
    /// The folder of its raw files: the first of the folders that exists, else the first.
    pub raw_folder: PathBuf,
    /// All folders in which raw files may lie, in the order in which they are looked for.
    pub raw_candidates: Vec<PathBuf>,
}

impl VintageFolders {
    /// The folders of a workspace and, before it, of a data root laid out like `data/vintages`.
    pub fn new(data_root: Option<&Path>, workspace: &Path) -> Self {
        let own = workspace.join("data").join("vintages");
        Self { roots: data_root.map(Path::to_owned).into_iter().chain([own]).collect() }
    }

    /// The names of all vintages, sorted. Folders that can't be read hold none.
    pub fn list(&self) -> Vec<String> {
        let mut names = BTreeSet::new();
        for root in &self.roots {
            let Ok(entries) = std::fs::read_dir(root) else { continue };
            for entry in entries.flatten() {
                if entry.path().join(MANIFEST).is_file()
                    && let Ok(name) = entry.file_name().into_string()
                {
                    names.insert(name);
                }
            }
        }
        names.into_iter().collect()
    }

    /// Where the manifest of a vintage is looked for, in this order.
    pub fn manifests(&self, name: &str) -> Vec<PathBuf> {
        self.roots.iter().map(|root| root.join(name).join(MANIFEST)).collect()
    }

    /// Finds a vintage and reads its manifest; whether its raw files are there is for
    /// [`Vintage::require_files`].
    ///
    /// # Errors
    /// [`IngestError::UnknownVintage`], and what [`Manifest::read`] finds.
    pub fn locate(&self, name: &str) -> Result<Vintage> {
        let searched = self.manifests(name);
        let plain = !name.is_empty() && !name.contains(['/', '\\']) && name != "." && name != "..";
        let Some(manifest_path) = searched.iter().find(|path| plain && path.is_file()) else {
            let known = self.list();
            let suggestion = did_you_mean(name, known.iter().map(String::as_str)).map(str::to_owned);
            return Err(IngestError::UnknownVintage { name: name.into(), searched, known, suggestion });
        };
        let (manifest, review) = Manifest::read_with_marks(manifest_path)?;
        let raw = manifest.raw.as_ref().map_or_else(|| Path::new(name).join("raw"), PathBuf::from);
        let raw_candidates: Vec<PathBuf> = self.roots.iter().map(|root| root.join(&raw)).collect();
        let raw_folder = raw_candidates.iter().find(|folder| folder.is_dir()).or(raw_candidates.first());
        Ok(Vintage {
            name: name.into(),
            review,
            manifest_path: manifest_path.clone(),
            raw_folder: raw_folder.cloned().unwrap_or(raw),
            manifest,
            raw_candidates,
        })
    }
}

impl Vintage {
    /// The path of a source's raw file.
    pub fn path_of(&self, source: &Source) -> PathBuf {
        self.raw_folder.join(&source.file)
    }

    /// Checks that every raw file is there.
    ///
    /// # Errors
    /// [`IngestError::MissingFiles`] with all that aren't.
    pub fn require_files(&self) -> Result<()> {
        let mut files = Vec::new();
        for source in &self.manifest.parts() {
            if !self.path_of(source).is_file() {
                let near = self.nearly(&source.file);
                let near = near.map(|near| format!(" (there is {near:?}: rename it)")).unwrap_or_default();
                let line = format!("{}{near}", source.file);
                if !files.contains(&line) {
                    files.push(line);
                }
            }
        }
        if files.is_empty() {
            return self.require_listed();
        }
        Err(IngestError::MissingFiles {
            vintage: self.name.clone(),
            files,
            // Where no folder exists all were looked for; otherwise only the one that does.
            searched: if self.raw_folder.is_dir() {
                vec![self.raw_folder.clone()]
            } else {
                self.raw_candidates.clone()
            },
            destination: self.raw_folder.clone(),
        })
    }

    /// Checks that no file is of a source's pattern without being listed: it would be left out unseen.
    fn require_listed(&self) -> Result<()> {
        for source in &self.manifest.sources {
            let Some(pattern) = source.pattern() else { continue };
            let mut found = Vec::new();
            files_below(&self.raw_folder, "", 0, &mut found);
            found.retain(|file| pattern.read(file) != NameReading::Other && !source.files.contains_key(file));
            found.sort();
            if !found.is_empty() {
                return Err(IngestError::NotListed {
                    vintage: self.name.clone(),
                    name: source.name.clone(),
                    pattern: source.file.clone(),
                    files: found,
                });
            }
        }
        Ok(())
    }

    /// A file of the raw folder whose name differs from `file` only in white space, character width and
    /// Unicode form, as downloads, archives and other systems are apt to change them.
    fn nearly(&self, file: &str) -> Option<String> {
        let folded = |name: &str| fold_header(&name.nfc().collect::<String>());
        let wanted = folded(file);
        let names = std::fs::read_dir(&self.raw_folder).ok()?.flatten();
        let mut near: Vec<String> = names
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| folded(name) == wanted)
            .collect();
        near.sort();
        near.into_iter().next()
    }
}

/// Partitioned folders lie in one another so deep at most.
const DEEPEST: usize = 16;

/// The files in a folder and below, by their paths from it; hidden ones aren't looked at, nor are links followed.
fn files_below(folder: &Path, before: &str, depth: usize, found: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let Ok(kind) = entry.file_type() else { continue };
        if name.starts_with('.') {
            continue;
        }
        if kind.is_dir() && depth < DEEPEST {
            files_below(&entry.path(), &format!("{before}{name}/"), depth + 1, found);
        } else if kind.is_file() {
            found.push(format!("{before}{name}"));
        }
    }
}
