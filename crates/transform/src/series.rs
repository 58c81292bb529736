//! One variable of tidy tables, laid on the grid of a panel.

use std::collections::BTreeMap;

use polars::prelude::*;
use vintner_panel::{Gap, TidyTable, TidyVariable};

use crate::assembly::CategoryAggregate;
use crate::error::{Result, TransformError};
use crate::grid::{Grid, OUTSIDE};
use crate::tidy_rows::missing_reason;

/// Where a value comes from: the table among those that hold the variable, and the row.
type From = (u32, u32);

/// No value.
const NOWHERE: From = (u32::MAX, u32::MAX);

/// Tables that hold a variable, with their places among all.
pub(crate) type Held<'a> = [(usize, TidyVariable<'a>)];

/// The column of the one table that has a variable, where it has a value for each row of the grid in the grid's order,
/// as a balanced panel in a sorted file has; `slots` as in [`Series::of`].
pub(crate) fn as_it_is(
    variable: &str,
    held: &Held<'_>,
    tidy: &[TidyTable],
    grid: &Grid,
    slots: &mut [Option<Vec<usize>>],
) -> Result<Option<Column>> {
    let [(at, own)] = held else { return Ok(None) };
    let (Some(table), Some(known)) = (tidy.get(*at), slots.get_mut(*at)) else { return Ok(None) };
    let named = table.entities()?.is_some_and(|entities| entities.null_count() == 0);
    if !named || own.keys().1 || !own.holds_all() || table.height() != grid.height() {
        return Ok(None);
    }
    let slots: &[usize] = match known {
        Some(slots) => slots,
        None => known.insert(grid.slots(table)?),
    };
    if !slots.iter().zip(0..).all(|(slot, row)| *slot == row) {
        return Ok(None);
    }
    let numbers = own.numbers().filter(|numbers| numbers.null_count() == 0);
    let numbers = numbers.filter(|numbers| numbers.iter().flatten().all(f64::is_finite));
    let wholes = own.wholes().filter(|wholes| wholes.null_count() == 0);
    let texts = own.labels().filter(|texts| texts.null_count() == 0);
    let column = numbers.map(|numbers| numbers.clone().into_column());
    let column = column.or_else(|| wholes.map(|wholes| wholes.clone().into_column()));
    let column = column.or_else(|| texts.map(|texts| texts.clone().into_column()));
    Ok(column.map(|column| column.with_name(variable.into())))
}

/// A variable of text in which two rows differ, and what each has; a row is a table's, by their places.
fn between(tidy: &[TidyTable], one: (usize, usize), other: (usize, usize)) -> Option<Box<[String; 3]>> {
    let (first, second) = (tidy.get(one.0)?, tidy.get(other.0)?);
    first.variable_names().find_map(|name| {
        let text = |table: &TidyTable, row: usize| {
            let variable = table.variable(name).ok().flatten()?;
            variable.labels()?.get(row).map(str::to_owned)
        };
        let (before, own) = (text(first, one.1)?, text(second, other.1)?);
        (before != own).then(|| Box::new([name.to_owned(), before, own]))
    })
}

/// Puts a value into its place, unless there is one.
fn fill(
    variable: &str,
    held: &Held<'_>,
    tidy: &[TidyTable],
    slots: &mut [From],
    slot: usize,
    from: From,
) -> Result<()> {
    if slot == OUTSIDE {
        return Ok(());
    }
    let Some(filled) = slots.get_mut(slot) else { return Ok(()) };
    if *filled == NOWHERE {
        *filled = from;
        return Ok(());
    }
    let (Some((first, before)), Some((second, own))) =
        (held.get(filled.0 as usize), held.get(from.0 as usize))
    else {
        return Ok(());
    };
    let row = from.1 as usize;
    Err(TransformError::DuplicateValue {
        variable: variable.to_owned(),
        key: key_text(own.entity(row), own.category(row), &own.when(row)),
        first: Box::new(before.address(filled.1 as usize)),
        second: Box::new(own.address(row)),
        between: between(tidy, (*first, filled.1 as usize), (*second, row)),
    })
}

/// One variable's values, by category and place in the grid.
pub(crate) struct Series<'a> {
    variable: &'a str,
    held: &'a Held<'a>,
    /// Whether it has no entities, and so one row for each year.
    national: bool,
    from: BTreeMap<Option<&'a str>, Vec<From>>,
}

impl<'a> Series<'a> {
    /// The variable that is `held` in some of the tables; `slots` keeps what is known of each table for the next.
    pub(crate) fn of(
        variable: &'a str,
        held: &'a Held<'a>,
        tidy: &[TidyTable],
        grid: &Grid,
        slots: &mut [Option<Vec<usize>>],
    ) -> Result<Self> {
        if let Some((_, first)) = held.first()
            && let Some((_, other)) = held.iter().find(|(_, other)| type_of(other) != type_of(first))
        {
            return Err(TransformError::MixedTypes {
                variable: variable.to_owned(),
                first: type_of(first),
                second: type_of(other),
                places: Box::new((first.address(0), other.address(0))),
            });
        }
        let mut series: Option<Self> = None;
        let mut head = None;
        for (part, (at, own)) in (0..).zip(held) {
            let (Some(table), Some(known)) = (tidy.get(*at), slots.get_mut(*at)) else { continue };
            let slots: &[usize] = match known {
                Some(slots) => slots,
                None => known.insert(grid.slots(table)?),
            };
            let (has_entities, has_categories) = own.keys();
            let whole = own.holds_all() && !has_categories;
            let whole = whole && table.entities()?.is_none_or(|entities| entities.null_count() == 0);
            for ((row, slot), place) in (0..).zip(slots).zip(0..) {
                if !whole && !own.holds(row) {
                    continue;
                }
                // What all rows have in common needn't be asked of each.
                let national = if whole { !has_entities } else { own.entity(row).is_none() };
                let category = if whole { None } else { own.category(row) };
                let series = series.get_or_insert_with(|| {
                    head = Some((own, row, category.is_some()));
                    Self { variable, held, national, from: BTreeMap::new() }
                });
                if let Some((first, first_row, by_category)) = head {
                    let here = || (first.address(first_row), own.address(row));
                    if national != series.national {
                        return Err(mixed(variable, "an entity", !series.national, here()));
                    }
                    if category.is_some() != by_category {
                        return Err(mixed(variable, "a category", by_category, here()));
                    }
                }
                let size = if national { grid.years() } else { grid.height() };
                let own_slots = series.from.entry(category).or_insert_with(|| vec![NOWHERE; size]);
                if whole {
                    // All rows are like the first.
                    for (slot, place) in slots.iter().zip(0..) {
                        fill(variable, held, tidy, own_slots, *slot, (part, place))?;
                    }
                    break;
                }
                fill(variable, held, tidy, own_slots, *slot, (part, place))?;
            }
        }
        Ok(series.unwrap_or(Self { variable, held, national: false, from: BTreeMap::new() }))
    }

    /// The column, its missing values added to `gaps`.
    pub(crate) fn column(
        &self,
        grid: &Grid,
        aggregate: Option<CategoryAggregate>,
        gaps: &mut Vec<Gap>,
    ) -> Result<Column> {
        let categories: Vec<String> =
            self.from.keys().filter_map(|category| category.map(str::to_owned)).collect();
        if !categories.is_empty() && aggregate.is_none() {
            return Err(TransformError::ByCategory { variable: self.variable.to_owned(), categories });
        }
        let name: PlSmallStr = self.variable.into();
        let kind = self.held.first().map_or("numbers", |(_, own)| type_of(own));
        if categories.is_empty() && kind == "text" {
            let labels = self.each(grid, gaps, |own, row| own.labels()?.get(row));
            return Ok(StringChunked::from_iter_options(name, labels.into_iter()).into_column());
        }
        if categories.is_empty() && kind == "whole numbers" {
            let wholes = self.each(grid, gaps, |own, row| own.wholes()?.get(row));
            return Ok(Int64Chunked::from_iter_options(name, wholes.into_iter()).into_column());
        }
        if categories.is_empty() {
            let numbers = self.each(grid, gaps, |own, row| own.number(row));
            return Ok(Float64Chunked::from_iter_options(name, numbers.into_iter()).into_column());
        }
        if kind == "text" {
            return Err(TransformError::TextAggregated { variable: self.variable.to_owned() });
        }
        let mut values = Vec::with_capacity(grid.height());
        for row in 0..grid.height() {
            let value = self.sum(self.slot(row, grid), grid.key(row), aggregate);
            if let Err(reason) = &value {
                gaps.push(self.gap(grid, row, reason.clone()));
            }
            values.push(value.ok());
        }
        Ok(Float64Chunked::from_iter_options(name, values.into_iter()).into_column())
    }

    /// The values of a variable without categories.
    fn each<T: Copy>(
        &self,
        grid: &Grid,
        gaps: &mut Vec<Gap>,
        pick: impl Fn(&TidyVariable<'a>, usize) -> Option<T>,
    ) -> Vec<Option<T>> {
        let from = self.from.get(&None).map(Vec::as_slice).unwrap_or_default();
        let values = (0..grid.height()).map(|row| {
            let from = from.get(self.slot(row, grid)).copied().unwrap_or(NOWHERE);
            let source = self.source(from);
            let value = source.and_then(|(own, at)| pick(own, at));
            if value.is_none() {
                gaps.push(self.gap(grid, row, self.reason(source, grid.key(row))));
            }
            value
        });
        values.collect()
    }

    fn slot(&self, row: usize, grid: &Grid) -> usize {
        if self.national { grid.year(row) } else { row }
    }

    fn source(&self, (part, row): From) -> Option<(&'a TidyVariable<'a>, usize)> {
        self.held.get(part as usize).map(|(_, own)| (own, row as usize))
    }

    fn gap(&self, grid: &Grid, row: usize, reason: String) -> Gap {
        let (entity, time) = grid.key(row);
        Gap { entity: entity.to_owned(), time: grid.period(time), variable: self.variable.to_owned(), reason }
    }

    /// Why a value is missing.
    fn reason(&self, source: Option<(&TidyVariable<'_>, usize)>, (entity, time): (&str, i32)) -> String {
        match source {
            None => {
                let absent = self.held.iter().find_map(|(_, own)| own.absence(entity, time));
                absent.unwrap_or_else(|| "no row in any source".to_owned())
            }
            Some((own, row)) => missing_reason(own, row),
        }
    }

    /// The sum or mean over the categories, or why there is none.
    fn sum(
        &self,
        slot: usize,
        key: (&str, i32),
        aggregate: Option<CategoryAggregate>,
    ) -> std::result::Result<f64, String> {
        let mut total = 0.0;
        for (category, from) in &self.from {
            let source = self.source(from.get(slot).copied().unwrap_or(NOWHERE));
            total += source.and_then(|(own, row)| own.number(row)).ok_or_else(|| match category {
                None => self.reason(source, key),
                Some(category) => format!("category {category}: {}", self.reason(source, key)),
            })?;
        }
        let value = match aggregate {
            Some(CategoryAggregate::Mean) => total / self.from.len() as f64,
            Some(CategoryAggregate::Sum) | None => total,
        };
        if value.is_finite() { Ok(value) } else { Err("the sum of the categories overflows".into()) }
    }
}

fn type_of(variable: &TidyVariable<'_>) -> &'static str {
    if variable.labels().is_some() {
        "text"
    } else if variable.wholes().is_some() {
        "whole numbers"
    } else {
        "numbers"
    }
}

fn mixed(
    variable: &str,
    key: &'static str,
    first_has_it: bool,
    (first, other): (vintner_panel::CellAddress, vintner_panel::CellAddress),
) -> TransformError {
    let (with, without) = if first_has_it { (first, other) } else { (other, first) };
    let variable = variable.to_owned();
    TransformError::MixedKeys { variable, key, with: Box::new(with), without: Box::new(without) }
}

/// Entity, category and time of a row, for a message.
pub(crate) fn key_text(entity: Option<&str>, category: Option<&str>, time: &str) -> String {
    let keys: Vec<&str> = [entity, category].into_iter().flatten().collect();
    match (keys.is_empty(), time.is_empty()) {
        (true, _) => time.to_owned(),
        (false, true) => keys.join(", "),
        (false, false) => format!("{} in {time}", keys.join(", ")),
    }
}
