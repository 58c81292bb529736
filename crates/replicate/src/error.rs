//! Faults of writing scripts.

use vintner_pipeline::PipelineError;

/// The result of writing scripts.
pub type Result<T> = std::result::Result<T, ReplicateError>;

/// Why the scripts couldn't be written.
#[derive(Debug, thiserror::Error)]
pub enum ReplicateError {
    /// Of the survey.
    #[error("{0}")]
    Pipeline(#[from] PipelineError),
    /// What the scripts are compared with isn't there.
    #[error("{branch} isn't made as things are now; `vintner reproduce --vintage {vintage}` makes it")]
    NotMade {
        /// The branch.
        branch: String,
        /// The vintage.
        vintage: String,
    },
    /// An output isn't what its kind says, or was lost.
    #[error("{what}: {message}; `vintner audit --verify` says what else is wrong")]
    Output {
        /// The output.
        what: String,
        /// What is wrong with it.
        message: String,
    },
    /// A file of the workspace can't be read.
    #[error("{path}: {source}; check that it is there and may be read")]
    Io {
        /// The file, from the workspace.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
}
