//! Aggregates over the rows that share an entity, a year or the value of any column.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::environment::Values;
use super::evaluate::{Evaluation, place};
use super::functions::{Aggregate, Function};
use super::node::{Node, WindowNode};
use crate::cell::{Cell, Missing, finite};
use crate::expression_problem::{ExpressionProblem, Outcome};

/// One column's part of a row's partition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(u64),
    Text(Arc<str>),
}

impl Evaluation<'_> {
    /// The aggregate for each row. Missing values are passed over; where none is left, the result
    /// is missing for the reason of the first of them. A row whose partition isn't known is in none.
    ///
    /// With ORDER BY the window of a row ends at the row's own year, as SQL's default frame does.
    pub(super) fn window(&self, window: &WindowNode) -> Outcome<Vec<Cell>> {
        let height = self.environment.height();
        let mut cells = match &window.argument {
            Some(argument) => self.numbers(argument)?,
            None => vec![Ok(1.0); height],
        };
        if let Some(filter) = &window.filter {
            let left_out = Missing::Absent("no row passes FILTER".into());
            for (cell, passes) in cells.iter_mut().zip(self.numbers(filter)?) {
                match passes {
                    Ok(0.0) => *cell = Err(left_out.clone()),
                    Ok(_) => {}
                    Err(missing) => *cell = Err(missing),
                }
            }
        }
        if let Some(order) = &window.order {
            self.check_order(order)?;
        }

        let mut result: Vec<Cell> = vec![Ok(0.0); height];
        for (rows, missing) in self.partitions(&window.partition)? {
            match missing {
                Some(missing) => self.fill(&mut result, &rows, Err(missing)),
                None if window.order.is_none() => {
                    let value = aggregate(window.aggregate, rows.iter().filter_map(|row| cells.get(*row)));
                    self.fill(&mut result, &rows, value);
                }
                None => self.run(window, &cells, rows, &mut result),
            }
        }
        Ok(result)
    }

    /// Fills in the aggregate from the first year (or the last) to each row's own.
    fn run(&self, window: &WindowNode, cells: &[Cell], mut rows: Vec<usize>, result: &mut [Cell]) {
        let time = |row: &usize| self.environment.times.get(*row).copied().unwrap_or_default();
        rows.sort_by_key(time);
        if window.descending {
            rows.reverse();
            // Rows of one year stay in the panel's order.
            rows.chunk_by_mut(|left, right| time(left) == time(right)).for_each(<[usize]>::reverse);
        }
        let mut end = 0;
        for peers in rows.chunk_by(|left, right| time(left) == time(right)) {
            end += peers.len();
            let so_far = rows.iter().take(end).filter_map(|row| cells.get(*row));
            let value = aggregate(window.aggregate, so_far);
            self.fill(result, peers, value);
        }
    }

    fn fill(&self, result: &mut [Cell], rows: &[usize], value: Cell) {
        for row in rows {
            if let Some(cell) = result.get_mut(*row) {
                *cell = value.clone();
            }
        }
    }

    fn check_order(&self, order: &Node) -> Outcome<()> {
        match order {
            Node::Name { name, .. } if *name == self.environment.time => Ok(()),
            _ => {
                let time = &self.environment.time;
                Err(ExpressionProblem::Unsupported {
                    what: format!("ORDER BY {order}"),
                    instead: format!("a window is ordered by the time column, `{time}`"),
                }
                .at(place(order), self.text))
            }
        }
    }

    /// The rows of each partition, in the panel's order, with the reason where a row's partition
    /// isn't known.
    fn partitions(&self, columns: &[Node]) -> Outcome<Vec<(Vec<usize>, Option<Missing>)>> {
        let keys = columns.iter().map(|column| self.values(column)).collect::<Outcome<Vec<_>>>()?;
        let mut known: BTreeMap<Vec<Key>, Vec<usize>> = BTreeMap::new();
        let mut partitions = Vec::new();
        for row in 0..self.environment.height() {
            let key = keys.iter().map(|column| key(column, row)).collect::<Result<Vec<_>, _>>();
            match key {
                Ok(key) => known.entry(key).or_default().push(row),
                Err(missing) => partitions.push((vec![row], Some(missing))),
            }
        }
        partitions.extend(known.into_values().map(|rows| (rows, None)));
        Ok(partitions)
    }
}

fn key(column: &Values, row: usize) -> Result<Key, Missing> {
    let absent = || Missing::Upstream("the column of PARTITION BY is missing".into());
    match column {
        Values::Numbers(cells) => {
            let value = cells.get(row).cloned().unwrap_or_else(|| Err(absent()))?;
            // Both zeros are one partition.
            Ok(Key::Number((value + 0.0).to_bits()))
        }
        Values::Texts(texts) => texts.get(row).cloned().unwrap_or_else(|| Err(absent())).map(Key::Text),
    }
}

fn aggregate<'a>(function: Aggregate, cells: impl Iterator<Item = &'a Cell> + Clone) -> Cell {
    if function == Aggregate::FirstValue {
        return cells.into_iter().next().cloned().unwrap_or_else(|| Err(nothing(function)));
    }
    let values: Vec<f64> = cells.clone().filter_map(|cell| cell.as_ref().ok().copied()).collect();
    let count = values.len() as f64;
    if function == Aggregate::Count {
        return Ok(count);
    }
    if values.is_empty() {
        // What was left out on purpose explains less than what is missing.
        let reasons = || cells.clone().filter_map(|cell| cell.as_ref().err());
        let first = reasons().find(|missing| !matches!(missing, Missing::Absent(_))).or(reasons().next());
        return Err(first.cloned().unwrap_or_else(|| nothing(function)));
    }
    let overflow = || format!("{} overflows", Function::Aggregate(function).name());
    let sum: f64 = values.iter().sum();
    match function {
        Aggregate::Average => finite(sum / count, overflow),
        Aggregate::Minimum => Ok(values.iter().copied().fold(f64::INFINITY, f64::min)),
        Aggregate::Maximum => Ok(values.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
        Aggregate::StandardDeviation if values.len() < 2 => {
            Err(Missing::computed("standard deviation of 1 value"))
        }
        Aggregate::StandardDeviation | Aggregate::PopulationStandardDeviation => {
            let mean = sum / count;
            let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
            let degrees = if function == Aggregate::StandardDeviation { count - 1.0 } else { count };
            finite((squares / degrees).sqrt(), overflow)
        }
        Aggregate::Sum | Aggregate::Count | Aggregate::FirstValue => finite(sum, overflow),
    }
}

fn nothing(function: Aggregate) -> Missing {
    Missing::Absent(format!("no row for {}", Function::Aggregate(function).name()).into())
}
