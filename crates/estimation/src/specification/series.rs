//! Rows that follow one another.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the row before is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowBefore {
    /// That of one time earlier; a row after a gap has none.
    #[default]
    Time,
    /// The entity's row before, whatever lies between: plm's `shift = "row"`.
    Row,
}

/// How far lags and differences of residuals reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LagReach {
    /// Within each entity.
    #[default]
    Entity,
    /// Over all rows, as if they were one series: from the last row of an entity to the first of the next.
    /// lmtest, and so plm's `pbgtest` and `pdwtest`, do that; the result depends on the order of the entities.
    Stacked,
}

/// The row and the row before, group by group.
pub(super) fn successive(groups: &[Range<usize>], times: &[i32], by: RowBefore) -> Vec<Vec<(usize, usize)>> {
    groups
        .iter()
        .map(|group| {
            group
                .clone()
                .skip(1)
                .filter(|&row| by == RowBefore::Row || times[row - 1].checked_add(1) == Some(times[row]))
                .map(|row| (row, row - 1))
                .collect()
        })
        .collect()
}

/// The ranges that lists take when they are put one after the other; empty lists take none.
pub(super) fn ranges(lengths: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
    let mut start = 0;
    let mut ranges = Vec::new();
    for length in lengths.filter(|length| *length > 0) {
        ranges.push(start..start + length);
        start += length;
    }
    ranges
}
