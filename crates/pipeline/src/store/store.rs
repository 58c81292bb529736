//! Where results are kept: a folder of objects named by their content, and a record for each
//! fingerprint.
//!
//! ```text
//! .vintner/v1/objects/ab/ab34…        bytes, named by their BLAKE3 digest
//! .vintner/v1/records/cd/cd56….json   what ran, on what, and which objects it made
//! .vintner/v1/latest/<vintage>.json   the fingerprint of each branch at the vintage's last run
//! .vintner/v1/locks/<fingerprint>     held by the process that makes this result just now
//! .vintner/v1/unchanged/<vintage>     what the last run looked at that had nothing to do
//! .vintner/v1/stat-cache              digests of files by what the file system says of them
//! .vintner/v1/in-use                  held by runs, so that nothing is collected meanwhile
//! .vintner/v1/showing                 held by a run that writes `latest`, `outputs` and what it publishes
//! .vintner/outputs/<vintage>/<stage>/ the outputs under readable names, for people
//! .vintner/logs/<vintage>/<stage>.log what each stage said when it last ran
//! ```
//!
//! Files are written beside their place and renamed into it, so that a reader never sees half of one.
//! Objects and records are written through to the disk beside the run ([`WriteThrough`]), all else before
//! it is renamed. Objects are read back against their digest: a corrupted one counts as absent.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::atomic::{write_atomically, write_checked};
use super::record::Record;
use super::stat_cache::StatCache;
use super::write_through::WriteThrough;
use crate::digest::Digest;
use crate::error::{PipelineError, Result};

/// What names of stores begin with that are thrown away.
pub(super) const SCRATCH: &str = "scratch-";

/// A store in a folder.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) root: PathBuf,
    pub(super) outputs: PathBuf,
    pub(super) logs: PathBuf,
}

/// How an object is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Soundness {
    /// It is what its name says.
    Sound,
    /// It isn't there.
    Missing,
    /// It is something else.
    Corrupt,
}

impl Store {
    /// The store of a workspace, in `.vintner`.
    pub fn of_workspace(workspace: &Path) -> Self {
        Self::in_folder(&workspace.join(".vintner"))
    }

    /// The store in a folder of its own.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            root: folder.join(format!("v{}", crate::fingerprint::FORMAT)),
            outputs: folder.join("outputs"),
            logs: folder.join("logs"),
        }
    }

    /// Where an object is kept.
    pub fn object_path(&self, digest: &Digest) -> PathBuf {
        self.root.join("objects").join(digest.as_str().get(..2).unwrap_or("__")).join(digest.as_str())
    }

    pub(crate) fn record_path(&self, fingerprint: &Digest) -> PathBuf {
        let name = format!("{fingerprint}.json");
        self.root.join("records").join(name.get(..2).unwrap_or("__")).join(name)
    }

    /// A folder for a store that is thrown away.
    pub(crate) fn scratch_folder(&self) -> Result<tempfile::TempDir> {
        let parent = self.root.parent().unwrap_or(&self.root);
        fs::create_dir_all(parent).map_err(PipelineError::io(parent, "making a folder"))?;
        tempfile::Builder::new()
            .prefix(SCRATCH)
            .tempdir_in(parent)
            .map_err(PipelineError::io(parent, "making a temporary folder"))
    }

    /// Where the snapshot of a run is kept; see [`crate::unchanged`].
    pub(crate) fn snapshot_path(&self, name: &str) -> PathBuf {
        self.root.join("unchanged").join(name)
    }

    /// What is remembered of files.
    pub(crate) fn stat_cache(&self) -> StatCache {
        StatCache::load(self.root.join("stat-cache"))
    }

    /// Keeps `bytes`.
    pub(crate) fn put_object(&self, bytes: &[u8], disk: &WriteThrough) -> Result<Digest> {
        let digest = Digest::of(bytes);
        let path = self.object_path(&digest);
        // An object of the right size may still be corrupt; a stage that ran is the chance to heal it.
        let sound = fs::read(&path).is_ok_and(|kept| Digest::of(&kept) == digest);
        if !sound {
            write_checked(&path, bytes, disk)?;
        }
        Ok(digest)
    }

    /// Keeps a copy of a file of which the digest is known already.
    pub(crate) fn put_copy(
        &self,
        bytes: &[u8],
        digest: &Digest,
        files: &StatCache,
        disk: &WriteThrough,
    ) -> Result<()> {
        match self.soundness(digest, bytes.len() as u64, files) {
            Soundness::Sound => Ok(()),
            Soundness::Missing | Soundness::Corrupt => write_checked(&self.object_path(digest), bytes, disk),
        }
    }

    /// The bytes of an object; `None` where it is absent or isn't what its name says.
    pub fn object(&self, digest: &Digest) -> Option<Vec<u8>> {
        let bytes = fs::read(self.object_path(digest)).ok()?;
        (Digest::of(&bytes) == *digest).then_some(bytes)
    }

    /// How an object is found; what was read before and hasn't changed since isn't read again.
    pub(crate) fn soundness(&self, digest: &Digest, bytes: u64, files: &StatCache) -> Soundness {
        match files.matches(&self.object_path(digest), digest, bytes) {
            None => Soundness::Missing,
            Some(true) => Soundness::Sound,
            Some(false) => Soundness::Corrupt,
        }
    }

    pub(crate) fn put_record(
        &self,
        fingerprint: &Digest,
        record: &Record,
        disk: &WriteThrough,
    ) -> Result<()> {
        let path = self.record_path(fingerprint);
        write_checked(&path, &json_bytes(&path, record)?, disk)
    }

    /// The record of a fingerprint, whatever has become of its objects; `None` where there is none or
    /// it can't be read.
    pub fn record(&self, fingerprint: &Digest) -> Option<Record> {
        self.read_record(fingerprint).ok().flatten()
    }

    /// The record of a fingerprint; `None` where there is none or it is damaged.
    ///
    /// # Errors
    /// Where the file can't be read.
    pub(super) fn read_record(&self, fingerprint: &Digest) -> Result<Option<Record>> {
        let path = self.record_path(fingerprint);
        let Some(text) = read_if_there(&path)? else { return Ok(None) };
        let Ok(record) = serde_json::from_slice::<Record>(&text) else { return Ok(None) };
        let own = record.fingerprint.digest().is_ok_and(|digest| digest == *fingerprint);
        let sound = own && record.outputs.values().all(|output| output.digest.is_well_formed());
        Ok(sound.then_some(record))
    }

    /// The fingerprint of each branch at the last run on a vintage. Nothing where that can't be read:
    /// a run finds its results by their fingerprints all the same, and writes it again.
    pub fn latest(&self, vintage: &str) -> BTreeMap<String, Digest> {
        self.read_latest(vintage).ok().flatten().unwrap_or_default()
    }

    /// The same; `None` where the file is damaged.
    ///
    /// # Errors
    /// Where the file can't be read.
    pub(super) fn read_latest(&self, vintage: &str) -> Result<Option<BTreeMap<String, Digest>>> {
        let Some(text) = read_if_there(&self.latest_path(vintage))? else { return Ok(Some(BTreeMap::new())) };
        let latest: Option<BTreeMap<String, Digest>> = serde_json::from_slice(&text).ok();
        Ok(latest.filter(|latest| latest.values().all(Digest::is_well_formed)))
    }

    pub(crate) fn put_latest(&self, vintage: &str, latest: &BTreeMap<String, Digest>) -> Result<()> {
        let path = self.latest_path(vintage);
        write_atomically(&path, &json_bytes(&path, latest)?)
    }

    pub(crate) fn latest_path(&self, vintage: &str) -> PathBuf {
        self.root.join("latest").join(format!("{vintage}.json"))
    }
}

pub(super) fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(PipelineError::io(path, "reading")(error)),
    }
}

fn json_bytes<T: serde::Serialize>(path: &Path, value: &T) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|error| PipelineError::Artifact {
        what: path.display().to_string(),
        message: error.to_string(),
    })?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corrupted_object_counts_as_absent_and_is_healed() -> Result<()> {
        let folder = tempfile::tempdir().map_err(PipelineError::io("", "test"))?;
        let store = Store::of_workspace(folder.path());
        let digest = store.put_object(b"0123456789", &WriteThrough::default())?;
        assert_eq!(store.object(&digest).as_deref(), Some(&b"0123456789"[..]));

        let path = store.object_path(&digest);
        fs::remove_file(&path).map_err(PipelineError::io(&path, "test"))?;
        fs::write(&path, b"0123456780").map_err(PipelineError::io(&path, "test"))?;
        assert_eq!(store.soundness(&digest, 10, &store.stat_cache()), Soundness::Corrupt);
        assert_eq!(store.object(&digest), None);

        store.put_object(b"0123456789", &WriteThrough::default())?;
        assert!(store.object(&digest).is_some());
        Ok(())
    }

    #[test]
    fn an_output_shown_by_several_runs_at_once_stays_whole() -> Result<()> {
        let folder = tempfile::tempdir().map_err(PipelineError::io("", "test"))?;
        let store = Store::of_workspace(folder.path());
        let digests = [b"one", b"two"].map(|bytes| store.put_object(bytes, &WriteThrough::default()));
        let [one, two] = digests;
        let digests = [one?, two?];
        let branch = crate::plan::BranchId { stage: "stage".into(), item: Some("source".into()) };
        let path = store.output_path("v", &branch, "value", "txt");
        std::thread::scope(|scope| {
            let shows: Vec<_> = (0..4)
                .map(|at| {
                    let (store, path, digests) = (&store, &path, &digests);
                    scope.spawn(move || {
                        (0..200).try_for_each(|round| {
                            let files = store.stat_cache();
                            store.show(&digests[usize::from((at + round) % 3 == 0)], 3, path, &files)
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
        store.show(&digests[0], 3, &path, &store.stat_cache())?;
        assert_eq!(fs::read(&path).ok().as_deref(), Some(&b"one"[..]));
        Ok(())
    }
}
