//! What is asked of a process, and what is said of it when it has ended.

use std::path::Path;
use std::time::Duration;

use super::environment::Environment;
use crate::operation::Cancelled;

/// What to run, and until when.
pub(super) struct Request<'a> {
    /// The program's file.
    pub(super) program: &'a Path,
    /// What the program is told that it is called.
    pub(super) name: &'a str,
    pub(super) arguments: &'a [&'a str],
    pub(super) folder: &'a Path,
    pub(super) environment: &'a Environment,
    pub(super) timeout: Option<Duration>,
    /// How long after being asked to end it is made to.
    pub(super) grace: Duration,
    pub(super) cancelled: &'a Cancelled,
}

/// How a process came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    ByItself,
    TimedOut,
    Cancelled,
}

/// A process group that is no more.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) ending: Ending,
    /// The exit code; 0 where a signal ended it.
    pub(super) code: i32,
    /// The name of the signal that ended it.
    pub(super) signal: Option<String>,
    /// The most memory that one process held, in bytes, where that can be told.
    pub(super) peak_memory: Option<u64>,
    /// What it said on both of its outputs.
    pub(super) log: String,
}
