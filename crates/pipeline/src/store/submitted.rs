//! Where it is noted what was handed to a cluster.

use std::fs::File;
use std::path::PathBuf;

use super::store::Store;
use crate::error::Result;

impl Store {
    /// The folder of what was handed to a cluster and may be on its way; whether or not it is there.
    pub fn submitted_path(&self) -> PathBuf {
        self.root.join("submitted")
    }

    /// The same folder, made where it isn't there.
    ///
    /// # Errors
    /// Where it can't be made, or a link leads there.
    pub fn submitted_folder(&self) -> Result<PathBuf> {
        let path = self.submitted_path();
        self.make_folder(&path)?;
        Ok(path)
    }

    /// Waits until no other run hands anything to a cluster, and keeps others from it until what is returned is dropped.
    ///
    /// # Errors
    /// Where the lock can't be asked for.
    pub fn submitting(&self) -> Result<Submitting> {
        Ok(Submitting { _file: self.lock_named("submitting")? })
    }
}

/// Held by the one run that hands something to a cluster.
#[derive(Debug)]
pub struct Submitting {
    _file: Option<File>,
}
