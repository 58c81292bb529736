//! Tidy values put on the full grid of entities and years.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;
use serde::{Deserialize, Serialize};
use vintner_panel::{Gap, Panel};

use crate::derived::Derived;
use crate::error::{Result, TransformError};
use crate::suggestion::nearest;
use crate::tidy_rows::{TidyRow, tidy_rows, variables};

/// A grid of more rows than this is taken for a mistyped year.
const ROW_LIMIT: usize = 20_000_000;

/// A span of years, both ends in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The first year.
    pub first: i32,
    /// The last year.
    pub last: i32,
}

/// How a variable's categories make one value of an entity and year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CategoryAggregate {
    /// Their sum.
    Sum,
    /// Their unweighted mean.
    Mean,
}

/// Which panel to build from tidy values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assembly {
    /// The entities' ids; each gets a row for every year of the window.
    pub entities: Vec<String>,
    /// The years.
    pub window: Window,
    /// The variables, one column each, in this order.
    pub variables: Vec<String>,
    /// For variables that come by category: how to make one value of them. The value is missing
    /// where that of any category is.
    #[serde(default)]
    pub aggregate: BTreeMap<String, CategoryAggregate>,
    /// The name of the panel's entity column.
    #[serde(default = "entity_column")]
    pub entity: String,
    /// The name of the panel's time column.
    #[serde(default = "time_column")]
    pub time: String,
}

fn entity_column() -> String {
    "entity".into()
}

fn time_column() -> String {
    "time".into()
}

/// The panel of `assembly` from frames of tidy values (see [`vintner_panel::tidy_columns`]).
///
/// Every entity has a row for every year. A series without entities, such as an exchange rate, is
/// given to all of them. Each value that isn't there is a gap: no source has a row for it, or the
/// source's cell is empty or a code for missing, named with file, sheet and cell.
///
/// # Errors
/// [`TransformError::UnknownVariable`], [`TransformError::ByCategory`],
/// [`TransformError::MixedKeys`], [`TransformError::DuplicateValue`],
/// [`TransformError::Repeated`], [`TransformError::NoEntities`], [`TransformError::EmptyWindow`],
/// [`TransformError::GridTooLarge`], [`TransformError::NotTidy`],
/// [`TransformError::AggregateNotAsked`]; all faults of the variables at once.
pub fn assemble(tidy: &[DataFrame], assembly: &Assembly) -> Result<Derived> {
    let grid = Grid::new(assembly)?;
    let rows = tidy_rows(tidy)?;
    let mut columns = grid.key_columns(assembly);
    let mut gaps = Vec::new();
    let mut faults = Vec::new();
    for variable in &assembly.variables {
        let aggregate = assembly.aggregate.get(variable).copied();
        match Series::of(variable, &rows, &grid).and_then(|series| grid.values(&series, aggregate, &mut gaps))
        {
            Ok(values) => columns.push(Column::new(variable.as_str().into(), values)),
            Err(fault) => faults.push(fault),
        }
    }
    for variable in assembly.aggregate.keys().filter(|variable| !assembly.variables.contains(variable)) {
        faults.push(TransformError::AggregateNotAsked {
            variable: variable.clone(),
            available: assembly.variables.clone(),
            suggestion: nearest(variable, assembly.variables.iter().map(String::as_str)),
        });
    }
    TransformError::all(faults)?;
    gaps.sort();
    let frame = DataFrame::new(grid.height(), columns)?;
    Ok(Derived { panel: Panel::new(frame, &assembly.entity, &assembly.time)?, gaps })
}

/// The rows of the panel to be: entity by entity, year by year.
struct Grid<'a> {
    entities: &'a [String],
    positions: BTreeMap<&'a str, usize>,
    first: i32,
    years: usize,
}

impl<'a> Grid<'a> {
    fn new(assembly: &'a Assembly) -> Result<Self> {
        let Window { first, last } = assembly.window;
        if first > last {
            return Err(TransformError::EmptyWindow { first, last });
        }
        if assembly.entities.is_empty() {
            return Err(TransformError::NoEntities);
        }
        let mut positions = BTreeMap::new();
        for (position, entity) in assembly.entities.iter().enumerate() {
            if positions.insert(entity.as_str(), position).is_some() {
                return Err(TransformError::Repeated { what: "entity", name: entity.clone() });
            }
        }
        let mut names = BTreeSet::new();
        for name in [&assembly.entity, &assembly.time].into_iter().chain(&assembly.variables) {
            if !names.insert(name) {
                return Err(TransformError::Repeated { what: "column", name: name.clone() });
            }
        }
        let years = i64::from(last) - i64::from(first) + 1;
        let within_limit = usize::try_from(years)
            .ok()
            .filter(|years| years.saturating_mul(assembly.entities.len()) <= ROW_LIMIT);
        let Some(years) = within_limit else {
            let entities = assembly.entities.len();
            return Err(TransformError::GridTooLarge { entities, years, limit: ROW_LIMIT });
        };
        Ok(Self { entities: &assembly.entities, positions, first, years })
    }

    fn height(&self) -> usize {
        self.entities.len() * self.years
    }

    /// Each row's entity and year.
    fn keys(&self) -> impl Iterator<Item = (&'a str, i32)> + '_ {
        self.entities
            .iter()
            .flat_map(move |entity| (self.first..).take(self.years).map(|time| (entity.as_str(), time)))
    }

    fn key_columns(&self, assembly: &Assembly) -> Vec<Column> {
        let (entities, times): (Vec<&str>, Vec<i32>) = self.keys().unzip();
        vec![
            Column::new(assembly.entity.as_str().into(), entities),
            Column::new(assembly.time.as_str().into(), times),
        ]
    }

    /// The place of a year in the window.
    fn year(&self, time: i32) -> Option<usize> {
        usize::try_from(i64::from(time) - i64::from(self.first)).ok().filter(|year| *year < self.years)
    }

    /// The column of a variable, its missing values added to `gaps`.
    fn values(
        &self,
        series: &Series<'_>,
        aggregate: Option<CategoryAggregate>,
        gaps: &mut Vec<Gap>,
    ) -> Result<Vec<Option<f64>>> {
        let categories: Vec<String> =
            series.slots.keys().filter_map(|category| category.map(str::to_owned)).collect();
        if !categories.is_empty() && aggregate.is_none() {
            return Err(TransformError::ByCategory { variable: series.variable.to_owned(), categories });
        }
        let mut values = Vec::with_capacity(self.height());
        for (row, (entity, time)) in self.keys().enumerate() {
            let slot = if series.national { row % self.years } else { row };
            let value = series.value(slot, aggregate);
            if let Err(reason) = &value {
                gaps.push(Gap {
                    entity: entity.to_owned(),
                    time: Some(time.into()),
                    variable: series.variable.to_owned(),
                    reason: reason.clone(),
                });
            }
            values.push(value.ok());
        }
        Ok(values)
    }
}

/// One variable's rows, by category and place in the grid.
struct Series<'a> {
    variable: &'a str,
    /// Whether it has no entities, and so one row for each year.
    national: bool,
    slots: BTreeMap<Option<&'a str>, Vec<Option<&'a TidyRow<'a>>>>,
}

impl<'a> Series<'a> {
    fn of(variable: &'a str, rows: &'a [TidyRow<'a>], grid: &Grid<'_>) -> Result<Self> {
        let own = || rows.iter().filter(|row| row.variable == variable);
        let Some(head) = own().next() else {
            let available = variables(rows);
            return Err(TransformError::UnknownVariable {
                variable: variable.to_owned(),
                suggestion: nearest(variable, available.iter().map(String::as_str)),
                available,
            });
        };
        let mixed = |key, other: &TidyRow<'_>, head_has_it: bool| {
            let (with, without) = if head_has_it { (head, other) } else { (other, head) };
            TransformError::MixedKeys {
                variable: variable.to_owned(),
                key,
                with: Box::new(with.address()),
                without: Box::new(without.address()),
            }
        };
        let national = head.entity.is_none();
        let size = if national { grid.years } else { grid.height() };
        let mut slots: BTreeMap<Option<&str>, Vec<Option<&TidyRow<'_>>>> = BTreeMap::new();
        for row in own() {
            if row.entity.is_none() != national {
                return Err(mixed("an entity", row, !national));
            }
            if row.category.is_some() != head.category.is_some() {
                return Err(mixed("a category", row, head.category.is_some()));
            }
            let slots = slots.entry(row.category).or_insert_with(|| vec![None; size]);
            let position = match row.entity {
                None => Some(0),
                Some(entity) => grid.positions.get(entity).copied(),
            };
            let (Some(position), Some(year)) = (position, grid.year(row.time)) else { continue };
            let Some(slot) = slots.get_mut(position * grid.years + year) else { continue };
            if let Some(first) = slot {
                return Err(TransformError::DuplicateValue {
                    variable: variable.to_owned(),
                    key: key_text(row),
                    first: Box::new(first.address()),
                    second: Box::new(row.address()),
                });
            }
            *slot = Some(row);
        }
        Ok(Self { variable, national, slots })
    }

    fn value(&self, slot: usize, aggregate: Option<CategoryAggregate>) -> std::result::Result<f64, String> {
        let mut total = 0.0;
        for (category, rows) in &self.slots {
            let value = match rows.get(slot).copied().flatten() {
                None => Err("no row in any source".to_owned()),
                Some(row) => row.value.ok_or_else(|| row.missing_reason()),
            };
            total += value.map_err(|reason| match category {
                None => reason,
                Some(category) => format!("category {category}: {reason}"),
            })?;
        }
        let value = match aggregate {
            Some(CategoryAggregate::Mean) => total / self.slots.len() as f64,
            Some(CategoryAggregate::Sum) | None => total,
        };
        if value.is_finite() { Ok(value) } else { Err("the sum of the categories overflows".into()) }
    }
}

/// Entity, category and time of a row, for a message.
pub(crate) fn key_text(row: &TidyRow<'_>) -> String {
    let keys: Vec<&str> = [row.entity, row.category].into_iter().flatten().collect();
    if keys.is_empty() { row.time.to_string() } else { format!("{} in {}", keys.join(", "), row.time) }
}
