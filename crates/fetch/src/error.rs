//! What can go wrong while a file is fetched.

use std::io;
use std::path::PathBuf;

use vintner_ingest::IngestError;

/// What a source couldn't be fetched for.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// There is no such vintage, or its manifest is faulty.
    #[error("{0}")]
    Vintage(Box<IngestError>),
    /// A program that does the work isn't there.
    #[error("{program} isn't installed: {cure}")]
    NoProgram {
        /// The program.
        program: &'static str,
        /// How to get it.
        cure: &'static str,
    },
    /// A URL that isn't one that is fetched.
    #[error("{url}: {message}")]
    BadUrl {
        /// The URL as it is written in the manifest.
        url: String,
        /// What is wrong, and what to do.
        message: String,
    },
    /// A variable of the environment that a URL or a connection names isn't set.
    #[error(
        "{text} names ${{{name}}}, which isn't set in the environment: set it, and never write its value into the manifest"
    )]
    NoVariable {
        /// The text in the manifest.
        text: String,
        /// The variable.
        name: String,
    },
    /// The server refused.
    #[error("{url} answered {status}: {cure}")]
    Refused {
        /// The URL as it is written in the manifest.
        url: String,
        /// The status of HTTP.
        status: u16,
        /// What to do.
        cure: &'static str,
    },
    /// The transfer broke off so often that it was given up.
    #[error(
        "{url}: {message}, after {attempts} attempts; what has come ({received} bytes) is kept, and the next `vintner vintage fetch` goes on from there where the server can"
    )]
    GaveUp {
        /// The URL.
        url: String,
        /// What was wrong the last time.
        message: String,
        /// How often it was tried.
        attempts: u32,
        /// How many bytes there are.
        received: u64,
    },
    /// More bytes than are taken.
    #[error("{url} sends more than {limit} bytes: raise the bound with --limit if that is right")]
    TooLarge {
        /// The URL.
        url: String,
        /// The bound.
        limit: u64,
    },
    /// Another file than the manifest says.
    #[error(
        "{url} has changed: its SHA-256 checksum is {found}, the manifest says {expected}; `vintner vintage fetch --update` makes a new vintage of it; where `url` leads to a page about the file, put the file's own address there"
    )]
    Changed {
        /// The URL.
        url: String,
        /// The manifest's checksum.
        expected: String,
        /// What came.
        found: String,
    },
    /// A file can't be read or written.
    #[error("{}: {problem}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        problem: io::Error,
    },
    /// A query that isn't asked.
    #[error("the query can't be asked: {message}")]
    BadQuery {
        /// What is wrong, and what to do.
        message: String,
    },
    /// A program answered with an error.
    #[error("{program}: {message}")]
    Program {
        /// The program.
        program: &'static str,
        /// What it said.
        message: String,
    },
    /// An answer that can't be made a table.
    #[error("the answer can't be kept as a table: {message}")]
    BadAnswer {
        /// What is wrong, and what to do.
        message: String,
    },
}

/// A result of fetching.
pub type Result<T> = std::result::Result<T, FetchError>;
