//! Where results are kept: a folder of objects named by their content, and a record for each
//! fingerprint.
//!
//! ```text
//! .vintner/v1/objects/ab/ab34…        bytes, named by their BLAKE3 digest
//! .vintner/v1/records/cd/cd56….json   what ran, on what, and which objects it made
//! .vintner/v1/latest/<pipeline>/<vintage>.json   the fingerprint of each branch at the last run
//! .vintner/v1/locks/<fingerprint>     held by the process that makes this result just now
//! .vintner/v1/unchanged/<request>     what the last run looked at that had nothing to do
//! .vintner/v1/published               which files of the workspace were published, with what content
//! .vintner/v1/stat-cache              digests of files by what the file system says of them
//! .vintner/v1/answers                 what programs answered that were asked for their versions
//! .vintner/v1/shared/                 what is known of a shared store, and what is on its way from there
//! .vintner/v1/taking                  held by the process that takes results over from a shared store
//! .vintner/v1/standing/<name>           inputs that a command left as they were, with `<name>.list` of them
//! .vintner/v1/submitted/<name>/       what was handed to a cluster and may be on its way
//! .vintner/v1/submitting              held by the run that hands something to a cluster
//! .vintner/v1/in-use                  held by runs, so that nothing is collected meanwhile
//! .vintner/v1/showing                 held by a run that writes `latest`, `outputs` and what it publishes
//! .vintner/secret-key                 turns values of variables into digests; its owner's alone
//! .vintner/outputs/<pipeline>/<vintage>/<stage>/   the outputs under readable names, for people
//! .vintner/logs/<pipeline>/<vintage>/<stage>.log   what each stage said when it last ran
//! .vintner/CACHEDIR.TAG               marks the folder as a cache, for backups and for this program
//! ```
//!
//! Files are written beside their place and renamed into it, so that a reader never sees half of one.
//! Objects and records are written through to the disk beside the run ([`WriteThrough`]), all else before
//! it is renamed. Objects are read back against their digest: a corrupted one counts as absent. Nothing is
//! written or taken away behind a symbolic link ([`Folder`]).

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::atomic::{WRITING, below, write_cache, write_checked, write_checked_from};
use super::folder::{Entry, EntryKind, Folder, Permissions};
use super::last_latest::LastLatest;
use super::locking::Locking;
use super::record::Record;
use super::stat_cache::{StatCache, digest_of};
use super::write_through::WriteThrough;
use crate::digest::{Digest, SecretKey};
use crate::error::{PipelineError, Result};

/// What tells that a folder is a cache: backups leave out folders that have it.
const MARKER: &str = "CACHEDIR.TAG";
const MARK: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55\n\
# The cache of Vintner. All of it can be made again; see https://bford.info/cachedir/\n";

/// What names of stores begin with that are thrown away.
pub(super) const SCRATCH: &str = "scratch-";

/// Where it is kept what runs looked at that had nothing to do: as a whole, and branch by branch.
pub(super) const UNCHANGED: &str = "unchanged";
pub(super) const KNOWN_BRANCHES: &str = "branches";

/// A store in a folder.
#[derive(Debug, Clone)]
pub struct Store {
    /// The folder below which no link is followed.
    pub(super) trusted: PathBuf,
    pub(super) home: PathBuf,
    pub(super) root: PathBuf,
    pub(super) outputs: PathBuf,
    pub(super) logs: PathBuf,
    pub(super) locking: Locking,
    /// The list of latest runs that was read last: a run reads it several times.
    pub(super) latest: LastLatest,
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
        Self { trusted: workspace.to_owned(), ..Self::in_folder(&workspace.join(".vintner")) }
    }

    /// The same store, of which `.vintner` itself may be a link, as of a cache on another disk. Below it
    /// none is followed all the same.
    #[must_use]
    pub fn behind_a_link(self) -> Self {
        Self { trusted: self.home.clone(), ..self }
    }

    /// The same store, locked in another way.
    #[must_use]
    pub fn locking(self, locking: Locking) -> Self {
        Self { locking, ..self }
    }

    /// The store in a folder of its own.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            trusted: folder.to_owned(),
            home: folder.to_owned(),
            root: folder.join(format!("v{}", crate::fingerprint::FORMAT)),
            outputs: folder.join("outputs"),
            logs: folder.join("logs"),
            locking: Locking::default(),
            latest: LastLatest::default(),
        }
    }

    /// The folder in which all of it is, and what people look at.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// Where an object is kept.
    pub fn object_path(&self, digest: &Digest) -> PathBuf {
        self.by_digest("objects", digest, "")
    }

    pub(crate) fn record_path(&self, fingerprint: &Digest) -> PathBuf {
        self.by_digest("records", fingerprint, ".json")
    }

    /// Where what bears a digest is kept, built at once: a run asks for thousands of them.
    fn by_digest(&self, folder: &str, digest: &Digest, extension: &str) -> PathBuf {
        let digest = digest.as_str();
        let length = self.root.as_os_str().len() + folder.len() + digest.len() + extension.len();
        let mut path = PathBuf::with_capacity(length + 8);
        path.push(&self.root);
        path.push(folder);
        path.push(digest.get(..2).unwrap_or("__"));
        path.push(digest);
        let mut path = path.into_os_string();
        path.push(extension);
        path.into()
    }

    /// A folder for a store that is thrown away.
    pub(crate) fn scratch_folder(&self) -> Result<tempfile::TempDir> {
        let home = &self.home;
        Folder::make(&self.trusted, below(&self.trusted, home))?;
        tempfile::Builder::new()
            .prefix(SCRATCH)
            .tempdir_in(home)
            .map_err(PipelineError::io(home, "making a temporary folder"))
    }

    /// The key under which values are digested that aren't written down.
    pub(crate) fn secret_key(&self) -> SecretKey {
        SecretKey::in_folder(&self.home)
    }

    /// What programs answered that were asked for their versions.
    pub(crate) fn answers_path(&self) -> PathBuf {
        self.root.join("answers")
    }

    /// Keeps what programs answered.
    pub(crate) fn put_answers<T: serde::Serialize>(&self, answers: &T) -> Result<()> {
        let path = self.answers_path();
        self.write_cache(&path, &json_bytes(&path, answers)?)
    }

    /// Where the snapshot of a run is kept; see [`crate::unchanged`].
    pub(crate) fn snapshot_path(&self, name: &str) -> PathBuf {
        self.root.join(UNCHANGED).join(name)
    }

    /// Where the branches are kept that a run had from the cache.
    pub(crate) fn known_branches_path(&self, name: &str) -> PathBuf {
        self.root.join(KNOWN_BRANCHES).join(name)
    }

    /// What is remembered of files.
    pub(crate) fn stat_cache(&self) -> StatCache {
        StatCache::load(&self.trusted, self.root.join("stat-cache"))
    }

    /// The same for a run that believes nothing of it.
    pub(crate) fn unbelieving_stat_cache(&self) -> StatCache {
        StatCache::unbelieving(&self.trusted, self.root.join("stat-cache"))
    }

    /// Takes away what earlier runs looked at that had nothing to do, so that the next one looks at all.
    pub(crate) fn forget_unchanged(&self) {
        let folders = [UNCHANGED, KNOWN_BRANCHES].map(|name| self.folder(&self.root.join(name)));
        for folder in folders.into_iter().filter_map(|folder| folder.ok().flatten()) {
            for entry in folder.entries().into_iter().flatten().filter(|entry| entry.kind == EntryKind::File)
            {
                if let Err(error) = folder.remove_file(&entry.name) {
                    tracing::debug!(%error, "what an earlier run looked at stays");
                }
            }
        }
    }

    /// Keeps `bytes`.
    pub(crate) fn put_object(&self, bytes: &[u8], disk: &WriteThrough) -> Result<Digest> {
        let digest = Digest::of(bytes);
        let path = self.object_path(&digest);
        // An object of the right size may still be corrupt; a stage that ran is the chance to heal it.
        let sound = fs::read(&path).is_ok_and(|kept| Digest::of(&kept) == digest);
        if !sound {
            write_checked(&self.trusted, &path, bytes, disk)?;
        }
        Ok(digest)
    }

    /// Keeps what a file holds; its digest, and how many bytes there are. No more than a piece of it is in memory.
    pub(crate) fn put_file(&self, file: &Path, disk: &WriteThrough) -> Result<(Digest, u64)> {
        let mut read = File::open(file).map_err(PipelineError::io(file, "reading"))?;
        let digest = digest_of(&mut read).map_err(PipelineError::io(file, "reading"))?;
        let bytes = read.metadata().map_err(PipelineError::io(file, "reading"))?.len();
        let path = self.object_path(&digest);
        let kept = File::open(&path).and_then(|mut kept| digest_of(&mut kept));
        if kept.is_ok_and(|kept| kept == digest) {
            return Ok((digest, bytes));
        }
        write_checked_from(&self.trusted, &path, file, disk)?;
        Ok((digest, bytes))
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
            Soundness::Missing | Soundness::Corrupt => {
                write_checked(&self.trusted, &self.object_path(digest), bytes, disk)
            }
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
        write_checked(&self.trusted, &path, &json_bytes(&path, record)?, disk)
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
        Ok(record.is_of(fingerprint).then_some(record))
    }

    /// Keeps what may be found out again.
    pub(crate) fn write_cache(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        write_cache(&self.trusted, path, bytes)
    }

    /// The folder at a path of the store, which is made where it isn't there.
    pub(super) fn make_folder(&self, path: &Path) -> Result<Folder> {
        Folder::make(&self.trusted, below(&self.trusted, path))
    }

    /// The folder at a path of the store, where there is one.
    pub(super) fn folder(&self, path: &Path) -> Result<Option<Folder>> {
        Folder::open(&self.trusted, below(&self.trusted, path))
    }

    /// What is at a path of the store.
    pub(super) fn entry(&self, path: &Path) -> Result<Option<Entry>> {
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { return Ok(None) };
        let Some(folder) = self.folder(parent)? else { return Ok(None) };
        folder.entry(name).map_err(PipelineError::io(path, "looking at"))
    }

    /// Takes away a file of the store, or a folder with all that is in it; of a link only this itself.
    pub(super) fn remove(&self, path: &Path) -> Result<()> {
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { return Ok(()) };
        let Some(folder) = self.folder(parent)? else { return Ok(()) };
        let entry = folder.entry(name).map_err(PipelineError::io(path, "removing"))?;
        match entry.map(|entry| entry.kind) {
            None => Ok(()),
            Some(EntryKind::Folder) => folder.remove_all(name),
            Some(_) => match folder.remove_file(name) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    Err(PipelineError::io(path, "removing")(error))
                }
                _ => Ok(()),
            },
        }
    }

    /// Makes sure that the folder is a cache, and marks it as one where that wasn't done. One that holds
    /// something else under our names isn't used.
    ///
    /// # Errors
    /// [`PipelineError::NoCache`], and [`PipelineError::Linked`] where a link leads there. That nothing can
    /// be written is none.
    pub(super) fn mark(&self) -> Result<()> {
        let home = match self.make_folder(&self.home) {
            Err(error @ PipelineError::Linked { .. }) => return Err(error),
            Err(_) => return Ok(()),
            Ok(home) => home,
        };
        let has = |name: &str| home.entry(name.as_ref()).is_ok_and(|entry| entry.is_some());
        if has(MARKER) {
            return Ok(());
        }
        let version = self.root.file_name().unwrap_or_default();
        let others = ["outputs", "logs"].into_iter().find(|name| has(name));
        if let Some(name) = others.filter(|_| home.entry(version).is_ok_and(|entry| entry.is_none())) {
            return Err(PipelineError::NoCache { folder: self.home.clone(), found: name.to_owned() });
        }
        if let Err(error) = home.write(MARKER.as_ref(), MARK, WRITING, Permissions::OfUmask, false) {
            tracing::debug!(%error, "the cache can't be marked as one");
        }
        Ok(())
    }
}

pub(super) fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(PipelineError::io(path, "reading")(error)),
    }
}

pub(super) fn json_bytes<T: serde::Serialize>(path: &Path, value: &T) -> Result<Vec<u8>> {
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
    use crate::plan::RunKey;

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
        let path = store.output_path(RunKey { pipeline: "p", vintage: "v" }, &branch, "value", "txt");
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
