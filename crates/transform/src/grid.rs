//! The rows of a panel to be: entity by entity, year by year.

use std::collections::{BTreeSet, HashMap};

use polars::prelude::*;
use vintner_panel::{Frequency, GridKeys, Period, PeriodWindow, TidyTable};

use crate::assembly::{Assembly, PanelRows};
use crate::error::{Result, TransformError};
use crate::frequencies::OneFrequency;

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
    /// Where not every entity has a row for every year: which there are.
    observed: Option<Observed>,
    has_entities: bool,
    has_times: bool,
}

/// The rows that there are, entity by entity, year by year.
struct Observed {
    /// Where each entity's rows begin, and after the last where they end.
    starts: Vec<usize>,
    times: Vec<i32>,
}

impl Grid {
    pub(crate) fn new(assembly: &Assembly, same: &OneFrequency<'_>) -> Result<Self> {
        let asked = |table: &TidyTable| {
            table.height() > 0
                && table.variable_names().any(|name| assembly.variables.iter().any(|own| own == name))
        };
        let all = same.tables.iter().zip(&same.repeated).filter(|(table, _)| asked(table));
        let tables: Vec<&TidyTable> = all.clone().map(|(table, _)| table).collect();
        // What is repeated has values for times, and says of none that it is one of the panel's.
        let timing: Vec<&TidyTable> =
            all.filter(|(_, repeated)| !**repeated).map(|(table, _)| table).collect();
        let timed = tables.iter().find(|table| table.has_times());
        let frequency = timed.map_or(Frequency::Year, |table| table.frequency());
        let with = tables.iter().find(|table| table.has_times());
        let without = tables.iter().find(|table| !table.has_times());
        if let (Some(with), Some(without)) = (with, without) {
            let (with, without) = (with.place().source.clone(), without.place().source.clone());
            return Err(TransformError::MixedTimes { with, without });
        }
        let has_times = without.is_none();
        let (first, last) = match assembly.window {
            Some(window) if has_times => periods_of(window, frequency)?,
            _ => years_of(&timing)?,
        };
        if first > last {
            let (first, last) = (frequency.label(first), frequency.label(last));
            return Err(TransformError::EmptyWindow { first, last });
        }
        let has_observations = tables.iter().any(|table| table.place().observations);
        let mut entities = match &assembly.entities {
            // No crosswalk knows who is met once.
            Some(entities) if !has_observations => entities.clone(),
            _ => entities_of(&tables)?,
        };
        // Where nothing has entities, the series is all that there is.
        let mut has_entities = true;
        if assembly.entities.is_none() && entities.is_empty() && has_times && !tables.is_empty() {
            has_entities = false;
            entities.push(String::new());
        }
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
        if assembly.rows == PanelRows::Observed || has_observations {
            let observed = Observed::of(&timing, &positions, has_entities, (first, last))?;
            let years = usize::try_from(years).unwrap_or(usize::MAX);
            let observed = Some(observed);
            return Ok(Self {
                entities,
                positions,
                first,
                years,
                frequency,
                observed,
                has_entities,
                has_times,
            });
        }
        let within_limit =
            usize::try_from(years).ok().filter(|years| years.saturating_mul(entities.len()) <= ROW_LIMIT);
        let Some(years) = within_limit else {
            let entities = entities.len();
            return Err(TransformError::GridTooLarge { entities, years, limit: ROW_LIMIT });
        };
        let observed = None;
        Ok(Self { entities, positions, first, years, frequency, observed, has_entities, has_times })
    }

    /// The keys of its rows, where each entity has a row for each time and they are in the order of a panel.
    pub(crate) fn keys<'k>(&self, entity: &'k str, time: &'k str) -> Option<GridKeys<'k>> {
        let is_one = self.observed.is_none() && self.has_entities && self.has_times;
        let in_order = || self.entities.is_sorted_by(|one, other| one < other);
        (is_one && in_order()).then(|| GridKeys {
            entity,
            time,
            entities: self.entities.clone(),
            first: self.first,
            times: self.years,
            frequency: self.frequency,
        })
    }

    pub(crate) fn height(&self) -> usize {
        self.observed.as_ref().map_or(self.entities.len() * self.years, |observed| observed.times.len())
    }

    /// How many years each entity has.
    pub(crate) fn years(&self) -> usize {
        self.years
    }

    /// A row's entity and year.
    pub(crate) fn key(&self, row: usize) -> (&str, i32) {
        let (entity, time) = match &self.observed {
            Some(Observed { starts, times }) => {
                let entity = starts.partition_point(|start| *start <= row).saturating_sub(1);
                (entity, times.get(row).copied().unwrap_or_default())
            }
            // Within the window, so it fits.
            None => (row / self.years, self.first + (row % self.years) as i32),
        };
        (self.entities.get(entity).map(String::as_str).unwrap_or_default(), time)
    }

    /// The place of a row's year among all years.
    pub(crate) fn year(&self, row: usize) -> usize {
        match &self.observed {
            Some(observed) => {
                let time = observed.times.get(row).copied().unwrap_or(self.first);
                usize::try_from(i64::from(time) - i64::from(self.first)).unwrap_or_default()
            }
            None => row % self.years,
        }
    }

    /// The period of a year of the grid; none in a cross-section.
    pub(crate) fn period(&self, time: i32) -> Option<Period> {
        Period::from_ordinal(self.frequency, time).filter(|_| self.has_times)
    }

    pub(crate) fn key_columns(&self, assembly: &Assembly) -> Vec<Column> {
        let mut columns = Vec::new();
        let rows = || (0..self.height()).map(|row| self.key(row));
        if self.has_entities {
            let name = assembly.entity.as_str().into();
            let entities: Vec<&str> = match &self.observed {
                Some(_) => rows().map(|(entity, _)| entity).collect(),
                None => {
                    let each = |entity| std::iter::repeat_n(entity, self.years);
                    self.entities.iter().map(String::as_str).flat_map(each).collect()
                }
            };
            columns.push(StringChunked::from_iter_values(name, entities.into_iter()).into_column());
        }
        if self.has_times {
            columns.push(self.times(assembly.time.as_str().into()));
        }
        columns
    }

    fn times(&self, name: PlSmallStr) -> Column {
        let years = (self.first..).take(self.years);
        let count = self.entities.len();
        if self.frequency == Frequency::Year {
            return match &self.observed {
                Some(observed) => Column::new(name, &observed.times),
                None => Column::new(name, years.collect::<Vec<i32>>().repeat(count)),
            };
        }
        let periods: Vec<Option<String>> =
            years.map(|time| self.period(time).map(|own| own.to_string())).collect();
        let label = |at: usize| periods.get(at).and_then(Option::as_deref);
        let labels = (0..self.height()).map(|row| label(self.year(row)));
        StringChunked::from_iter_options(name, labels).into_column()
    }

    /// The row of the grid that each row of a table belongs to, or for a row without an entity the place of its
    /// year; [`OUTSIDE`] where there is none.
    pub(crate) fn slots(&self, table: &TidyTable) -> Result<Vec<usize>> {
        let year = |time: i32| {
            usize::try_from(i64::from(time) - i64::from(self.first)).ok().filter(|year| *year < self.years)
        };
        let times = table.times();
        if let (Some(observed), Some(entities)) = (&self.observed, table.entities()?) {
            let position = |entity: Option<&str>| match entity {
                Some(entity) => self.positions.get(entity).copied(),
                None => None,
            };
            let slots = entities.iter().zip(times).map(|(entity, time)| match entity {
                None => year(*time).unwrap_or(OUTSIDE),
                Some(_) => position(entity).and_then(|own| observed.row(own, *time)).unwrap_or(OUTSIDE),
            });
            return Ok(slots.collect());
        }
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

impl Observed {
    /// The rows that any of the tables has.
    fn of(
        tables: &[&TidyTable],
        positions: &HashMap<String, usize>,
        has_entities: bool,
        (first, last): (i32, i32),
    ) -> Result<Self> {
        let mut keys: Vec<(usize, i32)> = Vec::new();
        for table in tables {
            let Some(entities) = table.entities()? else {
                // Beside entities, a series adds values to rows, and no rows.
                if !has_entities {
                    let times = table.times().iter().filter(|time| (first..=last).contains(*time));
                    keys.extend(times.map(|time| (0, *time)));
                }
                continue;
            };
            for (entity, time) in entities.iter().zip(table.times()) {
                let position = entity.and_then(|entity| positions.get(entity));
                if let Some(position) = position.filter(|_| (first..=last).contains(time)) {
                    keys.push((*position, *time));
                }
            }
        }
        if !keys.is_sorted() {
            keys.sort_unstable();
        }
        keys.dedup();
        if keys.is_empty() {
            return Err(TransformError::NoEntities);
        }
        let starts = (0..=positions.len()).map(|entity| keys.partition_point(|(own, _)| *own < entity));
        Ok(Self { starts: starts.collect(), times: keys.iter().map(|(_, time)| *time).collect() })
    }

    /// The row of an entity and a time, where there is one.
    fn row(&self, entity: usize, time: i32) -> Option<usize> {
        let (start, end) = (*self.starts.get(entity)?, *self.starts.get(entity + 1)?);
        let own = self.times.get(start..end)?;
        own.binary_search(&time).ok().map(|at| start + at)
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
