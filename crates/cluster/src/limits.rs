//! How much is asked of a cluster, and for how long.

use std::time::Duration;

/// How much is asked of a cluster, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// So long a group of branches takes, about.
    pub group: Duration,
    /// So many groups are in the queue at once, at most.
    pub jobs: usize,
    /// So many of them are submitted together, at most.
    pub array: usize,
    /// So often a branch is made again whose job ended without a result.
    pub retries: usize,
    /// So long a queue that doesn't answer is waited for.
    pub patience: Duration,
    /// So long all jobs may wait before that is told.
    pub notice: Duration,
    /// The longest pause between two questions to the queue.
    pub poll: Duration,
    /// Stages that the run makes itself.
    pub here: Vec<String>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            group: Duration::from_secs(60),
            jobs: 200,
            array: 1000,
            retries: 2,
            patience: Duration::from_secs(30 * 60),
            notice: Duration::from_secs(120),
            poll: Duration::from_secs(10),
            here: Vec::new(),
        }
    }
}
