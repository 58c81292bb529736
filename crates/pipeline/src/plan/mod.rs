//! A spec bound to a vintage and to a selection of its stages, and the branches to be made.
//!
//! It reads the spec and errors. It never reads a file or the store: which branches a stage has for
//! the values of a column is only known in a run.

mod branch;
mod plan;
mod selection;

pub use branch::{Branch, BranchId};
pub(crate) use branch::{BranchAt, Read};
pub use plan::Plan;
pub(crate) use selection::Part;
pub use selection::Selection;
