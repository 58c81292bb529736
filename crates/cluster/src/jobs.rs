//! Jobs that were submitted, and what they say.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::time::Instant;

use vintner_pipeline::{Cancelled, Digest, Store};

use crate::error::Result;
use crate::group::Group;
use crate::line::{Line, lines};
use crate::note::{Note, noted};
use crate::queue::{Named, Queue};

/// An array that was submitted.
#[derive(Debug)]
pub(crate) struct Array {
    pub(crate) note: Note,
    /// Since when it is known.
    pub(crate) since: Instant,
    pub(crate) jobs: Vec<Job>,
}

/// A job, which makes a group of branches.
#[derive(Debug)]
pub(crate) struct Job {
    /// Its number in its array.
    pub(crate) at: usize,
    /// The branches by their names.
    pub(crate) branches: BTreeMap<String, Digest>,
    /// Those of which nothing is known yet.
    pub(crate) left: BTreeSet<Digest>,
    /// Those of which the worker says that they are made, and whose results aren't seen here yet.
    pub(crate) told: BTreeSet<Digest>,
    /// What it is at.
    pub(crate) making: Option<Digest>,
    /// How often in a row the queue hasn't listed it.
    pub(crate) missed: usize,
    /// When that had been so often enough.
    pub(crate) ended: Option<Instant>,
    /// How much was read of what it says.
    read: u64,
}

impl Array {
    pub(crate) fn new(note: Note, groups: &[Group]) -> Self {
        let jobs = groups.iter().enumerate().map(|(at, group)| {
            let branches = group.named();
            Job {
                at,
                left: branches.values().cloned().collect(),
                branches,
                told: BTreeSet::new(),
                making: None,
                missed: 0,
                ended: None,
                read: 0,
            }
        });
        Self { note, since: Instant::now(), jobs: jobs.collect() }
    }

    /// How many of its jobs may still make something.
    pub(crate) fn jobs_left(&self) -> usize {
        self.jobs.iter().filter(|job| !job.is_over()).count()
    }

    /// What its jobs haven't made yet.
    pub(crate) fn left(&self) -> impl Iterator<Item = &Digest> {
        self.jobs.iter().filter(|job| !job.is_over()).flat_map(|job| &job.left)
    }

    /// Whether nothing more is expected of any.
    pub(crate) fn is_over(&self) -> bool {
        self.jobs.iter().all(Job::is_over)
    }
}

impl Job {
    /// Whether nothing more is expected of it.
    pub(crate) fn is_over(&self) -> bool {
        self.left.is_empty()
    }

    /// What it has said since it was last asked.
    pub(crate) fn said(&mut self, folder: &Path) -> Vec<Line> {
        // Opened anew each time, as a network file system shows what was written elsewhere to who opens a file.
        let Ok(mut file) = File::open(folder.join(format!("{}.out", self.at))) else { return Vec::new() };
        let length = file.metadata().map(|found| found.len()).unwrap_or_default();
        if length < self.read {
            // It was begun anew, after its node failed.
            self.read = 0;
        }
        if length == self.read {
            return Vec::new();
        }
        let mut text = Vec::new();
        let read = file.seek(SeekFrom::Start(self.read)).and_then(|_| file.read_to_end(&mut text));
        if read.is_err() {
            return Vec::new();
        }
        let (found, whole) = lines(&text);
        self.read += whole as u64;
        found
    }
}

/// So much of the end of a log is told.
const TAIL: usize = 1500;
const TAIL_LINES: usize = 12;

/// The end of what a job complained of, on lines of their own.
pub(crate) fn tail(folder: &Path, at: usize) -> String {
    let text = fs::read(folder.join(format!("{at}.err"))).unwrap_or_default();
    let text = text.get(text.len().saturating_sub(TAIL)..).unwrap_or_default();
    let text = String::from_utf8_lossy(text);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = lines.get(lines.len().saturating_sub(TAIL_LINES)..).unwrap_or_default();
    match last {
        [] => ", and left no log".to_owned(),
        last => format!("; the end of its log:\n    {}", last.join("\n    ")),
    }
}

/// Where a branch is that was handed to a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// Its job waits, or is at another branch.
    Queued,
    /// It is being made.
    Running,
}

/// Where each branch is that was handed to a queue and isn't made yet, by the digest of what it depends on. Nothing is asked
/// where nothing was handed over.
///
/// # Errors
/// Where the queue can't be asked.
pub fn job_states(store: &Store, queue: &dyn Queue) -> Result<BTreeMap<Digest, JobState>> {
    let found = noted(store).into_iter().filter_map(|folder| Note::read(&folder, queue.name(), false));
    let mut arrays: Vec<Array> = found.map(|(note, groups)| Array::new(note, &groups)).collect();
    let mut states = BTreeMap::new();
    if arrays.is_empty() {
        return Ok(states);
    }
    let names: Vec<Named<'_>> = arrays.iter().map(|array| array.note.named()).collect();
    let listed = queue.list(&names, &Cancelled::default())?;
    for array in &mut arrays {
        let Some(queued) = listed.get(&array.note.name) else { continue };
        for job in &mut array.jobs {
            let Some(runs) = queued.jobs.get(&job.at) else { continue };
            let mut making = None;
            let mut ended = BTreeSet::new();
            for line in job.said(&array.note.folder) {
                match line {
                    Line::Began { branch } => making = Some(branch),
                    Line::Made { branch, .. } | Line::Failed { branch, .. } => {
                        ended.insert(branch);
                        making = None;
                    }
                }
            }
            for (branch, fingerprint) in job.branches.iter().filter(|(branch, _)| !ended.contains(*branch)) {
                let is_made_now = *runs && making.as_ref() == Some(branch);
                let state = if is_made_now { JobState::Running } else { JobState::Queued };
                states.insert(fingerprint.clone(), state);
            }
        }
    }
    Ok(states)
}
