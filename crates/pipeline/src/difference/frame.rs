//! Differences between frames.

mod compared;
mod excerpt;
mod frame_table;
mod key;

use super::collector::DifferenceCollector;
use super::differences::Differences;
use crate::error::Result;
use crate::operation::decode_frame;
use compared::Compared;
use frame_table::FrameTable;

pub use excerpt::Excerpt;

/// What changed between two frames stored as Parquet, up to `limit` differences: columns first, then
/// cells.
///
/// Rows with the same key are compared, where there is one: the smallest leading set of columns of
/// texts or whole numbers that tells all rows apart in both frames. Its cells are at
/// `row (city 甲城, year 2010) column gdp`, whichever row that is. Otherwise rows are aligned by
/// content and named by their position from 1: in the later frame, or for a row that is gone in the
/// earlier one.
///
/// Of an [`Excerpt`] nothing else counts, but keys are looked for in all columns.
///
/// # Errors
/// [`PipelineError::Artifact`](crate::PipelineError::Artifact) where either isn't readable as Parquet.
pub fn frame_differences(
    before: &[u8],
    after: &[u8],
    excerpt: &Excerpt,
    limit: usize,
) -> Result<Differences> {
    let table = |bytes: &[u8], what| -> Result<FrameTable> {
        Ok(FrameTable::new(excerpt.rows_of(decode_frame(bytes, None, what)?)))
    };
    let (old, new) = (table(before, "the frame before")?, table(after, "the frame after")?);
    let collector = DifferenceCollector::new(limit);
    let mut compared = Compared { old: &old, new: &new, excerpt, collector };
    let columns = compared.columns();
    match key::find(&old, &new, &columns) {
        Some(key) => compared.rows_by_key(&key, &columns),
        None => compared.rows_by_position(&columns),
    }
    Ok(compared.collector.finish())
}

#[cfg(test)]
mod tests;
