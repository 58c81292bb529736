//! What can go wrong with a shared store.

use std::io;
use std::path::{Path, PathBuf};

use vintner_pipeline::PipelineError;

/// A result of asking a shared store.
pub type Result<T> = std::result::Result<T, RemoteError>;

/// What can go wrong with a shared store.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// The place can't be asked, or refuses.
    #[error("{place}: {message}")]
    Place {
        /// Where it is.
        place: String,
        /// What it says, and what to do.
        message: String,
    },
    /// A part of the index isn't what it should be.
    #[error("{place}: the part {part} of the index {message}, so nothing in it is believed")]
    Part {
        /// Where it is.
        place: String,
        /// The part.
        part: String,
        /// What is wrong with it.
        message: String,
    },
    /// A file of this machine can't be read or written.
    #[error("{}: {action}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was being done.
        action: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// Something can't be signed, or a signature can't be checked.
    #[error("{0}")]
    Signing(#[from] vintner_signing::SigningError),
    /// An address that isn't one of a shared store.
    #[error("{address}: {message}")]
    Address {
        /// The address, without what is secret in it.
        address: String,
        /// What is wrong with it, and what to do.
        message: String,
    },
    /// Something of the pipeline's own store.
    #[error("{0}")]
    Pipeline(Box<PipelineError>),
}

impl RemoteError {
    pub(crate) fn io(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| RemoteError::Io { path, action, source }
    }
}

impl From<PipelineError> for RemoteError {
    fn from(error: PipelineError) -> Self {
        RemoteError::Pipeline(Box::new(error))
    }
}

impl RemoteError {
    /// The same for who knows a shared store by its traits alone.
    pub(crate) fn into_pipeline(self, place: &str) -> PipelineError {
        match self {
            RemoteError::Pipeline(error) => *error,
            RemoteError::Place { place, message } => PipelineError::Elsewhere { place, message },
            other => PipelineError::Elsewhere { place: place.to_owned(), message: other.to_string() },
        }
    }
}
