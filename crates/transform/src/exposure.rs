//! Shift-share exposures.
//!
//! A national series is given to entities by what each had of the whole in a base year, before the
//! shift could change it: the instrument of T. J. Bartik, *Who Benefits from State and Local
//! Economic Development Policies?* (1991), in the form that D. Acemoglu and P. Restrepo, "Robots and
//! Jobs: Evidence from US Labor Markets", *Journal of Political Economy* 128 (2020), give to robots.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::{Frequency, Gap, Panel, TidyTable, tidy_columns as names};

use crate::cell::{Cell, Missing, append};
use crate::derived::Derived;
use crate::error::{Result, TransformError};
use crate::series::key_text;
use crate::suggestion::nearest;
use crate::tidy_rows::{TidyRow, held_in, rows_of};

/// What is shared out, and by which shares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShiftShare {
    /// The national variable, by category (an industry) or without.
    pub shift: String,
    /// The variable whose parts are the shares, by entity and, if the shift has them, category.
    pub share: String,
    /// The year of the shares.
    pub base: i32,
    /// Categories left out on both sides.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// The exposure's name.
    pub into: String,
}

/// An exposure of every entity that has shares.
#[derive(Debug, Clone)]
pub struct Exposure {
    /// `entity, time, value`, sorted by entity and time; missing values have a gap.
    pub frame: DataFrame,
    /// Why values are missing.
    pub gaps: Vec<Gap>,
}

/// The column of an exposure's values.
const VALUE: &str = "value";

/// One number of a source with, where it is missing, the reason.
type Known = std::result::Result<f64, String>;

/// exposure_it = sum over categories j of shift_jt * w_ij / sum over i' of w_i'j, the weights w in
/// the base year, i' running over all entities of the share's source, whether they are in a panel
/// or not. In the shift's unit; where no share is missing, the exposures of a year add up to the
/// shift.
///
/// An entity without a share in the base year has a gap in every year and isn't part of the
/// denominator; a category's missing shift is a gap for every entity in that year. Neither counts
/// as 0.
///
/// # Errors
/// [`TransformError::UnknownVariable`], [`TransformError::NoBaseYear`],
/// [`TransformError::ShiftHasEntity`], [`TransformError::ShareHasNoEntity`],
/// [`TransformError::NegativeShare`], [`TransformError::DuplicateValue`],
/// [`TransformError::MixedKeys`], [`TransformError::CategoriesOnOneSide`],
/// [`TransformError::CategoriesDiffer`], [`TransformError::UnknownCategory`],
/// [`TransformError::ExposureOfPeriods`].
pub fn exposure(tidy: &[TidyTable], shift_share: &ShiftShare) -> Result<Exposure> {
    let (shift, share) = (held_in(tidy, &shift_share.shift)?, held_in(tidy, &shift_share.share)?);
    for (variable, held) in [(&shift_share.shift, &shift), (&shift_share.share, &share)] {
        let tables = held.iter().filter_map(|(at, _)| tidy.get(*at));
        // A number of a quarter or a day would be taken for a year.
        if let Some(other) = tables.map(TidyTable::frequency).find(|own| *own != Frequency::Year) {
            return Err(TransformError::ExposureOfPeriods { variable: variable.clone(), frequency: other });
        }
    }
    let (shift, share) = (rows_of(&shift, tidy), rows_of(&share, tidy));
    let shifts = shifts(&shift, &shift_share.shift)?;
    let shares = shares(&share, &shift_share.share, shift_share.base)?;
    let categories = common_categories(&shifts, &shares, shift_share)?;
    let weights: BTreeMap<&str, Weights<'_>> = categories
        .iter()
        .map(|category| {
            let by_entity = shares.known.get(category).cloned().unwrap_or_default();
            let total = by_entity.values().filter_map(|share| share.as_ref().ok()).sum();
            (*category, Weights { by_entity, total })
        })
        .collect();

    let (mut entities, mut times, mut values, mut gaps) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for entity in &shares.entities {
        for time in &shifts.times {
            let value = sum_of_categories(entity, *time, &shifts, &weights, shift_share);
            if let Err(reason) = &value {
                gaps.push(Gap {
                    entity: (*entity).to_owned(),
                    time: Some((*time).into()),
                    variable: shift_share.into.clone(),
                    reason: reason.clone(),
                });
            }
            entities.push(*entity);
            times.push(*time);
            values.push(value.ok());
        }
    }
    let frame = DataFrame::new(
        values.len(),
        vec![
            Column::new(names::ENTITY.into(), entities),
            Column::new(names::TIME.into(), times),
            Column::new(VALUE.into(), values),
        ],
    )?;
    Ok(Exposure { frame, gaps })
}

/// The panel with an exposure as its column `into`. Entities and years that the exposure doesn't
/// have are gaps.
///
/// # Errors
/// [`TransformError::Frame`] where the exposure's frame isn't `entity, time, value`,
/// [`TransformError::ColumnExists`].
pub fn join_exposure(panel: &Panel, exposure: &Exposure, into: &str) -> Result<Derived> {
    let entity = exposure.frame.column(names::ENTITY)?.str()?;
    let time = exposure.frame.column(names::TIME)?.i32()?;
    let value = exposure.frame.column(VALUE)?.f64()?;
    let mut known: BTreeMap<(&str, i32), Option<f64>> = BTreeMap::new();
    for ((entity, time), value) in entity.iter().zip(time.iter()).zip(value.iter()) {
        if let (Some(entity), Some(time)) = (entity, time) {
            known.insert((entity, time), value.filter(|number| number.is_finite()));
        }
    }
    let reasons: BTreeMap<(&str, i32), &str> = exposure
        .gaps
        .iter()
        .filter_map(|gap| Some(((gap.entity.as_str(), gap.time?.ordinal()), gap.reason.as_str())))
        .collect();
    let mut cells: Vec<Cell> = Vec::with_capacity(panel.height());
    for (entity, group) in panel.entities().iter().zip(panel.groups()) {
        let has_shares =
            known.range((entity.as_str(), i32::MIN)..).next().is_some_and(|(key, _)| key.0 == entity);
        for time in panel.times().get(group.clone()).unwrap_or_default() {
            let key = (entity.as_str(), *time);
            cells.push(known.get(&key).copied().flatten().ok_or_else(|| {
                Missing::computed(match reasons.get(&key) {
                    Some(reason) => (*reason).to_owned(),
                    None if has_shares => format!("no shift for {time}"),
                    None => "no shares for the entity in any source".to_owned(),
                })
            }));
        }
    }
    append(panel, into, cells)
}

/// The shares of one category: w_i and their sum over all entities.
struct Weights<'a> {
    by_entity: BTreeMap<&'a str, Known>,
    total: f64,
}

fn sum_of_categories(
    entity: &str,
    time: i32,
    shifts: &Shifts<'_>,
    weights: &BTreeMap<&str, Weights<'_>>,
    names: &ShiftShare,
) -> Known {
    let mut sum = 0.0;
    for (category, weights) in weights {
        let share = match weights.by_entity.get(entity) {
            Some(Ok(share)) => *share,
            Some(Err(reason)) => {
                return Err(format!("{} {reason}", of_category(&names.share, category)));
            }
            None => {
                let share = of_category(&names.share, category);
                return Err(format!("{share} has no row for the entity in the base year {}", names.base));
            }
        };
        if weights.total == 0.0 {
            return Err(format!("{} is 0 for all entities", of_category(&names.share, category)));
        }
        let shift = match shifts.known.get(&(*category, time)) {
            Some(Ok(shift)) => *shift,
            Some(Err(reason)) => return Err(format!("{} {reason}", of_category(&names.shift, category))),
            None => return Err(format!("{} has no row for {time}", of_category(&names.shift, category))),
        };
        sum += shift * (share / weights.total);
    }
    if sum.is_finite() { Ok(sum) } else { Err("the sum over the categories overflows".to_owned()) }
}

fn of_category(variable: &str, category: &str) -> String {
    if category.is_empty() { variable.to_owned() } else { format!("{variable} of {category}") }
}

/// The national series, by category ("" where there are none) and time.
struct Shifts<'a> {
    known: BTreeMap<(&'a str, i32), Known>,
    categories: BTreeSet<&'a str>,
    by_category: bool,
    times: BTreeSet<i32>,
}

fn shifts<'a>(own: &'a [TidyRow<'a>], variable: &str) -> Result<Shifts<'a>> {
    let by_category = by_category(own, variable)?;
    let mut first: BTreeMap<(&str, i32), &TidyRow<'_>> = BTreeMap::new();
    for row in own {
        if row.entity.is_some() {
            let address = Box::new(row.address());
            return Err(TransformError::ShiftHasEntity { variable: variable.to_owned(), address });
        }
        if let Some(before) = first.insert((row.category.unwrap_or_default(), row.time), row) {
            return Err(duplicate(variable, before, row));
        }
    }
    Ok(Shifts {
        categories: first.keys().map(|key| key.0).collect(),
        times: first.keys().map(|key| key.1).collect(),
        known: first.into_iter().map(|(key, row)| (key, known(row))).collect(),
        by_category,
    })
}

/// The base year's weights, by category ("" where there are none) and entity.
struct Shares<'a> {
    known: BTreeMap<&'a str, BTreeMap<&'a str, Known>>,
    by_category: bool,
    /// All entities of the source, also those without a row in the base year.
    entities: BTreeSet<&'a str>,
}

fn shares<'a>(own: &'a [TidyRow<'a>], variable: &str, base: i32) -> Result<Shares<'a>> {
    let by_category = by_category(own, variable)?;
    let mut first: BTreeMap<(&str, &str), &TidyRow<'_>> = BTreeMap::new();
    let mut entities = BTreeSet::new();
    for row in own {
        let Some(entity) = row.entity else {
            let address = Box::new(row.address());
            return Err(TransformError::ShareHasNoEntity { variable: variable.to_owned(), address });
        };
        entities.insert(entity);
        if row.time != base {
            continue;
        }
        if let Some(value) = row.value.filter(|value| *value < 0.0) {
            let address = Box::new(row.address());
            return Err(TransformError::NegativeShare { variable: variable.to_owned(), value, address });
        }
        if let Some(before) = first.insert((row.category.unwrap_or_default(), entity), row) {
            return Err(duplicate(variable, before, row));
        }
    }
    if first.is_empty() {
        let times: BTreeSet<i32> = own.iter().map(|row| row.time).collect();
        let times = times.iter().map(ToString::to_string).collect();
        return Err(TransformError::NoBaseYear { variable: variable.to_owned(), base, times });
    }
    let mut weights: BTreeMap<&str, BTreeMap<&str, Known>> = BTreeMap::new();
    for ((category, entity), row) in first {
        weights.entry(category).or_default().insert(entity, known(row));
    }
    Ok(Shares { known: weights, by_category, entities })
}

fn known(row: &TidyRow<'_>) -> Known {
    row.value.ok_or_else(|| row.missing_reason())
}

/// Whether the variable comes by category, which all its rows must agree on.
fn by_category(own: &[TidyRow<'_>], variable: &str) -> Result<bool> {
    let with = own.iter().find(|row| row.category.is_some());
    let without = own.iter().find(|row| row.category.is_none());
    if let (Some(with), Some(without)) = (with, without) {
        return Err(TransformError::MixedKeys {
            variable: variable.to_owned(),
            key: "a category",
            with: Box::new(with.address()),
            without: Box::new(without.address()),
        });
    }
    Ok(with.is_some())
}

fn duplicate(variable: &str, first: &TidyRow<'_>, second: &TidyRow<'_>) -> TransformError {
    TransformError::DuplicateValue {
        variable: variable.to_owned(),
        key: key_text(second.entity, second.category, &second.time.to_string()),
        first: Box::new(first.address()),
        second: Box::new(second.address()),
        between: None,
    }
}

/// The categories that count: those of both sides, which must be the same but for the excluded.
fn common_categories<'a>(
    shifts: &Shifts<'a>,
    shares: &Shares<'a>,
    shift_share: &ShiftShare,
) -> Result<BTreeSet<&'a str>> {
    if shifts.by_category != shares.by_category {
        let (shift, share) = (shift_share.shift.clone(), shift_share.share.clone());
        let (with, without) = if shifts.by_category { (shift, share) } else { (share, shift) };
        return Err(TransformError::CategoriesOnOneSide { with, without });
    }
    let share_categories: BTreeSet<&str> = shares.known.keys().copied().collect();
    for category in &shift_share.exclude {
        let there =
            shifts.categories.contains(category.as_str()) || share_categories.contains(category.as_str());
        if !there || category.is_empty() {
            let all: BTreeSet<&str> = shifts.categories.union(&share_categories).copied().collect();
            return Err(TransformError::UnknownCategory {
                category: category.clone(),
                suggestion: nearest(category, all.iter().copied()),
                available: all.into_iter().filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            });
        }
    }
    let kept = |side: &BTreeSet<&'a str>| -> BTreeSet<&'a str> {
        side.iter()
            .copied()
            .filter(|name| !shift_share.exclude.iter().any(|left_out| left_out == name))
            .collect()
    };
    let (shift_side, share_side) = (kept(&shifts.categories), kept(&share_categories));
    let difference = |left: &BTreeSet<&str>, right: &BTreeSet<&str>| -> Vec<String> {
        left.difference(right).map(|name| (*name).to_owned()).collect()
    };
    let (shift_only, share_only) =
        (difference(&shift_side, &share_side), difference(&share_side, &shift_side));
    if shift_only.is_empty() && share_only.is_empty() && !shift_side.is_empty() {
        Ok(shift_side)
    } else {
        Err(TransformError::CategoriesDiffer { shift_only, share_only })
    }
}
