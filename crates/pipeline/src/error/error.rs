//! What can go wrong with a pipeline.

use std::io;
use std::path::{Path, PathBuf};

use vintner_diagnostics::Faults;

use super::failures::{NAMED, describe_failures};
use super::listing::few;
use super::lock_difference::{LockDifference, LockedKind};
use crate::digest::Digest;

/// The result of reading or running a pipeline.
pub type Result<T> = std::result::Result<T, PipelineError>;

/// What a stage's own code reports.
pub type StageError = Box<dyn std::error::Error + Send + Sync>;

/// A fault in a spec, in a run or in the store.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The spec has faults; each has its line and column.
    #[error("{0}")]
    Spec(Faults),
    /// The spec has faults where some of its values were replaced.
    #[error("{faults}\n  read with --set {} in the place of what the file says", set.join(" --set "))]
    OverriddenSpec {
        /// The faults, at the places of what was replaced.
        faults: Faults,
        /// What was put in, as `path=value`.
        set: Vec<String>,
    },
    /// A file can't be read or written.
    #[error("{}: {action}: {source}{}", path.display(), advice(.source))]
    Io {
        /// The file.
        path: PathBuf,
        /// What was being done.
        action: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// A link stands where something would be written or taken away.
    #[error("{}", describe_link(.path, .target))]
    Linked {
        /// The link.
        path: PathBuf,
        /// Where it leads.
        target: PathBuf,
    },
    /// What should be the cache is another folder.
    #[error(
        "{}: it holds `{found}` and isn't a cache of this program, so nothing in it is touched\n  \
         move away what is yours in it; the next run makes a cache in its place",
        shown(.folder)
    )]
    NoCache {
        /// The folder.
        folder: PathBuf,
        /// Something in it that a cache has too.
        found: String,
    },
    /// A file is published by another pipeline of the workspace.
    #[error(
        "{} is published by the pipeline `{pipeline}` ({file}), which would be lost\n  give each pipeline \
         paths of its own under `publish`, or publish elsewhere with --publish-to DIR", path.display()
    )]
    Taken {
        /// The file.
        path: PathBuf,
        /// The other pipeline.
        pipeline: String,
        /// Its file.
        file: String,
    },
    /// Stages failed; those that depend on them weren't run.
    #[error("{}", describe_failures(.failures, .skipped, .stopped))]
    Stages {
        /// Each failed branch and its message.
        failures: Vec<(String, String)>,
        /// Branches that weren't run because of it.
        skipped: Vec<String>,
        /// Branches that weren't run because the run ended at the failure.
        stopped: Vec<String>,
    },
    /// The run was ended before it was done.
    #[error(
        "interrupted: {finished} of {planned} stages are done and kept; run the same command again to go on"
    )]
    Interrupted {
        /// How many branches were done.
        finished: usize,
        /// How many there are.
        planned: usize,
    },
    /// A stage would hold more than it may.
    #[error(
        "{why}, for which it would take {} of memory, and `memory` allows {}\n  allow more, take fewer columns or rows before, \
         or choose what is done in blocks (docs/data.md, \"Larger than memory\")",
        vintner_guard::in_words(*.needed), vintner_guard::in_words(*.memory)
    )]
    TooLarge {
        /// What of it needs all rows at once.
        why: String,
        /// Bytes that it would take, about.
        needed: u64,
        /// Bytes that it may take.
        memory: u64,
    },
    /// A file changed while a stage that reads it ran.
    #[error(
        "{path} changed while {branch} ran, so its result isn't kept\n  run again once nothing writes to the file any longer"
    )]
    Moved {
        /// The file.
        path: String,
        /// The branch.
        branch: String,
    },
    /// The cache is to be collected while runs use it.
    #[error(
        "{}: in use by {}; nothing is taken away from under a run: try again once it is done",
        shown(.path), describe_users(.processes)
    )]
    InUse {
        /// The store.
        path: PathBuf,
        /// The processes that use it, where the system says.
        processes: Vec<u32>,
    },
    /// The cache is to be collected on a file system on which it can't be told whether runs use it.
    #[error(
        "{}: the file system knows no locks, so it can't be told whether runs use the cache, and nothing was \
         removed\n  with --no-lock you say that none does",
        shown(.path)
    )]
    NoLocks {
        /// The store.
        path: PathBuf,
    },
    /// What was remembered of a file was wrong; it was read again.
    #[error("{}: what was remembered of it was wrong; run again", shown(.path))]
    Misremembered {
        /// The file.
        path: PathBuf,
    },
    /// The cache is to be collected, and what a vintage needs isn't known.
    #[error(
        "{}: damaged, so it isn't known which runs its vintage needs, and nothing was removed\n  \
         `vintner reproduce --vintage {}` writes it again; where the vintage is no longer wanted, delete the file",
        shown(.path), path.file_stem().unwrap_or_default().display()
    )]
    UnknownLatest {
        /// The file that says which runs are the vintage's latest.
        path: PathBuf,
    },
    /// A shared store hasn't got an object.
    #[error("{place}: the object {} isn't there\n  `vintner cache push` from where it is made puts it there again", .digest.short())]
    Absent {
        /// Where it was looked for.
        place: String,
        /// The object.
        digest: Digest,
    },
    /// What came from a shared store isn't what was asked for.
    #[error(
        "{place}: the object {} has other bytes there (their digest is {}), so they aren't taken\n  \
         `vintner cache push` from where it is made puts it there again", .digest.short(), .found.short()
    )]
    WrongBytes {
        /// Where it came from.
        place: String,
        /// The object.
        digest: Digest,
        /// The digest of what came.
        found: Digest,
    },
    /// A shared store can't be read or written.
    #[error("{place}: {message}")]
    Elsewhere {
        /// Where it is.
        place: String,
        /// What is wrong, and what to do.
        message: String,
    },
    /// `pipeline.lock` can't be used.
    #[error("{}: {message}", shown(.path))]
    Lock {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// What came out isn't what is locked; nothing was published.
    #[error("{}", describe_unlocked(.vintage, .differences))]
    Unlocked {
        /// The vintage.
        vintage: String,
        /// What differs, the first in the pipeline's order first.
        differences: Vec<LockDifference>,
    },
    /// A file changed between two branches of a run that read it.
    #[error(
        "{path} changed after {first} had read it in this run, so {branch} isn't made of another one\n  \
         run again once nothing writes to the file any longer"
    )]
    MovedSince {
        /// The file.
        path: String,
        /// The branch that read it first.
        first: String,
        /// The branch that would have read something else.
        branch: String,
    },
    /// A worker found other things than whoever asked it to make a branch.
    #[error(
        "{branch} depends on other things here than where it was asked for, so it isn't made: {}\n  where the program, the \
         pipeline and the files are the same, run again", causes.join("; ")
    )]
    NotAsAsked {
        /// The branch.
        branch: String,
        /// What differs.
        causes: Vec<String>,
    },
    /// What makes branches elsewhere can't go on.
    #[error("{executor}: {message}")]
    Executor {
        /// Who it is.
        executor: String,
        /// What is wrong, and what to do.
        message: String,
    },
    /// A stage outside the selection isn't made.
    #[error(
        "it isn't made as things are now, isn't selected, and a selected stage reads it\n  \
         `--until {stage}` in the place of the selection makes it"
    )]
    NotSelected {
        /// The stage.
        stage: String,
    },
    /// A value was to be put where there is no place for it.
    #[error("--set {path}: {message}")]
    Override {
        /// The path.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// A frame, JSON value or text isn't what was expected of it.
    #[error("{what}: {message}")]
    Artifact {
        /// Which artifact.
        what: String,
        /// What is wrong.
        message: String,
    },
    /// A stage or output was asked for that there isn't.
    #[error("{message}{}", hint.as_ref().map(|hint| format!("\n  {hint}")).unwrap_or_default())]
    Unknown {
        /// What was asked for.
        message: String,
        /// What there is.
        hint: Option<String>,
    },
    /// The threads for the run can't be had.
    #[error("can't start {jobs} worker threads: {message}")]
    Threads {
        /// How many were asked for.
        jobs: usize,
        /// Why not.
        message: String,
    },
}

impl PipelineError {
    pub(crate) fn io(path: impl Into<PathBuf>, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| PipelineError::Io { path, action, source }
    }

    /// The faults of a file, each with its place.
    pub fn faults(&self) -> Option<&Faults> {
        match self {
            PipelineError::Spec(faults) | PipelineError::OverriddenSpec { faults, .. } => Some(faults),
            _ => None,
        }
    }

    /// Whether the mistake is in how the program was called or configured, rather than in the run.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            PipelineError::Spec(_)
                | PipelineError::OverriddenSpec { .. }
                | PipelineError::Unknown { .. }
                | PipelineError::Override { .. }
                | PipelineError::Taken { .. }
        )
    }
}

fn shown(path: &Path) -> std::path::Display<'_> {
    path.strip_prefix(".").unwrap_or(path).display()
}

fn describe_link(path: &Path, target: &Path) -> String {
    let inside = path.ancestors().skip(1).any(|folder| folder.ends_with(".vintner"));
    let cure = match inside {
        true => "remove the link: what it leads to stays, and the next run makes a folder in its place",
        false => {
            "remove the link, which leaves what it leads to; or, if you made it, say --follow-links, \
                  or set VINTNER_FOLLOW_LINKS=1"
        }
    };
    format!(
        "{} is a symbolic link, to {}; nothing is written or removed behind one, as that may be outside \
         of the workspace\n  {cure}",
        shown(path),
        target.display()
    )
}

fn describe_users(processes: &[u32]) -> String {
    match processes {
        [] => "another process".to_owned(),
        [one] => format!("process {one}"),
        several => {
            let names: Vec<String> = several.iter().map(u32::to_string).collect();
            format!("processes {}", few(&names, 5))
        }
    }
}

fn describe_unlocked(vintage: &str, differences: &[LockDifference]) -> String {
    let of = |kind: LockedKind| differences.iter().filter(move |difference| difference.kind == kind);
    let first = match of(LockedKind::Output).next() {
        Some(first) => {
            let stage = first.name.rsplit_once('.').map_or(first.name.as_str(), |(stage, _)| stage);
            format!("results aren't those of the lock; the first stage that differs is {stage}")
        }
        None => "what it is made of isn't what the lock says, though the same came out".to_owned(),
    };
    let lines: Vec<String> =
        differences.iter().take(NAMED).map(|difference| format!("\n  {difference}")).collect();
    let more = match differences.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!("\n  and {more} more"),
    };
    format!(
        "{vintage}: {first}{}{more}\n  nothing was published; without --locked the same command publishes it",
        lines.concat()
    )
}

/// What to do where the file system refuses, as the rest of a message.
pub(crate) fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "\n  make room there and run the same command again; what was finished is kept"
        }
        io::ErrorKind::ReadOnlyFilesystem => {
            "\n  nothing can be written there; make it writable, or work in a copy of the workspace"
        }
        io::ErrorKind::PermissionDenied => "\n  you lack the permission: see whose it is with `ls -l`",
        _ => "",
    }
}
