//! What can go wrong with signing.

use std::io;
use std::path::{Path, PathBuf};

/// A result of signing or checking.
pub type Result<T> = std::result::Result<T, SigningError>;

/// What can go wrong with signing.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// A program that signs isn't here.
    #[error("there is no `{program}` on PATH, which a signature needs; install it and try again")]
    NoProgram {
        /// The program.
        program: &'static str,
    },
    /// A key can't be used.
    #[error("{program}: {message}")]
    Refused {
        /// The program that was to sign.
        program: &'static str,
        /// What it says.
        message: String,
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
}

impl SigningError {
    pub(crate) fn io(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| SigningError::Io { path, action, source }
    }
}
