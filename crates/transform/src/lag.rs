//! Values of other times, found by the time itself and never by the row: a hole in the panel gives
//! a missing value, not that of the time before the hole.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::{Frequency, Panel};

use crate::cell::{Cell, Missing, append, column_cells, figure, finite};
use crate::derived::Derived;
use crate::error::Result;

/// A column shifted in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shifted {
    /// The column.
    pub variable: String,
    /// By how many periods (years, quarters, whatever the panel's times are); 1 where nothing is said.
    #[serde(default = "one")]
    pub periods: u32,
    /// The new column's name.
    pub into: String,
}

fn one() -> u32 {
    1
}

/// x_i,t-k: the entity's value `periods` periods earlier.
///
/// # Errors
/// [`crate::TransformError::Panel`] where the column is absent or isn't numeric,
/// [`crate::TransformError::ColumnExists`].
pub fn lag(panel: &Panel, shifted: &Shifted) -> Result<Derived> {
    shift(panel, shifted, |cells, earlier, _| at_offset(cells, &Times::of(panel), earlier))
}

/// x_i,t+k: the entity's value `periods` periods later.
///
/// # Errors
/// As [`lag`].
pub fn lead(panel: &Panel, shifted: &Shifted) -> Result<Derived> {
    shift(panel, shifted, |cells, _, later| at_offset(cells, &Times::of(panel), later))
}

/// x_it - x_i,t-k: the change over `periods` periods.
///
/// # Errors
/// As [`lag`].
pub fn difference(panel: &Panel, shifted: &Shifted) -> Result<Derived> {
    shift(panel, shifted, |cells, earlier, _| change(cells, &Times::of(panel), earlier))
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

/// Which rows are an entity's and what their times are. Rows are sorted by entity, then time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times<'a> {
    pub(crate) groups: &'a [Range<usize>],
    pub(crate) times: &'a [i32],
    pub(crate) frequency: Frequency,
}

impl<'a> Times<'a> {
    fn of(panel: &'a Panel) -> Self {
        Self { groups: panel.groups(), times: panel.times(), frequency: panel.frequency() }
    }

    /// What a time is called, also one that no row has.
    fn label(&self, time: i64) -> String {
        i32::try_from(time).map_or_else(|_| time.to_string(), |time| self.frequency.label(time))
    }
}

/// Each row's value of the same entity `offset` periods away.
pub(crate) fn at_offset(cells: &[Cell], rows: &Times<'_>, offset: i64) -> Vec<Cell> {
    let mut found = Vec::with_capacity(cells.len());
    for group in rows.groups {
        let own_times = rows.times.get(group.clone()).unwrap_or_default();
        let own_cells = cells.get(group.clone()).unwrap_or_default();
        for time in own_times {
            let wanted = i64::from(*time) + offset;
            let row = own_times.binary_search_by_key(&wanted, |time| i64::from(*time)).ok();
            found.push(match row.and_then(|row| own_cells.get(row)) {
                None => Err(Missing::computed(format!("no row for {}", rows.label(wanted)))),
                Some(Ok(value)) => Ok(*value),
                Some(Err(missing)) if offset == 0 => Err(missing.clone()),
                Some(Err(missing)) => Err(missing.at(&rows.label(wanted))),
            });
        }
    }
    found
}

/// Each row's value less the one `offset` periods away.
pub(crate) fn change(cells: &[Cell], rows: &Times<'_>, offset: i64) -> Vec<Cell> {
    let earlier = at_offset(cells, rows, offset);
    cells
        .iter()
        .zip(earlier)
        .map(|(now, then)| {
            let (now, then) = (now.clone()?, then?);
            finite(now - then, || format!("{} - {} overflows", figure(now), figure(then)))
        })
        .collect()
}
