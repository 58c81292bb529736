//! Describing variables of a panel that is read a part at a time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vintner_panel::{Labels, Panel, PanelBlocks};

use super::descriptives::{Category, Description};
use crate::numerics::mean;
use crate::outcome::Result;

/// Digits of a key, of so many bits each; a pass over the rows finds one.
const BITS: u32 = 16;
const DIGITS: u32 = u64::BITS / BITS;
/// Values that a digit has.
const WIDTH: usize = 1 << BITS;

/// The shares of which quantiles are told.
pub(super) const SHARES: [f64; 3] = [0.25, 0.5, 0.75];

/// Describes variables as [`describe`](super::describe) does, reading the panel five times. Counts, extremes, quantiles
/// and categories are the same; means and standard deviations are to their last digits. Memory is that of a part, of
/// the categories, and 512 kB for each variable and quartile.
///
/// # Errors
/// Where the rows can't be read, or a variable is absent, or neither numbers nor text.
pub fn describe_in_blocks(
    panel: &mut dyn PanelBlocks,
    variables: &[impl AsRef<str>],
) -> Result<Vec<Description>> {
    let names: Vec<&str> = variables.iter().map(AsRef::as_ref).collect();
    let mut found: Vec<Summary> = names.iter().map(|_| Summary::default()).collect();
    panel.visit(&mut |part| {
        found.iter_mut().zip(&names).try_for_each(|(summary, name)| summary.add(part, name))
    })?;
    let mut searches: Vec<Search> = found.iter().map(|summary| Search::new(summary.all.count)).collect();
    for digit in 0..DIGITS {
        if searches.iter().all(|search| search.sought.is_empty()) {
            break;
        }
        searches.iter_mut().for_each(|search| search.begin());
        panel.visit(&mut |part| {
            for (search, name) in
                searches.iter_mut().zip(&names).filter(|(search, _)| !search.sought.is_empty())
            {
                let numbers = part.numbers(name)?;
                numbers
                    .iter()
                    .filter(|value| value.is_finite())
                    .for_each(|value| search.count(digit, *value));
            }
            Ok(())
        })?;
        searches.iter_mut().for_each(Search::narrow);
    }
    let described = found.into_iter().zip(searches).zip(&names);
    Ok(described
        .map(|((summary, search), name)| {
            let count = summary.all.count;
            summary.description(name, SHARES.map(|share| search.quantile(share, count)))
        })
        .collect())
}

/// A number of values, their mean, and the sum of squares about it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Moments {
    pub(super) count: usize,
    mean: f64,
    squares: f64,
}

impl Moments {
    fn of(values: &[f64]) -> Self {
        let center = mean(values);
        let squares = values.iter().map(|value| (value - center).powi(2)).sum();
        Self { count: values.len(), mean: center, squares }
    }

    /// The count alone.
    pub(super) fn without_sums(self) -> Self {
        Self { count: self.count, ..Self::default() }
    }

    pub(super) fn are_finite(&self) -> bool {
        self.mean.is_finite() && self.squares.is_finite()
    }

    /// Both together (Chan, Golub and LeVeque 1983).
    pub(super) fn join(&mut self, other: Self) {
        if other.count == 0 {
            return;
        }
        let (n, m) = (self.count as f64, other.count as f64);
        let difference = other.mean - self.mean;
        self.count += other.count;
        self.mean += difference * m / (n + m);
        self.squares += other.squares + difference * difference * (n * m / (n + m));
    }

    fn standard_deviation(&self) -> Option<f64> {
        deviation(self.squares, self.count)
    }
}

fn deviation(squares: f64, count: usize) -> Option<f64> {
    let sd = (squares / count.checked_sub(1).filter(|left| *left > 0)? as f64).sqrt();
    Some(sd).filter(|sd| sd.is_finite())
}

/// What one pass tells of a variable.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Summary {
    pub(super) rows: usize,
    pub(super) entities: usize,
    pub(super) all: Moments,
    /// Of the entities' means.
    pub(super) between: Moments,
    /// The squares of deviations from the entities' means.
    pub(super) within: f64,
    pub(super) extremes: Option<(f64, f64)>,
    /// Of a column of text, how often each comes.
    pub(super) categories: BTreeMap<String, usize>,
}

impl Summary {
    pub(super) fn add(&mut self, part: &Panel, name: &str) -> vintner_panel::Result<()> {
        self.rows += part.height();
        if part.is_text(name)? {
            return self.add_text(part, name);
        }
        let numbers = part.numbers(name)?;
        let mut values: Vec<f64> = Vec::with_capacity(numbers.len());
        let mut means = Vec::with_capacity(part.groups().len());
        let mut within = 0.0;
        for group in part.groups() {
            let start = values.len();
            values.extend(numbers[group.clone()].iter().filter(|value| value.is_finite()));
            let own = &values[start..];
            if !own.is_empty() {
                let center = mean(own);
                means.push(center);
                within += own.iter().map(|value| (value - center).powi(2)).sum::<f64>();
            }
        }
        for value in &values {
            let (low, high) = self.extremes.get_or_insert((*value, *value));
            if value.total_cmp(low).is_lt() {
                *low = *value;
            }
            if value.total_cmp(high).is_gt() {
                *high = *value;
            }
        }
        self.entities += means.len();
        self.all.join(Moments::of(&values));
        self.between.join(Moments::of(&means));
        self.within += within;
        Ok(())
    }

    fn add_text(&mut self, part: &Panel, name: &str) -> vintner_panel::Result<()> {
        let Labels { codes, labels } = part.codes(name)?;
        let mut counts = vec![0_usize; labels.len()];
        for code in &codes {
            if let Some(count) = counts.get_mut(*code as usize) {
                *count += 1;
            }
        }
        let has_one = |group: &&std::ops::Range<usize>| {
            codes.get((*group).clone()).is_some_and(|own| own.iter().any(|code| *code != Labels::MISSING))
        };
        self.entities += part.groups().iter().filter(has_one).count();
        for (label, count) in labels.into_iter().zip(counts) {
            *self.categories.entry(label).or_default() += count;
        }
        Ok(())
    }

    /// The description, with the quartiles found.
    pub(super) fn description(self, name: &str, [p25, median, p75]: [Option<f64>; 3]) -> Description {
        let count = self.all.count;
        let in_categories: usize = self.categories.values().sum();
        let share = |own: usize| own as f64 / in_categories as f64;
        let categories = self.categories.into_iter();
        Description {
            variable: name.to_owned(),
            n: count + in_categories,
            missing: self.rows - count - in_categories,
            n_entities: self.entities,
            mean: (count > 0).then_some(self.all.mean).filter(|value| value.is_finite()),
            sd: self.all.standard_deviation(),
            sd_between: self.between.standard_deviation(),
            sd_within: deviation(self.within, count),
            min: self.extremes.map(|(low, _)| low),
            p25,
            median,
            p75,
            max: self.extremes.map(|(_, high)| high),
            categories: categories.map(|(category, n)| Category { category, n, share: share(n) }).collect(),
        }
    }
}

/// The search for values by their ranks: digit by digit of a key in whose order the values are.
#[derive(Debug, Default)]
struct Search {
    sought: Vec<Sought>,
    /// The digits found so far of any that is sought, each with how often the next digit comes.
    counts: Vec<(u64, Vec<u64>)>,
}

/// A value that is sought.
#[derive(Debug)]
struct Sought {
    rank: u64,
    /// The digits of its key that were found.
    key: u64,
    /// Its rank among the values with these digits.
    left: u64,
}

impl Search {
    fn new(count: usize) -> Self {
        let mut ranks: Vec<u64> = SHARES
            .iter()
            .filter_map(|share| {
                let place = share * count.checked_sub(1)? as f64;
                Some([place.floor() as u64, place.ceil() as u64])
            })
            .flatten()
            .collect();
        ranks.dedup();
        Self {
            sought: ranks.into_iter().map(|rank| Sought { rank, key: 0, left: rank }).collect(),
            counts: Vec::new(),
        }
    }

    fn begin(&mut self) {
        self.counts.clear();
        for sought in &self.sought {
            if self.counts.last().is_none_or(|(key, _)| *key != sought.key) {
                self.counts.push((sought.key, vec![0; WIDTH]));
            }
        }
    }

    fn count(&mut self, digit: u32, value: f64) {
        let key = key_of(value);
        let below = u64::BITS - BITS * (digit + 1);
        let known = if digit == 0 { 0 } else { key >> (below + BITS) };
        if let Some((_, counts)) = self.counts.iter_mut().find(|(own, _)| *own == known)
            && let Some(slot) = counts.get_mut((key >> below) as usize & (WIDTH - 1))
        {
            *slot += 1;
        }
    }

    fn narrow(&mut self) {
        for sought in &mut self.sought {
            let Some((_, counts)) = self.counts.iter().find(|(key, _)| *key == sought.key) else { continue };
            for (digit, count) in (0_u64..).zip(counts) {
                if sought.left < *count {
                    sought.key = sought.key << BITS | digit;
                    break;
                }
                sought.left -= count;
            }
        }
    }

    /// R's type 7, linear between order statistics.
    fn quantile(&self, share: f64, count: usize) -> Option<f64> {
        let place = share * count.checked_sub(1)? as f64;
        let value = |rank: f64| {
            let sought = self.sought.iter().find(|sought| sought.rank == rank as u64)?;
            Some(value_of(sought.key))
        };
        let (low, high) = (value(place.floor())?, value(place.ceil())?);
        Some(low + (high - low) * (place - place.floor()))
    }
}

/// A whole number that is in the order of numbers, -0 before 0.
fn key_of(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

fn value_of(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]
mod tests {
    use polars::prelude::*;
    use vintner_panel::WholeEntities;

    use super::*;
    use crate::describe::describe;

    struct Parts(DataFrame, usize);

    impl PanelBlocks for Parts {
        fn visit(
            &mut self,
            visit: &mut dyn FnMut(&Panel) -> vintner_panel::Result<()>,
        ) -> vintner_panel::Result<()> {
            let mut whole = WholeEntities::new("entity", "time");
            for start in (0..self.0.height()).step_by(self.1) {
                if let Some(panel) = whole.take(self.0.slice(start as i64, self.1))? {
                    visit(&panel)?;
                }
            }
            whole.end()?.map_or(Ok(()), |panel| visit(&panel))
        }
    }

    /// Equal as far as is promised, or to the last digit of the values that they were computed from: those near a million have
    /// steps of 1e-10 themselves.
    fn near(one: Option<f64>, other: Option<f64>, largest: Option<f64>) -> bool {
        match (one, other) {
            (Some(one), Some(other)) => {
                (one - other).abs() <= 1e-10 * other.abs() + f64::EPSILON * largest.unwrap_or_default().abs()
            }
            (one, other) => one == other,
        }
    }

    #[test]
    fn in_parts_of_any_size_as_in_memory() {
        let rows = 600_usize;
        let draw = |row: usize, scale: f64| ((row * 7919 + 13) % 1009) as f64 * scale - 300.0;
        let number = |row: usize| (row % 11 != 3).then(|| draw(row, 0.731));
        let frame = df!(
            "entity" => (0..rows).map(|row| format!("p{:04}", row / 7)).collect::<Vec<_>>(),
            "time" => (0..rows).map(|row| (row % 7) as i32).collect::<Vec<_>>(),
            "x" => (0..rows).map(number).collect::<Vec<_>>(),
            "offset" => (0..rows).map(|row| 1e6 + draw(row, 1e-3)).collect::<Vec<_>>(),
            "whole" => (0..rows).map(|row| (row % 5) as i64 - 2).collect::<Vec<_>>(),
            "region" => (0..rows).map(|row| (row % 4 != 0).then(|| ["n", "s"][row % 2])).collect::<Vec<_>>(),
            "never" => vec![None::<f64>; rows],
        )
        .unwrap();
        let variables = ["x", "offset", "whole", "region", "never"];
        let panel = Panel::new(frame.clone(), "entity", "time").unwrap();
        let expected = describe(&panel, &variables).unwrap();
        for size in [1, 10, 97, 1000] {
            let found = describe_in_blocks(&mut Parts(frame.clone(), size), &variables).unwrap();
            for (one, other) in found.iter().zip(&expected) {
                assert_eq!(
                    (&one.variable, one.n, one.missing, one.n_entities, one.min, one.max, &one.categories),
                    (
                        &other.variable,
                        other.n,
                        other.missing,
                        other.n_entities,
                        other.min,
                        other.max,
                        &other.categories
                    )
                );
                assert_eq!((one.p25, one.median, one.p75), (other.p25, other.median, other.p75), "{size}");
                for (own, known) in [
                    (one.mean, other.mean),
                    (one.sd, other.sd),
                    (one.sd_between, other.sd_between),
                    (one.sd_within, other.sd_within),
                ] {
                    assert!(near(own, known, other.max), "{}: {own:?} {known:?}", one.variable);
                }
            }
        }
        assert!(describe_in_blocks(&mut Parts(frame, 50), &["absent"]).is_err());
    }

    #[test]
    fn keys_are_in_the_order_of_numbers() {
        let numbers = [-1e300, -1.5, -1e-300, -0.0, 0.0, 5e-324, 1.0, 1e308];
        assert!(numbers.map(key_of).is_sorted());
        assert!(numbers.iter().all(|number| value_of(key_of(*number)).to_bits() == number.to_bits()));
    }
}
