//! Faults of writing and reading packages.

use std::io;
use std::path::{Path, PathBuf};

use vintner_diagnostics::Faults;
use vintner_pipeline::PipelineError;
use vintner_replicate::ReplicateError;
use vintner_stages::StagesError;

/// The result of writing or reading a package.
pub type Result<T> = std::result::Result<T, PackageError>;

/// Why a package couldn't be written or read.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// Of the survey.
    #[error("{0}")]
    Pipeline(#[from] PipelineError),
    /// Of traces.
    #[error("{0}")]
    Stages(#[from] StagesError),
    /// Of programs that run without Vintner.
    #[error("{0}")]
    Replicate(#[from] ReplicateError),
    /// Faults of `package.yaml`.
    #[error("{0}")]
    Description(Faults),
    /// Something isn't made as things are now.
    #[error(
        "{vintage}: {branch} is {state}, and a package holds what the pipeline makes as it stands\n  `vintner reproduce \
         --vintage {vintage}` makes it, then package again"
    )]
    Stale {
        /// The vintage.
        vintage: String,
        /// The first branch that isn't fresh.
        branch: String,
        /// Its state in a word.
        state: &'static str,
    },
    /// Nothing of the vintage is in the lock, or something else than is made.
    #[error(
        "{vintage}: {lock} {what}, and a package holds what is locked\n  `vintner reproduce --vintage {vintage}` writes \
         the lock, then package again"
    )]
    NotLocked {
        /// The vintage.
        vintage: String,
        /// The lock's file.
        lock: String,
        /// In what it differs.
        what: String,
    },
    /// A stage reads a file that isn't in the workspace.
    #[error(
        "{}: {branch} reads it and it lies outside the workspace, so a package can't hold it where the pipeline looks \
         for it\n  copy it into the workspace and name the copy in the pipeline", file.display()
    )]
    Outside {
        /// The file.
        file: PathBuf,
        /// A branch that reads it.
        branch: String,
    },
    /// A file can't be called so in a package.
    #[error(
        "{path}: no path within a package; name files by their path from the workspace, with `/` and without `..`"
    )]
    Path {
        /// The path.
        path: String,
    },
    /// Two parts of the package want the same path.
    #[error("{path}: two files of the package would be called so: {first} and {second}; rename one of them")]
    Twice {
        /// The path.
        path: String,
        /// What came first.
        first: String,
        /// What came then.
        second: String,
    },
    /// An output isn't what its kind says.
    #[error("{what}: {message}")]
    Output {
        /// The output.
        what: String,
        /// What is wrong with it.
        message: String,
    },
    /// A file or folder can't be read or written.
    #[error("{}: {doing}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// The ZIP can't be read or written.
    #[error("{}: {doing}: {message}", path.display())]
    Zip {
        /// The file.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// What is wrong.
        message: String,
    },
    /// Something that is no package of ours is in the way.
    #[error(
        "{}: {what}, and nothing of others is replaced\n  move it away, or name another folder or file", target.display()
    )]
    InTheWay {
        /// The folder or file.
        target: PathBuf,
        /// What is there.
        what: String,
    },
    /// A repository asks for what nobody has said.
    #[error(
        "package.yaml doesn't say {fields}, and Zenodo asks for it\n  write it into package.yaml; `vintner schema package` prints what it may hold"
    )]
    NotSaid {
        /// The fields.
        fields: String,
    },
    /// Something can't be signed, or a signature can't be checked.
    #[error("{0}")]
    Signing(#[from] vintner_signing::SigningError),
    /// A date isn't written as `YYYY-MM-DD`.
    #[error("`{0}` is no date; write YYYY-MM-DD, as in 2026-11-30")]
    Date(String),
}

impl PackageError {
    pub(crate) fn io(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, doing, source }
    }

    pub(crate) fn zip(path: &Path, doing: &'static str, error: &dyn std::fmt::Display) -> Self {
        Self::Zip { path: path.to_owned(), doing, message: error.to_string() }
    }

    /// Whether it is a mistake in how the command was called or configured.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Pipeline(error) => error.is_usage(),
            Self::Stages(error) => error.is_usage(),
            Self::Path { .. }
            | Self::Description(_)
            | Self::Outside { .. }
            | Self::Twice { .. }
            | Self::InTheWay { .. }
            | Self::Date(_)
            | Self::NotSaid { .. } => true,
            Self::Stale { .. }
            | Self::NotLocked { .. }
            | Self::Replicate(_)
            | Self::Signing(_)
            | Self::Output { .. }
            | Self::Io { .. }
            | Self::Zip { .. } => false,
        }
    }
}
