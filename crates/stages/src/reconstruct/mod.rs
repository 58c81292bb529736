//! Reconstructed vintages: raw files whose regressions show published tables.
//!
//! A YAML specification says which tables, units, priors and raw files; nothing about any paper
//! is in the code. The reconstruction finds cross-products and paths
//! ([`vintner_reconstruction`]), goes back from variables to raw series with the
//! decimals that real files have (by the expressions of [`vintner_transform`], on a panel of units
//! and years), lets the variables that are not yet fixed make up for rounding, and checks the outcome against the tables from the rounded series.
//!
//! Such a vintage is synthetic: calibrated to published tables, no evidence about the units.

mod consistency;
mod derivation;
mod error;
mod exposure;
mod manifest;
mod paths;
mod problem;
mod raw_table;
mod reconstruction;
mod series;
mod spec;

pub use consistency::{
    Consistency, ConsistencyVerdict, NamedConflict, NamedRow, StandardErrors, consistency,
};
pub use error::ReconstructError;
pub use reconstruction::{ReconstructedFile, Report, check, reconstruct};
pub use spec::Specification;
