//! What branches read: the digests that count in their fingerprints, and the content itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use vintner_guard::read_regular;

use super::progress::{HasRecord, Progress};
use crate::digest::{Digest, canonical_json};
use crate::error::{PipelineError, Result};
use crate::files::{ending, files_below};
use crate::fingerprint::{FORMAT, Fingerprint, InputDigest, stage_seed};
use crate::operation::Input;
use crate::plan::{Branch, Plan};
use crate::spec::Reference;
use crate::store::{InputRecord, Origin, StatCache, Store, WriteThrough};

/// Files up to this size are kept as they were read, so that `why` can say what changed in them.
const LARGEST_COPY: u64 = 64 << 20;

/// Reads what branches name.
pub(crate) struct Reading {
    pub(crate) files: StatCache,
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
    pub(crate) fn new(store: &Store) -> Self {
        Self { files: store.stat_cache() }
    }

    /// A reading that remembers nothing, so that all is read.
    pub(crate) fn anew() -> Self {
        Self { files: StatCache::empty() }
    }

    /// The fingerprint of a branch, given the records of those that it reads.
    pub(crate) fn fingerprint<T: HasRecord>(
        &self,
        plan: &Plan<'_>,
        branch: &Branch<'_>,
        progress: &Progress<'_, T>,
    ) -> Result<Fingerprint> {
        let mut inputs: BTreeMap<String, Vec<InputDigest>> = BTreeMap::new();
        for (role, reference) in &branch.bound.inputs {
            let digests = inputs.entry(role.clone()).or_default();
            if *reference == Reference::Vintage {
                digests.push(whole(&json_input(&plan.vintage.manifest)));
            }
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
        inputs.extend(self.file_digests(plan, branch)?);
        Ok(Fingerprint {
            format: FORMAT,
            operation: plan.pipeline.stage(&branch.id.stage)?.operation.clone(),
            code: branch.bound.code.clone(),
            params: branch.bound.params.clone(),
            inputs,
            seed: stage_seed(plan.pipeline.seed, &branch.id.to_string()),
        })
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
        Ok(inputs)
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
                let bytes = read_regular(&file.path).map_err(PipelineError::io(&file.path, "reading"))?;
                let digest = Digest::of(&bytes);
                if known.content.as_ref() != Some(&digest) || known.key != file.key {
                    return Err(moved(&file.path));
                }
                if bytes.len() as u64 <= LARGEST_COPY {
                    store.put_copy(&bytes, &digest, &self.files, disk)?;
                }
                records.push(InputRecord {
                    role: role.clone(),
                    key: file.key.clone(),
                    from: Origin::File(file.shown.display().to_string()),
                    digest: digest.clone(),
                    bytes: bytes.len() as u64,
                });
                roles.entry(role.clone()).or_default().push(Input {
                    key: file.key,
                    extension: ending(&file.path),
                    place: file.place,
                    bytes: Arc::new(bytes),
                    digest,
                });
            }
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
        let full = workspace.join(path);
        let place = |key: &str| if full.is_dir() { path.join(key) } else { path.clone() };
        let files = files_below(&full)?;
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

pub(crate) fn json_input(value: &Value) -> Input {
    let bytes = canonical_json(value).into_bytes();
    let digest = Digest::of(&bytes);
    Input { key: String::new(), extension: "json".into(), place: None, bytes: Arc::new(bytes), digest }
}

fn whole(input: &Input) -> InputDigest {
    InputDigest::whole(input.key.clone(), input.digest.clone())
}
