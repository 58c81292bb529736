//! Values of other years, found by the year itself and never by the row: a hole in the panel gives
//! a missing value, not that of the year before the hole.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use vintner_panel::Panel;

use crate::cell::{Cell, Missing, append, column_cells, figure, finite};
use crate::derived::Derived;
use crate::error::Result;

/// A column shifted in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shifted {
    /// The column.
    pub variable: String,
    /// By how many years; 1 where nothing is said.
    #[serde(default = "one")]
    pub periods: u32,
    /// The new column's name.
    pub into: String,
}

fn one() -> u32 {
    1
}

/// x_i,t-k: the entity's value `periods` years earlier.
///
/// # Errors
/// [`crate::TransformError::Panel`] where the column is absent or isn't numeric,
/// [`crate::TransformError::ColumnExists`].
pub fn lag(panel: &Panel, shifted: &Shifted) -> Result<Derived> {
    shift(panel, shifted, |cells, earlier, _| at_offset(cells, panel.groups(), panel.times(), earlier))
}

/// x_i,t+k: the entity's value `periods` years later.
///
/// # Errors
/// As [`lag`].
pub fn lead(panel: &Panel, shifted: &Shifted) -> Result<Derived> {
    shift(panel, shifted, |cells, _, later| at_offset(cells, panel.groups(), panel.times(), later))
}

/// x_it - x_i,t-k: the change over `periods` years.
///
/// # Errors
/// As [`lag`].
pub fn difference(panel: &Panel, shifted: &Shifted) -> Result<Derived> {
    shift(panel, shifted, |cells, earlier, _| change(cells, panel.groups(), panel.times(), earlier))
}

fn shift(
    panel: &Panel,
    shifted: &Shifted,
    work: impl FnOnce(&[Cell], i64, i64) -> Vec<Cell>,
) -> Result<Derived> {
    let cells = column_cells(panel, &shifted.variable)?;
    let periods = i64::from(shifted.periods);
    append(panel, &shifted.into, work(&cells, -periods, periods))
}

/// Each row's value of the same entity `offset` years away. Rows are sorted by entity, then time.
pub(crate) fn at_offset(cells: &[Cell], groups: &[Range<usize>], times: &[i32], offset: i64) -> Vec<Cell> {
    let mut found = Vec::with_capacity(cells.len());
    for group in groups {
        let own_times = times.get(group.clone()).unwrap_or_default();
        let own_cells = cells.get(group.clone()).unwrap_or_default();
        for time in own_times {
            let wanted = i64::from(*time) + offset;
            let row = own_times.binary_search_by_key(&wanted, |time| i64::from(*time)).ok();
            found.push(match row.and_then(|row| own_cells.get(row)) {
                None => Err(Missing::computed(format!("no row for {wanted}"))),
                Some(Ok(value)) => Ok(*value),
                Some(Err(missing)) if offset == 0 => Err(missing.clone()),
                Some(Err(missing)) => Err(missing.at(wanted)),
            });
        }
    }
    found
}

/// Each row's value less the one `offset` years away.
pub(crate) fn change(cells: &[Cell], groups: &[Range<usize>], times: &[i32], offset: i64) -> Vec<Cell> {
    let earlier = at_offset(cells, groups, times, offset);
    cells
        .iter()
        .zip(earlier)
        .map(|(now, then)| {
            let (now, then) = (now.clone()?, then?);
            finite(now - then, || format!("{} - {} overflows", figure(now), figure(then)))
        })
        .collect()
}
