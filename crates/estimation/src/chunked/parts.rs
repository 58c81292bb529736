//! Estimation on a panel whose parts are gathered apart, on machines that see one part each.
//!
//! Two rounds over the parts, whatever the equation. In the first each part gives the triangle R of its variables, times'
//! dummies before them where these have effects: R'R is the cross-product of all, so that the triangles of all
//! parts, one below the other, hold what the rows held (Demmel, Grigori, Hoemmen and Langou 2012). By Frisch,
//! Waugh and Lovell the lower right of the joined triangle is that of the variables once times are taken out.
//! In the second each part, told the coefficients, gives residuals' sums and its entities' scores.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use serde::{Deserialize, Serialize};
use vintner_panel::{Frequency, PanelChunks, PanelError};

use super::chunked::{ChunkedOutcome, supported};
use super::solution::{Gathered, Shape, Solution};
use super::sums::{Reduced, Residual, TimeEffects, Transformation, condensed, each_task};
use super::walk::{Block, Walked, name_more, walk};
use crate::covariance::Covariance;
use crate::fit::{Outcome, Refusal};
use crate::models::Model;
use crate::numerics::{Triangle, norm};
use crate::outcome::{EstimationError, Reason, Result};
use crate::sample::Formula;

/// Most times that have effects: a part's triangle has a column for each.
pub const MOST_TIMES: usize = 1000;

/// What is left of the normal equations, in standard errors, above which the coefficients aren't taken for solved.
const UNSOLVED: f64 = 1e-6;

/// What the rows of a part come to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartSums {
    /// The equation that they are of, and its model.
    formula: Formula,
    model: Model,
    /// How long the times are; none in a part without rows.
    frequency: Option<Frequency>,
    /// The times that have effects, in order, and of each the first that it shares an entity with, directly or
    /// by others.
    times: Vec<i32>,
    linked: Vec<i32>,
    /// The triangle of the times' dummies, an intercept, the regressors and the dependent variable, row by row.
    triangle: Vec<f64>,
    /// Sums of squares of the dependent variable and the regressors.
    squares: Vec<f64>,
    /// Of the dependent variable: weight, mean, sum of squares about it.
    moments: (f64, f64, f64),
    /// The sum of the logarithms of the weights.
    #[serde(default)]
    log_weights: f64,
    rows: usize,
    longest: usize,
    incomplete: usize,
    weightless: usize,
    single: Vec<String>,
    /// The entities with a complete row.
    entities: Vec<String>,
    /// Whether a sum left the range of numbers; there are then none.
    overflown: bool,
}

/// A part under its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What it is called, for messages.
    pub name: String,
    /// What its rows come to.
    pub sums: PartSums,
}

/// What each part is told for the second round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartsSolved {
    /// The coefficients.
    Solved(PartsSolution),
    /// There are none; the second round has nothing to do.
    NotEstimable(Reason),
}

/// Coefficients, and the times' effects on each variable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartsSolution {
    /// The equation, and its model.
    formula: Formula,
    model: Model,
    times: Vec<i32>,
    /// Of the dependent variable and each regressor, an effect for each time.
    effects: Vec<Vec<f64>>,
    /// Which of the transformed columns have a coefficient.
    chosen: Vec<usize>,
    coefficients: Vec<f64>,
}

/// What the residuals of a part come to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartResiduals {
    /// What the residuals are of.
    coefficients: Vec<f64>,
    rss: f64,
    left: Vec<f64>,
    /// Of each coefficient, two numbers an entity: the sums of its positive and of its negative scores, or of fewer
    /// rows whose squares and products add up to the same. None for classical standard errors.
    scores: Vec<Vec<f64>>,
    /// Whether a sum left the range of numbers; there are then none.
    overflown: bool,
}

/// The first round: what one part's rows come to.
///
/// # Errors
/// As [`estimate_chunked`](super::estimate_chunked); and where more than [`MOST_TIMES`] times have effects.
pub fn part_sums(
    source: &mut dyn PanelChunks,
    formula: &Formula,
    model: Model,
    covariance: &Covariance,
) -> Result<PartSums> {
    formula.check()?;
    let shape = shape_of(formula, model, covariance)?;
    let variables = formula.regressors.len() + 1;
    let mut times = Times::default();
    if shape.effects == Some(true) {
        walk(source, formula, |block| times.add(block))?;
    }
    let places: HashMap<i32, usize> =
        times.linked.keys().enumerate().map(|(place, time)| (*time, place)).collect();
    let dummies = places.len();
    let order = dummies + variables + usize::from(shape.intercept);
    let transformation = match shape.effects {
        None => Transformation::Levels { intercept: shape.intercept },
        Some(_) => Transformation::Within { times: None },
    };
    let mut reduced = Reduced::new(order - dummies, variables, 0);
    let mut triangle = Triangle::new(order);
    let (mut entities, mut single) = (Vec::new(), Vec::new());
    let walked = walk(source, formula, |block| {
        entities.extend_from_slice(&block.entities);
        name_more(&mut single, &block.single);
        reduced.add(block, &transformation);
        if dummies > 0 {
            let with_dummies = |own: Range<usize>| with_dummies(block, own, &transformation, &places);
            each_task(block, with_dummies).iter().for_each(|part| triangle.join(part));
        }
        Ok(())
    })?;
    let triangle = if dummies > 0 { &triangle } else { &reduced.triangle };
    let entries = (0..order).flat_map(|row| (0..order).map(move |column| triangle.at(row, column)));
    let mut sums = PartSums {
        formula: formula.clone(),
        model,
        frequency: walked.times.map(|(frequency, _)| frequency),
        times: times.linked.keys().copied().collect(),
        linked: times.roots(),
        triangle: entries.collect(),
        squares: reduced.squares,
        moments: reduced.moments,
        log_weights: reduced.log_weights,
        rows: reduced.rows,
        longest: reduced.longest,
        incomplete: walked.incomplete,
        weightless: walked.weightless,
        single,
        entities,
        overflown: false,
    };
    let (weight, mean, about) = sums.moments;
    let all = sums.triangle.iter().chain(&sums.squares).chain([&weight, &mean, &about]);
    if !all.copied().all(f64::is_finite) {
        sums.overflown = true;
        sums.triangle.fill(0.0);
        sums.squares.fill(0.0);
        sums.moments = (0.0, 0.0, 0.0);
    }
    Ok(sums)
}

/// Between the rounds: the coefficients from what all parts came to.
///
/// # Errors
/// Where there is no part, parts are of different equations or have times of different lengths, or two have rows of
/// one entity.
pub fn solve_parts(parts: &[Part]) -> Result<PartsSolved> {
    let PartSums { formula, model, .. } = &parts.first().ok_or(EstimationError::NoParts)?.sums;
    let shape = shape_of(formula, *model, &Covariance::classical())?;
    let (gathered, times) = gather(parts, formula, shape)?;
    Ok(match solve(parts, &gathered, formula, shape) {
        Err(reason) => PartsSolved::NotEstimable(reason),
        Ok(Solution { chosen, coefficients, .. }) => PartsSolved::Solved(PartsSolution {
            formula: formula.clone(),
            model: *model,
            times: times.times,
            effects: times.effects,
            chosen,
            coefficients,
        }),
    })
}

/// The second round: what the residuals of one part come to.
///
/// # Errors
/// As [`part_sums`].
pub fn part_residuals(
    source: &mut dyn PanelChunks,
    formula: &Formula,
    model: Model,
    covariance: &Covariance,
    solution: &PartsSolution,
) -> Result<PartResiduals> {
    let shape = shape_of(formula, model, covariance)?;
    if solution.formula != *formula || solution.model != model {
        return Err(EstimationError::ToldOfAnother {
            found: solution.formula.to_string(),
            expected: formula.to_string(),
        });
    }
    let transformation = match shape.effects {
        None => Transformation::Levels { intercept: shape.intercept },
        Some(false) => Transformation::Within { times: None },
        Some(true) => {
            let place = solution.times.iter().enumerate().map(|(place, time)| (*time, place)).collect();
            Transformation::Within { times: Some(TimeEffects { place, of: solution.effects.clone() }) }
        }
    };
    let scored = !matches!(covariance, Covariance::Classical(_));
    let mut residual = Residual::new(solution.chosen.len());
    walk(source, formula, |block| {
        residual.add(block, &transformation, &solution.chosen, &solution.coefficients, scored);
        residual.condense();
        Ok(())
    })?;
    let Residual { rss, left, scores } = residual;
    let coefficients = solution.coefficients.clone();
    let mut part = PartResiduals { coefficients, rss, left, scores: condensed(scores), overflown: false };
    let all = part.scores.iter().flatten().chain(&part.left).chain([&part.rss]);
    part.overflown = !all.copied().all(f64::is_finite);
    if part.overflown {
        part.rss = 0.0;
        part.left.fill(0.0);
        part.scores.iter_mut().for_each(|scores| scores.fill(0.0));
    }
    Ok(part)
}

/// The end: the estimate from what both rounds over all parts gave, in the same order. The numbers are those of
/// [`estimate`](crate::estimate) to ten digits and more; rows left out are counted and not listed.
///
/// # Errors
/// As [`solve_parts`].
pub fn estimate_parts(
    parts: &[Part],
    residuals: &[PartResiduals],
    formula: &Formula,
    model: Model,
    covariance: &Covariance,
) -> Result<ChunkedOutcome> {
    let shape = shape_of(formula, model, covariance)?;
    let (gathered, _) = gather(parts, formula, shape)?;
    let observations = gathered.observations(formula);
    let incomplete = gathered.walked.incomplete;
    let solved = solve(parts, &gathered, formula, shape);
    if let Ok(solution) = &solved
        && (residuals.len() != parts.len()
            || residuals.iter().any(|part| part.coefficients != solution.coefficients))
    {
        return Err(EstimationError::OtherRound);
    }
    let estimated = solved.and_then(|mut solution| {
        if residuals.iter().any(|part| part.overflown) {
            return Err(Reason::NotFinite { what: "the residual sum of squares".into() });
        }
        let residual = joined(residuals, solution.chosen.len());
        let (step, length) = solution.step(&residual);
        if length > UNSOLVED * residual.rss.sqrt() && norm(&step).is_finite() {
            return Err(Reason::NotConverged { what: "the normal equations of all parts".into(), steps: 1 });
        }
        solution.coefficients.iter_mut().zip(&step).for_each(|(b, step)| *b += step);
        gathered.estimated(formula, shape, solution, residual)
    });
    let outcome = estimated.and_then(|estimated| estimated.fit(covariance));
    let outcome = match outcome {
        Ok(fit) => Outcome::Fit(Box::new(fit)),
        Err(reason) => Outcome::NotEstimable(Refusal { reason, n_obs: observations, dropped: Vec::new() }),
    };
    Ok(ChunkedOutcome { outcome, incomplete, passes: 2 })
}

fn shape_of(formula: &Formula, model: Model, covariance: &Covariance) -> Result<Shape> {
    supported(formula, model, covariance).map_err(|reason| EstimationError::NotByParts { reason })
}

fn solve(
    parts: &[Part],
    gathered: &Gathered,
    formula: &Formula,
    shape: Shape,
) -> std::result::Result<Solution, Reason> {
    match parts.iter().any(|part| part.sums.overflown) {
        true => Err(Reason::NotFinite { what: "a sum of squares".into() }),
        false => gathered.solve(formula, shape),
    }
}

fn joined(residuals: &[PartResiduals], order: usize) -> Residual {
    let mut all = Residual::new(order);
    for part in residuals {
        all.rss += part.rss;
        all.left.iter_mut().zip(&part.left).for_each(|(sum, more)| *sum += more);
        all.scores.iter_mut().zip(&part.scores).for_each(|(all, own)| all.extend(own));
    }
    all
}

/// The times of a part, each with the first one in its component: entities link the times in which they are observed.
#[derive(Debug, Default)]
struct Times {
    linked: BTreeMap<i32, i32>,
}

impl Times {
    fn add(&mut self, block: &Block) -> Result<()> {
        for group in &block.groups {
            let times = &block.times[group.clone()];
            times.iter().for_each(|time| self.link(times[0], *time));
        }
        if self.linked.len() > MOST_TIMES {
            return Err(EstimationError::TooManyTimes { most: MOST_TIMES });
        }
        Ok(())
    }

    fn link(&mut self, one: i32, other: i32) {
        let (one, other) = (self.root(one), self.root(other));
        let (first, second) = (one.min(other), one.max(other));
        self.linked.insert(second, first);
    }

    fn root(&mut self, mut time: i32) -> i32 {
        loop {
            let above = *self.linked.entry(time).or_insert(time);
            if above == time {
                return time;
            }
            time = above;
        }
    }

    fn roots(&mut self) -> Vec<i32> {
        let times: Vec<i32> = self.linked.keys().copied().collect();
        times.into_iter().map(|time| self.root(time)).collect()
    }
}

/// The triangle of some entities' rows, with the times' dummies before the variables.
fn with_dummies(
    block: &Block,
    own: Range<usize>,
    transformation: &Transformation,
    places: &HashMap<i32, usize>,
) -> Triangle {
    let start = block.groups.get(own.start).map_or(0, |group| group.start);
    let transformed = transformation.apply(block, own, true);
    let rows = transformed.columns.first().map_or(0, Vec::len);
    let mut columns = vec![vec![0.0; rows]; places.len()];
    for group in &transformed.groups {
        let weight = |row: usize| block.weights.as_ref().map_or(1.0, |weights| weights[start + row]);
        let total: f64 = group.clone().map(weight).sum();
        for time_row in group.clone() {
            let Some(column) =
                places.get(&block.times[start + time_row]).and_then(|place| columns.get_mut(*place))
            else {
                continue;
            };
            // The dummy of this row's time in the entity's rows, less its mean in them.
            let mean = weight(time_row) / total;
            for row in group.clone() {
                let dummy = f64::from(u8::from(row == time_row));
                column[row] = (dummy - mean) * weight(row).sqrt();
            }
        }
    }
    columns.extend(transformed.columns);
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let mut triangle = Triangle::new(columns.len());
    triangle.add(&columns);
    triangle
}

/// The times of all parts and their effects on each variable, zero for the first of each component.
struct AllTimes {
    times: Vec<i32>,
    effects: Vec<Vec<f64>>,
}

/// Puts together what all parts came to.
fn gather(parts: &[Part], formula: &Formula, shape: Shape) -> Result<(Gathered, AllTimes)> {
    check_equations(parts, formula, shape)?;
    check_frequencies(parts)?;
    let entities = parts.iter().map(|part| (part.name.as_str(), part.sums.entities.as_slice()));
    EstimationError::unless_apart(entities)?;
    let variables = formula.regressors.len() + 1;
    let order = variables + usize::from(shape.intercept);
    let mut linked = Times::default();
    for PartSums { times, linked: first, .. } in parts.iter().map(|part| &part.sums) {
        first.iter().zip(times).for_each(|(first, time)| linked.link(*first, *time));
    }
    let times: Vec<i32> = linked.linked.keys().copied().collect();
    let first: BTreeSet<i32> = linked.roots().into_iter().collect();
    let free: HashMap<i32, usize> = times
        .iter()
        .filter(|time| !first.contains(time))
        .enumerate()
        .map(|(place, time)| (*time, place))
        .collect();
    let mut whole = Triangle::new(free.len() + order);
    let mut reduced = Reduced::new(order, variables, 0);
    let mut walked = Walked::default();
    let mut single = Vec::new();
    for sums in parts.iter().map(|part| &part.sums) {
        whole.add(&columns_of(sums, &free, order).iter().map(Vec::as_slice).collect::<Vec<_>>());
        reduced.take(&sums.squares, sums.moments, (sums.rows, sums.entities.len(), sums.longest));
        reduced.log_weights += sums.log_weights;
        walked.incomplete += sums.incomplete;
        walked.weightless += sums.weightless;
        name_more(&mut single, &sums.single);
    }
    let lower = |column: usize| -> Vec<f64> {
        (free.len()..free.len() + order).map(|row| whole.at(row, free.len() + column)).collect()
    };
    let lower: Vec<Vec<f64>> = (0..order).map(lower).collect();
    reduced.triangle.add(&lower.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let effects = match shape.effects {
        Some(true) => effects(&whole, &times, &free, order),
        _ => Vec::new(),
    };
    let (count, components) = (times.len(), first.len());
    let gathered = Gathered { reduced, walked, times: count, components, single };
    Ok((gathered, AllTimes { times, effects }))
}

/// The rows of a part's triangle, in columns: the free times of all parts, then the variables.
fn columns_of(sums: &PartSums, free: &HashMap<i32, usize>, order: usize) -> Vec<Vec<f64>> {
    let own = sums.times.len() + order;
    let mut columns = vec![vec![0.0; own]; free.len() + order];
    let times = sums.times.iter().map(|time| free.get(time).copied());
    let variables = (0..order).map(|at| Some(free.len() + at));
    for (from, to) in times.chain(variables).enumerate() {
        let Some(column) = to.and_then(|to| columns.get_mut(to)) else { continue };
        let entries = sums.triangle.iter().skip(from).step_by(own);
        column.iter_mut().zip(entries).for_each(|(value, entry)| *value = *entry);
    }
    columns
}

/// The times' coefficients in the regression of each variable on both effects: of the dependent variable, then of
/// the regressors.
fn effects(whole: &Triangle, times: &[i32], free: &HashMap<i32, usize>, variables: usize) -> Vec<Vec<f64>> {
    let dependent_first = std::iter::once(variables - 1).chain(0..variables - 1);
    dependent_first
        .map(|variable| {
            let mut solved = vec![0.0; free.len()];
            for row in (0..free.len()).rev() {
                let known: f64 =
                    (row + 1..free.len()).map(|column| whole.at(row, column) * solved[column]).sum();
                let pivot = whole.at(row, row);
                let right = whole.at(row, free.len() + variable) - known;
                solved[row] = if pivot == 0.0 { 0.0 } else { right / pivot };
            }
            times.iter().map(|time| free.get(time).map_or(0.0, |place| solved[*place])).collect()
        })
        .collect()
}

fn check_equations(parts: &[Part], formula: &Formula, shape: Shape) -> Result<()> {
    let other = |part: &&Part| part.sums.formula != *formula || part.sums.model != shape.model;
    match parts.iter().find(other) {
        None => Ok(()),
        Some(part) => Err(EstimationError::PartOfAnother {
            part: part.name.clone(),
            found: part.sums.formula.to_string(),
            expected: formula.to_string(),
        }),
    }
}

fn check_frequencies(parts: &[Part]) -> Result<()> {
    let mut known: Option<(Frequency, &str)> = None;
    for part in parts {
        let Some(frequency) = part.sums.frequency else { continue };
        let (before, name) = *known.get_or_insert((frequency, &part.name));
        if before != frequency {
            let (one, other) = (format!("a {before} in {name}"), format!("a {frequency} in {}", part.name));
            return Err(PanelError::MixedTimes { column: "time".into(), one, other }.into());
        }
    }
    Ok(())
}
