//! An output on the way from a number to its cells.

use serde::Serialize;

/// An output on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TracedStage {
    /// The output, as `branch.output`.
    pub output: String,
    /// Its operation.
    pub operation: String,
    /// Its digest.
    pub digest: String,
}
