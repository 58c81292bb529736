//! Being written.
pub mod reconstruct;
