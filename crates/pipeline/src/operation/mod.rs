//! The seam between this crate and those that know a field: what a stage declares, what it is
//! handed, and what it hands back.
//!
//! It reads digests and errors. It never knows where an input comes from or where an output is kept.

mod artifact;
mod cancelled;
mod inputs;
mod memory;
mod operation;

pub use artifact::{Artifact, Kind};
pub(crate) use artifact::{Encoded, decode_frame};
pub use cancelled::Cancelled;
pub(crate) use inputs::Input;
pub use inputs::{InputFile, Inputs};
pub(crate) use memory::own_peak;
pub use operation::{
    Accepts, InputDeclaration, Operation, OutputDeclaration, Outputs, Registry, Rows, Stage,
};
