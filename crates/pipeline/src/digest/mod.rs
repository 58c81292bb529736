//! Digests of bytes, and JSON in the one form that is digested.
//!
//! It reads nothing of the crate, and never a file: what is digested was read by others.

mod canonical;
mod digest;

pub use canonical::canonical_json;
pub use digest::Digest;
