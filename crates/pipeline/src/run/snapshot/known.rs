//! Branches that an earlier run had from the cache, so that one in which little has changed needn't look into them again.
//!
//! For each such branch the store keeps its fingerprint, its record, and a digest of what the file system said of all that
//! it read and made. While the same is asked of the same pipeline and manifests, a branch of which these marks come out
//! again, and all that it reads of other branches too, has the same fingerprint and a sound result: neither is worked out
//! again. It holds what a [`Snapshot`](super::snapshot::Snapshot) holds, branch by branch.
//!
//! A branch is put down only where each of its files was settled before the run began (see `Stamp`) and is found once more
//! to be what the run took it for. What is missing, damaged, or of another program counts as none.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::mark::{Look, Mark, device_of, digest_of, look, mark};
use super::request::Request;
use super::snapshot::variable;
use crate::digest::Digest;
use crate::files::list;
use crate::fingerprint::Fingerprint;
use crate::plan::{Branch, Plan};
use crate::run::reading::Reading;
use crate::store::{Record, Store};

/// Branches as an earlier run found them.
#[derive(Default)]
pub(crate) struct KnownBranches {
    text: String,
    branches: HashMap<String, Entry>,
}

/// What is known of a branch.
struct Entry {
    fingerprint: Digest,
    marks: Digest,
    /// Where its record stands in the text, and all of its lines.
    record: Range<usize>,
    lines: Range<usize>,
}

/// What the branches belong to.
#[derive(Serialize, Deserialize, PartialEq)]
struct Header {
    /// What was asked, of which program, where.
    asked: Value,
    /// The caller's variables that parameters may hold: of their values a keyed digest.
    variables: BTreeMap<String, Option<Digest>>,
    /// The digest of what the file system says of the pipeline, the manifests and whatever else decides what branches are.
    watched: Digest,
}

/// A branch that is as it was.
pub(crate) struct Unmoved {
    pub(crate) fingerprint: Digest,
    /// As much of its record as a run takes: see [`of_use`].
    pub(crate) record: Record,
    /// Whether it reads folders, of which more is told than what counts in them.
    pub(crate) reads_folders: bool,
}

impl KnownBranches {
    /// Those that a run for the same has left; none where it isn't the same any longer.
    pub(crate) fn load(store: &Store, plan: &Plan<'_>, request: &Request) -> Self {
        Self::read(store, plan, request).unwrap_or_default()
    }

    fn read(store: &Store, plan: &Plan<'_>, request: &Request) -> Option<Self> {
        let text = fs::read_to_string(store.known_branches_path(request.name())).ok()?;
        let (digest, rest) = text.split_once('\n')?;
        if Digest::of(rest.as_bytes()).as_str() != digest {
            return None;
        }
        let (header, branches) = rest.split_once('\n')?;
        let header: Header = serde_json::from_str(header).ok()?;
        let key = &plan.pipeline.secret_key;
        let same_variables = header.variables.iter().all(|(name, value)| variable(name, key) == *value);
        if header.asked != *request.asked() || !same_variables || header.watched != watched(request)? {
            return None;
        }
        let from = text.len() - branches.len();
        let branches = entries(&text, from)?;
        Some(Self { text, branches })
    }

    /// Whether a branch of that name is among them.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.branches.contains_key(name)
    }

    /// The result of a branch, if all that it read and made is as it was. That it depends on nothing else, and that what it
    /// reads of other branches is as it was, is for the caller to know.
    pub(crate) fn unmoved(
        &self,
        (plan, store, reading): (&Plan<'_>, &Store, &Reading),
        branch: &Branch<'_>,
        name: &str,
    ) -> Option<Unmoved> {
        let entry = self.branches.get(name)?;
        let record: Record = serde_json::from_str(self.text.get(entry.record.clone())?).ok()?;
        let looks = looks_at(plan, store, branch, &entry.fingerprint, &|path| look(path, None))?;
        let reads_folders = looks.reads_folders;
        let is_as_it_was = looks.digest() == entry.marks && is_there(plan, store, reading, branch, &record);
        let fingerprint = entry.fingerprint.clone();
        is_as_it_was.then_some(Unmoved { fingerprint, record, reads_folders })
    }

    /// The lines of a branch, as they are kept.
    fn lines(&self, name: &str) -> Option<&str> {
        self.text.get(self.branches.get(name)?.lines.clone())
    }
}

/// A branch that a run had from the cache, to be put down for the next one.
pub(crate) struct Cached<'a> {
    pub(crate) branch: &'a Branch<'a>,
    pub(crate) fingerprint: &'a Digest,
    pub(crate) record: &'a Record,
    /// Whether it was known before and is as it was.
    pub(crate) is_known: bool,
}

/// The digits of a digest.
const DIGEST: usize = 64;

/// Keeps the branches of a run for the next one. It is no harm if they can't be kept.
pub(crate) fn keep_known<'a>(
    before: &KnownBranches,
    (plan, store, reading): (&Plan<'_>, &Store, &Reading),
    request: &Request,
    cached: impl Iterator<Item = Cached<'a>>,
) {
    let Some(header) = header(plan, request) else { return };
    let Ok(header) = serde_json::to_string(&header) else { return };
    // The digest of all the rest is put in before it at the end.
    let mut text = String::with_capacity(before.text.len() + header.len());
    let place = "0".repeat(DIGEST);
    text.extend([place.as_str(), "\n", header.as_str(), "\n"]);
    let mut known = 0;
    for cached in cached {
        let name = cached.branch.id.to_string();
        if let Some(lines) = before.lines(&name).filter(|_| cached.is_known) {
            known += 1;
            text.push_str(lines);
        } else if let Some(lines) = lines(plan, store, reading, request, &name, &cached) {
            text.push_str(&lines);
        }
    }
    let rest = text.get(DIGEST + 1..).unwrap_or_default();
    let is_same = known == before.branches.len() && before.text.ends_with(rest);
    if is_same || !request.is_decided() {
        return;
    }
    let digest = Digest::of(rest.as_bytes());
    text.replace_range(..DIGEST, digest.as_str());
    let path = store.known_branches_path(request.name());
    if let Err(error) = store.write_cache(&path, text.as_bytes()) {
        tracing::debug!(path = %path.display(), %error, "which branches were cached can't be remembered");
    }
}

fn header(plan: &Plan<'_>, request: &Request) -> Option<Header> {
    let key = &plan.pipeline.secret_key;
    let stages = plan.pipeline.stages.iter();
    let bound = stages.flat_map(|stage| std::iter::once(&stage.bound).chain(stage.listed.values()));
    let names = bound.flat_map(|bound| bound.stage.variables());
    Some(Header {
        asked: request.asked().clone(),
        variables: names.map(|name| (name.clone(), variable(&name, key))).collect(),
        watched: watched(request)?,
    })
}

/// The digest of what the file system says of what decides what branches are.
fn watched(request: &Request) -> Option<Digest> {
    let marks = request.deciding().map(|path| mark(path, None)).collect::<Option<Vec<Mark>>>()?;
    Some(digest_of(&marks))
}

/// The lines of a branch, if all of its files were settled before the run began and are what it took them for.
fn lines(
    plan: &Plan<'_>,
    store: &Store,
    reading: &Reading,
    request: &Request,
    name: &str,
    cached: &Cached<'_>,
) -> Option<String> {
    let Cached { branch, fingerprint, record, .. } = cached;
    let began = request.began();
    let settled = |path: &Path| {
        let look = look(path, Some(began))?;
        // Where the file system doesn't tell of every change, no mark says that there was none.
        let is_told = device_of(&look.mark).is_none_or(|device| reading.files.tells_changes(device, path));
        is_told.then_some(look)
    };
    let marks = looks_at(plan, store, branch, fingerprint, &settled)?.digest();
    let is_read = || reading.check_unmoved(plan, branch, &record.fingerprint).is_ok();
    if !is_there(plan, store, reading, branch, record) || !is_read() {
        return None;
    }
    let (name, record) = (serde_json::to_string(name).ok()?, serde_json::to_string(&of_use(record)).ok()?);
    Some(format!("{name}\n{fingerprint} {marks}\n{record}\n"))
}

/// What of a record a run takes that has it from the cache: what came out, what was told, and what the files were. How it
/// came about stays in the record itself.
fn of_use(record: &Record) -> Record {
    Record {
        branch: String::new(),
        fingerprint: Fingerprint { params: Value::Null, ..record.fingerprint.clone() },
        peak_memory: None,
        causes: Vec::new(),
        before: None,
        inputs: Vec::new(),
        log: String::new(),
        ..record.clone()
    }
}

/// What the file system says of a branch.
#[derive(Default)]
struct Looks {
    marks: Vec<Mark>,
    reads_folders: bool,
}

impl Looks {
    fn digest(&self) -> Digest {
        digest_of(&self.marks)
    }
}

/// Looks at all that a branch reads itself, at its record, and at the folder of what it made; `None` where too little is said of it.
fn looks_at(
    plan: &Plan<'_>,
    store: &Store,
    branch: &Branch<'_>,
    fingerprint: &Digest,
    look: &dyn Fn(&Path) -> Option<Look>,
) -> Option<Looks> {
    let mut looks = Looks::default();
    for path in branch.bound.files.values() {
        let Look { mark, is_folder } = look(&plan.pipeline.workspace.join(path))?;
        looks.marks.push(mark);
        if is_folder {
            looks.reads_folders = true;
            for path in below(plan, path)? {
                looks.marks.push(look(&path)?.mark);
            }
        }
    }
    if let Some(source) = branch.source {
        looks.marks.push(look(&source.path)?.mark);
    }
    looks.marks.push(look(&store.record_path(fingerprint))?.mark);
    // Something else that is put beside an output shows in the time of their folder.
    looks.marks.push(look(&store.output_folder(plan.key(), &branch.id))?.mark);
    Some(looks)
}

/// Whether all that a branch made is sound, and where people find it. The marks of objects don't tell: the time of change
/// of one that several branches made is another one whenever any of them shows it anew.
fn is_there(plan: &Plan<'_>, store: &Store, reading: &Reading, branch: &Branch<'_>, record: &Record) -> bool {
    record.outputs.iter().all(|(output, kept)| {
        let shown = store.output_path(plan.key(), &branch.id, output, kept.extension());
        store.is_shown(&kept.digest, kept.bytes, &shown, &reading.files)
    })
}

/// All files and folders below one that a branch reads.
fn below(plan: &Plan<'_>, path: &Path) -> Option<Vec<PathBuf>> {
    let pipeline = plan.pipeline;
    let mut paths = Vec::new();
    let listing =
        list(&pipeline.workspace, path, &pipeline.ignored, &mut |folder| paths.push(folder.to_owned()));
    paths.extend(listing.ok()?.files.into_iter().map(|(_, path)| path));
    Some(paths)
}

/// Where the branches stand from a place of the text on: three lines each.
fn entries(text: &str, from: usize) -> Option<HashMap<String, Entry>> {
    let mut branches = HashMap::new();
    let mut at = from;
    while at < text.len() {
        let begin = at;
        let mut line = || {
            let length = text.get(at..)?.find('\n')?;
            let line = at..at + length;
            at += length + 1;
            Some(line)
        };
        let (name, digests, record) = (line()?, line()?, line()?);
        let (fingerprint, marks) = text.get(digests)?.split_once(' ')?;
        let entry = Entry {
            fingerprint: Digest::parse(fingerprint)?,
            marks: Digest::parse(marks)?,
            record,
            lines: begin..at,
        };
        branches.insert(serde_json::from_str(text.get(name)?).ok()?, entry);
    }
    Some(branches)
}
