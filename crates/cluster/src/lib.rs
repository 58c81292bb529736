//! Branches made on a cluster, by the programs of who runs it: Slurm's `sbatch`, `squeue` and `scancel`, or HyperQueue's `hq`.
//!
//! A [`Cluster`] is an executor of a run. It puts branches together into [`Group`]s that take about a minute, writes each down
//! where jobs find it, and submits them as arrays of jobs, each of which is `vintner worker` with such a file. What becomes of a
//! branch is known by its record in the store. What a queue says of a job is believed for one thing only: that a job which it
//! lists may still make something. Each array is noted before it is submitted, so that a later run finds what an earlier
//! one that was killed has left behind.

mod cluster;
mod error;
mod group;
mod grouping;
mod hyper_queue;
mod jobs;
mod limits;
mod line;
mod note;
mod program;
mod queue;
mod settled;
mod slurm;
mod squeue;
mod worker_call;

pub use cluster::Cluster;
pub use error::{ClusterError, Result};
pub use group::{Asked, Group};
pub use hyper_queue::HyperQueue;
pub use jobs::{JobState, job_states};
pub use limits::Limits;
pub use line::Line;
pub use queue::Queue;
pub use slurm::Slurm;
pub use worker_call::WorkerCall;
