//! What a run looked at that had nothing to do, so that the next one needn't look again: as a whole, and branch by branch.
//!
//! It reads the run's report, its plan and the store. It never stands in a run's way: a snapshot that
//! can't be taken, kept or read counts as none.

mod known;
mod looked;
mod mark;
mod request;
mod snapshot;

pub(crate) use known::{Cached, KnownBranches, Unmoved, keep_known};
pub(crate) use looked::{Looked, is_sound};
pub use request::Request;
pub use snapshot::unchanged;
