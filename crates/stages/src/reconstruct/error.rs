//! What can go wrong while a reconstructed vintage is made.

use std::path::PathBuf;

use thiserror::Error;
use vintner_diagnostics::Faults;
use vintner_reconstruction::ReconstructionError;
use vintner_reporting::ReportingError;
use vintner_transform::TransformError;

/// Reasons why a vintage could not be reconstructed.
#[derive(Debug, Error)]
pub enum ReconstructError {
    /// A file could not be read or written.
    #[error("{}: {source}; check that the path is right and may be {action}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// `read` or `written`.
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The specification is not well formed.
    #[error("{0}")]
    Specification(Faults),
    /// The specification is well formed but contradicts itself or the published tables.
    #[error("{file}: {place}: {reason}")]
    Inconsistent {
        /// The specification's file name.
        file: String,
        /// Where in the specification.
        place: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// An expression can't be read or evaluated.
    #[error("{file}: {place}: {source}")]
    Expression {
        /// The specification's file name.
        file: String,
        /// Where in the specification.
        place: String,
        /// What is wrong with it.
        source: Box<TransformError>,
    },
    /// The published tables cannot be read.
    #[error(transparent)]
    Published(#[from] Box<ReportingError>),
    /// The numerical reconstruction failed.
    #[error(transparent)]
    Reconstruction(#[from] ReconstructionError),
    /// A workbook could not be made.
    #[error("{path}: the workbook could not be made: {reason}")]
    Workbook {
        /// Path of the workbook inside the vintage.
        path: String,
        /// What the writer said.
        reason: String,
    },
    /// The data in the raw files do not regress to the tables.
    #[error(
        "the rounded data miss {} of the published numbers (first: {}); \
         give the raw series more decimals, or settle coarse variables earlier",
        differences.len(),
        differences.first().map_or("", String::as_str)
    )]
    Missed {
        /// The rows that differ.
        differences: Vec<String>,
    },
}
