//! `ro-crate-metadata.json`: the run behind a package as a Workflow Run RO-Crate, of the profile Provenance Run.
//!
//! The pipeline is the workflow, each stage a step with its tool, each branch a tool's run; files, artifacts and
//! parameters are what runs take and give. It reads contents and files. It has no nulls, no paths of the machine, and no
//! time but those of the records.

mod actions;
mod agents;
mod data;
mod graph;
mod metadata;
mod parameters;
mod times;
mod tools;

pub(crate) use data::format_of;
pub(crate) use metadata::add;
pub(crate) use times::{end_of, iso};
