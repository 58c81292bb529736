//! Values that differ between the panels of two vintages.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use vintner_panel::{Panel, Period};

use super::vintage_side::VintageSide;
use crate::error::Result;

/// The values of two vintages by variable.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DataDifference {
    /// Variables all of whose values are the same.
    pub same: Vec<String>,
    /// Variables with values that differ, in the pipeline's order.
    pub changed: Vec<VariableDifference>,
    /// Variables that only one of the two has.
    pub gone: Vec<String>,
    /// Variables that only the second has.
    pub added: Vec<String>,
    /// All entities by id, sorted.
    pub entities: Vec<String>,
    /// What those are called, one for each.
    pub names: Vec<String>,
    /// All times, sorted.
    pub times: Vec<Period>,
}

/// One variable.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VariableDifference {
    /// The variable.
    pub variable: String,
    /// The output that it was taken from: the first one that has it.
    pub output: String,
    /// Cells with a value before.
    pub before: usize,
    /// Cells with a value after.
    pub after: usize,
    /// Cells with a value only after.
    pub added: usize,
    /// Cells with a value only before.
    pub gone: usize,
    /// Cells with another value.
    pub changed: usize,
    /// The median of the relative changes' sizes, over the changed cells whose value was not zero.
    pub median_relative: Option<f64>,
    /// All cells that differ: the largest relative change first, then those added and gone.
    pub cells: Vec<CellChange>,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CellChange {
    /// The entity's id.
    pub entity: String,
    /// What it is called.
    pub name: String,
    /// The time.
    pub time: Period,
    /// The value before; none where there was none.
    pub before: Option<f64>,
    /// The value after.
    pub after: Option<f64>,
    /// After less before.
    pub absolute: Option<f64>,
    /// That over the size of the value before.
    pub relative: Option<f64>,
}

type Cells = BTreeMap<(String, Period), f64>;

impl DataDifference {
    pub(super) fn new(before: &VintageSide, after: &VintageSide) -> Result<Self> {
        let (first, second) = (variables(&before.panels)?, variables(&after.panels)?);
        let called = |entity: &str| -> String {
            let unit = before.units.iter().chain(&after.units).find(|unit| unit.id == entity);
            unit.map_or_else(|| entity.to_owned(), |unit| unit.printed().to_owned())
        };
        let names = |of: &[(String, String, Cells)]| -> Vec<String> {
            of.iter().map(|(variable, _, _)| variable.clone()).collect()
        };
        let (ours, theirs) = (names(&first), names(&second));
        let keys = first.iter().chain(&second).flat_map(|(_, _, cells)| cells.keys());
        let (mut entities, mut times) = (BTreeSet::new(), BTreeSet::new());
        for (entity, time) in keys {
            entities.insert(entity.clone());
            times.insert(*time);
        }
        let mut difference = Self {
            same: Vec::new(),
            changed: Vec::new(),
            gone: ours.iter().filter(|name| !theirs.contains(name)).cloned().collect(),
            added: theirs.iter().filter(|name| !ours.contains(name)).cloned().collect(),
            names: entities.iter().map(|entity| called(entity)).collect(),
            entities: entities.into_iter().collect(),
            times: times.into_iter().collect(),
        };
        for (variable, output, cells) in &first {
            let Some((_, _, others)) = second.iter().find(|(name, _, _)| name == variable) else { continue };
            let compared = VariableDifference::new(variable, output, cells, others, &called);
            if compared.cells.is_empty() {
                difference.same.push(variable.clone());
            } else {
                difference.changed.push(compared);
            }
        }
        Ok(difference)
    }
}

impl VariableDifference {
    fn new(
        variable: &str,
        output: &str,
        before: &Cells,
        after: &Cells,
        called: &dyn Fn(&str) -> String,
    ) -> Self {
        let keys: BTreeSet<&(String, Period)> = before.keys().chain(after.keys()).collect();
        let mut cells: Vec<CellChange> = keys
            .into_iter()
            .filter_map(|key| {
                let (one, other) = (before.get(key).copied(), after.get(key).copied());
                // The same bits: what rounds alike isn't the same.
                if one.map(f64::to_bits) == other.map(f64::to_bits) {
                    return None;
                }
                let absolute = one.zip(other).map(|(one, other)| other - one);
                let relative = absolute.zip(one).and_then(|(by, of)| (of != 0.0).then(|| by / of.abs()));
                Some(CellChange {
                    entity: key.0.clone(),
                    name: called(&key.0),
                    time: key.1,
                    before: one,
                    after: other,
                    absolute,
                    relative,
                })
            })
            .collect();
        // Stable: cells of equal change stay in order of entity and time.
        cells.sort_by(|one, other| size(other).total_cmp(&size(one)));
        let count = |is: fn(&CellChange) -> bool| cells.iter().filter(|cell| is(cell)).count();
        let mut relative: Vec<f64> = cells.iter().filter_map(|cell| cell.relative.map(f64::abs)).collect();
        relative.sort_unstable_by(f64::total_cmp);
        Self {
            variable: variable.to_owned(),
            output: output.to_owned(),
            before: before.len(),
            after: after.len(),
            added: count(|cell| cell.before.is_none()),
            gone: count(|cell| cell.after.is_none()),
            changed: count(|cell| cell.absolute.is_some()),
            median_relative: relative.get(relative.len().saturating_sub(1) / 2).copied(),
            cells,
        }
    }
}

/// By what cells are sorted: a change from zero first of all changes, what was added or is gone last.
fn size(cell: &CellChange) -> f64 {
    match (cell.absolute, cell.relative) {
        (None, _) => -1.0,
        (Some(_), Some(relative)) => relative.abs(),
        (Some(_), None) => f64::INFINITY,
    }
}

/// Every variable with the first output that has it.
fn variables(panels: &[(String, Panel)]) -> Result<Vec<(String, String, Cells)>> {
    let mut found: Vec<(String, String, Cells)> = Vec::new();
    for (output, panel) in panels {
        for column in panel.frame().get_column_names() {
            let name = column.as_str();
            if name == panel.entity_name()
                || name == panel.time_name()
                || found.iter().any(|one| one.0 == name)
            {
                continue;
            }
            // Texts beside the numbers aren't data to be compared.
            let Ok(values) = panel.values(name) else { continue };
            let mut cells = Cells::new();
            for (entity, group) in panel.entities().iter().zip(panel.groups()) {
                for row in group.clone() {
                    if let (Some(value), Some(time)) = (values[row], panel.period(panel.times()[row])) {
                        cells.insert((entity.clone(), time), value);
                    }
                }
            }
            found.push((name.to_owned(), output.clone(), cells));
        }
    }
    Ok(found)
}
