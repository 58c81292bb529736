//! Running a plan.

use std::any::Any;
use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use serde::Serialize;
use serde_json::Value;

use crate::fingerprint::stage_seed;
use crate::inputs::Input;
use crate::record::ColumnRecord;
use crate::status::causes;
use crate::store::write_atomically;
use crate::{
    Branch, Digest, FORMAT, Fingerprint, InputDigest, Inputs, Observer, OutputRecord, PipelineError, Plan,
    Record, Reference, Result, Store, canonical_json,
};

/// Runs plans against a store.
pub struct Engine<'a> {
    store: &'a Store,
    observer: &'a dyn Observer,
}

/// How to run.
#[derive(Debug, Clone, Default)]
pub struct RunOptions {
    /// Run every branch, whatever the store has.
    pub force: bool,
    /// How many branches may run at once; 0 for as many as there are processors.
    pub jobs: usize,
}

/// What happened to a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "outcome", content = "detail")]
pub enum Outcome {
    /// It ran; why.
    Ran(Vec<String>),
    /// The store had its outputs.
    Cached,
    /// It failed; the message.
    Failed(String),
    /// It wasn't run, because one that it reads failed.
    Skipped,
}

/// What happened to a branch, and what it made.
#[derive(Debug, Clone, Serialize)]
pub struct StageReport {
    /// The branch.
    pub branch: String,
    /// What happened.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// How long it ran, now or when it was put into the store.
    pub seconds: f64,
    /// The rows of its first output.
    pub rows: Option<u64>,
    /// What the user should know.
    pub warnings: Vec<String>,
}

/// What happened in a run.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The pipeline.
    pub pipeline: String,
    /// The vintage.
    pub vintage: String,
    /// Each branch, in the plan's order.
    pub stages: Vec<StageReport>,
    /// Files that were written into the workspace or stood there already with that content.
    pub published: Vec<PathBuf>,
}

impl Report {
    /// How many branches ran.
    pub fn ran(&self) -> usize {
        self.stages.iter().filter(|stage| matches!(stage.outcome, Outcome::Ran(_))).count()
    }

    /// How many the store had.
    pub fn cached(&self) -> usize {
        self.stages.iter().filter(|stage| stage.outcome == Outcome::Cached).count()
    }

    /// The failures, as an error.
    ///
    /// # Errors
    /// [`PipelineError::Stages`] where a branch failed.
    pub fn check(&self) -> Result<()> {
        let named = |wanted: fn(&Outcome) -> Option<String>| -> Vec<(String, String)> {
            self.stages
                .iter()
                .filter_map(|stage| Some((stage.branch.clone(), wanted(&stage.outcome)?)))
                .collect()
        };
        let failures = named(|outcome| match outcome {
            Outcome::Failed(message) => Some(message.clone()),
            _ => None,
        });
        if failures.is_empty() {
            return Ok(());
        }
        let skipped = named(|outcome| (*outcome == Outcome::Skipped).then(String::new));
        Err(PipelineError::Stages {
            failures,
            skipped: skipped.into_iter().map(|(branch, _)| branch).collect(),
        })
    }
}

impl<'a> Engine<'a> {
    /// An engine over a store.
    pub fn new(store: &'a Store, observer: &'a dyn Observer) -> Self {
        Self { store, observer }
    }

    /// Makes what isn't made yet. A branch that fails keeps those that read it from running; all
    /// others run, and what was made is kept.
    ///
    /// # Errors
    /// Where the store or the workspace can't be written. Failed branches are in the report.
    pub fn run(&self, plan: &Plan<'_>, options: &RunOptions) -> Result<Report> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(options.jobs)
            .build()
            .map_err(|error| PipelineError::Threads { jobs: options.jobs, message: error.to_string() })?;
        self.observer.planned(plan.branches.len());
        let mut readers: Vec<Vec<usize>> = vec![Vec::new(); plan.branches.len()];
        for (index, branch) in plan.branches.iter().enumerate() {
            branch.upstream.iter().for_each(|upstream| readers[*upstream].push(index));
        }
        let run = Run {
            engine: self,
            plan,
            options,
            reading: Reading::default(),
            latest: self.store.latest(&plan.vintage.name),
            waiting_for: plan.branches.iter().map(|branch| AtomicUsize::new(branch.upstream.len())).collect(),
            readers,
            results: plan.branches.iter().map(|_| OnceLock::new()).collect(),
        };
        let visited = &run;
        pool.scope(|scope| {
            for (index, branch) in plan.branches.iter().enumerate() {
                if branch.upstream.is_empty() {
                    scope.spawn(move |scope| visited.visit(scope, index));
                }
            }
        });
        run.finish()
    }
}

/// A branch's record, or why there is none.
struct BranchResult {
    made: Option<(Digest, Record)>,
    report: StageReport,
}

struct Run<'a> {
    engine: &'a Engine<'a>,
    plan: &'a Plan<'a>,
    options: &'a RunOptions,
    reading: Reading,
    latest: BTreeMap<String, Digest>,
    waiting_for: Vec<AtomicUsize>,
    readers: Vec<Vec<usize>>,
    results: Vec<OnceLock<BranchResult>>,
}

impl Run<'_> {
    fn visit<'s>(&'s self, scope: &rayon::Scope<'s>, index: usize) {
        let result = self.make(index);
        self.engine.observer.finished(&result.report);
        // Each branch is visited once, when the last that it waits for is done.
        let _ = self.results[index].set(result);
        for reader in &self.readers[index] {
            if self.waiting_for[*reader].fetch_sub(1, Ordering::AcqRel) == 1 {
                let reader = *reader;
                scope.spawn(move |scope| self.visit(scope, reader));
            }
        }
    }

    fn record(&self, index: usize) -> Option<&Record> {
        self.results.get(index)?.get()?.made.as_ref().map(|(_, record)| record)
    }

    fn make(&self, index: usize) -> BranchResult {
        let branch = &self.plan.branches[index];
        let name = branch.id.to_string();
        let report = |outcome, seconds| StageReport {
            branch: name.clone(),
            outcome,
            seconds,
            rows: None,
            warnings: Vec::new(),
        };
        if branch.upstream.iter().any(|upstream| self.record(*upstream).is_none()) {
            return BranchResult { made: None, report: report(Outcome::Skipped, 0.0) };
        }
        let started = Instant::now();
        match self.make_branch(branch) {
            Ok((outcome, digest, record)) => {
                let first = branch.stage.output_declarations.first();
                let rows = first.and_then(|output| record.outputs.get(&output.name)?.rows);
                let report = StageReport {
                    rows,
                    warnings: record.warnings.clone(),
                    ..report(outcome, record.seconds)
                };
                BranchResult { made: Some((digest, record)), report }
            }
            Err(error) => {
                let seconds = started.elapsed().as_secs_f64();
                BranchResult { made: None, report: report(Outcome::Failed(error.to_string()), seconds) }
            }
        }
    }

    fn make_branch(&self, branch: &Branch<'_>) -> Result<(Outcome, Digest, Record)> {
        let store = self.engine.store;
        let name = branch.id.to_string();
        let fingerprint = self.reading.fingerprint(self.plan, branch, &|index| self.record(index))?;
        let digest = fingerprint.digest();
        if !self.options.force
            && let Some(record) = store.record(&digest)
            && self.can_be_published(branch, &record)
        {
            tracing::info!(stage = name, fingerprint = digest.short(), "cached");
            return Ok((Outcome::Cached, digest, record));
        }
        let before = self.latest.get(&name).and_then(|digest| store.fingerprint(digest));
        let why = match self.options.force {
            true => vec!["--force".to_owned()],
            false => causes(before.as_ref(), &fingerprint),
        };
        let record = self.run_branch(branch, &name, fingerprint)?;
        tracing::info!(stage = name, seconds = record.seconds, why = why.join("; "), "ran");
        Ok((Outcome::Ran(why), digest, record))
    }

    /// Whether the objects to be published are sound; they are read in any case.
    fn can_be_published(&self, branch: &Branch<'_>, record: &Record) -> bool {
        let published = branch.stage.publish.keys().filter_map(|output| record.outputs.get(output));
        published.into_iter().all(|kept| self.engine.store.object(&kept.digest).is_some())
    }

    fn run_branch(&self, branch: &Branch<'_>, name: &str, fingerprint: Fingerprint) -> Result<Record> {
        let store = self.engine.store;
        self.engine.observer.started(name);
        tracing::debug!(stage = name, fingerprint = %fingerprint.digest(), "running");
        let inputs = self.hydrate(branch, fingerprint.seed)?;
        let started = Instant::now();
        let stage = &branch.stage.stage;
        let ran = catch_unwind(AssertUnwindSafe(|| stage.run(&inputs)));
        let seconds = started.elapsed().as_secs_f64();
        let failed =
            |message: String| PipelineError::Artifact { what: branch.stage.operation.name().into(), message };
        let mut made = match ran {
            Ok(Ok(outputs)) => outputs,
            Ok(Err(error)) => return Err(failed(error.to_string())),
            Err(panic) => return Err(failed(format!("a fault in the program: {}", panic_message(&*panic)))),
        };
        let mut outputs = BTreeMap::new();
        for declared in &branch.stage.output_declarations {
            let what = format!("{name}.{}", declared.name);
            let artifact = made
                .artifacts
                .remove(&declared.name)
                .ok_or_else(|| failed(format!("it made no output `{}`", declared.name)))?;
            let encoded = artifact.encode(&what, declared.grouped_by.as_deref())?;
            if encoded.kind != declared.kind {
                return Err(failed(format!(
                    "its output `{}` is of another kind than declared",
                    declared.name
                )));
            }
            let columns = encoded.columns.unwrap_or_default();
            let (groups, empty_group) = encoded.groups.map(|digests| (digests.groups, digests.empty)).unzip();
            let columns = columns
                .into_iter()
                .map(|(column, (data_type, digest))| (column, ColumnRecord { data_type, digest }))
                .collect();
            let output = OutputRecord {
                kind: encoded.kind,
                digest: store.put_object(&encoded.bytes)?,
                bytes: encoded.bytes.len() as u64,
                rows: encoded.rows,
                columns,
                grouped_by: declared.grouped_by.clone(),
                groups: groups.unwrap_or_default(),
                empty_group,
            };
            outputs.insert(declared.name.clone(), output);
        }
        if let Some(extra) = made.artifacts.keys().next() {
            return Err(failed(format!("it made an output `{extra}` that it doesn't declare")));
        }
        let record =
            Record { branch: name.to_owned(), fingerprint, outputs, warnings: made.warnings, seconds };
        store.put_record(&record)?;
        Ok(record)
    }

    /// Reads a branch's inputs. A corrupted object is made again by the branch that made it.
    fn hydrate(&self, branch: &Branch<'_>, seed: u64) -> Result<Inputs> {
        let mut roles: BTreeMap<String, Vec<Input>> = BTreeMap::new();
        for (role, reference) in &branch.stage.inputs {
            let items = roles.entry(role.clone()).or_default();
            match reference {
                Reference::Vintage => items.push(json_input(&self.plan.vintage.manifest)),
                Reference::Output { stage, output } => {
                    for index in branch.upstream.iter().copied() {
                        let upstream = &self.plan.branches[index];
                        if upstream.id.stage != *stage {
                            continue;
                        }
                        let Some(kept) = self.record(index).and_then(|record| record.outputs.get(output))
                        else {
                            continue;
                        };
                        let bytes = match self.engine.store.object(&kept.digest) {
                            Some(bytes) => bytes,
                            None => self.heal(upstream, output, &kept.digest)?,
                        };
                        items.push(Input {
                            key: upstream.id.item.clone().unwrap_or_default(),
                            extension: kept.kind.extension().to_owned(),
                            place: None,
                            bytes: Arc::new(bytes),
                            digest: kept.digest.clone(),
                        });
                    }
                }
            }
        }
        self.reading.files(self.plan, branch, &mut roles)?;
        let declarations = branch.stage.input_declarations.clone();
        Ok(Inputs { roles, declarations, seed, cancelled: crate::Cancelled::default() })
    }

    fn heal(&self, upstream: &Branch<'_>, output: &str, wanted: &Digest) -> Result<Vec<u8>> {
        let name = upstream.id.to_string();
        tracing::warn!(stage = %name, output, digest = %wanted.short(), "a stored object is corrupt: making it again");
        let fingerprint = self.reading.fingerprint(self.plan, upstream, &|index| self.record(index))?;
        self.engine.store.forget(&fingerprint.digest());
        let record = self.run_branch(upstream, &name, fingerprint)?;
        let made = record.outputs.get(output).filter(|made| made.digest == *wanted);
        made.and_then(|made| self.engine.store.object(&made.digest)).ok_or_else(|| PipelineError::Artifact {
            what: format!("{name}.{output}"),
            message: "the stored object was corrupt, and running the stage again gave other bytes; \
                      run once more with --force"
                .into(),
        })
    }

    fn finish(self) -> Result<Report> {
        let store = self.engine.store;
        let vintage = &self.plan.vintage.name;
        let mut latest = BTreeMap::new();
        let mut stages = Vec::new();
        let mut published = Vec::new();
        // Reports that belong together are written together: none of them where a stage failed.
        let whole =
            self.results.iter().all(|result| result.get().is_some_and(|result| result.made.is_some()));
        for (branch, result) in self.plan.branches.iter().zip(self.results) {
            let Some(result) = result.into_inner() else { continue };
            let name = branch.id.to_string();
            match result.made {
                Some((digest, record)) => {
                    for (output, kept) in &record.outputs {
                        let path = store.output_path(vintage, &name, output, kept.kind.extension());
                        store.show(&kept.digest, &path)?;
                    }
                    for (output, target) in branch.stage.publish.iter().filter(|_| whole) {
                        if let Some(kept) = record.outputs.get(output) {
                            let target = PathBuf::from(target.replace("{vintage}", vintage));
                            publish(store, &kept.digest, &self.plan.pipeline.workspace.join(&target))?;
                            published.push(target);
                        }
                    }
                    latest.insert(name, digest);
                }
                // What a failed branch depended on at its last success still explains the next run.
                None => {
                    if let Some(before) = self.latest.get(&name) {
                        latest.insert(name, before.clone());
                    }
                }
            }
            stages.push(result.report);
        }
        if latest != self.latest {
            store.put_latest(vintage, &latest)?;
        }
        Ok(Report { pipeline: self.plan.pipeline.name.clone(), vintage: vintage.clone(), stages, published })
    }
}

fn publish(store: &Store, digest: &Digest, path: &Path) -> Result<()> {
    let Some(bytes) = store.object(digest) else {
        return Err(PipelineError::Artifact {
            what: path.display().to_string(),
            message: "the stored object is corrupt; run again with --force".into(),
        });
    };
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    write_atomically(path, &bytes)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let writable = fs::Permissions::from_mode(0o644);
        fs::set_permissions(path, writable).map_err(PipelineError::io(path, "setting permissions"))?;
    }
    Ok(())
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|message| (*message).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}

fn json_input(value: &Value) -> Input {
    let bytes = canonical_json(value).into_bytes();
    let digest = Digest::of(&bytes);
    Input { key: String::new(), extension: "json".into(), place: None, bytes: Arc::new(bytes), digest }
}

/// A file's content and its digest.
type FileRead = (Arc<Vec<u8>>, Digest);

/// The files read so far in a run. Each is read once, so that what is digested is what a stage is
/// handed, even if the file changes meanwhile.
#[derive(Default)]
pub(crate) struct Reading {
    files: Mutex<BTreeMap<PathBuf, FileRead>>,
}

impl Reading {
    fn file(&self, path: &Path) -> Result<FileRead> {
        if let Some(known) = self.files.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
            return Ok(known.clone());
        }
        let bytes = fs::read(path).map_err(PipelineError::io(path, "reading"))?;
        let digest = Digest::of(&bytes);
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(files.entry(path.to_owned()).or_insert_with(|| (Arc::new(bytes), digest)).clone())
    }

    /// The fingerprint of a branch, given the records of those that it reads.
    pub(crate) fn fingerprint<'r>(
        &self,
        plan: &Plan<'_>,
        branch: &Branch<'_>,
        record: &dyn Fn(usize) -> Option<&'r Record>,
    ) -> Result<Fingerprint> {
        let mut inputs: BTreeMap<String, Vec<InputDigest>> = BTreeMap::new();
        for (role, reference) in &branch.stage.inputs {
            let digests = inputs.entry(role.clone()).or_default();
            match reference {
                Reference::Vintage => digests.push(whole(&json_input(&plan.vintage.manifest))),
                Reference::Output { stage, output } => {
                    let declared = branch.stage.declaration(role);
                    for index in branch.upstream.iter().copied() {
                        let upstream = &plan.branches[index];
                        if upstream.id.stage != *stage {
                            continue;
                        }
                        if let Some(kept) = record(index).and_then(|record| record.outputs.get(output)) {
                            let key = upstream.id.item.clone().unwrap_or_default();
                            digests.push(kept.digest_for(key, declared));
                        }
                    }
                }
            }
        }
        let mut files = BTreeMap::new();
        self.files(plan, branch, &mut files)?;
        for (role, given) in files {
            inputs.insert(role, given.iter().map(whole).collect());
        }
        Ok(Fingerprint {
            format: FORMAT,
            operation: branch.stage.operation.name().to_owned(),
            code: branch.stage.operation.code(),
            params: branch.stage.params(),
            inputs,
            seed: stage_seed(plan.pipeline.seed, &branch.id.to_string()),
        })
    }

    /// Reads the files of a branch: those of the workspace, and its source.
    fn files(
        &self,
        plan: &Plan<'_>,
        branch: &Branch<'_>,
        roles: &mut BTreeMap<String, Vec<Input>>,
    ) -> Result<()> {
        for (role, path) in &branch.stage.files {
            let items = roles.entry(role.clone()).or_default();
            let full = plan.pipeline.workspace.join(path);
            for (key, file) in files_below(&full)? {
                let (bytes, digest) = self.file(&file)?;
                items.push(Input { key, extension: ending(&file), place: None, bytes, digest });
            }
        }
        if let Some(source) = branch.source {
            let (bytes, digest) = self.file(&source.path)?;
            let input =
                Input { key: String::new(), extension: ending(&source.path), place: None, bytes, digest };
            roles.insert("source".into(), vec![input]);
            roles.insert("declaration".into(), vec![json_input(&source.declaration)]);
        }
        Ok(())
    }
}

fn ending(path: &Path) -> String {
    path.extension().map(|ending| ending.to_string_lossy().into_owned()).unwrap_or_default()
}

fn whole(input: &Input) -> InputDigest {
    InputDigest::whole(input.key.clone(), input.digest.clone())
}

/// The file itself, or all files below a folder by their path in it, sorted; hidden ones and
/// editors' leftovers don't count.
fn files_below(path: &Path) -> Result<Vec<(String, PathBuf)>> {
    if !path.is_dir() {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        return Ok(vec![(name, path.to_owned())]);
    }
    let mut found = Vec::new();
    let mut folders = vec![(String::new(), path.to_owned())];
    while let Some((prefix, folder)) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(PipelineError::io(&folder, "listing"))? {
            let entry = entry.map_err(PipelineError::io(&folder, "listing"))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') || name.ends_with('~') {
                continue;
            }
            let key = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
            if entry.path().is_dir() {
                folders.push((key, entry.path()));
            } else {
                found.push((key, entry.path()));
            }
        }
    }
    found.sort();
    Ok(found)
}
