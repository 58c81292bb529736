//! The normal equations (D'WMD) u = D'WM v of the effects that aren't taken out by deviations from means: D are their
//! dummies, M the deviations from the first effect's means, W the weights.
//!
//! Where the effects have few levels together the equations are solved by Cholesky's decomposition; otherwise by conjugate
//! gradients, preconditioned by the levels' sizes, which is the accelerated method of alternating projections (Correia 2017,
//! "Linear models with high-dimensional fixed effects: an efficient and feasible estimator", section 4) with vectors as
//! long as there are levels, not rows.

use std::ops::Range;
use std::sync::Arc;

use super::grouping::{Codes, Grouping};
use super::semidefinite::Semidefinite;
use crate::outcome::Reason;

/// How far conjugate gradients reduce what is left before the residual is made afresh.
const INNER: f64 = 1e-11;

/// Steps of conjugate gradients after which it is given up.
pub(super) const MOST_STEPS: usize = 10_000;

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
            let matrix = equations.matrix(&Members::of_grouping(&equations.first, height));
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

    /// Solves them; what is smaller than `rounding` is nothing.
    ///
    /// # Errors
    /// [`Reason::NotConverged`].
    pub(super) fn solve(&self, sums: &[f64], rounding: f64) -> Result<Vec<f64>, Reason> {
        match &self.solver {
            Solver::Balanced => Ok(sums.iter().zip(&self.sizes).map(|(sum, size)| sum / size).collect()),
            Solver::Dense(decomposed) => {
                let mut levels = sums.to_vec();
                decomposed.solve(&mut levels);
                Ok(levels)
            }
            Solver::Iterative => self.conjugate_gradients(sums, rounding),
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
        let sum_at = |row: usize| -> f64 {
            let parts = self.codes.iter().zip(&self.offsets);
            parts.map(|(codes, offset)| levels[codes[row] as usize + offset]).sum()
        };
        let weight = |row: usize| self.weights.map_or(1.0, |weights| weights[row]);
        let mut means = vec![0.0; self.first.levels()];
        self.first.for_each(|row, level| means[level] += weight(row) * sum_at(row));
        means.iter_mut().zip(&self.first_sizes).for_each(|(sum, size)| *sum /= size);
        let mut image = vec![0.0; levels.len()];
        self.first.for_each(|row, level| {
            let value = weight(row) * (sum_at(row) - means[level]);
            for (codes, offset) in self.codes.iter().zip(&self.offsets) {
                image[codes[row] as usize + offset] += value;
            }
        });
        image
    }

    fn conjugate_gradients(&self, sums: &[f64], rounding: f64) -> Result<Vec<f64>, Reason> {
        let mut levels = vec![0.0; sums.len()];
        let mut rest = sums.to_vec();
        let scaled =
            |rest: &[f64]| -> Vec<f64> { rest.iter().zip(&self.sizes).map(|(r, size)| r / size).collect() };
        let dot = |one: &[f64], other: &[f64]| -> f64 { one.iter().zip(other).map(|(a, b)| a * b).sum() };
        let mut direction = scaled(&rest);
        let mut size = dot(&rest, &direction);
        let enough = (size * INNER * INNER).max(0.25 * rounding * rounding);
        let (mut smallest, mut since) = (size, 0);
        for _ in 0..MOST_STEPS {
            // Beyond the last digit there is nothing to gain, and the steps begin to wander.
            if size <= enough || since > 20 {
                return Ok(levels);
            }
            let image = self.image(&direction);
            let curvature = dot(&direction, &image);
            if curvature.is_nan() || curvature <= 0.0 {
                return Ok(levels);
            }
            let step = size / curvature;
            for (at, image) in image.into_iter().enumerate() {
                levels[at] += step * direction[at];
                rest[at] -= step * image;
            }
            let next_direction = scaled(&rest);
            let next = dot(&rest, &next_direction);
            since = if next < smallest { 0 } else { since + 1 };
            smallest = smallest.min(next);
            let ratio = next / size;
            direction.iter_mut().zip(next_direction).for_each(|(old, new)| *old = new + ratio * *old);
            size = next;
        }
        Err(Reason::NotConverged { what: "the projection off the effects".into(), steps: MOST_STEPS })
    }
}

/// Each level's rows.
enum Members {
    Runs(Arc<Vec<Range<usize>>>),
    /// The rows sorted by level, and where each level's begin.
    Sorted(Vec<u32>, Vec<usize>),
}

impl Members {
    fn of_grouping(grouping: &Grouping, height: usize) -> Self {
        match grouping.codes() {
            Codes::Runs(groups) => Self::Runs(Arc::clone(groups)),
            Codes::Each(codes) => {
                let mut starts = vec![0; grouping.levels() + 1];
                codes.iter().for_each(|code| starts[*code as usize + 1] += 1);
                (1..starts.len()).for_each(|at| starts[at] += starts[at - 1]);
                let mut next = starts.clone();
                let mut rows = vec![0_u32; height];
                for (row, code) in codes.iter().enumerate() {
                    rows[next[*code as usize]] = row as u32;
                    next[*code as usize] += 1;
                }
                Self::Sorted(rows, starts)
            }
        }
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
