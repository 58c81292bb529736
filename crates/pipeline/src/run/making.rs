//! Making one branch: from the cache, or by running its stage.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::away::Away;
use super::branch_result::BranchResult;
use super::executor::Executor;
use super::failures::now;
use super::kept::{Kept, kept};
use super::observer::Observer;
use super::progress::Progress;
use super::reading::{Reading, json_input, left_out};
use super::report::{Outcome, StageReport};
use super::run_options::RunOptions;
use super::seen::Seen;
use super::snapshot::KnownBranches;
use super::standing_inputs::StandingInputs;
use crate::command::CommandError;
use crate::digest::Digest;
use crate::error::{PipelineError, Result};
use crate::fingerprint::{Before, Cause, Fingerprint};
use crate::operation::{Accepts, Body, Input, Inputs, Memory, Outputs, TIMES, own_peak};
use crate::plan::{Branch, BranchAt, Part, Plan, Read};
use crate::spec::Reference;
use crate::store::{
    ColumnRecord, Failure, InputRecord, Origin, OutputRecord, Record, Soundness, SpareLocks, Store, Taken,
    WriteThrough,
};

/// All that making a branch takes.
pub(crate) struct Making<'a> {
    pub(crate) store: &'a Store,
    pub(crate) observer: &'a dyn Observer,
    pub(crate) plan: &'a Plan<'a>,
    pub(crate) options: &'a RunOptions,
    pub(crate) reading: Reading,
    pub(crate) seen: Seen,
    /// What was made and isn't on the disk yet.
    pub(crate) disk: WriteThrough,
    /// Who makes what the run doesn't make itself, and what of that isn't back yet.
    pub(crate) executor: Arc<dyn Executor>,
    pub(super) away: Mutex<BTreeMap<Digest, Away>>,
    pub(crate) spare_locks: SpareLocks,
    /// The branches that an earlier run found as they are to be.
    pub(crate) known: KnownBranches,
    /// The fingerprints of the vintage's last run, once a branch asks for them.
    pub(crate) latest: OnceLock<Arc<BTreeMap<String, Digest>>>,
    pub(crate) progress: Progress<'a, BranchResult>,
}

/// A branch that was made, or why it wasn't.
enum Made {
    Cached(Digest, Record),
    Ran(Vec<Cause>, Digest, Record),
    Stopped,
    /// An executor has it.
    HandedOver,
}

impl Making<'_> {
    /// Makes a branch, unless what it reads isn't made or the run is ending; nothing where an executor has it from now on.
    pub(crate) fn make(&self, at: BranchAt, branch: &Branch<'_>, ending: bool) -> Option<BranchResult> {
        let name = branch.id.to_string();
        let nothing = |outcome| BranchResult::without(StageReport::new(&name, outcome), None);
        if branch.reads.iter().any(|read| self.progress.record(read.from).is_none()) {
            let reads = branch.reads.iter().filter_map(|read| self.progress.result(read.from));
            return Some(nothing(Outcome::without(reads.map(|result| &result.report.outcome))));
        }
        let started = Instant::now();
        let mut made = self.make_branch(at, branch, &name, ending);
        if let Err(PipelineError::Misremembered { path }) = &made {
            tracing::warn!(path = %path.display(), "what was remembered of a file was wrong; it was read again");
            self.seen.forget();
            made = self.make_branch(at, branch, &name, ending);
        }
        let made = match made {
            Ok(made) => made,
            Err(error) => {
                let report = StageReport::new(&name, Outcome::Failed(error.to_string()));
                let seconds = started.elapsed().as_secs_f64();
                let failure = self.failure(branch, &name, &error);
                return Some(BranchResult::without(StageReport { seconds, ..report }, failure));
            }
        };
        let (outcome, digest, record) = match made {
            Made::Cached(digest, record) => (Outcome::Cached, digest, record),
            Made::Ran(causes, digest, record) => {
                (Outcome::Ran(causes.iter().map(Cause::to_string).collect()), digest, record)
            }
            Made::Stopped => return Some(nothing(Outcome::Stopped)),
            Made::HandedOver => return None,
        };
        Some(self.came_out(branch, name, outcome, digest, record))
    }

    /// What is told of a branch that has a result.
    pub(super) fn came_out(
        &self,
        branch: &Branch<'_>,
        name: String,
        outcome: Outcome,
        digest: Digest,
        record: Record,
    ) -> BranchResult {
        let hidden = left_out(self.plan, branch);
        self.told(branch, name, outcome, (digest, record), hidden)
    }

    /// The same, where it is known what of its folders doesn't count.
    pub(super) fn told(
        &self,
        branch: &Branch<'_>,
        name: String,
        outcome: Outcome,
        (digest, record): (Digest, Record),
        hidden: Vec<String>,
    ) -> BranchResult {
        let first = branch.bound.output_declarations.first();
        let report = StageReport {
            branch: name,
            outcome,
            seconds: record.seconds,
            rows: first.and_then(|output| record.outputs.get(&output.name)?.rows),
            warnings: hidden.into_iter().chain(record.warnings.iter().cloned()).collect(),
        };
        BranchResult {
            made: Some((digest, record)),
            report,
            failure: None,
            is_unmoved: false,
            reads_files_alone: false,
        }
    }

    /// What is remembered of a branch that failed, which its log says too.
    fn failure(&self, branch: &Branch<'_>, name: &str, error: &PipelineError) -> Option<Failure> {
        // One that isn't to be made didn't fail.
        if matches!(error, PipelineError::NotSelected { .. }) {
            return None;
        }
        let fingerprint = self.reading.fingerprint(self.plan, branch, &self.progress).ok();
        if !self.options.store_only {
            let path = self.store.log_path(self.plan.key(), &branch.id);
            let said = format!("failed: {error}\n");
            // What failed before its stage began has no log of this run yet.
            if !std::fs::read_to_string(&path).is_ok_and(|log| log.ends_with(&said)) {
                self.put_log(&path, &format!("{name}\n{said}"));
            }
        }
        let fingerprint = fingerprint.and_then(|fingerprint| fingerprint.digest().ok());
        Some(Failure::new(now(), &error.to_string(), fingerprint))
    }

    fn make_branch(&self, at: BranchAt, branch: &Branch<'_>, name: &str, ending: bool) -> Result<Made> {
        let part = self.plan.parts[at.stage];
        let fingerprint = self.reading.fingerprint(self.plan, branch, &self.progress)?;
        if part == Part::Made {
            self.check_asked(name, &fingerprint)?;
        }
        self.seen.check(branch, &fingerprint)?;
        let digest = fingerprint.digest()?;
        let forced = self.options.force && part == Part::Made;
        let why = match forced {
            true => vec![Cause::Forced],
            false => match self.kept_or_shared(name, &digest) {
                Kept::Whole(record) => {
                    tracing::info!(stage = name, fingerprint = digest.short(), "cached");
                    return Ok(Made::Cached(digest, record));
                }
                Kept::Broken(_, causes) => causes,
                Kept::Nothing => Vec::new(),
            },
        };
        if ending {
            return Ok(Made::Stopped);
        }
        if part == Part::Read {
            return Err(PipelineError::NotSelected { stage: branch.id.stage.clone() });
        }
        if self.executor.takes(&branch.id.stage) {
            self.hand_over((at, branch), name, fingerprint, &digest, why);
            return Ok(Made::HandedOver);
        }
        // A thread of the run that waits for a part of a stage takes up another branch meanwhile. It
        // would wait for that one's lock with this one's held, and two runs for one another for ever.
        apart(|| self.make_locked(branch, name, fingerprint, digest, forced, why))
    }

    /// That a branch depends on what it was asked for with, where it was.
    fn check_asked(&self, name: &str, fingerprint: &Fingerprint) -> Result<()> {
        let Some(asked) = &self.options.asked else { return Ok(()) };
        match asked.get(name) {
            Some(asked) if asked == fingerprint => Ok(()),
            Some(asked) => {
                let causes = Before::Of(asked).causes(fingerprint);
                let causes = causes.iter().map(Cause::to_string).collect();
                Err(PipelineError::NotAsAsked { branch: name.to_owned(), causes })
            }
            None => Err(PipelineError::Unknown { message: format!("{name} wasn't asked for"), hint: None }),
        }
    }

    /// What the store has of a result, once what it lacks was asked for where results are shared.
    pub(super) fn kept_or_shared(&self, name: &str, fingerprint: &Digest) -> Kept {
        let found = kept(self.store, &self.reading, fingerprint);
        let Some(shared) = self.options.shared.as_ref().filter(|_| !matches!(found, Kept::Whole(_))) else {
            return found;
        };
        let taken = shared.find_records(&BTreeSet::from([fingerprint.clone()])).and_then(|mut records| {
            let Some(record) = records.remove(fingerprint) else { return Ok(Taken::default()) };
            let (files, cancelled) = (&self.reading.files, &self.options.cancelled);
            self.store.take_one(fingerprint, record, shared.as_ref(), files, cancelled)
        });
        // What can't be had there is made here.
        match taken {
            Err(error) => tracing::warn!(stage = name, %error, "the shared store wasn't of use"),
            Ok(taken) => {
                for refused in &taken.refused {
                    tracing::warn!(stage = name, "{refused}");
                }
                if taken.runs > 0 {
                    tracing::info!(stage = name, place = %shared.place(), "taken from the shared store");
                    return kept(self.store, &self.reading, fingerprint);
                }
            }
        }
        found
    }

    /// Makes a branch while no other run does.
    fn make_locked(
        &self,
        branch: &Branch<'_>,
        name: &str,
        fingerprint: Fingerprint,
        digest: Digest,
        forced: bool,
        mut why: Vec<Cause>,
    ) -> Result<Made> {
        let holder = format!("process {} making {name} of {}", std::process::id(), self.plan.vintage.name);
        let waiting = &mut |holder: &str| self.observer.waiting(name, holder);
        let Some(_lock) =
            self.store.lock(&digest, &holder, &self.spare_locks, &self.options.cancelled, waiting)?
        else {
            return Ok(Made::Stopped);
        };
        // Another run may have made it between the look and the lock.
        if !forced && let Kept::Whole(record) = kept(self.store, &self.reading, &digest) {
            return Ok(Made::Cached(digest, record));
        }
        let latest = self.latest.get_or_init(|| self.store.latest(self.plan.key()));
        let named = latest.get(name);
        let record = named.and_then(|digest| self.store.record(digest));
        if why.is_empty() {
            why = Before::new(named, record.as_ref().map(|record| &record.fingerprint)).causes(&fingerprint);
        }
        let before = named.filter(|_| record.is_some()).cloned();
        let record = self.run(branch, name, fingerprint, &digest, &why, before)?;
        match record {
            Some(record) => Ok(Made::Ran(why, digest, record)),
            None => Ok(Made::Stopped),
        }
    }

    /// Runs a branch's stage and keeps what it made; `None` where it was ended.
    fn run(
        &self,
        branch: &Branch<'_>,
        name: &str,
        fingerprint: Fingerprint,
        digest: &Digest,
        why: &[Cause],
        before: Option<Digest>,
    ) -> Result<Option<Record>> {
        self.observer.started(name);
        tracing::debug!(stage = name, fingerprint = %digest, "running");
        let standing = self.standing(branch, &fingerprint.operation);
        let (inputs, input_records) = self.hydrate(branch, &fingerprint, standing.as_ref())?;
        let began = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let started = Instant::now();
        let stage = &branch.bound.stage;
        let ran = catch_unwind(AssertUnwindSafe(|| stage.run(&inputs)));
        let mut record = Record {
            branch: name.to_owned(),
            seconds: started.elapsed().as_secs_f64(),
            peak_memory: own_peak(),
            started: began,
            causes: why.iter().map(Cause::to_string).collect(),
            before,
            inputs: input_records,
            fingerprint,
            outputs: BTreeMap::new(),
            warnings: Vec::new(),
            log: String::new(),
        };
        let operation = &record.fingerprint.operation;
        let failed = |message: String| PipelineError::Artifact { what: operation.clone(), message };
        let outcome = match ran {
            Ok(Ok(outputs)) => Ok(outputs),
            Ok(Err(error)) => {
                let command = error.downcast_ref::<CommandError>();
                if command.is_some_and(CommandError::is_cancelled) {
                    return Ok(None);
                }
                record.log = command.map(|error| error.log().to_owned()).unwrap_or_default();
                Err(failed(error.to_string()))
            }
            Err(panic) => Err(failed(format!("a fault in the program: {}", panic_message(&*panic)))),
        };
        let kept = outcome.and_then(|outputs| {
            self.reading.check_unmoved(self.plan, branch, &record.fingerprint)?;
            self.keep(branch, name, outputs, &mut record)
        });
        self.write_log(branch, &record, kept.as_ref().err());
        kept?;
        // Where others read the store, its objects are there before its record is.
        self.disk.check()?;
        self.store.put_record(digest, &record, &self.disk)?;
        self.disk.check()?;
        self.keep_standing(name, standing);
        tracing::info!(stage = name, seconds = record.seconds, why = record.causes.join("; "), "ran");
        Ok(Some(record))
    }

    /// Puts the outputs of a stage into the store.
    fn keep(&self, branch: &Branch<'_>, name: &str, mut made: Outputs, record: &mut Record) -> Result<()> {
        let failed =
            |message: String| PipelineError::Artifact { what: record.fingerprint.operation.clone(), message };
        for declared in &branch.bound.output_declarations {
            let artifact = made
                .artifacts
                .remove(&declared.name)
                .ok_or_else(|| failed(format!("it made no output `{}`", declared.name)))?;
            let what = format!("{name}.{}", declared.name);
            let encoded = artifact.encode(&what, declared.grouped_by.as_deref())?;
            if encoded.kind != declared.kind {
                let message = format!("its output `{}` is of another kind than declared", declared.name);
                return Err(failed(message));
            }
            let (digest, bytes) = self.put(&encoded.body)?;
            let (groups, empty_group) = encoded.groups.map(|digests| (digests.groups, digests.empty)).unzip();
            let columns = encoded.columns.unwrap_or_default().into_iter();
            let output = OutputRecord {
                kind: encoded.kind,
                digest,
                bytes,
                extension: declared.extension.clone(),
                rows: encoded.rows,
                columns: columns
                    .map(|(column, (data_type, digest))| (column, ColumnRecord { data_type, digest }))
                    .collect(),
                grouped_by: declared.grouped_by.clone(),
                groups: groups.unwrap_or_default(),
                empty_group,
            };
            record.outputs.insert(declared.name.clone(), Box::new(output));
        }
        if let Some(extra) = made.artifacts.keys().next() {
            return Err(failed(format!("it made an output `{extra}` that it doesn't declare")));
        }
        record.warnings = made.warnings;
        record.log = made.log;
        record.peak_memory = made.peak_memory.or(record.peak_memory);
        Ok(())
    }

    /// Puts an artifact's bytes into the store: their digest, and how many there are.
    fn put(&self, body: &Body) -> Result<(Digest, u64)> {
        match body {
            Body::Held(bytes) => Ok((self.store.put_object(bytes, &self.disk)?, bytes.len() as u64)),
            Body::InFile(path) => self.store.put_file(path, &self.disk),
        }
    }

    /// Reads a branch's inputs. A corrupted object is made again by the branch that made it.
    fn hydrate(
        &self,
        branch: &Branch<'_>,
        fingerprint: &Fingerprint,
        standing: Option<&StandingInputs>,
    ) -> Result<(Inputs, Vec<InputRecord>)> {
        self.check_fits(branch)?;
        let mut roles: BTreeMap<String, Vec<Input>> = BTreeMap::new();
        let mut records = Vec::new();
        for (role, reference) in &branch.bound.inputs {
            let items = roles.entry(role.clone()).or_default();
            if *reference == Reference::Vintage {
                let input = json_input(&self.plan.vintage.manifest);
                records.push(self.reading.keep_manifest(role, &input, (self.store, &self.disk))?);
                items.push(input);
            }
        }
        for read in &branch.reads {
            let Some((input, record)) = self.artifact(branch, read, standing)? else { continue };
            records.push(record);
            roles.entry(read.role.clone()).or_default().push(input);
        }
        let kept_in = (self.store, &self.disk);
        self.reading.read_files(self.plan, branch, fingerprint, kept_in, &mut roles, &mut records)?;
        let in_blocks = branch.bound.input_declarations.iter().any(|declared| declared.in_blocks);
        let memory = self
            .plan
            .pipeline
            .memory
            .filter(|_| in_blocks)
            .map(|bytes| Ok(Memory { bytes, scratch: Arc::new(self.store.scratch_folder()?) }));
        let inputs = Inputs {
            roles,
            declarations: branch.bound.input_declarations.clone(),
            branch: branch.id.to_string(),
            seed: fingerprint.seed,
            cancelled: self.options.cancelled.clone(),
            memory: memory.transpose()?,
            standing: standing.map(StandingInputs::folder),
        };
        Ok((inputs, records))
    }

    /// Refuses to read more than the stage of a branch may hold, where it needs all of it at once.
    fn check_fits(&self, branch: &Branch<'_>) -> Result<()> {
        let Some(memory) = self.plan.pipeline.memory else { return Ok(()) };
        let mut largest: Option<(u64, &str)> = None;
        let mut size = 0;
        for read in &branch.reads {
            // Files that a command is handed are its own affair.
            let Some(declared) = branch.bound.declaration(&read.role) else { continue };
            if declared.in_blocks || declared.accepts == Accepts::Anything {
                continue;
            }
            let record = self.progress.record(read.from).map(|(_, record)| record);
            let kept = record.and_then(|record| record.outputs.get(&read.output));
            let own = kept.map_or(0, |kept| kept.size_for(Some(declared)));
            size += own;
            if largest.is_none_or(|(before, _)| own > before) {
                largest = Some((own, &read.role));
            }
        }
        let needed = size * TIMES;
        match largest {
            Some((_, role)) if needed > memory => {
                let operation = &self.plan.pipeline.stage(&branch.id.stage)?.operation;
                let why = format!("`{operation}` needs its input `{role}` whole");
                Err(PipelineError::TooLarge { why, needed, memory })
            }
            _ => Ok(()),
        }
    }

    /// The file of an object that is read in blocks, once it is known to be sound.
    fn sound_file(&self, upstream: &Branch<'_>, output: &str, kept: &OutputRecord) -> Result<PathBuf> {
        if self.store.soundness(&kept.digest, kept.bytes, &self.reading.files) != Soundness::Sound {
            self.heal(upstream, output, &kept.digest)?;
        }
        Ok(self.store.object_path(&kept.digest))
    }

    /// What is read of another branch.
    fn artifact(
        &self,
        branch: &Branch<'_>,
        read: &Read,
        standing: Option<&StandingInputs>,
    ) -> Result<Option<(Input, InputRecord)>> {
        let (Some((_, record)), Some(upstream)) =
            (self.progress.record(read.from), self.progress.branch(read.from))
        else {
            return Ok(None);
        };
        let Some(kept) = record.outputs.get(&read.output) else { return Ok(None) };
        let declared = branch.bound.declaration(&read.role);
        let in_blocks = self.plan.pipeline.memory.is_some() && declared.is_some_and(|own| own.in_blocks);
        let stands = standing.is_some_and(|inputs| inputs.has(read, kept.extension(), &kept.digest));
        let (bytes, file) = if stands {
            (Vec::new(), None)
        } else if in_blocks {
            (Vec::new(), Some(self.sound_file(upstream, &read.output, kept)?))
        } else {
            match self.store.object(&kept.digest) {
                Some(bytes) => (bytes, None),
                None => (self.heal(upstream, &read.output, &kept.digest)?, None),
            }
        };
        let record = InputRecord {
            role: read.role.clone(),
            key: read.key.clone(),
            from: Origin::Output(format!("{}.{}", upstream.id, read.output)),
            digest: kept.digest.clone(),
            bytes: kept.bytes,
        };
        let input = Input {
            key: read.key.clone(),
            extension: kept.extension().to_owned(),
            place: None,
            bytes: Arc::new(bytes),
            file,
            size: kept.size_for(declared),
            digest: kept.digest.clone(),
            stands,
        };
        Ok(Some((input, record)))
    }

    /// Makes again an object that was sound when its branch was visited and isn't any longer.
    fn heal(&self, upstream: &Branch<'_>, output: &str, wanted: &Digest) -> Result<Vec<u8>> {
        let name = upstream.id.to_string();
        tracing::warn!(stage = %name, output, digest = %wanted.short(), "a stored object is corrupt: making it again");
        let fingerprint = self.reading.fingerprint(self.plan, upstream, &self.progress)?;
        let digest = fingerprint.digest()?;
        let why = [Cause::Corrupt { output: output.to_owned() }];
        let record = self.run(upstream, &name, fingerprint, &digest, &why, None)?;
        let made = record.as_ref().and_then(|record| record.outputs.get(output));
        let made = made.filter(|made| made.digest == *wanted);
        made.and_then(|made| self.store.object(&made.digest)).ok_or_else(|| PipelineError::Artifact {
            what: format!("{name}.{output}"),
            message: "the stored object was corrupt, and running the stage again gave other bytes; \
                      run once more with --force"
                .into(),
        })
    }

    /// Writes down what a branch said, for people.
    pub(super) fn write_log(&self, branch: &Branch<'_>, record: &Record, error: Option<&PipelineError>) {
        if error.is_some() && self.options.records_only {
            self.observer.failed(&record.branch, &record.to_log(error));
        }
        if self.options.store_only {
            return;
        }
        let path = self.store.log_path(self.plan.key(), &branch.id);
        self.put_log(&path, &record.to_log(error));
    }

    pub(super) fn put_log(&self, path: &Path, log: &str) {
        if let Err(error) = self.store.write_cache(path, log.as_bytes()) {
            tracing::warn!(path = %path.display(), %error, "the stage's log can't be written");
        }
    }
}

/// Does something on a thread that takes up nothing else while it waits.
fn apart<T: Send>(work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    thread::scope(|scope| {
        let working = thread::Builder::new().name("vintner-stage".into()).spawn_scoped(scope, work);
        let working =
            working.map_err(|error| PipelineError::Threads { jobs: 1, message: error.to_string() })?;
        working.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|message| (*message).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}
