//! What can go wrong with a package.

use std::io;
use std::path::PathBuf;

/// What can go wrong with a package.
#[derive(Debug, thiserror::Error)]
pub enum ProgramsError {
    /// A file or folder can't be read.
    #[error("{}: {problem}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        problem: io::Error,
    },
    /// A name that no pipeline can hold.
    #[error("{path:?}: its name isn't UTF-8; rename the file")]
    Name {
        /// The path.
        path: PathBuf,
    },
    /// Nothing to run.
    #[error(
        "{}: no program in Stata (.do), R (.R) or Python (.py) is in it{others}; `vintner init --from FILES` begins with data",
        folder.display()
    )]
    NoPrograms {
        /// The package.
        folder: PathBuf,
        /// What else is there, in words.
        others: String,
    },
    /// Too much to be a package.
    #[error("{}: it has more than {most} files; name the package's own folder", folder.display())]
    TooMany {
        /// The folder.
        folder: PathBuf,
        /// How many are read.
        most: usize,
    },
}

/// A result of this crate.
pub type Result<T> = std::result::Result<T, ProgramsError>;
