//! Where results are kept: a folder of objects named by their content, and a record for each
//! fingerprint.
//!
//! ```text
//! .vintner/v1/objects/ab/ab34…        bytes, named by their BLAKE3 digest
//! .vintner/v1/records/cd/cd56….json   what ran, on what, and which objects it made
//! .vintner/v1/latest/<vintage>.json   the fingerprint of each branch at the vintage's last run
//! .vintner/outputs/<vintage>/<stage>/ the outputs under readable names, for people
//! ```
//!
//! Files are written beside their place and renamed into it, so that a reader never sees half of
//! one. Objects are read back against their digest: a corrupted one counts as absent.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::{Digest, PipelineError, Record, Result};

/// A store in a folder.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
    outputs: PathBuf,
}

impl Store {
    /// The store of a workspace, in `.vintner`.
    pub fn of_workspace(workspace: &Path) -> Self {
        let folder = workspace.join(".vintner");
        Self { root: folder.join(format!("v{}", crate::FORMAT)), outputs: folder.join("outputs") }
    }

    fn object_path(&self, digest: &Digest) -> PathBuf {
        self.root.join("objects").join(digest.as_str().get(..2).unwrap_or("__")).join(digest.as_str())
    }

    fn record_path(&self, fingerprint: &Digest) -> PathBuf {
        let name = format!("{fingerprint}.json");
        self.root.join("records").join(name.get(..2).unwrap_or("__")).join(name)
    }

    /// Keeps `bytes`.
    pub(crate) fn put_object(&self, bytes: &[u8]) -> Result<Digest> {
        let digest = Digest::of(bytes);
        let path = self.object_path(&digest);
        // An object of the right size may still be corrupt; a stage that ran is the chance to heal it.
        let sound = fs::read(&path).is_ok_and(|kept| Digest::of(&kept) == digest);
        if !sound {
            write_atomically(&path, bytes)?;
        }
        Ok(digest)
    }

    /// The bytes of an object; `None` where it is absent or isn't what its name says.
    pub fn object(&self, digest: &Digest) -> Option<Vec<u8>> {
        let bytes = fs::read(self.object_path(digest)).ok()?;
        (Digest::of(&bytes) == *digest).then_some(bytes)
    }

    /// Whether an object of that size is there; its content is checked when it is read.
    pub(crate) fn has_object(&self, digest: &Digest, bytes: u64) -> bool {
        fs::metadata(self.object_path(digest)).is_ok_and(|metadata| metadata.len() == bytes)
    }

    pub(crate) fn put_record(&self, record: &Record) -> Result<()> {
        let path = self.record_path(&record.fingerprint.digest());
        write_atomically(&path, &json_bytes(&path, record)?)
    }

    /// The record of a fingerprint, if it can be read and all its objects are there.
    pub fn record(&self, fingerprint: &Digest) -> Option<Record> {
        let text = fs::read(self.record_path(fingerprint)).ok()?;
        let record: Record = serde_json::from_slice(&text).ok()?;
        let whole = record.fingerprint.digest() == *fingerprint
            && record.outputs.values().all(|output| {
                output.digest.is_well_formed() && self.has_object(&output.digest, output.bytes)
            });
        whole.then_some(record)
    }

    /// What a result depended on, even where its objects are gone.
    pub(crate) fn fingerprint(&self, digest: &Digest) -> Option<crate::Fingerprint> {
        let text = fs::read(self.record_path(digest)).ok()?;
        serde_json::from_slice::<Record>(&text).ok().map(|record| record.fingerprint)
    }

    /// Forgets a record whose object turned out to be corrupt, so that the stage runs again.
    pub(crate) fn forget(&self, fingerprint: &Digest) {
        let path = self.record_path(fingerprint);
        if let Err(error) = fs::remove_file(&path) {
            tracing::warn!(path = %path.display(), %error, "a stale record could not be removed");
        }
    }

    /// The fingerprint of each branch at the last run on a vintage.
    pub fn latest(&self, vintage: &str) -> BTreeMap<String, Digest> {
        fs::read(self.latest_path(vintage))
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default()
    }

    pub(crate) fn put_latest(&self, vintage: &str, latest: &BTreeMap<String, Digest>) -> Result<()> {
        let path = self.latest_path(vintage);
        write_atomically(&path, &json_bytes(&path, latest)?)
    }

    fn latest_path(&self, vintage: &str) -> PathBuf {
        self.root.join("latest").join(format!("{vintage}.json"))
    }

    /// Where people find an output.
    pub fn output_path(&self, vintage: &str, branch: &str, output: &str, extension: &str) -> PathBuf {
        // A branch's brackets mean something to shells; a folder per branch reads better anyway.
        let folder = branch.replace('[', "/").replace(']', "");
        self.outputs.join(vintage).join(folder).join(format!("{output}.{extension}"))
    }

    /// Puts an object where people find it: a link to it where the file system can, else a copy.
    /// Either is read-only, so that nobody edits the cache by mistake.
    pub(crate) fn show(&self, digest: &Digest, path: &Path) -> Result<()> {
        let object = self.object_path(digest);
        if same_file(&object, path) || fs::read(path).is_ok_and(|shown| Digest::of(&shown) == *digest) {
            return Ok(());
        }
        let parent = path.parent().unwrap_or(path);
        fs::create_dir_all(parent).map_err(PipelineError::io(parent, "making a folder"))?;
        // Made aside and renamed into place: where another run shows the same object meanwhile, a
        // copy onto its link would be a copy of the object onto itself, which empties it.
        let aside = tempfile::Builder::new()
            .prefix(".writing-")
            .tempdir_in(parent)
            .map_err(PipelineError::io(parent, "making a temporary folder"))?;
        let made = aside.path().join("output");
        if fs::hard_link(&object, &made).is_err() {
            fs::copy(&object, &made).map_err(PipelineError::io(path, "copying an output"))?;
        }
        fs::rename(&made, path).map_err(PipelineError::io(path, "replacing an output"))
    }
}

#[cfg(unix)]
fn same_file(one: &Path, two: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (fs::metadata(one), fs::metadata(two)) {
        (Ok(one), Ok(two)) => one.ino() == two.ino() && one.dev() == two.dev(),
        _ => false,
    }
}

#[cfg(not(unix))]
fn same_file(_: &Path, _: &Path) -> bool {
    false
}

fn json_bytes<T: serde::Serialize>(path: &Path, value: &T) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|error| PipelineError::Artifact {
        what: path.display().to_string(),
        message: error.to_string(),
    })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Writes a file so that it is there whole or not at all, even if the machine stops meanwhile.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent).map_err(PipelineError::io(parent, "making a folder"))?;
    let mut file = tempfile::Builder::new()
        .prefix(".writing-")
        .tempfile_in(parent)
        .map_err(PipelineError::io(parent, "making a temporary file"))?;
    file.write_all(bytes).map_err(PipelineError::io(path, "writing"))?;
    file.as_file().sync_all().map_err(PipelineError::io(path, "writing to disk"))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let readable = fs::Permissions::from_mode(0o444);
        fs::set_permissions(file.path(), readable).map_err(PipelineError::io(path, "setting permissions"))?;
    }
    file.persist(path).map_err(|error| PipelineError::io(path, "renaming into place")(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corrupted_object_counts_as_absent_and_is_healed() -> Result<()> {
        let folder = tempfile::tempdir().map_err(PipelineError::io("", "test"))?;
        let store = Store::of_workspace(folder.path());
        let digest = store.put_object(b"0123456789")?;
        assert_eq!(store.object(&digest).as_deref(), Some(&b"0123456789"[..]));

        let path = store.object_path(&digest);
        fs::remove_file(&path).map_err(PipelineError::io(&path, "test"))?;
        fs::write(&path, b"0123456780").map_err(PipelineError::io(&path, "test"))?;
        assert!(store.has_object(&digest, 10));
        assert_eq!(store.object(&digest), None);

        store.put_object(b"0123456789")?;
        assert!(store.object(&digest).is_some());
        Ok(())
    }

    #[test]
    fn an_output_shown_by_several_runs_at_once_stays_whole() -> Result<()> {
        let folder = tempfile::tempdir().map_err(PipelineError::io("", "test"))?;
        let store = Store::of_workspace(folder.path());
        let digests = [store.put_object(b"one")?, store.put_object(b"two")?];
        let path = store.output_path("v", "stage[source]", "value", "txt");
        std::thread::scope(|scope| {
            let shows: Vec<_> = (0..4)
                .map(|at| {
                    let (store, path, digests) = (&store, &path, &digests);
                    scope.spawn(move || {
                        (0..200).try_for_each(|round| {
                            store.show(&digests[usize::from((at + round) % 3 == 0)], path)
                        })
                    })
                })
                .collect();
            shows.into_iter().all(|show| matches!(show.join(), Ok(Ok(())))).then_some(())
        })
        .ok_or(PipelineError::Artifact {
            what: "test".into(),
            message: "an output couldn't be shown".into(),
        })?;
        for digest in &digests {
            assert!(store.object(digest).is_some(), "showing an object never changes it");
        }
        store.show(&digests[0], &path)?;
        assert_eq!(fs::read(&path).ok().as_deref(), Some(&b"one"[..]));
        Ok(())
    }
}
