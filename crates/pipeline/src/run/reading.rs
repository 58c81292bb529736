//! What branches read: the digests that count in their fingerprints, and the content itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use vintner_guard::read_regular;

use super::answers::{self, Answers};
use super::progress::{HasRecord, Progress};
use crate::digest::{Digest, canonical_json};
use crate::error::{PipelineError, Result, few};
use crate::files::{Listing, ending, list};
use crate::fingerprint::{FORMAT, Fingerprint, InputDigest, stage_seed};
use crate::operation::{Cancelled, Input, Question};
use crate::plan::{Branch, Plan};
use crate::spec::Reference;
use crate::store::{InputRecord, Origin, StatCache, Store, WriteThrough};

/// How many times as much the numbers of a file take as its bytes, about.
const UNPACKED: u64 = 4;

/// Files up to this size are kept as they were read, so that `why` can say what changed in them.
const LARGEST_COPY: u64 = 64 << 20;

/// Reads what branches name.
pub(crate) struct Reading {
    pub(crate) files: StatCache,
    pub(crate) answers: Answers,
}

/// A file under a role.
pub(crate) struct FileRead {
    pub(crate) key: String,
    /// Where another program finds it, if the spec names it by its path.
    place: Option<PathBuf>,
    /// Its path as people know it: from the workspace, where it is in it.
    pub(crate) shown: PathBuf,
    pub(crate) path: PathBuf,
}

impl Reading {
    /// A reading for who only looks, and runs nothing.
    pub(crate) fn new(store: &Store) -> Self {
        Self { files: store.stat_cache(), answers: Answers::kept(store) }
    }

    /// A reading for a run, which asks what its stages depend on.
    /// Where it is `forced` nothing is believed that was remembered of files.
    pub(crate) fn asking(store: &Store, cancelled: &Cancelled, forced: bool) -> Self {
        let files = if forced { store.unbelieving_stat_cache() } else { store.stat_cache() };
        Self { files, answers: Answers::asked(store, cancelled) }
    }

    /// A reading that remembers nothing of files, so that all are read.
    pub(crate) fn anew(store: &Store) -> Self {
        Self { files: store.unbelieving_stat_cache(), answers: Answers::kept(store) }
    }

    /// Keeps what was found for the next run.
    pub(crate) fn save(&self) {
        self.files.save();
        self.answers.save();
    }

    /// The fingerprint of a branch, given the records of those that it reads.
    pub(crate) fn fingerprint<T: HasRecord>(
        &self,
        plan: &Plan<'_>,
        branch: &Branch<'_>,
        progress: &Progress<'_, T>,
    ) -> Result<Fingerprint> {
        let mut inputs = self.given_digests(plan, branch)?;
        for role in branch.bound.inputs.keys() {
            inputs.entry(role.clone()).or_default();
        }
        for read in &branch.reads {
            let declared = branch.bound.declaration(&read.role);
            let record = progress.record(read.from).map(|(_, record)| record);
            if let Some(kept) = record.and_then(|record| record.outputs.get(&read.output))
                && let Some(digests) = inputs.get_mut(&read.role)
            {
                digests.push(kept.digest_for(read.key.clone(), declared));
            }
        }
        Ok(Fingerprint {
            format: FORMAT,
            operation: plan.pipeline.stage(&branch.id.stage)?.operation.clone(),
            code: branch.bound.code.clone(),
            params: plan.pipeline.params_of(&branch.bound),
            inputs,
            seed: stage_seed(plan.pipeline.seed, &branch.id.to_string()),
        })
    }

    /// The digests of what a branch reads that no stage makes: files, the manifest, what it says of the
    /// branch's source.
    pub(crate) fn given_digests(
        &self,
        plan: &Plan<'_>,
        branch: &Branch<'_>,
    ) -> Result<BTreeMap<String, Vec<InputDigest>>> {
        let mut inputs = self.file_digests(plan, branch)?;
        let of_vintage =
            branch.bound.inputs.iter().filter(|(_, reference)| **reference == Reference::Vintage);
        for (role, _) in of_vintage {
            inputs.insert(role.clone(), vec![whole(&json_input(&plan.vintage.manifest))]);
        }
        Ok(inputs)
    }

    /// The digests of the files that a branch reads, and of what the manifest says of its source.
    pub(crate) fn file_digests(
        &self,
        plan: &Plan<'_>,
        branch: &Branch<'_>,
    ) -> Result<BTreeMap<String, Vec<InputDigest>>> {
        let mut inputs: BTreeMap<String, Vec<InputDigest>> = BTreeMap::new();
        for (role, files) in files(plan, branch)? {
            let digests = files.into_iter().map(|file| {
                let digest = self.files.digest(&file.path)?;
                Ok(InputDigest::whole(file.key, digest))
            });
            inputs.insert(role, digests.collect::<Result<_>>()?);
        }
        if let Some(source) = branch.source {
            inputs.insert("declaration".into(), vec![whole(&json_input(&source.declaration))]);
        }
        let stage = branch.bound.stage.as_ref();
        for question in stage.questions() {
            let answer = self.answers.answer(stage, &question)?;
            let digest = answer.map_or_else(answers::unknown, |answer| Digest::of(&answer));
            inputs.entry(answers::ROLE.into()).or_default().push(InputDigest::whole(question.text, digest));
        }
        Ok(inputs)
    }

    /// Whether what a branch asks is answered as its fingerprint says.
    pub(crate) fn are_answered(&self, branch: &Branch<'_>, fingerprint: &Fingerprint) -> bool {
        let before = fingerprint.inputs.get(answers::ROLE).map(Vec::as_slice).unwrap_or_default();
        let stage = branch.bound.stage.as_ref();
        let questions = stage.questions();
        let is_answered = |(question, before): (&Question, &InputDigest)| {
            let answer = self.answers.answer(stage, question).ok().flatten();
            question.text == before.key && answer.map(|answer| Digest::of(&answer)) == before.content
        };
        questions.len() == before.len() && questions.iter().zip(before).all(is_answered)
    }

    /// The files of a branch: those of the workspace, and its source. They have to be what the
    /// fingerprint says.
    pub(crate) fn read_files(
        &self,
        plan: &Plan<'_>,
        branch: &Branch<'_>,
        fingerprint: &Fingerprint,
        (store, disk): (&Store, &WriteThrough),
        roles: &mut BTreeMap<String, Vec<Input>>,
        records: &mut Vec<InputRecord>,
    ) -> Result<()> {
        for (role, files) in files(plan, branch)? {
            let known = fingerprint.inputs.get(&role).map(Vec::as_slice).unwrap_or_default();
            let moved = |path: &Path| PipelineError::Moved {
                path: path.display().to_string(),
                branch: branch.id.to_string(),
            };
            if let Some(extra) = files.get(known.len()) {
                return Err(moved(&extra.path));
            }
            for (file, known) in files.into_iter().zip(known) {
                let length = std::fs::metadata(&file.path).map(|found| found.len()).unwrap_or_default();
                // What is read in blocks stays where it is; what is small is kept besides.
                let in_blocks = plan.pipeline.memory.is_some()
                    && branch.bound.declaration(&role).is_some_and(|declared| declared.in_blocks);
                let left = in_blocks && length > LARGEST_COPY;
                let (mut bytes, digest) = match left {
                    true => (Vec::new(), self.files.digest(&file.path)?),
                    false => {
                        let bytes =
                            read_regular(&file.path).map_err(PipelineError::io(&file.path, "reading"))?;
                        let digest = Digest::of(&bytes);
                        (bytes, digest)
                    }
                };
                if known.content.as_ref() != Some(&digest) || known.key != file.key {
                    if known.key == file.key && self.files.correct(&file.path, &digest) {
                        return Err(PipelineError::Misremembered { path: file.path });
                    }
                    return Err(moved(&file.path));
                }
                if !left && bytes.len() as u64 <= LARGEST_COPY {
                    store.put_copy(&bytes, &digest, &self.files, disk)?;
                }
                if in_blocks {
                    bytes = Vec::new();
                }
                records.push(InputRecord {
                    role: role.clone(),
                    key: file.key.clone(),
                    from: Origin::File(file.shown.display().to_string()),
                    digest: digest.clone(),
                    bytes: length,
                });
                roles.entry(role.clone()).or_default().push(Input {
                    key: file.key,
                    extension: ending(&file.path),
                    place: file.place,
                    bytes: Arc::new(bytes),
                    file: in_blocks.then_some(file.path),
                    // Files are text, or packed: their numbers take several times as much.
                    size: length.saturating_mul(UNPACKED),
                    digest,
                    stands: false,
                });
            }
        }
        let stage = branch.bound.stage.as_ref();
        for question in stage.questions() {
            // The command knows its programs; what they answered is kept for `why`.
            let Some(answer) = self.answers.answer(stage, &question)? else { continue };
            let digest = Digest::of(&answer);
            store.put_copy(&answer, &digest, &self.files, disk)?;
            records.push(InputRecord {
                role: answers::ROLE.to_owned(),
                key: question.text.clone(),
                from: Origin::Command(question.text),
                digest,
                bytes: answer.len() as u64,
            });
        }
        if let Some(source) = branch.source {
            let input = json_input(&source.declaration);
            records.push(self.keep_manifest("declaration", &input, (store, disk))?);
            roles.insert("declaration".into(), vec![input]);
        }
        Ok(())
    }

    /// Keeps a copy of what the manifest says.
    pub(crate) fn keep_manifest(
        &self,
        role: &str,
        input: &Input,
        (store, disk): (&Store, &WriteThrough),
    ) -> Result<InputRecord> {
        store.put_copy(&input.bytes, &input.digest, &self.files, disk)?;
        Ok(InputRecord {
            role: role.to_owned(),
            key: String::new(),
            from: Origin::Manifest,
            digest: input.digest.clone(),
            bytes: input.bytes.len() as u64,
        })
    }

    /// That the files of a branch are still what its fingerprint says.
    pub(crate) fn check_unmoved(
        &self,
        plan: &Plan<'_>,
        branch: &Branch<'_>,
        fingerprint: &Fingerprint,
    ) -> Result<()> {
        for (role, digests) in self.file_digests(plan, branch)? {
            let before = fingerprint.inputs.get(&role).map(Vec::as_slice).unwrap_or_default();
            if before == digests.as_slice() {
                continue;
            }
            let differs = |(at, digest): (usize, &InputDigest)| before.get(at) != Some(digest);
            let which = digests.iter().enumerate().find(|one| differs(*one)).map(|(_, digest)| &digest.key);
            let folder = branch.bound.files.get(&role).map(|path| path.display().to_string());
            let source = branch.source.map(|source| source.path.display().to_string());
            let path = match (folder, which.filter(|key| !key.is_empty())) {
                (Some(folder), Some(key)) if !folder.ends_with(key.as_str()) => format!("{folder}/{key}"),
                (Some(folder), _) => folder,
                (None, _) => source.unwrap_or(role),
            };
            return Err(PipelineError::Moved { path, branch: branch.id.to_string() });
        }
        Ok(())
    }
}

/// Which files a branch reads, by role.
pub(crate) fn files(plan: &Plan<'_>, branch: &Branch<'_>) -> Result<BTreeMap<String, Vec<FileRead>>> {
    let workspace = &plan.pipeline.workspace;
    let mut roles = BTreeMap::new();
    for (role, path) in &branch.bound.files {
        let Listing { files, is_folder, .. } = listing(plan, path)?;
        let place = |key: &str| if is_folder { path.join(key) } else { path.clone() };
        let files = files.into_iter().map(|(key, file)| FileRead {
            place: Some(place(&key)),
            shown: place(&key),
            key,
            path: file,
        });
        roles.insert(role.clone(), files.collect());
    }
    if let Some(source) = branch.source {
        let shown = source.path.strip_prefix(workspace).unwrap_or(&source.path).to_path_buf();
        let file = FileRead { key: String::new(), place: None, shown, path: source.path.clone() };
        roles.insert("source".into(), vec![file]);
    }
    Ok(roles)
}

/// The path from the workspace of a file under a role that names `path`, by the file's key among all that
/// were read under that role.
pub(crate) fn place_of(plan: &Plan<'_>, path: &Path, read: &[InputDigest], key: &str) -> PathBuf {
    let is_file = read.len() == 1
        && path.file_name().is_some_and(|name| name == key)
        && !plan.pipeline.workspace.join(path).is_dir();
    if is_file { path.to_owned() } else { path.join(key) }
}

fn listing(plan: &Plan<'_>, path: &Path) -> Result<Listing> {
    list(&plan.pipeline.workspace, path, &plan.pipeline.ignored, &mut |_| {})
}

/// What to say of hidden files in the folders that a branch reads: they don't count, and whoever looks
/// for them should know.
pub(crate) fn left_out(plan: &Plan<'_>, branch: &Branch<'_>) -> Vec<String> {
    let mut said = Vec::new();
    for path in branch.bound.files.values() {
        // What can't be listed was told when the branch was to be made.
        let Ok(Listing { hidden, .. }) = listing(plan, path) else { continue };
        if let Some(first) = hidden.first() {
            let name = first.rsplit('/').next().unwrap_or(first);
            said.push(format!(
                "the folder {}: {} left out, as all that begins with a dot is; `ignore: [\"!{name}\"]` in the \
                 pipeline takes it in",
                path.display(),
                few(&hidden, HIDDEN_NAMED)
            ));
        }
    }
    said
}

/// So many hidden files of a folder are named.
const HIDDEN_NAMED: usize = 5;

pub(crate) fn json_input(value: &Value) -> Input {
    let bytes = canonical_json(value).into_bytes();
    let digest = Digest::of(&bytes);
    Input {
        key: String::new(),
        extension: "json".into(),
        place: None,
        bytes: Arc::new(bytes),
        file: None,
        size: 0,
        digest,
        stands: false,
    }
}

fn whole(input: &Input) -> InputDigest {
    InputDigest::whole(input.key.clone(), input.digest.clone())
}
