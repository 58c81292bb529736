//! What can go wrong, in words: one error for the whole crate, and the lists in its messages.
//!
//! It reads digests alone. It never prints, and no message is put together of another's text.

mod error;
mod failures;
mod listing;
mod lock_difference;

pub(crate) use error::advice;
pub use error::{PipelineError, Result, StageError};
pub(crate) use listing::few;
pub use lock_difference::{LockDifference, LockedKind};
