//! Real values from nominal ones.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::{Panel, Period};

use crate::cell::{Cell, Missing, append, column_cells, figure, finite};
use crate::derived::Derived;
use crate::error::{Result, TransformError};

/// A nominal column to be put at the prices of a base year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deflate {
    /// The column at current prices.
    pub nominal: String,
    /// The price index, on any base.
    pub deflator: String,
    /// The year whose prices are used, or in a panel of quarters or other periods the one: `2008Q1`.
    pub base: Period,
    /// The new column's name.
    pub into: String,
}

/// An index to be put on another base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rebase {
    /// The column.
    pub series: String,
    /// The year, or the period, in which the new column is 1.
    pub base: Period,
    /// The new column's name.
    pub into: String,
}

/// A column at constant prices: nominal_it / (deflator_it / deflator_i,base), so that real and
/// nominal agree in the base year, entity by entity. The result has the nominal column's unit.
///
/// A price index that is missing in the base year or the row's year, or isn't positive there,
/// gives a gap.
///
/// # Errors
/// [`crate::TransformError::Panel`] where a column is absent or isn't numeric,
/// [`crate::TransformError::ColumnExists`], [`crate::TransformError::BaseYearOutside`],
/// [`crate::TransformError::BaseOfOtherLength`].
pub fn deflate(panel: &Panel, deflate: &Deflate) -> Result<Derived> {
    check_base(panel, &deflate.deflator, deflate.base)?;
    let prices: Vec<Cell> = column_cells(panel, &deflate.deflator)?
        .into_iter()
        .map(|cell| match cell {
            Ok(price) if price <= 0.0 => {
                Err(Missing::computed(format!("{} is {}, not positive", deflate.deflator, figure(price))))
            }
            other => other,
        })
        .collect();
    let index = rebased(panel, &prices, &deflate.deflator, deflate.base);
    let real = column_cells(panel, &deflate.nominal)?
        .into_iter()
        .zip(index)
        .map(|(nominal, index)| {
            let (nominal, index) = (nominal?, index?);
            finite(nominal / index, || format!("{} / {} overflows", figure(nominal), figure(index)))
        })
        .collect();
    append(panel, &deflate.into, real)
}

/// A column relative to its value in a base year, x_it / x_i,base, entity by entity.
///
/// A value that is missing or zero in the base year gives gaps for all of the entity's years.
///
/// # Errors
/// [`crate::TransformError::Panel`] where the column is absent or isn't numeric,
/// [`crate::TransformError::ColumnExists`], [`crate::TransformError::BaseYearOutside`],
/// [`crate::TransformError::BaseOfOtherLength`].
pub fn rebase(panel: &Panel, rebase: &Rebase) -> Result<Derived> {
    check_base(panel, &rebase.series, rebase.base)?;
    let series = column_cells(panel, &rebase.series)?;
    append(panel, &rebase.into, rebased(panel, &series, &rebase.series, rebase.base))
}

/// A base year that no entity has is a slip of the pen; one that some lack is a gap of theirs.
fn check_base(panel: &Panel, series: &str, base: Period) -> Result<()> {
    if base.frequency() != panel.frequency() {
        let frequency = panel.frequency();
        return Err(TransformError::BaseOfOtherLength { series: series.into(), base, frequency });
    }
    let times = panel.times();
    let label = |time: &i32| panel.time_label(*time);
    match (times.iter().min(), times.iter().max()) {
        (Some(first), Some(last)) if !times.contains(&base.ordinal()) => {
            let (first, last) = (label(first), label(last));
            Err(TransformError::BaseYearOutside { series: series.into(), base, first, last })
        }
        _ => Ok(()),
    }
}

fn rebased(panel: &Panel, series: &[Cell], name: &str, base: Period) -> Vec<Cell> {
    let mut index = Vec::with_capacity(series.len());
    for group in panel.groups() {
        let rows = series.get(group.clone()).unwrap_or_default();
        let times = panel.times().get(group.clone()).unwrap_or_default();
        let at_base = match times.binary_search(&base.ordinal()).ok().and_then(|row| rows.get(row)) {
            None => {
                Err(Missing::computed(format!("{name} has no row in the base {} {base}", base.frequency())))
            }
            Some(Err(missing)) => Err(Missing::computed(format!(
                "{} in the base {} {base}",
                missing.reason(),
                base.frequency()
            ))),
            Some(Ok(0.0)) => {
                Err(Missing::computed(format!("{name} is 0 in the base {} {base}", base.frequency())))
            }
            Some(Ok(value)) => Ok(*value),
        };
        index.extend(rows.iter().map(|cell| {
            let at_base = at_base.clone()?;
            let value = cell.clone()?;
            finite(value / at_base, || format!("{} / {} overflows", figure(value), figure(at_base)))
        }));
    }
    index
}
