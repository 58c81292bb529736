//! All that is known of a branch: what it is, what it read, what it made, and what that holds.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;

use super::profile::Profile;
use super::status::StageStatus;
use super::survey::Survey;
use crate::digest::Digest;
use crate::error::Result;
use crate::operation::Kind;
use crate::plan::Branch;
use crate::run::{files, target_of};
use crate::store::{InputRecord, OutputRecord, Record};

/// All that is known of a branch.
#[derive(Debug, Clone, Serialize)]
pub struct Audit {
    /// The branch.
    pub branch: String,
    /// The stage's title, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its state in a word.
    pub state: &'static str,
    /// Why it isn't fresh.
    pub causes: Vec<String>,
    /// The operation.
    pub operation: String,
    /// The digest of the code behind the operation.
    pub code: Digest,
    /// The parameters, defaults filled in.
    pub params: Value,
    /// The digest of all that its outputs depend on, where that is known.
    pub fingerprint: Option<Digest>,
    /// The run that made what is kept, where anything is.
    pub run: Option<RunFacts>,
    /// What it made.
    pub outputs: Vec<OutputAudit>,
    /// The files that it was made from, directly or through other branches.
    pub made_from: Vec<RawFile>,
    /// The branches that it was made from, in the pipeline's order.
    pub through: Vec<String>,
}

/// The run that made what is kept.
#[derive(Debug, Clone, Serialize)]
pub struct RunFacts {
    /// The branch that ran: another one where two have the same fingerprint.
    pub ran_as: String,
    /// When it began, in seconds since 1970.
    pub started: u64,
    /// How long it took.
    pub seconds: f64,
    /// The most memory in use meanwhile, in bytes.
    pub peak_memory: Option<u64>,
    /// Why it ran.
    pub causes: Vec<String>,
    /// The stage's own seed.
    pub seed: u64,
    /// What it read.
    pub inputs: Vec<InputRecord>,
    /// What the user should know.
    pub warnings: Vec<String>,
    /// What it said.
    pub log: String,
}

/// An output and what it holds.
#[derive(Debug, Clone, Serialize)]
pub struct OutputAudit {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// The digest of its bytes.
    pub digest: Digest,
    /// Its size.
    pub bytes: u64,
    /// Rows of a frame, lines of a text.
    pub rows: Option<u64>,
    /// Where people find it.
    pub path: PathBuf,
    /// Where it is published in the workspace, if it is.
    pub published: Option<PathBuf>,
    /// What a frame holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// The first lines of a value or a text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub first_lines: Vec<String>,
}

/// A file that something was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RawFile {
    /// Its path from the workspace, where it is in it.
    pub path: PathBuf,
    /// The BLAKE3 digest of its content.
    pub blake3: Digest,
    /// The SHA-256 checksum that the vintage's manifest asks for, where it is one of its sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Its size.
    pub bytes: u64,
    /// The branches that read it.
    pub read_by: Vec<String>,
}

impl Survey<'_, '_> {
    /// All that is known of a branch, with up to `rows` rows or lines of each output.
    ///
    /// # Errors
    /// Where a file that it depends on or an output can't be read.
    pub fn audit(&self, status: &StageStatus, rows: usize) -> Result<Audit> {
        let stage = self.plan.pipeline.stage(&status.id.stage)?;
        let branch = self.position(&status.id).and_then(|at| self.progress.branch(at));
        let bound = branch.map_or(&stage.bound, |branch| &branch.bound);
        let mut outputs = Vec::new();
        for (name, kept) in status.record.iter().flat_map(|record| &record.outputs) {
            let mut output = self.output(status, name, kept, rows)?;
            let target = bound.publish.get(name);
            output.published = target.map(|target| target_of(target, &self.plan.vintage.name));
            outputs.push(output);
        }
        let upstream = self.upstream_of(status);
        Ok(Audit {
            branch: status.branch.clone(),
            title: stage.title.clone(),
            state: status.state.word(),
            causes: status.state.causes().to_vec(),
            operation: stage.operation.clone(),
            code: bound.code.clone(),
            params: bound.params.clone(),
            fingerprint: status.fingerprint.clone(),
            run: status.record.as_ref().map(RunFacts::of),
            outputs,
            made_from: self.made_from(status, &upstream)?,
            through: upstream.into_iter().map(|status| status.branch.clone()).collect(),
        })
    }

    fn output(
        &self,
        status: &StageStatus,
        name: &str,
        kept: &OutputRecord,
        rows: usize,
    ) -> Result<OutputAudit> {
        let object = self.store.object(&kept.digest);
        let path = self.store.output_path(&self.plan.vintage.name, &status.id, name, kept.extension());
        let what = format!("{}.{name}", status.branch);
        let profile = match (&object, kept.kind) {
            (Some(bytes), Kind::Frame) => Some(Profile::of_parquet(bytes.clone(), rows, &what)?),
            _ => None,
        };
        let first_lines = match (object, kept.kind) {
            (Some(bytes), Kind::Json | Kind::Text) => {
                String::from_utf8_lossy(&bytes).lines().take(rows).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        };
        Ok(OutputAudit {
            name: name.to_owned(),
            kind: kept.kind,
            digest: kept.digest.clone(),
            bytes: kept.bytes,
            rows: kept.rows,
            path: path.strip_prefix(&self.plan.pipeline.workspace).unwrap_or(&path).to_path_buf(),
            published: None,
            profile,
            first_lines,
        })
    }

    /// The files that a branch and those that it was made from read.
    fn made_from(&self, status: &StageStatus, upstream: &[&StageStatus]) -> Result<Vec<RawFile>> {
        let mut found: BTreeMap<PathBuf, RawFile> = BTreeMap::new();
        for reader in upstream.iter().copied().chain([status]) {
            let branch = self.position(&reader.id).and_then(|at| self.progress.branch(at));
            let Some(branch) = branch else { continue };
            for file in self.files_of(branch)? {
                let known = found.entry(file.path.clone()).or_insert(file);
                known.read_by.push(reader.branch.clone());
            }
        }
        Ok(found.into_values().collect())
    }

    /// All files that the known branches read, by path, with the branches that read each.
    ///
    /// # Errors
    /// Where one can't be read.
    pub fn raw_files(&self) -> Result<Vec<RawFile>> {
        let mut found: BTreeMap<PathBuf, RawFile> = BTreeMap::new();
        for status in self.statuses() {
            let branch = self.position(&status.id).and_then(|at| self.progress.branch(at));
            let Some(branch) = branch else { continue };
            for file in self.files_of(branch)? {
                let known = found.entry(file.path.clone()).or_insert(file);
                known.read_by.push(status.branch.clone());
            }
        }
        Ok(found.into_values().collect())
    }

    /// The files that a branch reads itself; nobody is named in `read_by`.
    pub(crate) fn files_of(&self, branch: &Branch<'_>) -> Result<Vec<RawFile>> {
        let mut found = Vec::new();
        for (role, files) in files(self.plan, branch)? {
            let source = branch.source.filter(|_| role == "source");
            let sha256 = source.and_then(|source| source.declaration.get("sha256")?.as_str());
            for file in files {
                found.push(RawFile {
                    blake3: self.reading.files.digest(&file.path)?,
                    bytes: std::fs::metadata(&file.path).map_or(0, |metadata| metadata.len()),
                    path: file.shown,
                    sha256: sha256.map(str::to_owned),
                    read_by: Vec::new(),
                });
            }
        }
        Ok(found)
    }
}

impl RunFacts {
    fn of(record: &Record) -> Self {
        Self {
            ran_as: record.branch.clone(),
            started: record.started,
            seconds: record.seconds,
            peak_memory: record.peak_memory,
            causes: record.causes.clone(),
            seed: record.fingerprint.seed,
            inputs: record.inputs.clone(),
            warnings: record.warnings.clone(),
            log: record.log.clone(),
        }
    }
}
