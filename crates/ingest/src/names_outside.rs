//! Names that are no entity's: how many rows each has, where, and what is said of them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// So many names are kept apart; rows of others are counted.
const NAMES: usize = 50_000;

/// So many cells are named of each.
const CELLS: usize = 3;

/// So many times are kept of each.
const TIMES: usize = 1_000;

/// So many names stand in one warning.
const LISTED: usize = 20;

/// A name that is no entity's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NameOutside {
    /// The name as it stands in the file.
    pub name: String,
    /// How many rows have it (in a table with entities across, columns).
    pub rows: usize,
    /// The first of its cells.
    pub cells: Vec<String>,
    /// The entity with the nearest name, where one is near.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<Nearest>,
}

/// An entity and that of its names which is nearest to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Nearest {
    /// The entity's id.
    pub entity: String,
    /// The name.
    pub name: String,
}

/// The names that were met.
#[derive(Debug, Clone, Default)]
pub(crate) struct NamesOutside {
    names: BTreeMap<String, Met>,
    /// Rows of names that aren't kept apart.
    others: usize,
}

#[derive(Debug, Clone, Default)]
struct Met {
    rows: usize,
    cells: Vec<(u32, u32)>,
    times: BTreeSet<i32>,
}

impl NamesOutside {
    /// Counts a row.
    pub(crate) fn add(&mut self, name: &str, time: Option<i32>, row: u32, column: u32) {
        if !self.names.contains_key(name) {
            if self.names.len() >= NAMES {
                self.others += 1;
                return;
            }
            self.names.insert(name.to_owned(), Met::default());
        }
        let Some(met) = self.names.get_mut(name) else { return };
        met.rows += 1;
        if met.cells.len() < CELLS {
            met.cells.push((row, column));
        }
        if met.times.len() < TIMES {
            met.times.extend(time);
        }
    }

    /// Adds what was met in rows that follow.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.others += other.others;
        for (name, met) in other.names {
            if !self.names.contains_key(&name) && self.names.len() >= NAMES {
                self.others += met.rows;
                continue;
            }
            let own = self.names.entry(name).or_default();
            own.rows += met.rows;
            own.cells.extend(met.cells);
            own.cells.truncate(CELLS);
            let room = TIMES.saturating_sub(own.times.len());
            own.times.extend(met.times.into_iter().take(room));
        }
    }

    /// The names in the order of the file, each with the entity that `nearest` finds.
    pub(crate) fn listed(
        &self,
        nearest: impl Fn(&str) -> Option<Nearest>,
        cell: impl Fn(u32, u32) -> String,
    ) -> Vec<(NameOutside, Vec<i32>)> {
        let mut in_order: Vec<(&String, &Met)> = self.names.iter().collect();
        in_order.sort_by_key(|(name, met)| (met.cells.first().copied(), *name));
        let told = |(name, met): (&String, &Met)| {
            let outside = NameOutside {
                name: name.clone(),
                rows: met.rows,
                cells: met.cells.iter().map(|(row, column)| cell(*row, *column)).collect(),
                nearest: nearest(name),
            };
            (outside, met.times.iter().copied().collect())
        };
        in_order.into_iter().map(told).collect()
    }

    /// How many rows there are in all.
    pub(crate) fn rows(&self) -> usize {
        self.others + self.names.values().map(|met| met.rows).sum::<usize>()
    }

    /// How many names are kept apart.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }
}

/// What is said of names whose rows were left out without the manifest's saying so: each, with its cells and the
/// nearest known name.
pub(crate) fn warnings(names: &[NameOutside]) -> Vec<String> {
    const CURE: &str = "add it to the crosswalk's aliases, or to `not_entities` in vintage.yaml";
    let cells = |name: &NameOutside| {
        let more = name.rows.saturating_sub(name.cells.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{}{more}", name.cells.join(", "))
    };
    let near = names.iter().filter_map(|name| {
        let nearest = name.nearest.as_ref()?;
        Some(format!(
            "{:?} ({}) is not in the crosswalk and was left out; the nearest name is {:?} of `{}`: {CURE}",
            name.name,
            cells(name),
            nearest.name,
            nearest.entity
        ))
    });
    let mut all: Vec<String> = near.collect();
    let far: Vec<String> = names
        .iter()
        .filter(|name| name.nearest.is_none())
        .map(|name| format!("{:?} ({})", name.name, cells(name)))
        .collect();
    for some in far.chunks(LISTED) {
        all.push(format!(
            "not in the crosswalk and left out: {}; if that is right for all of the source, write `outside: drop`, and \
             they are only counted; where a total needs them, as in shares of a country, `outside: keep`",
            some.join(", ")
        ));
    }
    all
}
