//! The rows of a panel that an equation can use.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use vintner_panel::Panel;

use crate::{Formula, Result};

/// A row left out because a variable of the equation is missing there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DroppedRow {
    /// The entity.
    pub entity: String,
    /// The time.
    pub time: i32,
    /// The variables that are missing, in the equation's order.
    pub missing: Vec<String>,
}

/// The listwise-complete rows of a panel for one equation, sorted by entity, then time.
#[derive(Debug, Clone)]
pub struct Sample {
    formula: Formula,
    dependent: Vec<f64>,
    regressors: Vec<Vec<f64>>,
    entities: Vec<String>,
    groups: Vec<Range<usize>>,
    times: Vec<i32>,
    dropped: Vec<DroppedRow>,
}

impl Sample {
    /// The complete rows of all entities.
    ///
    /// # Errors
    /// Where the formula makes no sense or names a column that isn't there or isn't numeric.
    pub fn new(panel: &Panel, formula: &Formula) -> Result<Self> {
        let columns = columns(panel, formula)?;
        let groups: Vec<usize> = (0..panel.groups().len()).collect();
        Ok(Self::of_groups(panel, formula, &columns, &groups))
    }

    /// One sample for each entity of the panel, in its order; an entity without a complete row has
    /// an empty one.
    ///
    /// # Errors
    /// As [`Sample::new`].
    pub fn by_entity(panel: &Panel, formula: &Formula) -> Result<Vec<Self>> {
        let columns = columns(panel, formula)?;
        Ok((0..panel.groups().len())
            .map(|group| Self::of_groups(panel, formula, &columns, &[group]))
            .collect())
    }

    fn of_groups(panel: &Panel, formula: &Formula, columns: &[Vec<Option<f64>>], chosen: &[usize]) -> Self {
        let names: Vec<&str> = formula.variables().collect();
        let mut kept: Vec<Vec<f64>> = vec![Vec::new(); columns.len()];
        let (mut entities, mut groups, mut times, mut dropped) = (vec![], vec![], vec![], vec![]);
        for &group in chosen {
            let entity = &panel.entities()[group];
            let start = times.len();
            for row in panel.groups()[group].clone() {
                let time = panel.times()[row];
                if columns.iter().all(|column| column[row].is_some()) {
                    for (target, column) in kept.iter_mut().zip(columns) {
                        target.extend(column[row]);
                    }
                    times.push(time);
                } else {
                    let missing = names
                        .iter()
                        .zip(columns)
                        .filter(|(_, column)| column[row].is_none())
                        .map(|(name, _)| (*name).to_owned())
                        .collect();
                    dropped.push(DroppedRow { entity: entity.clone(), time, missing });
                }
            }
            if times.len() > start {
                entities.push(entity.clone());
                groups.push(start..times.len());
            }
        }
        let mut kept = kept.into_iter();
        let dependent = kept.next().unwrap_or_default();
        Self {
            formula: formula.clone(),
            dependent,
            regressors: kept.collect(),
            entities,
            groups,
            times,
            dropped,
        }
    }

    /// The same rows with the first regressors alone: a restricted equation on the sample of the
    /// unrestricted one.
    pub(crate) fn with_first_regressors(&self, count: usize) -> Self {
        let mut restricted = self.clone();
        restricted.formula.regressors.truncate(count);
        restricted.regressors.truncate(count);
        restricted
    }

    /// The same rows for the equation without its intercept.
    pub(crate) fn without_intercept(&self) -> Self {
        Self { formula: self.formula.clone().without_intercept(), ..self.clone() }
    }

    /// A sample of columns that were computed, for the auxiliary regressions of tests: the rows of each
    /// group, each row's time, the dependent variable, and the regressors with their names.
    pub(crate) fn of_columns(
        groups: Vec<Range<usize>>,
        times: Vec<i32>,
        (name, dependent): (&str, Vec<f64>),
        regressors: Vec<(String, Vec<f64>)>,
        intercept: bool,
    ) -> Self {
        let (names, regressors) = regressors.into_iter().unzip();
        Self {
            formula: Formula { dependent: name.into(), regressors: names, intercept },
            dependent,
            regressors,
            entities: (1..=groups.len()).map(|number| number.to_string()).collect(),
            groups,
            times,
            dropped: Vec::new(),
        }
    }

    /// The equation.
    pub fn formula(&self) -> &Formula {
        &self.formula
    }

    /// The dependent variable, one value a row.
    pub fn dependent(&self) -> &[f64] {
        &self.dependent
    }

    /// The regressors, a column each, in the equation's order.
    pub fn regressors(&self) -> &[Vec<f64>] {
        &self.regressors
    }

    /// The entities with at least one complete row, sorted; entity `g` owns the rows `groups()[g]`.
    pub fn entities(&self) -> &[String] {
        &self.entities
    }

    /// Each entity's rows.
    pub fn groups(&self) -> &[Range<usize>] {
        &self.groups
    }

    /// Each row's time.
    pub fn times(&self) -> &[i32] {
        &self.times
    }

    /// The rows left out, with what is missing there.
    pub fn dropped(&self) -> &[DroppedRow] {
        &self.dropped
    }

    /// Number of complete rows.
    pub fn height(&self) -> usize {
        self.times.len()
    }
}

fn columns(panel: &Panel, formula: &Formula) -> Result<Vec<Vec<Option<f64>>>> {
    formula.check()?;
    formula.variables().map(|name| Ok(panel.values(name)?)).collect()
}
