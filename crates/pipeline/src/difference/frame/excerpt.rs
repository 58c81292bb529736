//! The part of a frame that somebody reads.

use std::collections::BTreeSet;

use polars::prelude::*;

/// The part of a frame that counts: all of it, unless it is narrowed.
#[derive(Debug, Clone, Default)]
pub struct Excerpt {
    /// These columns.
    pub columns: Option<BTreeSet<String>>,
    /// The rows that hold one of these texts in this column.
    pub rows: Option<(String, BTreeSet<String>)>,
}

impl Excerpt {
    pub(super) fn has_column(&self, name: &str) -> bool {
        self.columns.as_ref().is_none_or(|columns| columns.contains(name))
    }

    /// The frame's rows that count; all of them where the column isn't one of texts.
    pub(super) fn rows_of(&self, frame: DataFrame) -> DataFrame {
        let Some((column, values)) = &self.rows else { return frame };
        let Ok(texts) = frame.column(column).and_then(|column| column.str()) else { return frame };
        let wanted = |text: Option<&str>| text.is_some_and(|text| values.contains(text));
        let mask: BooleanChunked = texts.iter().map(|text| Some(wanted(text))).collect();
        frame.filter(&mask).unwrap_or(frame)
    }
}
