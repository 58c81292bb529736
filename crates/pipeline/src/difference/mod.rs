//! What changed between two versions of a raw file or an artifact, cell by cell.
//!
//! Rows, lines and elements are aligned first, so that one that was inserted or deleted is one
//! difference and doesn't shift all that follow; then what is left is compared cell by cell.
//!
//! It reads artifacts, digests and errors. It never asks where the two versions come from.

mod alignment;
mod artifact;
mod cell;
mod collector;
mod describe;
mod difference;
mod differences;
mod frame;
mod json;
mod row_pair;
mod shown;
mod table;
mod text;

pub use artifact::artifact_differences;
pub use cell::Cell;
pub use collector::DifferenceCollector;
pub use describe::{DescribeDifferences, file_differences};
pub use difference::Difference;
pub use differences::Differences;
pub use frame::{Excerpt, frame_differences};
pub use json::json_differences;
pub use row_pair::RowPair;
pub use shown::{shown_pair, shown_text};
pub use table::{Table, pair_rows, row_text};
pub use text::{pair_lines, text_differences};
