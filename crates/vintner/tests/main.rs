//! The built program, end to end.
//!
//! One program for all of them, which is linked once: `cargo test --workspace --test cli unit_roots`
//! runs those of one file.

mod audit;
mod audit_pages;
mod beliefs;
mod broken_inputs;
mod cache;
mod clients;
mod clones;
mod common;
mod concurrency;
mod consistency;
mod covariances;
mod crashes;
mod damaged_files;
mod data_shapes;
mod effects_and_weights;
mod exit_codes;
mod folders;
mod from_files;
mod full_disk;
mod grunfeld;
mod heterogeneous;
mod hostile_inputs;
mod interrupts;
mod json_formats;
mod languages;
mod last_failure;
mod links;
mod lock;
mod many_files;
mod model_tables;
mod mutated_texts;
mod new_vintage;
mod operations;
mod pdf;
mod printed;
mod probes;
mod progress;
mod public_vintages;
mod published;
mod questions;
mod read_only;
mod reproduce;
mod run;
mod shapes;
mod simultaneous_equations;
mod specification_tests;
mod symbolic_links;
mod terminal;
mod thousand_branches;
mod unchanged;
mod unit_roots;
mod why;
mod written_equations;
