//! Reports through the public interface.
//!
//! One program for all of them, which is linked once: `cargo test --workspace --test reporting unit_roots`
//! runs those of one file.

mod common;
mod from_estimation;
mod hostile_names;
mod phrases;
mod published_tables;
mod small_report;
