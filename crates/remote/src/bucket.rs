//! Bytes under names, somewhere.

use std::fmt::Debug;
use std::path::PathBuf;

/// Something in a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name, with all folders.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was put there, in seconds since 1970, where that is known.
    pub modified: Option<u64>,
}

/// Something that is wanted of a bucket.
#[derive(Debug, Clone)]
pub struct Get {
    /// Its name.
    pub name: String,
    /// The file that it goes into. One that is there holds the beginning, where `goes_on`.
    pub into: PathBuf,
    /// The most bytes that it may have.
    pub most: u64,
    /// Whether only what is missing at the end of the file is asked for.
    pub goes_on: bool,
}

/// Something that is put into a bucket.
#[derive(Debug, Clone)]
pub struct Put {
    /// Its name.
    pub name: String,
    /// The file that holds it.
    pub from: PathBuf,
}

/// Why one of many wasn't done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// There is nothing of that name.
    #[error("it isn't there")]
    Absent,
    /// Another attempt may do better.
    #[error("{0}")]
    Passing(String),
    /// No other attempt will.
    #[error("{0}")]
    Lasting(String),
}

/// Bytes under names that are kept somewhere. Names are of letters, digits, `/`, `.`, `-` and `_`. Each call is for many
/// at once and answers for each in their order, as one a call would take as many times the way there and back.
///
/// What is put is there whole or not at all. Where something is there under the name already, either stays: names
/// are chosen so that nothing is lost by it.
pub trait Bucket: Send + Sync + Debug {
    /// Where it is, for people, without anything secret.
    fn place(&self) -> String;

    /// Whether it can tell what is in it.
    fn is_listed(&self) -> bool {
        true
    }

    /// Why nothing can be put into it; `None` where something can.
    fn is_read_only(&self) -> Option<&'static str> {
        None
    }

    /// What there is whose names begin with any of these.
    ///
    /// # Errors
    /// Where it can't be told.
    fn list(&self, beginnings: &[String]) -> Result<Vec<Listed>, Trouble>;

    /// Writes what is there into files.
    fn get(&self, wanted: &[Get]) -> Vec<Result<(), Trouble>>;

    /// Puts files there.
    fn put(&self, files: &[Put]) -> Vec<Result<(), Trouble>>;

    /// Takes away what has these names. That it isn't there is no trouble.
    fn remove(&self, names: &[String]) -> Vec<Result<(), Trouble>>;
}
