//! `pipeline.lock`: what each vintage was made of and what came out, as digests in a file that is
//! kept with the code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use vintner_diagnostics::{Document, Fault, Span};

use super::atomic::{remove_unpublished, write_published};
use super::plain_lock::{self, is_plain_digest, is_plain_name};
use super::store::Store;
use crate::digest::Digest;
use crate::error::{LockDifference, LockedKind, PipelineError, Result};

/// The version of the file's form.
const FORMAT: u32 = 1;

const HEADING: &str = "\
# What each vintage was made of and what came out, as BLAKE3 digests. `vintner reproduce` writes it;
# `vintner reproduce --locked` fails where anything comes out otherwise. Keep it with the code.
";

/// The digests of all vintages that were reproduced.
#[derive(Debug, Clone)]
pub struct LockFile {
    path: PathBuf,
    /// What it was read from; nothing where nothing of use was there.
    text: String,
    vintages: BTreeMap<String, Locked>,
}

/// What one vintage was made of and what came out, in the order of the pipeline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Locked {
    /// Its raw files, by source.
    pub sources: Vec<(String, Digest)>,
    /// Files of the workspace that stages read.
    pub files: Vec<(String, Digest)>,
    /// The outputs, as `branch.output`.
    pub outputs: Vec<(String, Digest)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: u32,
    #[serde(default)]
    vintages: BTreeMap<String, WrittenVintage>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenVintage {
    #[serde(default)]
    sources: BTreeMap<String, String>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    outputs: BTreeMap<String, String>,
}

impl LockFile {
    /// The lock that belongs to a pipeline's file: `pipeline.lock` beside `pipeline.yaml`. An empty one
    /// where there is none yet.
    ///
    /// # Errors
    /// Where it can't be read, is empty, holds both sides of a merge, or isn't a lock:
    /// [`PipelineError::Spec`], with the place.
    pub fn load(pipeline: &Path) -> Result<Self> {
        Self::load_from(pipeline, false)
    }

    /// The same, to be written: of an empty file nothing is lost.
    ///
    /// # Errors
    /// As of [`LockFile::load`], but where it is empty.
    pub fn load_to_write(pipeline: &Path) -> Result<Self> {
        Self::load_from(pipeline, true)
    }

    fn empty(path: PathBuf) -> Self {
        Self { path, text: String::new(), vintages: BTreeMap::new() }
    }

    fn load_from(pipeline: &Path, may_be_empty: bool) -> Result<Self> {
        let path = path_of(pipeline);
        let Some(text) = read(&path)? else { return Ok(Self::empty(path)) };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            if may_be_empty {
                return Ok(Self::empty(path));
            }
            return Err(fault(name, None, "it is empty", "`vintner lock --write` writes it anew"));
        }
        if let Some((at, line)) = text.lines().enumerate().find(|(_, line)| is_conflict_marker(line)) {
            let span = Span { line: at + 1, column: 1, length: line.chars().count() };
            let hint = format!(
                "take either side (`git checkout --ours {name}`, or --theirs) and run `vintner lock --write`, which \
                 puts in what the merged pipeline makes"
            );
            return Err(fault(name, Some((span, line)), "a merge conflict", &hint));
        }
        if let Some(vintages) = plain_lock::read(&text, FORMAT) {
            let locked = |mut kinds: plain_lock::Kinds| {
                let [sources, files, outputs] =
                    plain_lock::KINDS.map(|kind| kinds.remove(kind).unwrap_or_default());
                Locked { sources, files, outputs }
            };
            let vintages = vintages.into_iter().map(|(vintage, kinds)| (vintage, locked(kinds)));
            return Ok(Self { path, vintages: vintages.collect(), text });
        }
        let document = Document::parse(&name, &text).map_err(PipelineError::Spec)?;
        let written: Written = document.decode().map_err(PipelineError::Spec)?;
        let refused = |message: String| PipelineError::Lock { path: path.clone(), message };
        if written.format != FORMAT {
            let message = format!("its form is {}, and this program knows {FORMAT}", written.format);
            return Err(refused(message));
        }
        let mut vintages = BTreeMap::new();
        for (vintage, locked) in written.vintages {
            let digests = |entries: BTreeMap<String, String>| -> Result<Vec<(String, Digest)>> {
                let parse = |(name, text): (String, String)| match Digest::parse(&text) {
                    Some(digest) => Ok((name, digest)),
                    None => Err(refused(format!("`{text}`, for {name} of {vintage}, is no BLAKE3 digest"))),
                };
                entries.into_iter().map(parse).collect()
            };
            let locked = Locked {
                sources: digests(locked.sources)?,
                files: digests(locked.files)?,
                outputs: digests(locked.outputs)?,
            };
            vintages.insert(vintage.clone(), locked);
        }
        Ok(Self { path, vintages, text })
    }

    /// Where it is, or would be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The vintages of which something is locked, by name.
    pub fn vintages(&self) -> impl Iterator<Item = &str> {
        self.vintages.keys().map(String::as_str)
    }

    /// What is locked of a vintage.
    pub fn vintage(&self, name: &str) -> Option<&Locked> {
        self.vintages.get(name)
    }

    /// All digests of outputs, of all vintages: what the cache has to keep.
    pub fn outputs(&self) -> impl Iterator<Item = &Digest> {
        self.vintages.values().flat_map(|locked| &locked.outputs).map(|(_, digest)| digest)
    }

    /// The digests that the cache has to keep for a pipeline's lock; of one that can't be used (it holds
    /// both sides of a merge) all that stand in it.
    ///
    /// # Errors
    /// Where the file can't be read.
    pub fn kept(pipeline: &Path) -> Result<BTreeSet<Digest>> {
        if let Ok(lock) = Self::load(pipeline) {
            return Ok(lock.outputs().cloned().collect());
        }
        let text = read(&path_of(pipeline))?.unwrap_or_default();
        let words = text.split(|character: char| !character.is_ascii_alphanumeric());
        Ok(words.filter_map(Digest::parse).collect())
    }

    /// Puts a vintage into the file, or in the place of what was there; what another run wrote into it
    /// meanwhile stays.
    ///
    /// # Errors
    /// Where it can't be read again or written.
    pub fn put(&mut self, store: &Store, vintage: &str, locked: Locked) -> Result<()> {
        let _showing = store.showing()?;
        // Mostly nobody wrote it meanwhile.
        if read(&self.path)?.is_none_or(|text| text != self.text) {
            self.vintages = Self::load_to_write(&self.path)?.vintages;
        }
        if let Some(folder) = self.path.parent() {
            remove_unpublished(folder, folder);
        }
        self.vintages.insert(vintage.to_owned(), locked);
        let mut text = format!("{HEADING}format: {FORMAT}\nvintages:\n");
        for (vintage, locked) in &self.vintages {
            text.push_str(&format!("  {}:\n", scalar(vintage)));
            let kinds =
                [("sources", &locked.sources), ("files", &locked.files), ("outputs", &locked.outputs)];
            for (kind, entries) in kinds {
                write_entries(&mut text, kind, entries);
            }
        }
        let folder = self.path.parent().unwrap_or(Path::new(""));
        write_published(folder, &self.path, text.as_bytes())?;
        self.text = text;
        Ok(())
    }
}

/// Where the lock of a pipeline is, or would be.
fn path_of(pipeline: &Path) -> PathBuf {
    pipeline.with_extension("lock")
}

/// The text of a lock; `None` where there is none.
fn read(path: &Path) -> Result<Option<String>> {
    match vintner_guard::read_text(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(PipelineError::io(path, "reading")(error)),
    }
}

fn is_conflict_marker(line: &str) -> bool {
    ["<<<<<<<", "|||||||", "=======", ">>>>>>>"]
        .iter()
        .any(|marker| line.strip_prefix(marker).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}

fn fault(file: String, place: Option<(Span, &str)>, message: &str, hint: &str) -> PipelineError {
    let source_line = place.map(|(_, line)| line.to_owned());
    let span = place.map(|(span, _)| span);
    let (message, hint) = (message.to_owned(), Some(hint.to_owned()));
    PipelineError::Spec(Fault { file, span, message, hint, source_line }.into())
}

/// Writes entries sorted, each name on a line and its digest on the next: so `git merge` brings together
/// what two branches changed, be it in neighbouring entries.
fn write_entries(text: &mut String, kind: &str, entries: &[(String, Digest)]) {
    if entries.is_empty() {
        text.push_str(&format!("    {kind}: {{}}\n"));
        return;
    }
    text.push_str(&format!("    {kind}:\n"));
    let sorted: BTreeMap<&str, &Digest> =
        entries.iter().map(|(name, digest)| (name.as_str(), digest)).collect();
    for (name, digest) in sorted {
        let (name, digest) = (scalar(name), scalar(digest.as_str()));
        match name.len() <= LONGEST_KEY {
            true => text.push_str(&format!("      {name}:\n        {digest}\n")),
            false => text.push_str(&format!("      ? {name}\n      : {digest}\n")),
        }
    }
}

/// YAML reads no longer name before a colon on a line.
const LONGEST_KEY: usize = 1000;

/// A text as YAML on one line, in quotes where it needs them.
fn scalar(text: &str) -> String {
    let is_plain = is_plain_name(text)
        || (text.len() == 64 && is_plain_digest(text))
        || serde_yaml::to_string(text).is_ok_and(|written| written.trim_end_matches('\n') == text);
    if is_plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

impl Locked {
    /// What differs in `found`: in its order, and then what it no longer has. Only outputs that it
    /// names are compared where it is `partial`.
    pub fn differences(&self, found: &Locked, partial: bool) -> Vec<LockDifference> {
        let kinds = [
            (LockedKind::Source, &self.sources, &found.sources),
            (LockedKind::File, &self.files, &found.files),
            (LockedKind::Output, &self.outputs, &found.outputs),
        ];
        let mut differences = Vec::new();
        for (kind, before, now) in kinds {
            let known: BTreeMap<&str, &Digest> =
                before.iter().map(|(name, digest)| (name.as_str(), digest)).collect();
            for (name, digest) in now {
                let locked = known.get(name.as_str()).copied();
                if locked != Some(digest) {
                    let (locked, found) = (locked.cloned(), Some(digest.clone()));
                    differences.push(LockDifference { kind, name: name.clone(), locked, found });
                }
            }
            let left: BTreeMap<&str, ()> = now.iter().map(|(name, _)| (name.as_str(), ())).collect();
            let gone = before.iter().filter(|(name, _)| !partial && !left.contains_key(name.as_str()));
            differences.extend(gone.map(|(name, digest)| LockDifference {
                kind,
                name: name.clone(),
                locked: Some(digest.clone()),
                found: None,
            }));
        }
        differences
    }

    /// Whether both hold the same, in whatever order.
    pub fn is_same(&self, other: &Locked) -> bool {
        self.differences(other, false).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn locked(outputs: &[(&str, &str)]) -> Locked {
        let outputs = outputs.iter().map(|(name, text)| ((*name).to_owned(), Digest::of(text.as_bytes())));
        Locked { outputs: outputs.collect(), ..Locked::default() }
    }

    #[test]
    fn it_reads_back_what_it_wrote() -> Result<()> {
        let folder = tempfile::tempdir().map_err(PipelineError::io("", "test"))?;
        let pipeline = folder.path().join("pipeline.yaml");
        let mut lock = LockFile::load(&pipeline)?;
        assert_eq!(lock.vintage("v"), None);
        let store = Store::of_workspace(folder.path());
        // Two runs that read it before either wrote.
        let mut other = lock.clone();
        let long = "n".repeat(1500);
        let names = ["tidy[b].tidy", "a: #odd", "2008", "two\nlines\u{2028}", "~", "\u{85}'\"", &long];
        let outputs: Vec<(&str, &str)> = names.iter().map(|name| (*name, *name)).collect();
        lock.put(&store, "v", locked(&outputs))?;
        other.put(&store, "", locked(&[]))?;
        let again = LockFile::load(&pipeline)?;
        assert!(again.vintage("v").is_some_and(|v| v.is_same(&locked(&outputs))));
        assert!(again.vintage("").is_some_and(|v| v.is_same(&Locked::default())));
        assert_eq!(again.outputs().count(), names.len());
        // The form of earlier programs, an entry a line.
        let path = folder.path().join("pipeline.lock");
        let (one, two) = (Digest::of(b"1"), Digest::of(b"2"));
        let text = format!("format: 1\nvintages:\n  v:\n    outputs:\n      b.x: {one}\n      a.x: {two}\n");
        fs::write(&path, text).map_err(PipelineError::io(&path, "test"))?;
        let earlier = LockFile::load(&pipeline)?;
        assert!(earlier.vintage("v").is_some_and(|v| v.is_same(&locked(&[("a.x", "2"), ("b.x", "1")]))));
        Ok(())
    }

    #[test]
    fn what_a_broken_lock_names_is_kept_all_the_same() -> Result<()> {
        let folder = tempfile::tempdir().map_err(PipelineError::io("", "test"))?;
        let path = folder.path().join("pipeline.lock");
        let (one, two) = (Digest::of(b"1"), Digest::of(b"2"));
        let text = format!("<<<<<<< HEAD\n  a.x: {one}\n=======\n  a.x: {two}\n>>>>>>> theirs\n");
        fs::write(&path, text).map_err(PipelineError::io(&path, "test"))?;
        assert_eq!(LockFile::kept(&folder.path().join("pipeline.yaml"))?, BTreeSet::from([one, two]));
        Ok(())
    }

    #[test]
    fn differences_stand_in_the_order_of_what_is_found() {
        let before = locked(&[("gone.x", "0"), ("b.x", "1"), ("a.x", "2")]);
        let now = locked(&[("b.x", "9"), ("a.x", "2"), ("new.x", "3")]);
        let names = |partial| -> Vec<String> {
            before.differences(&now, partial).into_iter().map(|difference| difference.name).collect()
        };
        assert_eq!(names(false), ["b.x", "new.x", "gone.x"]);
        assert_eq!(names(true), ["b.x", "new.x"]);
    }

    #[test]
    fn a_damaged_lock_is_an_error_with_its_place() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let message = |text: &str| -> std::io::Result<String> {
            std::fs::write(folder.path().join("pipeline.lock"), text)?;
            let loaded = LockFile::load(&folder.path().join("pipeline.yaml"));
            Ok(loaded.err().map(|error| error.to_string()).unwrap_or_default())
        };
        assert!(message("format: 2\n")?.contains("its form is 2"));
        assert!(
            message("format: 1\nvintages: {v: {outputs: {a.x: abc}}}\n")?.contains("is no BLAKE3 digest")
        );
        let conflict = message("format: 1\n<<<<<<< HEAD\n")?;
        assert!(conflict.starts_with("pipeline.lock:2:1: a merge conflict"), "{conflict}");
        assert!(message("# nothing\n\n")?.contains("pipeline.lock: it is empty"));
        assert!(message("format: 1\nvintage: {}\n")?.contains("did you mean `vintages`?"));
        Ok(())
    }
}
