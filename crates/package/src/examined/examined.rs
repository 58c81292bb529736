//! The files of a package.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::error::Result;
use crate::files::sha256_of_file;

/// Texts larger than this aren't looked through.
const LARGEST_TEXT: u64 = 32 << 20;

/// A package as it is found.
#[derive(Debug)]
pub(crate) struct Examined {
    /// Its folder; of a ZIP the one into which it was unpacked.
    pub(crate) folder: PathBuf,
    /// By path with slashes, the size of each file.
    pub(crate) files: BTreeMap<String, u64>,
    /// Folders without anything in them.
    pub(crate) empty_folders: Vec<String>,
    /// Links, which aren't followed.
    pub(crate) links: Vec<String>,
    /// Files and folders of version control and of systems that were passed over.
    pub(crate) clutter: Vec<String>,
    /// What a ZIP was unpacked into, as long as it is looked at.
    pub(super) _unpacked: Option<tempfile::TempDir>,
}

impl Examined {
    /// Whether it is written by Vintner: a pipeline with its lock and the list of files.
    pub(crate) fn is_ours(&self) -> bool {
        let has = |name: &str| self.files.contains_key(name);
        has(crate::files::MANIFEST)
            && self.files.keys().any(|path| path.ends_with(".lock"))
            && has("codebook/exhibits.csv")
    }

    /// The text of a file; nothing where it is too large, isn't text or can't be read.
    pub(crate) fn text(&self, path: &str) -> Option<String> {
        let bytes = self.bytes(path)?;
        if bytes.contains(&0) {
            return None;
        }
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The bytes of a file that isn't too large.
    pub(crate) fn bytes(&self, path: &str) -> Option<Vec<u8>> {
        let size = *self.files.get(path)?;
        (size <= LARGEST_TEXT).then(|| vintner_guard::read_regular(&self.folder.join(path)).ok()).flatten()
    }

    /// The SHA-256 of a file.
    pub(crate) fn sha256(&self, path: &str) -> Result<String> {
        Ok(sha256_of_file(&self.folder.join(path))?.0)
    }

    /// The paths of files.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }
}
