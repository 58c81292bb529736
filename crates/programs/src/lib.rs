//! What the programs of a replication package do: which files they read and write, which of them runs which, and in
//! what order; and a pipeline whose stages run them as they are.
//!
//! 1. [`Package::open`] lists the files.
//! 2. [`Plan::of`] follows the programs in Stata, R and Python, from a master program, a Makefile or a shell script where
//!    there is one, and says of each what it reads and writes. Nothing is run. What can't be followed is a [`Doubt`] with
//!    its file and line.
//! 3. [`written_pipeline`] is the plan as `pipeline.yaml`.
//!
//! It knows these languages' ways to name files and no more: expressions that only a run can evaluate stay unknown, and
//! are said to be.

mod calls;
mod cursor;
mod doubt;
mod error;
mod functions;
mod language;
mod languages;
mod makefile;
mod numbered;
mod package;
mod paths;
mod pipeline_text;
mod plan;
mod readme_order;
mod scanner;
mod scripts;
mod shell;
mod stata;
mod stata_lines;
mod stata_macros;
mod step;
mod steps;
mod tokens;
mod value;
mod wrapper;

pub use doubt::Doubt;
pub use error::{ProgramsError, Result};
pub use language::Language;
pub use package::Package;
pub use pipeline_text::{PipelineText, written_pipeline};
pub use plan::{Order, Plan};
pub use step::Step;
