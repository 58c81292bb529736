//! What tells the rows of a tidy table apart.

use polars::prelude::StringChunked;

use super::place::Places;
use crate::frequency::Frequency;

/// The keys of a table's rows, and where they stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct TidyKeys<'t> {
    /// Where a row holds one of the variables only: which.
    pub(super) held: Option<&'t StringChunked>,
    pub(super) entities: Option<&'t StringChunked>,
    pub(super) categories: Option<&'t StringChunked>,
    pub(super) times: &'t [i32],
    pub(super) has_times: bool,
    pub(super) frequency: Frequency,
    pub(super) rows: &'t [u32],
    pub(super) places: &'t Places,
}
