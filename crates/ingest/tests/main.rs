//! Files as people have them, read through the public interface.
//!
//! One program for all of them, which is linked once: `cargo test --workspace --test ingest unit_roots`
//! runs those of one file.

mod columnar;
mod corpus;
mod corrections;
mod crosswalks;
mod declared_keys;
mod doubtful;
mod entities_of_several_columns;
mod faults;
mod filled_down;
mod first_looks;
mod folders;
mod formats;
mod layouts;
mod manifests;
mod missing_keys;
mod names;
mod names_without_crosswalk;
mod properties;
mod public_vintages;
mod shown_cells;
mod support;
mod types;
