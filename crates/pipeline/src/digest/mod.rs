//! Digests of bytes, and JSON in the one form that is digested.
//!
//! It reads nothing of the crate, and no file but the key under which secret values are digested: all else
//! that is digested was read by others.

mod canonical;
mod digest;
mod secret_key;

pub use canonical::canonical_json;
pub use digest::Digest;
pub(crate) use secret_key::{KEYED_DIGEST, SecretKey};
