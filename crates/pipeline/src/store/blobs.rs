//! Bytes by their digest, wherever they are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use super::stat_cache::digest_of;
use crate::digest::Digest;
use crate::error::{PipelineError, Result};

/// What became of each of several objects that were asked for: the file that it is in now, or why there is none.
pub type Got = BTreeMap<Digest, Result<PathBuf>>;

/// Bytes that are kept somewhere under their digest. Each question is for many objects at once, as somewhere
/// may be far away.
pub trait Blobs: Send + Sync {
    /// Where they are kept, for people.
    fn place(&self) -> String;

    /// Which of these are there, with their sizes in bytes. What can't be told without asking for each is taken
    /// from what was said when it was put there.
    ///
    /// # Errors
    /// Where the place can't be asked.
    fn blob_sizes(&self, wanted: &BTreeSet<Digest>) -> Result<BTreeMap<Digest, u64>>;

    /// Writes objects, of which the sizes are given, into files of a folder that are named by their digests. Such a
    /// file may be there already and hold the beginning of the object: then the rest may be asked for alone.
    /// A file that is told of holds what its name says; of what isn't it none is left behind.
    fn get_blobs(&self, wanted: &BTreeMap<Digest, u64>, folder: &Path) -> Got;

    /// Keeps what files hold under the digests that they are known by. What couldn't be kept comes back with
    /// the reason; nobody ever sees half of an object.
    fn put_blobs(&self, files: &BTreeMap<Digest, PathBuf>) -> BTreeMap<Digest, PipelineError>;
}

/// Makes sure that a file that came from elsewhere holds what its name says, and takes it away where it doesn't.
///
/// # Errors
/// [`PipelineError::WrongBytes`], with where they came from.
pub fn check_arrived(file: &Path, digest: &Digest, place: &str) -> Result<()> {
    let found = file_digest(file)?;
    if found == *digest {
        return Ok(());
    }
    std::fs::remove_file(file).map_err(PipelineError::io(file, "removing"))?;
    Err(PipelineError::WrongBytes { place: place.to_owned(), digest: digest.clone(), found })
}

/// The digest of what a file holds.
///
/// # Errors
/// Where it can't be read.
pub fn file_digest(file: &Path) -> Result<Digest> {
    let digest = File::open(file).and_then(|mut open| digest_of(&mut open));
    digest.map_err(PipelineError::io(file, "reading"))
}
