//! What a store holds, and for whom.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use super::atomic::WRITING;
use super::record::{Origin, Record};
use super::store::Store;
use crate::digest::Digest;
use crate::error::{PipelineError, Result};

/// All that a store holds.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    /// The runs of which there is a record, by branch, those of latest runs first.
    pub records: Vec<KeptRun>,
    /// Records that are damaged, or aren't those of their name, with their sizes.
    pub damaged: Vec<(PathBuf, u64)>,
    /// The objects with their sizes.
    pub objects: BTreeMap<Digest, u64>,
    /// What was being written by runs that were killed, with its size.
    pub leftovers: Vec<(PathBuf, u64)>,
    /// Branches of vintages whose latest run has no record.
    pub dangling: Vec<(String, String)>,
    /// Files that say which runs are the latest of a vintage, and can't be read: what is needed for it
    /// isn't known.
    pub unknown_latest: Vec<PathBuf>,
    /// The size of the records.
    pub record_bytes: u64,
    /// The size of what stages said.
    pub log_bytes: u64,
    /// The size of the outputs that people find as copies, where they aren't links to objects.
    pub copied_output_bytes: u64,
}

/// A run of which there is a record.
#[derive(Debug, Clone, Serialize)]
pub struct KeptRun {
    /// Its fingerprint's digest.
    pub fingerprint: Digest,
    /// The branch that ran.
    pub branch: String,
    /// When, in seconds since 1970.
    pub started: u64,
    /// When it was put into this store, in seconds since 1970: later than it ran, where the store was
    /// copied from elsewhere.
    #[serde(skip)]
    pub kept_since: u64,
    /// The vintages whose latest run has its result.
    pub vintages: Vec<String>,
    /// The size of its outputs and of the copies of what it read.
    pub bytes: u64,
    /// What it made.
    pub outputs: Vec<Digest>,
    /// Copies of the files that it read, those that are kept.
    pub copies: Vec<Digest>,
}

impl KeptRun {
    /// Everything that is kept for it.
    pub fn objects(&self) -> impl Iterator<Item = &Digest> {
        self.outputs.iter().chain(&self.copies)
    }
}

impl Contents {
    /// Objects that no record needs.
    pub fn unneeded(&self) -> BTreeMap<&Digest, u64> {
        let needed: BTreeSet<&Digest> = self.records.iter().flat_map(KeptRun::objects).collect();
        let unneeded = self.objects.iter().filter(|(digest, _)| !needed.contains(digest));
        unneeded.map(|(digest, bytes)| (digest, *bytes)).collect()
    }
}

impl Store {
    /// Looks through the store; reads the records, and of objects only the names.
    ///
    /// # Errors
    /// Where a folder can't be listed.
    pub fn contents(&self) -> Result<Contents> {
        let mut contents = Contents::default();
        let (mut records, mut objects) = (Vec::new(), Vec::new());
        files_below(&self.root.join("objects"), &mut objects)?;
        files_below(&self.root.join("records"), &mut records)?;
        for (path, metadata) in objects {
            match name_of(&path).and_then(Digest::parse) {
                Some(digest) => {
                    contents.objects.insert(digest, metadata.len());
                }
                None => contents.leftovers.push((path, metadata.len())),
            }
        }
        let mut latest = BTreeMap::new();
        for (vintage, path) in self.vintages_run()? {
            match self.read_latest(&vintage)? {
                Some(branches) => {
                    latest.insert(vintage, branches);
                }
                None => contents.unknown_latest.push(path),
            }
        }
        let mut vintages: BTreeMap<&Digest, Vec<String>> = BTreeMap::new();
        for (vintage, branches) in &latest {
            for fingerprint in branches.values() {
                let of = vintages.entry(fingerprint).or_default();
                if of.last() != Some(vintage) {
                    of.push(vintage.clone());
                }
            }
        }
        for (path, metadata) in records {
            let Some(name) = name_of(&path).filter(|name| !name.starts_with(WRITING)) else {
                contents.leftovers.push((path, metadata.len()));
                continue;
            };
            contents.record_bytes += metadata.len();
            let found = match name.strip_suffix(".json").and_then(Digest::parse) {
                Some(fingerprint) => self.read_record(&fingerprint)?.map(|record| (record, fingerprint)),
                None => None,
            };
            match found {
                Some((record, fingerprint)) => {
                    let vintages = vintages.get(&fingerprint).cloned().unwrap_or_default();
                    let put = seconds(metadata.modified());
                    contents.records.push(kept_run(record, fingerprint, put, vintages, &contents.objects));
                }
                None => contents.damaged.push((path, metadata.len())),
            }
        }
        contents.records.sort_by(|one, other| {
            let key = (&one.branch, one.vintages.is_empty(), u64::MAX - one.started, &one.fingerprint);
            let others = u64::MAX - other.started;
            key.cmp(&(&other.branch, other.vintages.is_empty(), others, &other.fingerprint))
        });
        let known: BTreeSet<&Digest> = contents.records.iter().map(|run| &run.fingerprint).collect();
        for (vintage, branches) in &latest {
            let dangling = branches.iter().filter(|(_, fingerprint)| !known.contains(fingerprint));
            contents.dangling.extend(dangling.map(|(branch, _)| (vintage.clone(), branch.clone())));
        }
        self.look_beside_objects(&mut contents)?;
        Ok(contents)
    }

    /// The vintages that were run, with the files that say what their latest runs were.
    fn vintages_run(&self) -> Result<Vec<(String, PathBuf)>> {
        let mut files = Vec::new();
        files_below(&self.root.join("latest"), &mut files)?;
        let vintage = |path: &Path| name_of(path)?.strip_suffix(".json").map(str::to_owned);
        Ok(files.into_iter().filter_map(|(path, _)| Some((vintage(&path)?, path))).collect())
    }

    /// Scratch stores, half-written files, and the size of what people look at.
    fn look_beside_objects(&self, contents: &mut Contents) -> Result<()> {
        let folder = self.root.parent().unwrap_or(&self.root);
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.map_err(PipelineError::io(folder, "listing"))?.path();
            if name_of(&path).is_some_and(|name| name.starts_with(super::store::SCRATCH)) {
                let mut files = Vec::new();
                files_below(&path, &mut files)?;
                contents.leftovers.push((path, files.iter().map(|(_, metadata)| metadata.len()).sum()));
            }
        }
        Self::sort_files(&self.root.join("latest"), contents, |_, _| {})?;
        Self::sort_files(&self.outputs, contents, |contents, metadata| {
            if !is_link(metadata) {
                contents.copied_output_bytes += metadata.len();
            }
        })?;
        Self::sort_files(&self.logs, contents, |contents, metadata| contents.log_bytes += metadata.len())
    }

    /// Tells the half-written files below a folder, which are leftovers, from the others.
    fn sort_files(
        folder: &Path,
        contents: &mut Contents,
        whole: impl Fn(&mut Contents, &Metadata),
    ) -> Result<()> {
        let mut files = Vec::new();
        files_below(folder, &mut files)?;
        for (path, metadata) in files {
            if path.ancestors().filter_map(name_of).any(|name| name.starts_with(WRITING)) {
                contents.leftovers.push((path, metadata.len()));
            } else {
                whole(contents, &metadata);
            }
        }
        Ok(())
    }
}

fn kept_run(
    record: Record,
    fingerprint: Digest,
    put: u64,
    vintages: Vec<String>,
    objects: &BTreeMap<Digest, u64>,
) -> KeptRun {
    let outputs: BTreeSet<Digest> = record.outputs.values().map(|output| output.digest.clone()).collect();
    let copied = record.inputs.iter().filter(|input| !matches!(input.from, Origin::Output(_)));
    // Large files are read and not copied.
    let copies: BTreeSet<Digest> =
        copied.map(|input| input.digest.clone()).filter(|digest| objects.contains_key(digest)).collect();
    let bytes = outputs.union(&copies).filter_map(|digest| objects.get(digest)).sum();
    KeptRun {
        fingerprint,
        branch: record.branch,
        started: record.started,
        kept_since: record.started.max(put),
        vintages,
        bytes,
        outputs: outputs.into_iter().collect(),
        copies: copies.into_iter().collect(),
    }
}

pub(super) fn name_of(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

/// All files below a folder, in order of their paths; none where there is no folder.
pub(super) fn files_below(folder: &Path, found: &mut Vec<(PathBuf, Metadata)>) -> Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(PipelineError::io(folder, "listing")(error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(PipelineError::io(folder, "listing"))?.path());
    }
    paths.sort();
    for path in paths {
        // What a run takes away meanwhile isn't there.
        let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
        if metadata.is_dir() {
            files_below(&path, found)?;
        } else {
            found.push((path, metadata));
        }
    }
    Ok(())
}

/// Whether it is one of several names of the same bytes.
#[cfg(unix)]
fn is_link(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    metadata.nlink() > 1
}

#[cfg(not(unix))]
fn is_link(_: &Metadata) -> bool {
    false
}

/// The time now, in seconds since 1970.
pub(super) fn now() -> u64 {
    seconds(Ok(SystemTime::now()))
}

fn seconds(time: std::io::Result<SystemTime>) -> u64 {
    time.ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default().as_secs()
}
