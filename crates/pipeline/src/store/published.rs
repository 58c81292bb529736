//! What was published: which files of the workspace were written, with what content, and by which run.
//!
//! It is kept as `v1/published`, JSON: `{"format": 1, "files": {PATH: {…}}}`, each path from the workspace,
//! or whole where it was asked for outside of it. Where it is missing or damaged nothing is known, and files
//! that are there are told apart by their content alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::atomic::write_atomically;
use super::store::{Store, json_bytes, read_if_there};
use crate::digest::Digest;
use crate::error::Result;

/// The version of the file's form.
const FORMAT: u32 = 1;

/// All files that were published from a store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublishedFiles {
    files: BTreeMap<String, PublishedFile>,
}

/// A file that was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedFile {
    /// The digest of what was written.
    pub digest: Digest,
    /// Its size.
    pub bytes: u64,
    /// The pipeline's name.
    pub pipeline: String,
    /// The pipeline's file, from the workspace.
    pub file: String,
    /// The vintage.
    pub vintage: String,
    /// The branch that made it.
    pub branch: String,
    /// Which of the branch's outputs it is.
    pub output: String,
    /// What was put in the place of what the pipeline says: path to value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, String>,
    /// Whether it was published into a folder that was named for that run alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub elsewhere: bool,
}

#[derive(Deserialize)]
struct Written {
    format: u32,
    files: BTreeMap<String, PublishedFile>,
}

#[derive(Serialize)]
struct ToWrite<'a> {
    format: u32,
    files: &'a BTreeMap<String, PublishedFile>,
}

impl PublishedFiles {
    /// What was published at a path.
    pub fn get(&self, path: &Path) -> Option<&PublishedFile> {
        self.files.get(path.to_str()?)
    }

    /// Each path with what was published there, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Path, &PublishedFile)> {
        self.files.iter().map(|(path, file)| (Path::new(path), file))
    }

    pub(crate) fn put(&mut self, path: &Path, file: PublishedFile) {
        // Paths come from the spec, which is a text.
        self.files.insert(path.to_string_lossy().into_owned(), file);
    }

    pub(crate) fn remove(&mut self, path: &Path) {
        if let Some(path) = path.to_str() {
            self.files.remove(path);
        }
    }
}

impl Store {
    /// What was published from here.
    pub fn published(&self) -> PublishedFiles {
        let text = read_if_there(&self.published_path()).ok().flatten().unwrap_or_default();
        let written: Option<Written> = serde_json::from_slice(&text).ok();
        let written = written.filter(|written| written.format == FORMAT);
        let sound = |file: &PublishedFile| file.digest.is_well_formed();
        let files = written.map(|written| written.files).unwrap_or_default();
        PublishedFiles { files: files.into_iter().filter(|(_, file)| sound(file)).collect() }
    }

    pub(crate) fn put_published(&self, published: &PublishedFiles) -> Result<()> {
        let path = self.published_path();
        let content = ToWrite { format: FORMAT, files: &published.files };
        write_atomically(&self.trusted, &path, &json_bytes(&path, &content)?)
    }

    fn published_path(&self) -> PathBuf {
        self.root.join("published")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> PublishedFile {
        PublishedFile {
            digest: Digest::of(text.as_bytes()),
            bytes: text.len() as u64,
            pipeline: "p".into(),
            file: "pipeline.yaml".into(),
            vintage: "v".into(),
            branch: "a[b]".into(),
            output: "text".into(),
            set: BTreeMap::new(),
            elsewhere: false,
        }
    }

    #[test]
    fn what_was_written_is_read_back_and_damage_counts_as_nothing() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let store = Store::of_workspace(folder.path());
        assert_eq!(store.published(), PublishedFiles::default());
        let mut published = PublishedFiles::default();
        published.put(Path::new("reports/v/größe.md"), file("one"));
        published
            .put(Path::new("b"), PublishedFile { set: [("x".into(), "1".into())].into(), ..file("two") });
        assert!(store.put_published(&published).is_ok());
        assert_eq!(store.published(), published);
        let whole = std::fs::read(store.published_path())?;
        for damaged in [&whole[..whole.len() / 2], b"", b"{}", br#"{"format": 2, "files": {}}"#] {
            std::fs::remove_file(store.published_path())?;
            std::fs::write(store.published_path(), damaged)?;
            assert_eq!(store.published(), PublishedFiles::default());
        }
        Ok(())
    }
}
