//! Stages in other languages: a command that runs in a folder of its own.
//!
//! 1. [`CommandSpec::read`] is what `pipeline.yaml` says of it, with every fault at its place.
//! 2. [`Command`] is the stage. A run lays out a fresh scratch folder (copies of the inputs, and
//!    `params.json`), starts the command there as a process group of its own with few environment
//!    variables, and waits for it, for its timeout or for the run's end.
//! 3. Whatever happened, nothing of the group is left alive. What it wrote is compared with what it
//!    declared, to the file, and the declared files become artifacts.
//!
//! The command sees its inputs, `params.json`, the variables that it declares, and those of
//! `environment.rs`, which are the same wherever it runs but for `PATH`, `HOME` and `TMPDIR`.
//!
//! It reads the seam to stages, files and their stamps, digests and errors. It never reads the store or the plan: a
//! command is a stage like any other. All its files count in the fingerprints of commands.

mod command_line;
#[cfg(target_os = "linux")]
mod descendants;
mod environment;
mod error;
mod excerpt;
mod foreign_frame;
#[cfg(unix)]
mod group;
mod log;
mod masks;
mod output_file;
mod plain_column;
mod problem;
mod process;
mod quoted;
mod reading;
mod sandbox;
mod scratch;
mod spec;
mod stage;
mod timeout;
mod usual_path;
mod variable;

pub use command_line::CommandLine;
pub(crate) use environment::is_given;
pub use error::CommandError;
pub use foreign_frame::FRAME_READER;
pub use output_file::OutputFile;
pub use problem::CommandProblem;
pub use sandbox::Sandbox;
pub(crate) use scratch::{INPUTS, SCRATCH_PARTS, SCRATCH_PREFIX, inside, place, remove_scratch};
pub use spec::CommandSpec;
pub use stage::{Command, code};
pub(crate) use stage::{CommandOperation, scratch_parent};
pub use timeout::Timeout;
pub use variable::Variable;
