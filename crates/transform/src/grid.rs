//! The rows of a panel to be: entity by entity, year by year.

use std::collections::{BTreeSet, HashMap};

use polars::prelude::*;
use vintner_panel::{Frequency, Period, PeriodWindow, TidyTable};

use crate::assembly::Assembly;
use crate::error::{Result, TransformError};

/// A grid of more rows than this is taken for a mistyped year.
const ROW_LIMIT: usize = 50_000_000;

/// What stands for a row that the grid doesn't have.
pub(crate) const OUTSIDE: usize = usize::MAX;

/// The rows of the panel to be.
pub(crate) struct Grid {
    entities: Vec<String>,
    positions: HashMap<String, usize>,
    first: i32,
    years: usize,
    frequency: Frequency,
}

impl Grid {
    pub(crate) fn new(assembly: &Assembly, tidy: &[TidyTable]) -> Result<Self> {
        let asked = |table: &&TidyTable| {
            table.variable_names().any(|name| assembly.variables.iter().any(|own| own == name))
        };
        let tables: Vec<&TidyTable> = tidy.iter().filter(asked).collect();
        let frequency = tables.first().map_or(Frequency::Year, |table| table.frequency());
        if let Some(other) = tables.iter().find(|table| table.frequency() != frequency) {
            return Err(TransformError::MixedFrequencies {
                first: frequency,
                first_source: tables.first().map(|table| table.place().source.clone()).unwrap_or_default(),
                second: other.frequency(),
                second_source: other.place().source.clone(),
            });
        }
        let (first, last) = match assembly.window {
            Some(window) => periods_of(window, frequency)?,
            None => years_of(&tables)?,
        };
        if first > last {
            let (first, last) = (frequency.label(first), frequency.label(last));
            return Err(TransformError::EmptyWindow { first, last });
        }
        let entities = match &assembly.entities {
            Some(entities) => entities.clone(),
            None => entities_of(&tables)?,
        };
        if entities.is_empty() {
            return Err(TransformError::NoEntities);
        }
        let mut positions = HashMap::with_capacity(entities.len());
        for (position, entity) in entities.iter().enumerate() {
            if positions.insert(entity.clone(), position).is_some() {
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
        let within_limit =
            usize::try_from(years).ok().filter(|years| years.saturating_mul(entities.len()) <= ROW_LIMIT);
        let Some(years) = within_limit else {
            let entities = entities.len();
            return Err(TransformError::GridTooLarge { entities, years, limit: ROW_LIMIT });
        };
        Ok(Self { entities, positions, first, years, frequency })
    }

    pub(crate) fn height(&self) -> usize {
        self.entities.len() * self.years
    }

    /// How many years each entity has.
    pub(crate) fn years(&self) -> usize {
        self.years
    }

    /// A row's entity and year.
    pub(crate) fn key(&self, row: usize) -> (&str, i32) {
        let entity = self.entities.get(row / self.years).map(String::as_str).unwrap_or_default();
        // Within the window, so it fits.
        (entity, self.first + (row % self.years) as i32)
    }

    /// The period of a year of the grid.
    pub(crate) fn period(&self, time: i32) -> Option<Period> {
        Period::from_ordinal(self.frequency, time)
    }

    pub(crate) fn key_columns(&self, assembly: &Assembly) -> Vec<Column> {
        let times = (self.first..).take(self.years);
        let name: PlSmallStr = assembly.time.as_str().into();
        let count = self.entities.len();
        let times = if self.frequency == Frequency::Year {
            Column::new(name, times.collect::<Vec<i32>>().repeat(count))
        } else {
            let periods = times.map(|time| self.period(time).map(|own| own.to_string()));
            let periods: Vec<Option<String>> = periods.collect();
            let repeated = (0..count).flat_map(|_| periods.iter().map(Option::as_deref));
            StringChunked::from_iter_options(name, repeated).into_column()
        };
        let entities =
            self.entities.iter().flat_map(|entity| std::iter::repeat_n(entity.as_str(), self.years));
        vec![StringChunked::from_iter_values(assembly.entity.as_str().into(), entities).into_column(), times]
    }

    /// The row of the grid that each row of a table belongs to, or for a row without an entity the place of its
    /// year; [`OUTSIDE`] where there is none.
    pub(crate) fn slots(&self, table: &TidyTable) -> Result<Vec<usize>> {
        let year = |time: i32| {
            usize::try_from(i64::from(time) - i64::from(self.first)).ok().filter(|year| *year < self.years)
        };
        let times = table.times();
        let Some(entities) = table.entities()? else {
            return Ok(times.iter().map(|time| year(*time).unwrap_or(OUTSIDE)).collect());
        };
        // Rows of an entity mostly follow one another.
        let (mut last, mut start) = (None, Some(0));
        let slots = entities.iter().zip(times).map(|(entity, time)| {
            if entity != last {
                last = entity;
                start = match entity {
                    Some(entity) => self.positions.get(entity).map(|position| position * self.years),
                    None => Some(0),
                };
            }
            start.zip(year(*time)).map_or(OUTSIDE, |(start, year)| start + year)
        });
        Ok(slots.collect())
    }
}

/// The first and the last period of a window.
fn periods_of(window: PeriodWindow, frequency: Frequency) -> Result<(i32, i32)> {
    let ordinals = window.ordinals(frequency);
    ordinals.map(|ordinals| (*ordinals.start(), *ordinals.end())).ok_or_else(|| {
        TransformError::WindowFrequency {
            first: window.first.to_string(),
            last: window.last.to_string(),
            frequency,
        }
    })
}

/// The first and the last period of tables.
fn years_of(tables: &[&TidyTable]) -> Result<(i32, i32)> {
    let mut span: Option<(i32, i32)> = None;
    for table in tables {
        for time in table.times() {
            let (first, last) = span.get_or_insert((*time, *time));
            *first = (*first).min(*time);
            *last = (*last).max(*time);
        }
    }
    span.ok_or(TransformError::NoEntities)
}

/// The entities of tables, sorted.
fn entities_of(tables: &[&TidyTable]) -> Result<Vec<String>> {
    let mut found: Vec<&str> = Vec::new();
    for table in tables {
        let mut last = None;
        for entity in table.entities()?.into_iter().flat_map(StringChunked::iter).flatten() {
            if last != Some(entity) {
                found.push(entity);
                last = Some(entity);
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found.into_iter().map(str::to_owned).collect())
}
