//! What a result depends on, and why another fingerprint came out than last time.
//!
//! It reads digests and errors. It never looks at a file: a fingerprint is put together by a run
//! from what the run has read.

mod causes;
mod fingerprint;

pub use causes::Cause;
pub(crate) use causes::causes;
pub(crate) use fingerprint::stage_seed;
pub use fingerprint::{FORMAT, Fingerprint, InputDigest};
