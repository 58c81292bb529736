//! Faults as the user sees them.

use std::io;

use vintner_package::PackageError;
use vintner_pipeline::PipelineError;
use vintner_programs::ProgramsError;
use vintner_site::SiteError;
use vintner_stages::StagesError;
use vintner_stages::reconstruct::ReconstructError;

pub(crate) type Result<T> = std::result::Result<T, CommandError>;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    #[error("{0}")]
    Pipeline(#[from] PipelineError),
    #[error("{0}")]
    Stages(#[from] StagesError),
    #[error("{0}")]
    Reconstruct(#[from] ReconstructError),
    #[error("{} not what reconstruction.yaml makes: {}\n  `vintner reconstruct --vintage {vintage}` writes them", are(files.len()), files.join(", "))]
    NotReconstructed { vintage: String, files: Vec<String> },
    #[error("{0}")]
    Site(#[from] SiteError),
    #[error("{0}")]
    Package(#[from] PackageError),
    #[error("{package}: {} not kept", if *.rules == 1 { "1 rule is".into() } else { format!("{rules} rules are") })]
    Unkept { package: String, rules: usize },
    #[error("{package}: {} not as it was", if *.faults == 1 { "1 thing is".into() } else { format!("{faults} things are") })]
    NotAsItWas { package: String, faults: usize },
    #[error("{0}")]
    Programs(#[from] ProgramsError),
    #[error("{0}")]
    Remote(#[from] vintner_remote::RemoteError),
    #[error("{0}")]
    Cluster(#[from] vintner_cluster::ClusterError),
    #[error("{} not made", if *.branches == 1 { "1 branch was".into() } else { format!("{branches} branches were") })]
    NotAllMade { branches: usize },
    #[error(
        "{}: it was written by Vintner {theirs}, and this is {ours}\n  have the same program on all machines of the cluster",
        path.display()
    )]
    OtherVersion { path: std::path::PathBuf, theirs: String, ours: &'static str },
    #[error("{}:{line}:{column}: {message}", path.display())]
    Settings { path: std::path::PathBuf, line: usize, column: usize, message: String },
    #[error(
        "no shared store is named for {}\n  write remote = \"ADDRESS\" into its vintner.toml: a folder, \
         s3://BUCKET/PREFIX, or https://… (docs/shared-cache.md)", workspace.display()
    )]
    NoRemote { workspace: std::path::PathBuf },
    #[error("{} couldn't be {what}; the lines above say why", vintner_stages::count(*.runs, "thing"))]
    NotShared { runs: usize, what: &'static str },
    #[error("{0}")]
    Replicate(#[from] vintner_replicate::ReplicateError),
    #[error(
        "{path} is there and holds other files than a folder of scripts\n  name a new folder, or empty this one"
    )]
    FolderInUse { path: String },
    #[error("{0}")]
    Fetching(#[from] vintner_fetch::FetchError),
    #[error("{files} couldn't be fetched")]
    NotFetched { files: String },
    #[error("{published}: no data give all of these tables")]
    NoSuchData { published: String },
    #[error("{published}: whether any data give these tables isn't decided")]
    Undecided { published: String },
    #[error("{}: {source}; check that its folder is there and may be written", path.display())]
    NotWritten { path: std::path::PathBuf, source: io::Error },
    #[error("{}: reading it: {source}", path.display())]
    NotRead { path: std::path::PathBuf, source: io::Error },
    #[error("Ctrl-C can't be heeded: {0}")]
    Interrupt(#[from] ctrlc::Error),
    #[error("writing to stdout: {0}")]
    Output(#[from] io::Error),
    #[error("writing JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the stored frame can't be shown: {0}")]
    Frame(#[from] polars::error::PolarsError),
    #[error(
        "--data-root {}: no such folder\n      = name a folder laid out like data/vintages; without \
         --data-root and VINTNER_DATA_ROOT raw files are looked for in data/vintages itself", path.display()
    )]
    NoDataRoot { path: std::path::PathBuf },
    #[error("{branch}.{output} isn't made yet: {state}\n  `vintner reproduce` makes it")]
    NotMade { branch: String, output: String, state: &'static str },
    #[error("{branch}.{output} is corrupt in the cache\n  `vintner reproduce --force` makes it again")]
    Corrupt { branch: String, output: String },
    #[error("{} as it should be; `vintner reproduce` makes again what is stale or corrupt", aren_t(*.mismatches, "thing"))]
    Mismatches { mismatches: usize },
    #[error("{}", unsound(*.by_next_run, *.by_removal))]
    Unsound { by_next_run: usize, by_removal: usize },
    #[error("{}", not_rebuilt(*.differing, *.not_kept))]
    Rebuilt { differing: usize, not_kept: usize },
    #[error("{vintage}: {} read as the manifest says", if *faulty == 1 { "1 source can't be".into() } else { format!("{faulty} sources can't be") })]
    FaultySources { vintage: String, faulty: usize },
    #[error("`{stage}` has several branches; name one of them: {}", first_of(branches))]
    SeveralBranches { stage: String, branches: Vec<String> },
    #[error("{file}: nothing of {vintage} is locked; `vintner reproduce --vintage {vintage}` writes it")]
    NotLocked { file: String, vintage: String },
    #[error(
        "{vintage}: {differences} from {file}; `vintner reproduce` makes what is stale and writes it anew, \
         `vintner why STAGE` says what changed", differences = vintner_stages::count(*.differences, "difference")
    )]
    LockDiffers { file: String, vintage: String, differences: usize },
    #[error(
        "{vintage}: {} made as things are now, so it can't be locked: {}\n  `vintner reproduce --vintage {vintage}` \
         makes and locks it", aren_t(unmade.len(), "stage"), first_of(unmade)
    )]
    NotMadeToLock { vintage: String, unmade: Vec<String> },
    #[error("{published}: {} that the others rule out", vintner_stages::count(*.faults, "number"))]
    Arithmetic { published: String, faults: usize },
    #[error(
        "the program brings no `{name}` along{}; `vintner eject` lists what it brings",
        near.as_ref().map(|near| format!(", did you mean `{near}`?")).unwrap_or_default()
    )]
    NoSuchTemplate { name: String, near: Option<String> },
    #[error("{path} is there already; remove it first to begin anew, or write elsewhere with --to")]
    TemplateIsThere { path: String },
    #[error("{path} can't be written: {error}")]
    TemplateNotWritten { path: String, error: io::Error },
    /// Said by the exit code alone.
    #[error("something would run")]
    Due,
    #[error(
        "{} is another user's, and a pipeline runs commands, so it isn't taken because it lies above this \
         folder\n  `vintner -C {}` takes it all the same", path.display(), folder.display()
    )]
    OthersPipeline { path: std::path::PathBuf, folder: std::path::PathBuf },
    #[error(
        "{branch}.{output} is kept as {kind}, and only a table can be written as CSV; leave --format csv out"
    )]
    NoTable { branch: String, output: String, kind: String },
    #[error("git {command}: {said}")]
    Git { command: String, said: String },
    #[error(
        "{}: there is no revision `{revision}` here: {said}\n  `git log --oneline` lists revisions; in a shallow \
         clone `git fetch --unshallow` gets the others", folder.display()
    )]
    NoRevision { folder: std::path::PathBuf, revision: String, said: String },
    #[error(
        "{revision}: {lock} isn't there, so nothing is recorded of what it made; `vintner reproduce` writes it"
    )]
    NothingRecorded { revision: String, lock: String },
    #[error("neither {before} nor {after} has locked anything of {vintage}; there is: {}", first_of(known))]
    NothingLocked { before: String, after: String, vintage: String, known: Vec<String> },
    #[error("{revision}: {vintage} can't be made in a working tree of its own; what was said stands above")]
    RevisionNotMade { revision: String, vintage: String },
    #[error("{}: {message}", path.display())]
    NoPipeline { path: std::path::PathBuf, message: &'static str },
}

/// So many names in a message are no longer read.
const MOST: usize = 20;

fn first_of(names: &[String]) -> String {
    match names.get(..MOST) {
        Some(first) if names.len() > MOST => format!("{} and {} more", first.join(", "), names.len() - MOST),
        _ => names.join(", "),
    }
}

impl CommandError {
    /// 1 for a failed run, 2 for a mistake in how it was called or configured, 130 where it was ended.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            CommandError::Pipeline(PipelineError::Interrupted { .. }) => 130,
            _ if self.is_usage() => 2,
            _ => 1,
        }
    }

    fn is_usage(&self) -> bool {
        match self {
            CommandError::NoDataRoot { .. }
            | CommandError::NoRemote { .. }
            | CommandError::Settings { .. } => true,
            CommandError::Remote(vintner_remote::RemoteError::Address { .. }) => true,
            CommandError::Pipeline(error) => error.is_usage(),
            CommandError::Stages(error) => error.is_usage(),
            CommandError::Site(error) => error.is_usage(),
            CommandError::Package(error) => error.is_usage(),
            CommandError::Reconstruct(error) => {
                matches!(error, ReconstructError::Specification(_) | ReconstructError::Inconsistent { .. })
            }
            CommandError::SeveralBranches { .. }
            | CommandError::NoPipeline { .. }
            | CommandError::OthersPipeline { .. }
            | CommandError::NoTable { .. }
            | CommandError::NoRevision { .. }
            | CommandError::NothingLocked { .. } => true,
            CommandError::NoSuchTemplate { .. }
            | CommandError::TemplateIsThere { .. }
            | CommandError::FolderInUse { .. } => true,
            _ => false,
        }
    }

    /// Whether the exit code says all, and a person has read the rest on stdout.
    pub(crate) fn is_silent(&self) -> bool {
        matches!(self, CommandError::Due)
    }

    pub(crate) fn is_broken_pipe(&self) -> bool {
        let kind = match self {
            CommandError::Output(error) => Some(error.kind()),
            CommandError::Json(error) => error.io_error_kind(),
            _ => None,
        };
        kind == Some(io::ErrorKind::BrokenPipe)
    }
}

fn aren_t(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun} isn't") } else { format!("{number} {noun}s aren't") }
}

fn unsound(by_next_run: usize, by_removal: usize) -> String {
    let mut said = format!("{} as it should be", aren_t(by_next_run + by_removal, "thing"));
    if by_next_run > 0 {
        said.push_str(&format!("\n  {by_next_run} of latest runs: the vintage's next `vintner reproduce` makes again what it needs"));
    }
    if by_removal > 0 {
        said.push_str(&format!(
            "\n  {by_removal} that the next run does without: `vintner cache verify --mend` removes them"
        ));
    }
    said
}

fn not_rebuilt(differing: usize, not_kept: usize) -> String {
    match differing {
        0 => format!(
            "{} kept as things are now, so there was nothing to compare with",
            aren_t(not_kept, "stage")
        ),
        _ => format!(
            "{} what the code and the data make\n  the code behind a stage isn't determined by what its \
             fingerprint holds, or the cache was tampered with; `vintner reproduce --force` makes them again",
            aren_t(differing, "kept output"),
        ),
    }
}

fn are(files: usize) -> String {
    if files == 1 { "1 file is".to_owned() } else { format!("{files} files are") }
}
