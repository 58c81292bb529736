//! What can go wrong with a cluster.

use std::io;
use std::path::{Path, PathBuf};

use vintner_pipeline::PipelineError;

/// A result of dealing with a cluster.
pub type Result<T> = std::result::Result<T, ClusterError>;

/// What can go wrong with a cluster.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// A program isn't there.
    #[error("`{program}` isn't here; {hint}, or run with --executor local")]
    NotInstalled {
        /// The program.
        program: &'static str,
        /// Where it is to be had.
        hint: &'static str,
    },
    /// A program refuses.
    #[error("`{program}` refuses: {said}")]
    Refused {
        /// The program.
        program: &'static str,
        /// What it said.
        said: String,
    },
    /// A program can't do it just now.
    #[error("`{program}` can't do it now: {said}")]
    Busy {
        /// The program.
        program: &'static str,
        /// What it said.
        said: String,
    },
    /// A program doesn't answer.
    #[error("`{program}` hasn't answered for {seconds} s")]
    Silent {
        /// The program.
        program: &'static str,
        /// For how long.
        seconds: u64,
    },
    /// A program answers what isn't understood.
    #[error("`{program}` answers what isn't understood: {said}")]
    NotUnderstood {
        /// The program.
        program: &'static str,
        /// The answer, or the beginning of it.
        said: String,
    },
    /// A path that no job can be told.
    #[error("{}: a job can't be told of it, as its name isn't UTF-8, or has a line break", path.display())]
    Name {
        /// The path.
        path: PathBuf,
    },
    /// A file can't be read or written.
    #[error("{}: {action}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was being done.
        action: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// A file of a group isn't one.
    #[error("{}: it isn't what a run hands to a worker: {message}", path.display())]
    NoGroup {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// Something of the pipeline's own store.
    #[error("{0}")]
    Pipeline(Box<PipelineError>),
}

impl ClusterError {
    pub(crate) fn io(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| ClusterError::Io { path, action, source }
    }

    /// Whether it may be otherwise in a while.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self, ClusterError::Busy { .. } | ClusterError::Silent { .. })
    }

    /// The same for a run, which knows an executor by its trait alone.
    pub(crate) fn into_pipeline(self, executor: &str) -> PipelineError {
        match self {
            ClusterError::Pipeline(error) => *error,
            ClusterError::Io { path, action, source } => PipelineError::Io { path, action, source },
            other => PipelineError::Executor { executor: executor.to_owned(), message: other.to_string() },
        }
    }
}

impl From<PipelineError> for ClusterError {
    fn from(error: PipelineError) -> Self {
        ClusterError::Pipeline(Box::new(error))
    }
}
