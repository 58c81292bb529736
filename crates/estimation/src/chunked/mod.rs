//! Estimation on panels larger than memory, from rows that come a chunk at a time.
//!
//! Nothing as long as the panel is kept: the first passes gather the times' normal equations (two-way effects) and
//! the triangle R of the transformed variables, from which come rank, coefficients and bread as in memory; a
//! last pass makes the residuals, their sum of squares and each entity's scores, of which two numbers a
//! regressor and entity stay. Memory is that of a chunk, of the entities' scores, and of T x T numbers with effects of times.
//!
//! Reads `fit` and all below. It never holds more rows than a chunk.

mod chunked;
mod parts;
mod solution;
mod sums;
mod walk;

pub use chunked::{ChunkedOutcome, estimate_chunked, refused_in_chunks};
pub use parts::{
    MOST_TIMES, Part, PartResiduals, PartSums, PartsSolution, PartsSolved, estimate_parts, part_residuals,
    part_sums, solve_parts,
};
