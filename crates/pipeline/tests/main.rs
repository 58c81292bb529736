//! Pipelines of toys, through the public interface.
//!
//! One program for all of them, which is linked once: `cargo test --workspace --test pipeline unit_roots`
//! runs those of one file.

mod branches;
mod caching;
mod command;
mod common;
mod determinism;
mod executors;
mod failures;
mod specs;
mod standing;
mod store;
