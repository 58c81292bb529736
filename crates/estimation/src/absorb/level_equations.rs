//! The normal equations (D'WMD) u = D'WM v of the effects that aren't taken out by deviations from means: D are their
//! dummies, M the deviations from the first effect's means, W the weights.
//!
//! Where the effects have few levels together the equations are solved by Cholesky's decomposition; otherwise by conjugate
//! gradients, preconditioned by the levels' sizes, which is the accelerated method of alternating projections (Correia 2017,
//! "Linear models with high-dimensional fixed effects: an efficient and feasible estimator", section 4) with vectors as
//! long as there are levels, not rows. Effects that don't separate in some steps of these are preconditioned by the graphs that
//! they make (`preconditioner.rs`).

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::grouping::{Codes, Grouping};
use super::preconditioner::{EXACT, Graph, Preconditioner, Scratch};
use super::semidefinite::Semidefinite;
use crate::outcome::Reason;

/// How far conjugate gradients reduce what is left before the residual is made afresh.
const INNER: f64 = 1e-11;

/// Steps of conjugate gradients after which it is given up.
pub(super) const MOST_STEPS: usize = 10_000;

/// Conjugate gradients whose residual has grown by this much again have come to rounding.
const DIVERGED: f64 = 1e3;

/// Steps that effects which separate well need no more than; the others are preconditioned by their graphs.
pub(super) const EASY_STEPS: usize = 24;

/// Up to this many levels the equations are solved directly.
pub(super) const DENSE: usize = 512;

/// The equations of one sample and weighting, and how they are solved.
#[derive(Debug)]
pub(super) struct LevelEquations<'a> {
    height: usize,
    pub(super) weights: Option<&'a [f64]>,
    /// The effect that is taken out by deviations from means.
    pub(super) first: Grouping,
    pub(super) first_sizes: Vec<f64>,
    /// The levels' numbers in each of the other effects.
    pub(super) codes: Vec<Arc<Vec<u32>>>,
    /// Where each of the other effects' levels begin in vectors of levels.
    pub(super) offsets: Vec<usize>,
    /// Rows, or sums of weights, of the other effects' levels.
    pub(super) sizes: Vec<f64>,
    pub(super) solver: Solver,
    /// Made for the first variable that needs it.
    preconditioner: OnceLock<Option<Preconditioner>>,
}

/// Whether a variable has been found to need the effects' graphs. It is each variable's own, so that what is computed for one
/// doesn't depend on which came before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separation {
    Easy,
    Hard,
}

/// How the equations are solved.
#[derive(Debug)]
pub(super) enum Solver {
    /// D'MD is the sizes, on what sums to zero.
    Balanced,
    Dense(Semidefinite),
    Iterative,
}

impl<'a> LevelEquations<'a> {
    /// The equations of `others` beside `first`. `crossed` says that no row shares both its levels with another, as in
    /// entities and times.
    pub(super) fn new(
        first: Grouping,
        others: &[&Grouping],
        weights: Option<&'a [f64]>,
        height: usize,
        crossed: bool,
    ) -> Self {
        let mut offsets = Vec::new();
        let mut sizes = Vec::new();
        for other in others {
            offsets.push(sizes.len());
            sizes.extend(other.sizes(weights));
        }
        let mut equations = Self {
            height,
            weights,
            first_sizes: first.sizes(weights),
            codes: others.iter().map(|other| other.each(height)).collect(),
            offsets,
            sizes,
            solver: Solver::Iterative,
            preconditioner: OnceLock::new(),
            first,
        };
        let balanced = crossed
            && others.len() == 1
            && weights.is_none()
            && height == equations.first.levels() * equations.sizes.len();
        if balanced {
            equations.solver = Solver::Balanced;
        } else if !others.is_empty() && equations.is_cheap_directly() {
            let order = equations.sizes.len();
            let matrix = equations.matrix(&Members::of_grouping(&equations.first));
            equations.solver = Solver::Dense(Semidefinite::new(matrix, order));
        }
        equations
    }

    /// How many linearly independent dummies there are, where the equations were decomposed.
    pub(super) fn rank(&self) -> Option<usize> {
        match &self.solver {
            Solver::Dense(decomposed) => Some(self.first.levels() + decomposed.rank()),
            _ if self.codes.is_empty() => Some(self.first.levels()),
            _ => None,
        }
    }

    /// Whether making the equations takes no longer than some steps of conjugate gradients.
    fn is_cheap_directly(&self) -> bool {
        let order = self.sizes.len();
        let rows = self.height as f64 / self.first.levels().max(1) as f64;
        let terms = self.first.levels() as f64 * (rows * self.codes.len() as f64).min(order as f64).powi(2);
        // With several other effects the decomposition also counts what is redundant.
        let allowance = match self.codes.len() {
            1 => (24.0 * self.height as f64).max(1e6),
            _ => (64.0 * self.height as f64).max(1e8),
        };
        order <= DENSE && terms <= allowance
    }

    /// Solves them; what is smaller than `rounding` is nothing. `separation` is what earlier calls for the same variable found.
    ///
    /// # Errors
    /// [`Reason::NotConverged`].
    pub(super) fn solve(
        &self,
        sums: &[f64],
        rounding: f64,
        separation: &mut Separation,
    ) -> Result<Vec<f64>, Reason> {
        match &self.solver {
            Solver::Balanced => Ok(sums.iter().zip(&self.sizes).map(|(sum, size)| sum / size).collect()),
            Solver::Dense(decomposed) => {
                let mut levels = sums.to_vec();
                decomposed.solve(&mut levels);
                Ok(levels)
            }
            Solver::Iterative => self.iterate(sums, rounding, separation),
        }
    }

    /// The lower triangle of D'WMD, row by row.
    fn matrix(&self, members: &Members) -> Vec<f64> {
        let order = self.sizes.len();
        let mut matrix = vec![0.0; order * order];
        let weight = |row: usize| self.weights.map_or(1.0, |weights| weights[row]);
        let levels_of = |row: usize| {
            self.codes.iter().zip(&self.offsets).map(move |(codes, offset)| codes[row] as usize + offset)
        };
        let mut add = |one: usize, other: usize, value: f64| {
            if other <= one {
                matrix[one * order + other] += value;
            }
        };
        for row in 0..self.height {
            for one in levels_of(row) {
                levels_of(row).for_each(|other| add(one, other, weight(row)));
            }
        }
        // Less what each of the first effect's levels has of them.
        let mut sums = vec![0.0; order];
        let mut touched: Vec<usize> = Vec::new();
        for (level, size) in self.first_sizes.iter().enumerate() {
            for row in members.of(level) {
                for level in levels_of(row) {
                    if sums[level] == 0.0 {
                        touched.push(level);
                    }
                    sums[level] += weight(row);
                }
            }
            for &one in &touched {
                for &other in touched.iter().filter(|other| **other <= one) {
                    matrix[one * order + other] -= sums[one] * sums[other] / size;
                }
            }
            touched.drain(..).for_each(|level| sums[level] = 0.0);
        }
        matrix
    }

    /// D'WMD u.
    fn image(&self, levels: &[f64]) -> Vec<f64> {
        if let (Codes::Runs(groups), [codes], None) =
            (self.first.codes(), self.codes.as_slice(), self.weights)
        {
            return image_of_one(groups, codes, levels);
        }
        // One effect after the other, so that each pass is through two vectors alone.
        let mut sums = vec![0.0; self.height];
        for (codes, offset) in self.codes.iter().zip(&self.offsets) {
            let levels = &levels[*offset..];
            sums.iter_mut().zip(codes.iter()).for_each(|(sum, code)| *sum += levels[*code as usize]);
        }
        let mut means = vec![0.0; self.first.levels()];
        match self.weights {
            None => self.first.for_each(|row, level| means[level] += sums[row]),
            Some(weights) => self.first.for_each(|row, level| means[level] += weights[row] * sums[row]),
        }
        means.iter_mut().zip(&self.first_sizes).for_each(|(sum, size)| *sum /= size);
        self.first.for_each(|row, level| sums[row] -= means[level]);
        if let Some(weights) = self.weights {
            sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum *= weight);
        }
        let mut image = vec![0.0; levels.len()];
        for (codes, offset) in self.codes.iter().zip(&self.offsets) {
            let image = &mut image[*offset..];
            sums.iter().zip(codes.iter()).for_each(|(sum, code)| image[*code as usize] += sum);
        }
        image
    }

    fn iterate(&self, sums: &[f64], rounding: f64, separation: &mut Separation) -> Result<Vec<f64>, Reason> {
        let mut state = State { levels: vec![0.0; sums.len()], rest: sums.to_vec() };
        let by_sizes =
            |rest: &[f64]| -> Vec<f64> { rest.iter().zip(&self.sizes).map(|(r, size)| r / size).collect() };
        if *separation == Separation::Easy && self.steps(&mut state, rounding, EASY_STEPS, by_sizes) {
            return Ok(state.levels);
        }
        *separation = Separation::Hard;
        self.without_rounding(&mut state.rest);
        let preconditioner = self.preconditioner.get_or_init(|| self.preconditioner());
        let done = match preconditioner {
            Some(preconditioner) => {
                let mut scratch = Scratch::default();
                let by_graphs = |rest: &[f64]| preconditioner.solve(rest, &mut scratch);
                self.steps(&mut state, rounding, MOST_STEPS, by_graphs)
            }
            None => self.steps(&mut state, rounding, MOST_STEPS, by_sizes),
        };
        match done {
            true => Ok(state.levels),
            false => {
                Err(Reason::NotConverged { what: "the projection off the effects".into(), steps: MOST_STEPS })
            }
        }
    }

    /// Conjugate gradients, and whether they came to an end within so many steps.
    fn steps(
        &self,
        state: &mut State,
        rounding: f64,
        most: usize,
        mut scaled: impl FnMut(&[f64]) -> Vec<f64>,
    ) -> bool {
        let State { levels, rest } = state;
        let dot = |one: &[f64], other: &[f64]| -> f64 { one.iter().zip(other).map(|(a, b)| a * b).sum() };
        let mut direction = scaled(rest);
        let mut size = dot(rest, &direction);
        let enough = (size * INNER * INNER).max(0.25 * rounding * rounding);
        let (mut smallest, mut since) = (size, 0);
        for _ in 0..most {
            // Beyond the last digit there is nothing to gain, and the steps begin to wander.
            if size <= enough || since > 20 {
                return true;
            }
            let image = self.image(&direction);
            let curvature = dot(&direction, &image);
            if curvature.is_nan() || curvature <= 0.0 {
                return true;
            }
            let step = size / curvature;
            for (at, image) in image.into_iter().enumerate() {
                levels[at] += step * direction[at];
                rest[at] -= step * image;
            }
            let next_direction = scaled(rest);
            let next = dot(rest, &next_direction);
            since = if next < smallest { 0 } else { since + 1 };
            smallest = smallest.min(next);
            let ratio = next / size;
            direction.iter_mut().zip(next_direction).for_each(|(old, new)| *old = new + ratio * *old);
            size = next;
            // What rounding has put where the equations have no solution grows from here on.
            if size > DIVERGED * smallest {
                return true;
            }
        }
        false
    }

    /// Whether conjugate gradients end within so many steps, by the levels' sizes or the effects' graphs.
    #[cfg(test)]
    pub(super) fn converges_within(&self, most: usize, by_graphs: bool, sums: &[f64]) -> bool {
        let mut state = State { levels: vec![0.0; sums.len()], rest: sums.to_vec() };
        self.without_rounding(&mut state.rest);
        match self.preconditioner().filter(|_| by_graphs) {
            Some(graphs) => {
                let mut scratch = Scratch::default();
                self.steps(&mut state, 0.0, most, |rest| graphs.solve(rest, &mut scratch))
            }
            None => {
                let by_sizes =
                    |rest: &[f64]| rest.iter().zip(&self.sizes).map(|(r, size)| r / size).collect();
                self.steps(&mut state, 0.0, most, by_sizes)
            }
        }
    }

    /// Takes from a right-hand side what it can't have but by rounding: each effect's sums over its levels are zero together,
    /// as the first effect's means are gone.
    fn without_rounding(&self, rest: &mut [f64]) {
        for (at, start) in self.offsets.iter().enumerate() {
            let end = self.offsets.get(at + 1).copied().unwrap_or(self.sizes.len());
            let total: f64 = self.sizes[*start..end].iter().sum();
            let mean = rest[*start..end].iter().sum::<f64>() / total;
            rest[*start..end]
                .iter_mut()
                .zip(&self.sizes[*start..end])
                .for_each(|(r, size)| *r -= mean * size);
        }
    }

    /// The equations of each two effects without the others, or none where a graph can't be decomposed.
    fn preconditioner(&self) -> Option<Preconditioner> {
        let others: Vec<(Range<usize>, &[u32])> = (0..self.codes.len())
            .map(|at| {
                let end = self.offsets.get(at + 1).copied().unwrap_or(self.sizes.len());
                (self.offsets[at]..end, self.codes[at].as_slice())
            })
            .collect();
        let mut preconditioner = Preconditioner::new(others.len());
        let members = Members::of_grouping(&self.first);
        for (range, codes) in &others {
            let edges = self.edges(&members, self.first.levels(), codes, range.len());
            if range.len() <= EXACT {
                let matrix = self.matrix_of(&edges, &self.sizes[range.clone()]);
                preconditioner.push_exact(range.clone(), matrix);
            } else {
                let graph = Graph::new(self.first.levels(), range.len(), &edges)?;
                preconditioner.push_graph(range.clone(), graph);
            }
        }
        for (at, (one, one_codes)) in others.iter().enumerate() {
            let members = Members::of_codes(one_codes, one.len());
            for (other, codes) in &others[at + 1..] {
                let edges = self.edges(&members, one.len(), codes, other.len());
                let graph = Graph::new(one.len(), other.len(), &edges)?;
                preconditioner.push_pair(one.clone(), other.clone(), graph);
            }
        }
        Some(preconditioner)
    }

    /// Which levels of two effects are together in rows, and with what weight; in the order of both. The one effect is
    /// given by the rows of each of its levels, the other by each row's level.
    fn edges(
        &self,
        members: &Members,
        one_levels: usize,
        codes: &[u32],
        levels: usize,
    ) -> Vec<(u32, u32, f64)> {
        let mut edges = Vec::new();
        let mut sums = vec![0.0; levels];
        let mut seen = vec![false; levels];
        let mut touched: Vec<u32> = Vec::new();
        for first in 0..one_levels {
            for row in members.of(first) {
                let other = codes[row] as usize;
                if !seen[other] {
                    seen[other] = true;
                    touched.push(codes[row]);
                }
                sums[other] += self.weights.map_or(1.0, |weights| weights[row]);
            }
            touched.sort_unstable();
            for other in touched.drain(..) {
                edges.push((first as u32, other, sums[other as usize]));
                (sums[other as usize], seen[other as usize]) = (0.0, false);
            }
        }
        edges
    }

    /// D'WMD of one effect, decomposed.
    fn matrix_of(&self, edges: &[(u32, u32, f64)], sizes: &[f64]) -> Semidefinite {
        let order = sizes.len();
        let mut matrix = vec![0.0; order * order];
        sizes.iter().enumerate().for_each(|(at, size)| matrix[at * order + at] = *size);
        for joined in edges.chunk_by(|one, two| one.0 == two.0) {
            for (at, (first, one, weight)) in joined.iter().enumerate() {
                let share = weight / self.first_sizes[*first as usize];
                for (_, other, weight) in &joined[..=at] {
                    matrix[*one as usize * order + *other as usize] -= share * weight;
                }
            }
        }
        Semidefinite::new(matrix, order)
    }
}

/// Where conjugate gradients have got to.
struct State {
    levels: Vec<f64>,
    /// The right-hand side that the levels leave.
    rest: Vec<f64>,
}

/// Each level's rows.
enum Members {
    Runs(Arc<Vec<Range<usize>>>),
    /// The rows sorted by level, and where each level's begin.
    Sorted(Vec<u32>, Vec<usize>),
}

impl Members {
    fn of_grouping(grouping: &Grouping) -> Self {
        match grouping.codes() {
            Codes::Runs(groups) => Self::Runs(Arc::clone(groups)),
            Codes::Each(codes) => Self::of_codes(codes, grouping.levels()),
        }
    }

    fn of_codes(codes: &[u32], levels: usize) -> Self {
        let mut starts = vec![0; levels + 1];
        codes.iter().for_each(|code| starts[*code as usize + 1] += 1);
        (1..starts.len()).for_each(|at| starts[at] += starts[at - 1]);
        let mut next = starts.clone();
        let mut rows = vec![0_u32; codes.len()];
        for (row, code) in codes.iter().enumerate() {
            rows[next[*code as usize]] = row as u32;
            next[*code as usize] += 1;
        }
        Self::Sorted(rows, starts)
    }

    fn of(&self, level: usize) -> Box<dyn Iterator<Item = usize> + '_> {
        match self {
            Self::Runs(groups) => Box::new(groups[level].clone()),
            Self::Sorted(rows, starts) => {
                Box::new(rows[starts[level]..starts[level + 1]].iter().map(|row| *row as usize))
            }
        }
    }
}

/// D'MD u of one other effect, without weights.
fn image_of_one(groups: &[Range<usize>], codes: &[u32], levels: &[f64]) -> Vec<f64> {
    let mut image = vec![0.0; levels.len()];
    for group in groups {
        let codes = &codes[group.clone()];
        let sum: f64 = codes.iter().map(|code| levels[*code as usize]).sum();
        let mean = sum / codes.len() as f64;
        for code in codes {
            let code = *code as usize;
            image[code] += levels[code] - mean;
        }
    }
    image
}
