//! What is asked of a queue of jobs.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use vintner_pipeline::{Cancelled, Resources};

use crate::error::Result;
use crate::worker_call::WorkerCall;

/// A queue of jobs, by its own programs. All that it knows of an array of jobs goes by the array's name.
pub trait Queue: Send + Sync + fmt::Debug {
    /// What it is called.
    fn name(&self) -> &'static str;

    /// What tells whether it has machines that take jobs, for people.
    fn machines(&self) -> &'static str;

    /// Submits an array: its number.
    ///
    /// # Errors
    /// Where it can't be, for now or at all. One that wasn't answered may have been submitted all the same.
    fn submit(&self, array: &Array<'_>) -> Result<String>;

    /// What is in the queue of arrays of these names, by one question however many there are.
    ///
    /// # Errors
    /// Where the queue can't be asked.
    fn list(&self, arrays: &[Named<'_>], cancelled: &Cancelled) -> Result<BTreeMap<String, Queued>>;

    /// Takes arrays from the queue; where `waiting` is said only what hasn't begun, if that can be told.
    ///
    /// # Errors
    /// Where it can't be asked.
    fn cancel(&self, arrays: &[Named<'_>], waiting: bool) -> Result<()>;

    /// What is in the queue of arrays that were submitted from folders in this one, whoever noted them, and of this user alone.
    /// Nothing where the queue can't be asked by folders.
    ///
    /// # Errors
    /// Where the queue can't be asked.
    fn below(&self, _parent: &Path, _cancelled: &Cancelled) -> Result<Vec<Left>> {
        Ok(Vec::new())
    }

    /// The command that submits so many jobs that ask for these resources, for people.
    fn in_words(&self, jobs: usize, resources: &Resources) -> String;
}

/// An array of jobs, each of which makes a group of branches.
#[derive(Debug)]
pub struct Array<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where the files of its groups are, `0.json` and on, and where its jobs write what they say: `0.out`, `0.err`.
    pub folder: &'a Path,
    /// How many groups it has.
    pub groups: usize,
    /// What each asks for.
    pub resources: &'a Resources,
    /// How a worker is called.
    pub call: &'a WorkerCall,
}

/// An array that was submitted.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its number, where that is known.
    pub id: Option<&'a str>,
}

/// What a queue has of an array.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Queued {
    /// Its number.
    pub id: String,
    /// Which of its jobs are in the queue, and whether they run.
    pub jobs: BTreeMap<usize, bool>,
    /// Why others wait, where that isn't only their turn.
    pub reason: Option<String>,
}

/// What is in the queue, by the folder that it was submitted from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// What the queue knows it by: the number of an array, or of a job of one.
    pub id: String,
    /// The folder.
    pub folder: PathBuf,
    /// Whether it runs, or is being ended.
    pub runs: bool,
}

/// So long a question may take.
pub(crate) const ANSWER: Duration = Duration::from_secs(30);
