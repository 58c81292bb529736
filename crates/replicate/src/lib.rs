//! A pipeline as plain scripts in R and in Python, written from its own spec and from what its run left, which read
//! the raw files, build the panel, estimate every coefficient and compare it with the published one.
//!
//! [`write()`] gives the files of a folder; `vintner replicate` and a package put them where they belong. Scripts are
//! calls of helpers (`scripts/`), the same in both languages: what a stage asks for becomes statements (`script.rs`), which
//! `r.rs` and `python.rs` write down. What scripts can't repeat is named, with its reason, and never left out silently.

mod branches;
mod column_term;
mod covariances;
mod descriptions;
mod equations;
mod error;
mod exported;
mod fits;
mod instruments;
mod names;
mod outcomes;
mod program;
mod python;
mod r;
mod readme;
mod regress;
mod request;
mod script;
mod sources;
mod specifications;
mod substitute;
mod tables;
mod variables;
mod written;

pub use error::{ReplicateError, Result};
pub use program::NotReplicated;
pub use request::ReplicateRequest;
pub use written::{Replication, write};
