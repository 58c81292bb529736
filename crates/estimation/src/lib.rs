//! Being written.
pub mod reconstruction;
