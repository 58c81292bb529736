//! Notes to the columns of a frame, as they are kept in its file.

use std::collections::BTreeMap;

use polars::io::mmap::MmapBytesReader;
use polars::prelude::*;
use serde_json::Value;

use crate::error::{PipelineError, Result};

/// What is to be known of columns beside their values, by their names. It counts as a part of the column.
pub type ColumnNotes = BTreeMap<String, Value>;

/// The key of notes among a Parquet file's own.
pub(super) const NOTES: &str = "vintner.notes";

/// The notes to the columns of a frame stored as Parquet, without reading any of them.
///
/// # Errors
/// [`PipelineError::Artifact`] where it isn't readable as Parquet.
pub fn column_notes<R: MmapBytesReader>(reader: &mut ParquetReader<R>, what: &str) -> Result<ColumnNotes> {
    notes_of(reader).map_err(|error| refused(what, &error))
}

pub(super) fn notes_of<R: MmapBytesReader>(reader: &mut ParquetReader<R>) -> PolarsResult<ColumnNotes> {
    let metadata = reader.get_metadata()?;
    let pairs = metadata.key_value_metadata.iter().flatten();
    let text = pairs.into_iter().find(|pair| pair.key == NOTES).and_then(|pair| pair.value.as_deref());
    // Other programs may write what they like.
    Ok(text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default())
}

/// Notes as they stand in a Parquet file; nothing where there are none.
pub(super) fn notes_text(notes: &ColumnNotes) -> Option<String> {
    (!notes.is_empty()).then(|| crate::digest::canonical_json(&serde_json::json!(notes)))
}

pub(super) fn refused(what: &str, error: &PolarsError) -> PipelineError {
    PipelineError::Artifact { what: what.to_owned(), message: error.to_string() }
}
