//! What a store holds, and for whom.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use super::atomic::is_unfinished;
use super::folder::{Entry, EntryKind, Folder};
use super::record::{Origin, Record};
use super::store::{KNOWN_BRANCHES, SCRATCH, Store, UNCHANGED};
use super::taking::{INCOMING, SHARED};
use crate::digest::Digest;
use crate::error::Result;

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
    /// Folders of inputs that commands find again, with the lists of them, and their sizes.
    pub standing: Vec<(PathBuf, u64)>,
    /// What isn't of this program, though it is in its folders.
    pub foreign: Vec<PathBuf>,
    /// Branches whose latest run has no record, with the files that say which run that is.
    pub dangling: Vec<(PathBuf, String)>,
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
        self.files_below(&self.root.join("objects"), &mut objects)?;
        self.files_below(&self.root.join("records"), &mut records)?;
        for (path, entry) in objects {
            match entry.name.to_str().and_then(Digest::parse).filter(|_| entry.kind == EntryKind::File) {
                Some(digest) => {
                    contents.objects.insert(digest, entry.bytes);
                }
                None if is_unfinished(&entry.name, entry.kind) => {
                    contents.leftovers.push((path, entry.bytes))
                }
                None => contents.foreign.push(path),
            }
        }
        let mut latest = Vec::new();
        for (vintage, path) in self.vintages_run()? {
            match self.read_latest(&path)? {
                Some(branches) => latest.push((vintage, path, branches)),
                None => contents.unknown_latest.push(path),
            }
        }
        let mut vintages: BTreeMap<&Digest, Vec<String>> = BTreeMap::new();
        for (vintage, _, branches) in &latest {
            for fingerprint in branches.values() {
                let of = vintages.entry(fingerprint).or_default();
                if !of.contains(vintage) {
                    of.push(vintage.clone());
                }
            }
        }
        for (path, entry) in records {
            if is_unfinished(&entry.name, entry.kind) {
                contents.leftovers.push((path, entry.bytes));
                continue;
            }
            let name = entry.name.to_str().filter(|_| entry.kind == EntryKind::File);
            let Some(fingerprint) = name.and_then(|name| Digest::parse(name.strip_suffix(".json")?)) else {
                contents.foreign.push(path);
                continue;
            };
            contents.record_bytes += entry.bytes;
            match self.read_record(&fingerprint)? {
                Some(record) => {
                    let vintages = vintages.get(&fingerprint).cloned().unwrap_or_default();
                    let run = kept_run(record, fingerprint, entry.modified, vintages, &contents.objects);
                    contents.records.push(run);
                }
                None => contents.damaged.push((path, entry.bytes)),
            }
        }
        contents.records.sort_by(|one, other| {
            let key = (&one.branch, one.vintages.is_empty(), u64::MAX - one.started, &one.fingerprint);
            let others = u64::MAX - other.started;
            key.cmp(&(&other.branch, other.vintages.is_empty(), others, &other.fingerprint))
        });
        let known: BTreeSet<&Digest> = contents.records.iter().map(|run| &run.fingerprint).collect();
        for (_, path, branches) in &latest {
            let dangling = branches.iter().filter(|(_, fingerprint)| !known.contains(fingerprint));
            contents.dangling.extend(dangling.map(|(branch, _)| (path.clone(), branch.clone())));
        }
        self.look_beside_objects(&mut contents)?;
        Ok(contents)
    }

    /// Scratch stores, half-written files, and the size of what people look at.
    fn look_beside_objects(&self, contents: &mut Contents) -> Result<()> {
        let Some(home) = self.folder(&self.home)? else { return Ok(()) };
        for entry in home.entries()? {
            if entry.kind == EntryKind::Folder && entry.name.to_string_lossy().starts_with(SCRATCH) {
                let path = self.home.join(&entry.name);
                let mut files = Vec::new();
                self.files_below(&path, &mut files)?;
                contents.leftovers.push((path, files.iter().map(|(_, entry)| entry.bytes).sum()));
            } else if is_unfinished(&entry.name, entry.kind) {
                contents.leftovers.push((self.home.join(&entry.name), entry.bytes));
            }
        }
        self.look_at_standing(contents)?;
        // Half-written files stand beside those that they were to become.
        for folder in ["latest", UNCHANGED, KNOWN_BRANCHES] {
            self.sort_files(&self.root.join(folder), contents, |_, _| {})?;
        }
        for entry in self.folder(&self.root)?.map(|root| root.entries()).transpose()?.unwrap_or_default() {
            if is_unfinished(&entry.name, entry.kind) {
                contents.leftovers.push((self.root.join(&entry.name), entry.bytes));
            }
        }
        // What a pull that was interrupted had begun to bring: the next one would have gone on with it.
        let mut incoming = Vec::new();
        self.files_below(&self.root.join(SHARED).join(INCOMING), &mut incoming)?;
        contents.leftovers.extend(incoming.into_iter().map(|(path, entry)| (path, entry.bytes)));
        self.sort_files(&self.outputs, contents, |contents, entry| {
            if entry.names < 2 {
                contents.copied_output_bytes += entry.bytes;
            }
        })?;
        self.sort_files(&self.logs, contents, |contents, entry| contents.log_bytes += entry.bytes)
    }

    /// The folders of inputs that commands find again.
    fn look_at_standing(&self, contents: &mut Contents) -> Result<()> {
        let Some(folder) = self.folder(&self.standing_path())? else { return Ok(()) };
        for entry in folder.entries()? {
            let path = folder.path().join(&entry.name);
            let mut files = Vec::new();
            if entry.kind == EntryKind::Folder {
                self.files_below(&path, &mut files)?;
            }
            let bytes = entry.bytes + files.iter().map(|(_, entry)| entry.bytes).sum::<u64>();
            contents.standing.push((path, bytes));
        }
        Ok(())
    }

    /// Tells the half-written files below a folder, which are leftovers, from the others.
    fn sort_files(
        &self,
        folder: &Path,
        contents: &mut Contents,
        whole: impl Fn(&mut Contents, &Entry),
    ) -> Result<()> {
        let mut files = Vec::new();
        self.files_below(folder, &mut files)?;
        for (path, entry) in files {
            if is_unfinished(&entry.name, entry.kind) {
                contents.leftovers.push((path, entry.bytes));
            } else {
                whole(contents, &entry);
            }
        }
        Ok(())
    }

    /// All that is below a folder but folders, in order of their paths; none where there is no folder. No
    /// link is followed.
    pub(super) fn files_below(&self, folder: &Path, found: &mut Vec<(PathBuf, Entry)>) -> Result<()> {
        match self.folder(folder)? {
            Some(folder) => below(&folder, found),
            None => Ok(()),
        }
    }
}

fn below(folder: &Folder, found: &mut Vec<(PathBuf, Entry)>) -> Result<()> {
    for entry in folder.entries()? {
        // What was being written is one thing, whatever is in it.
        if entry.kind != EntryKind::Folder || is_unfinished(&entry.name, entry.kind) {
            found.push((folder.path().join(&entry.name), entry));
        } else if let Some(inner) = folder.folder(&entry.name)? {
            below(&inner, found)?;
        }
    }
    Ok(())
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

/// The time now, in seconds since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
