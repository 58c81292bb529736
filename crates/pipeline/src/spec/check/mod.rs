//! The checks of a spec: its stages, what they read of one another, and where outputs go.
//!
//! It reads what a spec says and never ends at the first fault: what can still be made out is checked
//! too, and all faults are reported in order of place.

mod braces;
mod checker;
mod expanded;
mod named_files;
mod order;
mod publications;
mod references;

pub(crate) use checker::Checker;
