//! What is gathered from blocks of rows.

use std::collections::HashMap;
use std::ops::Range;

use rayon::prelude::*;

use super::walk::Block;
use crate::absorb::Semidefinite;
use crate::numerics::Triangle;

/// Rows that are worth a task of their own.
const TASK: usize = 1 << 15;

/// So many scores are kept of a regressor, two an entity, before they are condensed.
const MOST_SCORES: usize = 1 << 17;

/// How the rows are transformed.
#[derive(Debug, Clone)]
pub(super) enum Transformation {
    /// Not at all; an intercept comes first if there is one.
    Levels { intercept: bool },
    /// Deviations from entity means, after the times' effects are taken away where there are some.
    Within { times: Option<TimeEffects> },
}

/// The coefficients of the times' dummies in the regression of each variable on both effects.
#[derive(Debug, Clone, Default)]
pub(super) struct TimeEffects {
    pub(super) place: HashMap<i32, usize>,
    /// Of each variable, a coefficient for each time.
    pub(super) of: Vec<Vec<f64>>,
}

/// Rows of whole entities, transformed, in columns: the regressors, then the dependent variable.
pub(super) struct Transformed {
    pub(super) columns: Vec<Vec<f64>>,
    pub(super) groups: Vec<Range<usize>>,
    /// The places of the rows' times, where these have effects.
    places: Vec<usize>,
}

/// Cuts a block into tasks of whole entities.
pub(super) fn tasks(block: &Block) -> Vec<Range<usize>> {
    let mut tasks: Vec<Range<usize>> = Vec::new();
    let mut rows = 0;
    for (at, group) in block.groups.iter().enumerate() {
        match tasks.last_mut() {
            Some(task) if rows < TASK => task.end = at + 1,
            _ => {
                tasks.push(at..at + 1);
                rows = 0;
            }
        }
        rows += group.len();
    }
    tasks
}

/// What each task of a block comes to, in the tasks' order.
pub(super) fn each_task<T: Send>(block: &Block, work: impl Fn(Range<usize>) -> T + Sync + Send) -> Vec<T> {
    tasks(block).into_par_iter().map(work).collect()
}

impl Transformation {
    /// Transforms the rows of some of a block's entities; `rooted` multiplies them by the roots of weights.
    pub(super) fn apply(&self, block: &Block, entities: Range<usize>, rooted: bool) -> Transformed {
        let rows = match (block.groups.get(entities.start), block.groups.get(entities.end.saturating_sub(1)))
        {
            (Some(first), Some(last)) => first.start..last.end,
            _ => 0..0,
        };
        let groups: Vec<Range<usize>> = block.groups[entities]
            .iter()
            .map(|group| group.start - rows.start..group.end - rows.start)
            .collect();
        let weights = block.weights.as_ref().map(|weights| &weights[rows.clone()]);
        let places = self.places(block, &rows);
        let order = (1..block.columns.len()).chain([0]);
        let mut columns: Vec<Vec<f64>> = order
            .map(|at| {
                let mut values = block.columns[at][rows.clone()].to_vec();
                if let Self::Within { times } = self {
                    if let Some(effects) = times.as_ref().and_then(|times| times.of.get(at)) {
                        values.iter_mut().zip(&places).for_each(|(value, place)| *value -= effects[*place]);
                    }
                    groups.iter().for_each(|group| {
                        centre(&mut values[group.clone()], weights.map(|weights| &weights[group.clone()]));
                    });
                }
                values
            })
            .collect();
        if let Self::Levels { intercept: true } = self {
            columns.insert(0, vec![1.0; rows.len()]);
        }
        if let (true, Some(weights)) = (rooted, weights) {
            for column in &mut columns {
                column.iter_mut().zip(weights).for_each(|(value, weight)| *value *= weight.sqrt());
            }
        }
        Transformed { columns, groups, places }
    }

    /// The places of the rows' times; none where there are no effects of times.
    fn places(&self, block: &Block, rows: &Range<usize>) -> Vec<usize> {
        let Self::Within { times: Some(effects) } = self else { return Vec::new() };
        let times = block.times[rows.clone()].iter();
        times.map(|time| effects.place.get(time).copied().unwrap_or_default()).collect()
    }
}

fn centre(values: &mut [f64], weights: Option<&[f64]>) {
    let mean = |values: &[f64]| match weights {
        None => values.iter().sum::<f64>() / values.len() as f64,
        Some(weights) => {
            let total: f64 = weights.iter().sum();
            values.iter().zip(weights).map(|(value, weight)| value * weight).sum::<f64>() / total
        }
    };
    for _ in 0..2 {
        let mean = mean(values);
        values.iter_mut().for_each(|value| *value -= mean);
    }
}

/// The normal equations of the times' dummies after the entities' are taken out, grown as times appear.
#[derive(Debug, Default)]
pub(super) struct TimeEquations {
    pub(super) place: HashMap<i32, usize>,
    /// The lower triangle, row by row of growing length.
    rows: Vec<Vec<f64>>,
    /// Each time's rows, or the sum of their weights.
    pub(super) sizes: Vec<f64>,
    parent: Vec<usize>,
}

impl TimeEquations {
    /// Takes in a block's entities.
    pub(super) fn add(&mut self, block: &Block) {
        for group in &block.groups {
            let places: Vec<usize> =
                block.times[group.clone()].iter().map(|time| self.place(*time)).collect();
            let weight = |at: usize| block.weights.as_ref().map_or(1.0, |weights| weights[group.start + at]);
            let total: f64 = (0..places.len()).map(weight).sum();
            for (at, &one) in places.iter().enumerate() {
                self.sizes[one] += weight(at);
                self.rows[one][one] += weight(at);
                for (other_at, &other) in places.iter().enumerate() {
                    if other <= one {
                        self.rows[one][other] -= weight(at) * weight(other_at) / total;
                    }
                }
                let (left, right) = (self.root(places[0]), self.root(one));
                self.parent[left] = right;
            }
        }
    }

    fn place(&mut self, time: i32) -> usize {
        let next = self.rows.len();
        let place = *self.place.entry(time).or_insert(next);
        if place == next {
            self.rows.push(vec![0.0; next + 1]);
            self.sizes.push(0.0);
            self.parent.push(next);
        }
        place
    }

    fn root(&mut self, mut node: usize) -> usize {
        while self.parent[node] != node {
            self.parent[node] = self.parent[self.parent[node]];
            node = self.parent[node];
        }
        node
    }

    /// Into how many parts without a time or an entity in common the panel falls.
    pub(super) fn parts(&mut self) -> usize {
        (0..self.parent.len()).filter(|node| self.parent[*node] == *node).count()
    }

    /// Decomposed.
    pub(super) fn decompose(&self) -> Semidefinite {
        let order = self.rows.len();
        let mut matrix = vec![0.0; order * order];
        for (at, row) in self.rows.iter().enumerate() {
            matrix[at * order..at * order + row.len()].copy_from_slice(row);
        }
        Semidefinite::new(matrix, order)
    }
}

/// What one pass over transformed rows gives.
#[derive(Debug)]
pub(super) struct Reduced {
    pub(super) triangle: Triangle,
    /// Sums of squares of the variables before they were transformed: the dependent variable, the regressors.
    pub(super) squares: Vec<f64>,
    /// Sums of the transformed variables over times, where there are times' effects: of each variable.
    pub(super) time_sums: Vec<Vec<f64>>,
    /// Of the dependent variable: weight, mean, sum of squares about it.
    pub(super) moments: (f64, f64, f64),
    /// The sum of the logarithms of the weights.
    pub(super) log_weights: f64,
    pub(super) rows: usize,
    pub(super) entities: usize,
    pub(super) longest: usize,
}

impl Reduced {
    pub(super) fn new(order: usize, variables: usize, times: usize) -> Self {
        Self {
            triangle: Triangle::new(order),
            squares: vec![0.0; variables],
            time_sums: vec![vec![0.0; times]; variables],
            moments: (0.0, 0.0, 0.0),
            log_weights: 0.0,
            rows: 0,
            entities: 0,
            longest: 0,
        }
    }

    /// Takes in a block.
    pub(super) fn add(&mut self, block: &Block, transformation: &Transformation) {
        let order = self.triangle.order();
        let (variables, times) = (self.squares.len(), self.time_sums.first().map_or(0, Vec::len));
        let parts = each_task(block, |entities| {
            let mut part = Self::new(order, variables, times);
            let rows = match block.groups[entities.clone()] {
                [] => 0..0,
                [ref first, ..] => first.start..block.groups[entities.end - 1].end,
            };
            let weight = |row: usize| block.weights.as_ref().map_or(1.0, |weights| weights[row]);
            for (sum, column) in part.squares.iter_mut().zip(&block.columns) {
                *sum = rows.clone().map(|row| weight(row) * column[row] * column[row]).sum();
            }
            let y = &block.columns[0];
            let total: f64 = rows.clone().map(weight).sum();
            let mean = rows.clone().map(|row| weight(row) * y[row]).sum::<f64>() / total;
            let about = rows.clone().map(|row| weight(row) * (y[row] - mean).powi(2)).sum();
            part.moments = (total, mean, about);
            part.log_weights = match &block.weights {
                Some(weights) => weights[rows.clone()].iter().map(|weight| weight.ln()).sum(),
                None => 0.0,
            };
            part.rows = rows.len();
            part.entities = entities.len();
            part.longest = block.groups[entities.clone()].iter().map(|group| group.len()).max().unwrap_or(0);
            let mut transformed = transformation.apply(block, entities, false);
            if !transformed.places.is_empty() {
                let (dependent, regressors) = part.time_sums.split_at_mut(1);
                // The regressors come first, the dependent variable last.
                let all = regressors.iter_mut().chain(dependent);
                for (sums, column) in all.zip(&transformed.columns) {
                    for ((row, value), place) in rows.clone().zip(column).zip(&transformed.places) {
                        sums[*place] += weight(row) * value;
                    }
                }
            }
            if let Some(weights) = &block.weights {
                for column in &mut transformed.columns {
                    let own = column.iter_mut().zip(&weights[rows.clone()]);
                    own.for_each(|(value, weight)| *value *= weight.sqrt());
                }
            }
            let columns: Vec<&[f64]> = transformed.columns.iter().map(Vec::as_slice).collect();
            part.triangle.add(&columns);
            part
        });
        parts.iter().for_each(|part| self.join(part));
    }

    fn join(&mut self, other: &Self) {
        self.triangle.join(&other.triangle);
        for (sums, more) in self.time_sums.iter_mut().zip(&other.time_sums) {
            sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        }
        self.log_weights += other.log_weights;
        self.take(&other.squares, other.moments, (other.rows, other.entities, other.longest));
    }

    /// Takes in what doesn't depend on how the variables are transformed; of rows, entities and the longest entity
    /// how many there are.
    pub(super) fn take(
        &mut self,
        squares: &[f64],
        moments: (f64, f64, f64),
        (rows, entities, longest): (usize, usize, usize),
    ) {
        self.squares.iter_mut().zip(squares).for_each(|(sum, more)| *sum += more);
        let ((n, mean, about), (m, other_mean, other_about)) = (self.moments, moments);
        if m > 0.0 {
            let difference = other_mean - mean;
            self.moments = (
                n + m,
                mean + difference * m / (n + m),
                about + other_about + difference * difference * n * m / (n + m),
            );
        }
        self.rows += rows;
        self.entities += entities;
        self.longest = self.longest.max(longest);
    }
}

/// What one pass over residuals gives.
#[derive(Debug)]
pub(super) struct Residual {
    pub(super) rss: f64,
    /// X'e.
    pub(super) left: Vec<f64>,
    /// Of each regressor, two numbers an entity: the sums of its positive and of its negative scores.
    pub(super) scores: Vec<Vec<f64>>,
}

impl Residual {
    pub(super) fn new(order: usize) -> Self {
        Self { rss: 0.0, left: vec![0.0; order], scores: vec![Vec::new(); order] }
    }

    /// Keeps no more scores than some entities have, however many there are: squares and products of all add up to the same.
    pub(super) fn condense(&mut self) {
        if self.scores.first().map_or(0, Vec::len) > MOST_SCORES {
            self.scores = condensed(std::mem::take(&mut self.scores));
        }
    }

    /// Takes in a block, with coefficients of the chosen columns of the transformed regressors.
    pub(super) fn add(
        &mut self,
        block: &Block,
        transformation: &Transformation,
        chosen: &[usize],
        coefficients: &[f64],
        scored: bool,
    ) {
        let parts = each_task(block, |entities| {
            let Transformed { mut columns, groups, .. } = transformation.apply(block, entities, true);
            let mut part = Self::new(chosen.len());
            let Some(mut residuals) = columns.pop() else { return part };
            for (at, b) in chosen.iter().zip(coefficients) {
                residuals.iter_mut().zip(&columns[*at]).for_each(|(left, x)| *left -= b * x);
            }
            part.rss = residuals.iter().map(|value| value * value).sum();
            for ((at, scores), left) in chosen.iter().zip(&mut part.scores).zip(&mut part.left) {
                let column = &columns[*at];
                for group in &groups {
                    let (mut positive, mut negative) = (0.0, 0.0);
                    for row in group.clone() {
                        let score = column[row] * residuals[row];
                        if score > 0.0 { positive += score } else { negative += score }
                    }
                    *left += positive + negative;
                    if scored {
                        scores.extend([positive, negative]);
                    }
                }
            }
            part
        });
        for part in parts {
            self.rss += part.rss;
            self.left.iter_mut().zip(&part.left).for_each(|(sum, more)| *sum += more);
            self.scores.iter_mut().zip(part.scores).for_each(|(all, own)| all.extend(own));
        }
    }
}

/// Scores of no more entities than twice as many as there are numbers of one: the sums over entities of squares and
/// products of their scores, and of the scores' sizes, stay as they are.
pub(super) fn condensed(scores: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let order = 2 * scores.len();
    if scores.first().map_or(0, Vec::len) <= 4 * order {
        return scores;
    }
    let pairs = |scores: &[f64], of: fn(f64, f64) -> f64| -> Vec<f64> {
        scores.chunks_exact(2).map(|pair| of(pair[0], pair[1])).collect()
    };
    let sums = scores.iter().map(|scores| pairs(scores, |positive, negative| positive + negative));
    let sizes = scores.iter().map(|scores| pairs(scores, |positive, negative| positive - negative));
    let columns: Vec<Vec<f64>> = sums.chain(sizes).collect();
    let triangle = Triangle::of(&columns.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let row = |row: usize, at: usize| {
        let sum = triangle.at(row, at);
        let size = triangle.at(row, scores.len() + at).abs().max(sum.abs());
        [(sum + size) / 2.0, (sum - size) / 2.0]
    };
    (0..scores.len()).map(|at| (0..order).flat_map(|own| row(own, at)).collect()).collect()
}
