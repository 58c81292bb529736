//! The seam between this crate and those that know a field: what a stage declares, what it is
//! handed, and what it hands back.
//!
//! It reads files' names and stamps, digests and errors. It never opens a file of the workspace or the store: what a stage is handed was
//! read by a run, and what it hands back is kept by one.

mod artifact;
mod cancelled;
mod column_digest;
mod column_notes;
mod frame_blocks;
mod input_declaration;
mod inputs;
mod kind;
mod memory;
mod operation;
mod output_declaration;
mod outputs;
mod question;
mod registry;
mod standing;

pub use artifact::Artifact;
pub(crate) use artifact::{Body, Encoded, decode_frame, rewritten};
pub use cancelled::Cancelled;
pub use column_notes::{ColumnNotes, column_notes};
pub use frame_blocks::{FrameBlocks, FrameWriter, WrittenFrame};
pub use input_declaration::{Accepts, InputDeclaration, Measures, Rows};
pub(crate) use inputs::{Input, Memory};
pub use inputs::{InputFile, Inputs};
pub use kind::Kind;
pub use memory::bytes_of;
pub(crate) use memory::{TIMES, own_peak, value_bytes};
pub use operation::{Operation, Stage};
pub use output_declaration::OutputDeclaration;
pub use outputs::Outputs;
pub use question::Question;
pub use registry::Registry;
pub(crate) use standing::{Standing, StandingFile, StandingFiles};
