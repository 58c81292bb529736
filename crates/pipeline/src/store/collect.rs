//! Taking away what nobody needs any longer.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::atomic::is_unpublished;
use super::contents::{KeptRun, now};
use super::folder::{Entry, EntryKind, Folder};
use super::store::Store;
use crate::digest::Digest;
use crate::error::{PipelineError, Result};

/// An object without a record may belong to a run whose record isn't written yet: such runs hold the
/// store, but a file that was put there by other means is left alone for an hour as well.
const UNRECORDED: u64 = 3_600;

/// What is to be kept.
#[derive(Debug, Clone, Default)]
pub struct Keep {
    /// Runs all of whose outputs are among these: what a lock names.
    pub outputs: BTreeSet<Digest>,
    /// Runs that began, or were put into this store, less than so many seconds ago.
    pub younger_than: u64,
    /// The folder from which the paths of published files go, where killed runs leave files as well.
    pub workspace: Option<PathBuf>,
    /// What killed runs left elsewhere.
    pub abandoned: Vec<PathBuf>,
}

/// What was taken away, or would be.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Collected {
    /// Runs whose records go.
    pub runs: Vec<KeptRun>,
    /// How many objects go.
    pub objects: usize,
    /// How many damaged records go.
    pub damaged: usize,
    /// How many leftovers of killed runs go.
    pub leftovers: usize,
    /// How many folders of inputs go that commands would have found again.
    pub standing: usize,
    /// How much room that makes, in bytes.
    pub bytes: u64,
    /// How many runs stay.
    pub kept: usize,
}

impl Store {
    /// Takes away runs that no vintage's latest run needs, nor anything in `keep`, with the objects that
    /// no other run needs, and what killed runs left behind. With `dry_run` it only says what.
    ///
    /// # Errors
    /// [`PipelineError::InUse`] where runs use the store; [`PipelineError::UnknownLatest`] where what a
    /// vintage needs isn't known; where something can't be read or taken away.
    pub fn collect(&self, keep: &Keep, dry_run: bool) -> Result<Collected> {
        // Nothing is taken away from under a run.
        let _alone = if dry_run { None } else { Some(self.claim()?) };
        let contents = self.contents()?;
        if let Some(path) = contents.unknown_latest.into_iter().next() {
            return Err(PipelineError::UnknownLatest { path });
        }
        let oldest = now().saturating_sub(keep.younger_than);
        let is_kept = |run: &KeptRun| {
            !run.vintages.is_empty()
                || (keep.younger_than > 0 && run.kept_since >= oldest)
                || run.outputs.iter().all(|digest| keep.outputs.contains(digest))
        };
        let (kept, gone): (Vec<KeptRun>, Vec<KeptRun>) = contents.records.iter().cloned().partition(is_kept);
        let needed: BTreeSet<&Digest> = kept.iter().flat_map(KeptRun::objects).collect();
        let of_gone: BTreeSet<&Digest> = gone.iter().flat_map(KeptRun::objects).collect();
        let mut collected = Collected { kept: kept.len(), ..Collected::default() };
        let mut paths: Vec<PathBuf> = gone.iter().map(|run| self.record_path(&run.fingerprint)).collect();
        collected.damaged = contents.damaged.len();
        for (path, bytes) in contents.damaged {
            collected.bytes += bytes;
            paths.push(path);
        }
        // Records go first, so that none is left without its objects if this is interrupted.
        for (digest, bytes) in &contents.objects {
            let path = self.object_path(digest);
            let unrecorded = || is_older(&path, UNRECORDED);
            let locked = keep.outputs.contains(digest);
            if !needed.contains(digest) && !locked && (of_gone.contains(digest) || unrecorded()) {
                collected.objects += 1;
                collected.bytes += bytes;
                paths.push(path);
            }
        }
        for (path, bytes) in contents.leftovers {
            collected.leftovers += 1;
            collected.bytes += bytes;
            paths.push(path);
        }
        for (path, bytes) in contents.standing {
            collected.standing += usize::from(path.extension().is_none());
            collected.bytes += bytes;
            paths.push(path);
        }
        let abandoned = self.abandoned(keep);
        for (path, bytes) in &abandoned {
            tracing::debug!(path = %path.display(), "left behind by a killed run");
            collected.leftovers += 1;
            collected.bytes += bytes;
        }
        // Their other names are where people look at outputs: without these the bytes would stay.
        paths.extend(self.shown_as(&paths)?);
        collected.runs = gone;
        if !dry_run {
            paths.iter().try_for_each(|path| self.remove(path))?;
            abandoned.iter().try_for_each(|(path, _)| remove_abandoned(path))?;
            for folder in ["objects", "records"] {
                self.remove_empty(&self.root.join(folder))?;
            }
        }
        Ok(collected)
    }

    /// What killed runs left outside of the store, with its size.
    fn abandoned(&self, keep: &Keep) -> Vec<(PathBuf, u64)> {
        let size = |path: &PathBuf| path.symlink_metadata().map_or(0, |found| found.len());
        let mut found: Vec<(PathBuf, u64)> =
            keep.abandoned.iter().map(|path| (path.clone(), size(path))).collect();
        let Some(workspace) = &keep.workspace else { return found };
        let published = self.published();
        let folders: BTreeSet<&Path> = published.iter().filter_map(|(path, _)| path.parent()).collect();
        for folder in folders.into_iter().filter(|folder| folder.is_relative()) {
            // Where a link leads there nothing is removed.
            let Ok(Some(folder)) = Folder::open(workspace, folder) else { continue };
            let entries = folder.entries().unwrap_or_default().into_iter();
            let unpublished = entries.filter(|entry| is_unpublished(&entry.name, entry.kind));
            found.extend(unpublished.map(|entry| (folder.path().join(&entry.name), entry.bytes)));
        }
        found
    }

    /// Where files of the store are shown under a further name.
    fn shown_as(&self, paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
        let identity = |path: &PathBuf| self.entry(path).ok().flatten()?.identity;
        let gone: BTreeSet<(u64, u64)> = paths.iter().filter_map(identity).collect();
        let mut shown = Vec::new();
        self.files_below(&self.outputs, &mut shown)?;
        let is_gone = |entry: &Entry| entry.identity.is_some_and(|identity| gone.contains(&identity));
        Ok(shown.into_iter().filter(|(_, entry)| is_gone(entry)).map(|(path, _)| path).collect())
    }

    /// Takes away folders that hold nothing.
    fn remove_empty(&self, folder: &Path) -> Result<()> {
        let Some(folder) = self.folder(folder)? else { return Ok(()) };
        for entry in folder.entries()?.into_iter().filter(|entry| entry.kind == EntryKind::Folder) {
            // A folder that holds something refuses.
            let _ = folder.remove_folder(&entry.name);
        }
        Ok(())
    }
}

/// Takes away what a killed run left. Its folder was reached without following a link.
fn remove_abandoned(path: &Path) -> Result<()> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { return Ok(()) };
    let Some(folder) = Folder::open(parent, Path::new(""))? else { return Ok(()) };
    match folder.entry(name).map_err(PipelineError::io(path, "removing"))?.map(|entry| entry.kind) {
        Some(EntryKind::Folder) => folder.remove_all(name),
        Some(EntryKind::File) => folder.remove_file(name).map_err(PipelineError::io(path, "removing")),
        _ => Ok(()),
    }
}

fn is_older(path: &Path, seconds: u64) -> bool {
    let age = std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    age.and_then(|modified| modified.elapsed().ok()).is_some_and(|age| age.as_secs() > seconds)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::json;

    use std::fs;
    use std::sync::Arc;

    use super::*;
    use crate::fingerprint::{FORMAT, Fingerprint};
    use crate::operation::Kind;
    use crate::plan::RunKey;
    use crate::store::record::{InputRecord, Origin, OutputRecord, Record};
    use crate::store::write_through::WriteThrough;

    /// A run: how old it is, what it made and what it read, as numbers of objects.
    #[derive(Debug, Clone)]
    struct Run {
        age: u64,
        outputs: BTreeSet<u8>,
        copies: BTreeSet<u8>,
    }

    fn runs() -> impl Strategy<Value = Vec<Run>> {
        let objects = |sizes| proptest::collection::btree_set(0_u8..12, sizes);
        let run = (0_u64..10, objects(1..4), objects(0..3));
        let run = run.prop_map(|(age, outputs, copies)| Run { age, outputs, copies });
        proptest::collection::vec(run, 1..12)
    }

    fn bytes(object: u8) -> Vec<u8> {
        vec![object; 1 + usize::from(object)]
    }

    /// Puts run `number` into the store, and returns its fingerprint.
    fn keep(store: &Store, number: usize, run: &Run) -> Result<Digest> {
        let output = |object: &u8| -> Result<(String, Box<OutputRecord>)> {
            let bytes = bytes(*object);
            let output = OutputRecord {
                kind: Kind::Text,
                digest: store.put_object(&bytes, &WriteThrough::default())?,
                bytes: bytes.len() as u64,
                extension: None,
                rows: None,
                columns: BTreeMap::new(),
                grouped_by: None,
                groups: BTreeMap::new(),
                empty_group: None,
            };
            Ok((format!("output{object}"), Box::new(output)))
        };
        let input = |object: &u8| -> Result<InputRecord> {
            let bytes = bytes(*object);
            Ok(InputRecord {
                role: format!("input{object}"),
                key: String::new(),
                from: Origin::File("file".into()),
                digest: store.put_object(&bytes, &WriteThrough::default())?,
                bytes: bytes.len() as u64,
            })
        };
        let fingerprint = Fingerprint {
            format: FORMAT,
            operation: "operation".into(),
            code: Digest::of(b"code"),
            params: json!({ "number": number }),
            inputs: BTreeMap::new(),
            seed: 0,
        };
        let digest = fingerprint.digest()?;
        let record = Record {
            branch: format!("stage{number}"),
            fingerprint,
            outputs: run.outputs.iter().map(output).collect::<Result<_>>()?,
            warnings: Vec::new(),
            seconds: 0.0,
            peak_memory: None,
            started: now() - run.age * 1_000,
            causes: Vec::new(),
            before: None,
            inputs: run.copies.iter().map(input).collect::<Result<_>>()?,
            log: String::new(),
        };
        store.put_record(&digest, &record, &WriteThrough::default())?;
        let path = store.record_path(&digest);
        let old = std::time::SystemTime::now() - std::time::Duration::from_secs(run.age * 1_000);
        let file = fs::File::open(&path).and_then(|file| file.set_modified(old));
        file.map_err(PipelineError::io(path, "test"))?;
        Ok(digest)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever the latest run of a vintage, the lock or a young run needs stays; all else goes.
        #[test]
        fn what_is_needed_stays_and_nothing_else(
            runs in runs(),
            latest in proptest::collection::vec(proptest::collection::btree_set(0_usize..12, 0..4), 0..3),
            locked in proptest::collection::btree_set(0_u8..12, 0..5),
            age in 0_u64..10,
        ) {
            let folder = tempfile::tempdir()?;
            let store = Store::of_workspace(folder.path());
            let prints: Vec<Digest> =
                runs.iter().enumerate().map(|(number, run)| keep(&store, number, run)).collect::<Result<_>>()?;
            for (vintage, of) in latest.iter().enumerate() {
                let named = of.iter().filter_map(|&number| Some((format!("stage{number}"), prints.get(number)?.clone())));
                let vintage = format!("v{vintage}");
                store.put_latest(RunKey { pipeline: "p", vintage: &vintage }, Arc::new(named.collect()))?;
            }
            let keep = Keep {
                outputs: locked.iter().map(|&object| Digest::of(&bytes(object))).collect(),
                // Between two ages of runs, whose clock goes on.
                younger_than: if age == 0 { 0 } else { age * 1_000 + 500 },
                ..Keep::default()
            };
            let stays = |number: usize, run: &Run| {
                latest.iter().any(|of| of.contains(&number))
                    || (age > 0 && run.age <= age)
                    || run.outputs.is_subset(&locked)
            };
            let would = store.collect(&keep, true)?;
            let did = store.collect(&keep, false)?;
            prop_assert_eq!(would.objects, did.objects);
            let mut needed: BTreeSet<u8> = BTreeSet::new();
            for (number, run) in runs.iter().enumerate() {
                let kept = stays(number, run);
                prop_assert_eq!(store.record(&prints[number]).is_some(), kept, "run {}", number);
                if kept {
                    needed.extend(run.outputs.iter().chain(&run.copies));
                }
            }
            let made: BTreeSet<u8> = runs.iter().flat_map(|run| run.outputs.iter().chain(&run.copies)).copied().collect();
            needed.extend(locked.intersection(&made));
            for object in made {
                let is_there = store.object(&Digest::of(&bytes(object))).is_some();
                prop_assert_eq!(is_there, needed.contains(&object), "object {}", object);
            }
            prop_assert_eq!(store.collect(&keep, false)?.objects, 0);
        }
    }
}
