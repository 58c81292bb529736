//! Describing a panel whose parts are seen apart, on machines that have one each.
//!
//! Two rounds over the parts. In the first each gives its counts, moments, extremes and categories, and of its
//! values in order every so many: these say between which two values each quartile of all parts lies. In the
//! second each counts its values below and hands over those between, which are few (a search in two passes, as
//! in Munro and Paterson 1980, Theoretical Computer Science 12, 315-323).

use std::cmp::Ordering;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use vintner_panel::PanelBlocks;

use super::descriptives::Description;
use super::in_blocks::{SHARES, Summary};
use crate::outcome::{EstimationError, Result};

/// About how many values of a block are told.
const TOLD: usize = 256;

/// A part under its name.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribedPart {
    /// What it is called, for messages.
    pub name: String,
    /// What its rows come to.
    pub description: PartDescription,
}

/// What the variables of one part come to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartDescription {
    variables: Vec<Variable>,
    /// The entities.
    entities: Vec<String>,
}

/// What a variable comes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Variable {
    variable: String,
    summary: Summary,
    /// Whether a sum left the range of numbers; the moments are then zero.
    overflown: bool,
    blocks: Vec<Told>,
}

/// Some of a block's values in order: the first, every `step`th after it, and the last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Told {
    count: usize,
    step: usize,
    values: Vec<f64>,
}

/// Between which values a variable's quartiles lie.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartBrackets {
    variable: String,
    between: Vec<(f64, f64)>,
}

/// Where a part's values lie to the brackets of a variable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartRanks {
    brackets: PartBrackets,
    /// Of each bracket, the values below it, and those in it with how often each comes.
    found: Vec<(usize, Vec<(f64, usize)>)>,
}

/// The first round: what the variables of one part come to.
///
/// # Errors
/// Where the rows can't be read, or a variable is absent, or neither numbers nor text.
pub fn part_description(
    panel: &mut dyn PanelBlocks,
    variables: &[impl AsRef<str>],
) -> Result<PartDescription> {
    let mut found: Vec<Variable> =
        variables.iter().map(|variable| Variable::new(variable.as_ref())).collect();
    let mut entities = Vec::new();
    panel.visit(&mut |block| {
        entities.extend_from_slice(block.entities());
        for Variable { variable, summary, blocks, .. } in &mut found {
            summary.add(block, variable)?;
            if !block.is_text(variable)? {
                blocks.extend(Told::of(finite(&block.numbers(variable)?)));
            }
        }
        Ok(())
    })?;
    found.iter_mut().for_each(Variable::mark_overflow);
    Ok(PartDescription { variables: found, entities })
}

/// Between the rounds: where the quartiles of all parts are to be sought.
///
/// # Errors
/// Where there is no part, parts are of different variables or a variable of different types, or two have rows of one
/// entity.
pub fn seek_parts(parts: &[DescribedPart]) -> Result<Vec<PartBrackets>> {
    let first = &parts.first().ok_or(EstimationError::NoParts)?.description;
    let variables: Vec<&str> = first.variables.iter().map(|own| own.variable.as_str()).collect();
    check(parts, &variables)?;
    let brackets = |(at, variable): (usize, &&str)| -> PartBrackets {
        let own = parts.iter().filter_map(|part| part.description.variables.get(at));
        let told: Vec<&Told> = own.flat_map(|own| &own.blocks).collect();
        PartBrackets { variable: (*variable).to_owned(), between: between(&told) }
    };
    Ok(variables.iter().enumerate().map(brackets).collect())
}

/// The second round: where one part's values lie.
///
/// # Errors
/// As [`part_description`].
pub fn part_ranks(panel: &mut dyn PanelBlocks, brackets: &[PartBrackets]) -> Result<Vec<PartRanks>> {
    let mut found: Vec<Vec<(usize, Vec<f64>)>> =
        brackets.iter().map(|own| vec![(0, Vec::new()); own.between.len()]).collect();
    panel.visit(&mut |block| {
        for (own, found) in brackets.iter().zip(&mut found).filter(|(own, _)| !own.between.is_empty()) {
            for value in finite(&block.numbers(&own.variable)?) {
                for ((low, high), (below, within)) in own.between.iter().zip(&mut *found) {
                    match (value.total_cmp(low), value.total_cmp(high)) {
                        (Ordering::Less, _) => *below += 1,
                        (_, Ordering::Greater) => {}
                        _ => within.push(value),
                    }
                }
            }
        }
        Ok(())
    })?;
    let counted = |(below, mut within): (usize, Vec<f64>)| {
        within.sort_unstable_by(f64::total_cmp);
        let same = within.chunk_by(|one, other| one.total_cmp(other).is_eq());
        (below, same.map(|same| (same[0], same.len())).collect())
    };
    let ranks = brackets
        .iter()
        .cloned()
        .zip(found)
        .map(|(brackets, found)| PartRanks { brackets, found: found.into_iter().map(counted).collect() });
    Ok(ranks.collect())
}

/// The end: the variables described over all parts. Counts, extremes, quantiles and categories are those of
/// [`describe`](super::describe); means and standard deviations are to their last digits.
///
/// # Errors
/// As [`seek_parts`]; and where the ranks were sought between other values.
pub fn describe_parts(
    parts: &[DescribedPart],
    ranks: &[Vec<PartRanks>],
    variables: &[impl AsRef<str>],
) -> Result<Vec<Description>> {
    check(parts, variables)?;
    let brackets = seek_parts(parts)?;
    let mut described = Vec::new();
    for (at, brackets) in brackets.into_iter().enumerate() {
        let mut whole = Variable::new(&brackets.variable);
        for own in parts.iter().filter_map(|part| part.description.variables.get(at)) {
            whole.join(own);
        }
        let own: Vec<&PartRanks> = ranks.iter().filter_map(|part| part.get(at)).collect();
        if own.len() != ranks.len() || own.iter().any(|own| own.brackets != brackets) {
            return Err(EstimationError::OtherRound);
        }
        let count = whole.summary.all.count;
        let quartile = |bracket: usize| -> Option<f64> {
            let place = SHARES[bracket] * count.checked_sub(1)? as f64;
            let found: Vec<&(usize, Vec<(f64, usize)>)> =
                own.iter().filter_map(|own| own.found.get(bracket)).collect();
            let (low, high) =
                (at_rank(&found, place.floor() as usize)?, at_rank(&found, place.ceil() as usize)?);
            Some(low + (high - low) * (place - place.floor()))
        };
        let quartiles = std::array::from_fn(quartile);
        let mut description = whole.summary.description(&brackets.variable, quartiles);
        if whole.overflown {
            (description.mean, description.sd) = (None, None);
            (description.sd_between, description.sd_within) = (None, None);
        }
        described.push(description);
    }
    Ok(described)
}

impl Variable {
    fn new(variable: &str) -> Self {
        let variable = variable.to_owned();
        Self { variable, summary: Summary::default(), overflown: false, blocks: Vec::new() }
    }

    fn mark_overflow(&mut self) {
        let Summary { all, between, within, .. } = &mut self.summary;
        self.overflown = !(all.are_finite() && between.are_finite() && within.is_finite());
        if self.overflown {
            *within = 0.0;
            for moments in [all, between] {
                *moments = moments.without_sums();
            }
        }
    }

    fn join(&mut self, other: &Self) {
        self.overflown |= other.overflown;
        let Summary { rows, entities, all, between, within, extremes, categories } = &other.summary;
        let own = &mut self.summary;
        own.rows += rows;
        own.entities += entities;
        own.all.join(*all);
        own.between.join(*between);
        own.within += within;
        if let Some((low, high)) = extremes {
            let (own_low, own_high) = own.extremes.get_or_insert((*low, *high));
            *own_low = if low.total_cmp(own_low).is_lt() { *low } else { *own_low };
            *own_high = if high.total_cmp(own_high).is_gt() { *high } else { *own_high };
        }
        for (category, count) in categories {
            *own.categories.entry(category.clone()).or_default() += count;
        }
    }

    fn kind(&self) -> Option<&'static str> {
        match (self.summary.all.count, self.summary.categories.len()) {
            (0, 0) => None,
            (0, _) => Some("text"),
            _ => Some("numbers"),
        }
    }
}

impl Told {
    /// Of values in any order; none where there are none.
    fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_unstable_by(f64::total_cmp);
        let (count, last) = (values.len(), *values.last()?);
        let step = count.div_ceil(TOLD);
        let mut told: Vec<f64> = values.into_iter().step_by(step).collect();
        if (count - 1) % step != 0 {
            told.push(last);
        }
        Some(Self { count, step, values: told })
    }

    /// The values with their ranks.
    fn ranked(&self) -> impl DoubleEndedIterator<Item = (usize, f64)> + ExactSizeIterator {
        let rank = |at: usize| (at * self.step).min(self.count - 1);
        self.values.iter().enumerate().map(move |(at, value)| (rank(at), *value))
    }
}

/// Between which values the quartiles lie.
fn between(told: &[&Told]) -> Vec<(f64, f64)> {
    let count: usize = told.iter().map(|told| told.count).sum();
    let Some(last) = count.checked_sub(1) else { return Vec::new() };
    // Of each value that is told, how many values are certainly not above it, and not below it, in its block.
    let (mut upwards, mut downwards) = (Vec::new(), Vec::new());
    for told in told {
        let mut before = 0;
        for (rank, value) in told.ranked() {
            upwards.push((value, rank + 1 - before));
            before = rank + 1;
        }
        let mut after = told.count;
        for (rank, value) in told.ranked().rev() {
            downwards.push((value, after - rank));
            after = rank;
        }
    }
    upwards.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
    downwards.sort_unstable_by(|one, other| other.0.total_cmp(&one.0));
    let reaches = |sorted: &[(f64, usize)], wanted: usize| -> Option<f64> {
        let mut sum = 0;
        let found = sorted.iter().find(|(_, more)| {
            sum += more;
            sum >= wanted
        });
        found.map(|(value, _)| *value)
    };
    SHARES
        .iter()
        .filter_map(|share| {
            let place = share * last as f64;
            let low = reaches(&downwards, count - place.floor() as usize)?;
            let high = reaches(&upwards, place.ceil() as usize + 1)?;
            Some((low, high))
        })
        .collect()
}

/// The value of a rank, counted from zero.
fn at_rank(found: &[&(usize, Vec<(f64, usize)>)], rank: usize) -> Option<f64> {
    let mut left = rank.checked_sub(found.iter().map(|(below, _)| below).sum())?;
    let mut values: Vec<(f64, usize)> = found.iter().flat_map(|(_, within)| within).copied().collect();
    values.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
    for (value, times) in values {
        if left < times {
            return Some(value);
        }
        left -= times;
    }
    None
}

fn finite(numbers: &[f64]) -> Vec<f64> {
    numbers.iter().copied().filter(|value| value.is_finite()).collect()
}

fn check(parts: &[DescribedPart], variables: &[impl AsRef<str>]) -> Result<()> {
    let mut kinds: HashMap<&str, (&str, &str)> = HashMap::new();
    for part in parts {
        let found = || part.description.variables.iter().map(|own| own.variable.as_str());
        if !found().eq(variables.iter().map(AsRef::as_ref)) {
            return Err(EstimationError::PartOfAnother {
                part: part.name.clone(),
                found: found().collect::<Vec<_>>().join(", "),
                expected: variables.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", "),
            });
        }
        for own in &part.description.variables {
            let Some(kind) = own.kind() else { continue };
            let (before, name) = *kinds.entry(&own.variable).or_insert((kind, &part.name));
            if before != kind {
                return Err(EstimationError::MixedParts {
                    variable: own.variable.clone(),
                    one: format!("{before} in {name}"),
                    other: format!("{kind} in {}", part.name),
                });
            }
        }
    }
    let entities = parts.iter().map(|part| (part.name.as_str(), part.description.entities.as_slice()));
    EstimationError::unless_apart(entities)
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]
mod tests {
    use polars::prelude::{IntoColumn, df};
    use proptest::prelude::*;
    use vintner_panel::Panel;

    use super::*;
    use crate::describe::describe;

    struct Whole(Panel);

    impl PanelBlocks for Whole {
        fn visit(
            &mut self,
            visit: &mut dyn FnMut(&Panel) -> vintner_panel::Result<()>,
        ) -> vintner_panel::Result<()> {
            visit(&self.0)
        }
    }

    /// Some entities of a panel of 300 with six rows each; those of which `keep` is true.
    fn panel(keep: impl Fn(usize) -> bool) -> Panel {
        let rows: Vec<(usize, usize)> = (0..300)
            .filter(|entity| keep(*entity))
            .flat_map(|entity| (0..6).map(move |time| (entity, time)))
            .collect();
        let draw = |row: &(usize, usize)| ((row.0 * 7919 + row.1 * 613 + 13) % 1009) as f64;
        let frame = df!(
            "entity" => rows.iter().map(|row| format!("p{:04}", row.0)).collect::<Vec<_>>(),
            "time" => rows.iter().map(|row| row.1 as i32).collect::<Vec<_>>(),
            "x" => rows.iter().map(|row| (row.0 % 11 != 3).then(|| draw(row) * 0.731 - 300.0)).collect::<Vec<_>>(),
            "tied" => rows.iter().map(|row| (draw(row) / 400.0).floor() - 1.0).collect::<Vec<_>>(),
            "region" => rows.iter().map(|row| (row.0 % 4 != 0).then(|| ["n", "s"][row.0 % 2])).collect::<Vec<_>>(),
            "never" => vec![None::<f64>; rows.len()],
            "huge" => rows.iter().map(|row| draw(row) * 1e306).collect::<Vec<_>>(),
        );
        Panel::new(frame.unwrap(), "entity", "time").unwrap()
    }

    const VARIABLES: [&str; 5] = ["x", "tied", "region", "never", "huge"];

    fn handed<T: Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
        serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
    }

    fn described(panels: Vec<Panel>) -> Result<Vec<Description>> {
        let mut panels: Vec<Whole> = panels.into_iter().map(Whole).collect();
        let mut parts = Vec::new();
        for (at, panel) in panels.iter_mut().enumerate() {
            let description = handed(&part_description(panel, &VARIABLES)?);
            parts.push(DescribedPart { name: format!("part {at}"), description });
        }
        let brackets = handed(&seek_parts(&parts)?);
        let ranks: Vec<Vec<PartRanks>> = panels
            .iter_mut()
            .map(|panel| Ok(handed(&part_ranks(panel, &brackets)?)))
            .collect::<Result<_>>()?;
        describe_parts(&parts, &ranks, &VARIABLES)
    }

    #[test]
    fn parts_of_any_entities_are_described_as_the_whole() {
        let expected = describe(&panel(|_| true), &VARIABLES).unwrap();
        let near = |one: Option<f64>, other: Option<f64>| match (one, other) {
            (Some(one), Some(other)) => (one - other).abs() <= 1e-12 * other.abs().max(1.0),
            (one, other) => one == other,
        };
        for count in [1, 3, 20] {
            let parts =
                (0..count).map(|part| panel(|entity| entity % count == part)).chain([panel(|_| false)]);
            for (own, whole) in described(parts.collect()).unwrap().iter().zip(&expected) {
                let exact = |of: &Description| {
                    (
                        of.variable.clone(),
                        of.n,
                        of.missing,
                        of.n_entities,
                        of.min,
                        of.p25,
                        of.median,
                        of.p75,
                        of.max,
                    )
                };
                assert_eq!(exact(own), exact(whole));
                assert_eq!(own.categories, whole.categories);
                assert!(near(own.mean, whole.mean) && near(own.sd, whole.sd), "{own:?} {whole:?}");
                assert!(near(own.sd_between, whole.sd_between) && near(own.sd_within, whole.sd_within));
            }
        }
    }

    #[test]
    fn parts_that_do_not_go_together_are_named() {
        let both = vec![panel(|entity| entity < 10), panel(|entity| entity > 8)];
        assert_eq!(
            described(both).unwrap_err().to_string(),
            "p0009 has rows in part 0 and in part 1: parts are of whole entities; cut the panel by entities, not by times"
        );
        let other = panel(|entity| entity > 8);
        let numbers = vec![1.0; other.height()];
        let mut frame = other.frame().clone();
        frame.with_column(polars::prelude::Column::new("region".into(), numbers).into_column()).unwrap();
        let other = Panel::new(frame, "entity", "time").unwrap();
        assert_eq!(
            described(vec![panel(|entity| entity < 9), other]).unwrap_err().to_string(),
            "`region` is text in part 0 and numbers in part 1; a variable has one type in all parts"
        );
        assert!(matches!(described(Vec::new()), Err(EstimationError::NoParts)));
    }

    proptest! {
        #[test]
        fn a_quartile_lies_in_its_bracket(blocks in prop::collection::vec(prop::collection::vec(-9_i32..9, 0..700), 1..6)) {
            let numbers = |block: &Vec<i32>| block.iter().map(|value| f64::from(*value) / 4.0).collect::<Vec<_>>();
            let told: Vec<Told> = blocks.iter().filter_map(|block| Told::of(numbers(block))).collect();
            let mut all: Vec<f64> = blocks.iter().flat_map(numbers).collect();
            all.sort_by(f64::total_cmp);
            let found = between(&told.iter().collect::<Vec<_>>());
            prop_assert_eq!(found.len(), if all.is_empty() { 0 } else { 3 });
            for (share, (low, high)) in SHARES.iter().zip(found) {
                let place = share * (all.len() - 1) as f64;
                prop_assert!(low <= all[place.floor() as usize] && all[place.ceil() as usize] <= high);
            }
        }
    }
}
