//! Projecting variables off the dummy variables of any number of effects, without forming these.
//!
//! One effect is taken out exactly, by deviations from its (weighted) means; call that M. What is left is
//! D, the dummies of the other effects, with u solving the normal equations (D'WMD) u = D'WM v (`level_equations.rs`), and
//! M(v - Du) is the residual (the theorem of Frisch and Waugh).
//!
//! However they are solved, the residual is projected again until the dummies take nothing more from it than rounding
//! (`TOLERANCE`), so that the last digits don't depend on how the equations were solved.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::grouping::{Codes, Grouping};
use super::level_equations::{DENSE, LevelEquations, MOST_STEPS, Separation};
use crate::numerics::norm;
use crate::outcome::Reason;

/// What the other effects' dummies may still take from a residual, as a share of the variable's deviations.
const TOLERANCE: f64 = 2e-16;

/// A residual with more of the dummies left in it than this share isn't one.
const UNACCEPTABLE: f64 = 1e-9;

/// Rows that are worth a task of their own.
const BLOCK: usize = 1 << 15;

/// The projection off the dummies of one or several effects.
#[derive(Debug)]
pub(crate) struct Projection<'a> {
    /// Which of the effects is taken out by deviations from means.
    first_at: usize,
    equations: LevelEquations<'a>,
    /// Rows in tasks, each of whole runs, with the runs.
    blocks: Vec<(Range<usize>, Range<usize>)>,
}

impl<'a> Projection<'a> {
    /// The projection off `groupings` of `height` rows. `crossed` says that no row shares both its levels with
    /// another, as in entities and times.
    pub(crate) fn new(
        groupings: &[Grouping],
        weights: Option<&'a [f64]>,
        height: usize,
        crossed: bool,
    ) -> Self {
        let total: usize = groupings.iter().map(Grouping::levels).sum();
        let largest = (0..groupings.len()).max_by_key(|at| (groupings[*at].levels(), usize::MAX - at));
        let runs = (0..groupings.len()).find(|at| matches!(groupings[*at].codes(), Codes::Runs(_)));
        // What leaves few levels to the equations; else what stands in runs, which is fastest to go through.
        let others_of = |at: usize| total - groupings[at].levels();
        let comparable = |at: usize| {
            largest.is_none_or(|largest| 4 * groupings[at].levels() >= groupings[largest].levels())
        };
        let first_at = runs
            .filter(|at| others_of(*at) <= DENSE)
            .or(largest.filter(|at| others_of(*at) <= DENSE))
            .or(runs.filter(|at| comparable(*at)))
            .or(largest)
            .unwrap_or_default();
        let first = match groupings.get(first_at) {
            Some(grouping) => grouping.clone(),
            None => Grouping::runs(Arc::default()),
        };
        let others: Vec<&Grouping> =
            groupings.iter().enumerate().filter(|(at, _)| *at != first_at).map(|(_, one)| one).collect();
        let blocks = match first.codes() {
            Codes::Runs(groups) => blocks(groups),
            Codes::Each(_) => Vec::new(),
        };
        let equations = LevelEquations::new(first, &others, weights, height, crossed);
        Self { first_at, equations, blocks }
    }

    /// How many linearly independent dummies there are, where the equations were decomposed.
    pub(crate) fn rank(&self) -> Option<usize> {
        self.equations.rank()
    }

    /// Projects columns, each on its own.
    ///
    /// # Errors
    /// As [`Projection::project`].
    pub(crate) fn project_all(&self, mut columns: Vec<&mut [f64]>) -> Result<(), Reason> {
        columns.par_iter_mut().try_for_each(|values| self.project(values))
    }

    /// Replaces a variable by what the dummies leave of it.
    ///
    /// # Errors
    /// [`Reason::NotConverged`] where the panel's parts hang together by too few rows.
    pub(crate) fn project(&self, values: &mut [f64]) -> Result<(), Reason> {
        self.run(values, None)
    }

    /// The effects whose sum is the variable less its residual: for each of the groupings, in their order, its
    /// levels' effects. The first grouping's hold the constant: all others' first levels are zero, as far as the effects
    /// leave that open.
    ///
    /// # Errors
    /// As [`Projection::project`].
    pub(crate) fn effects(&self, values: &[f64]) -> Result<Vec<Vec<f64>>, Reason> {
        let mut left = values.to_vec();
        let mut found = vec![0.0; self.equations.sizes.len()];
        self.run(&mut left, Some(&mut found))?;
        let mut rest = values.to_vec();
        self.subtract(&mut rest, &found);
        let mut first = self.means(&rest);
        let mut effects: Vec<Vec<f64>> = (0..self.equations.codes.len())
            .map(|other| {
                let end = self.equations.offsets.get(other + 1).copied().unwrap_or(found.len());
                found[self.equations.offsets[other]..end].to_vec()
            })
            .collect();
        let shift: f64 = effects.iter().filter_map(|levels| levels.first()).sum();
        for levels in &mut effects {
            let base = levels.first().copied().unwrap_or(0.0);
            levels.iter_mut().for_each(|level| *level -= base);
        }
        first.iter_mut().for_each(|level| *level += shift);
        effects.insert(self.first_at, first);
        if self.first_at > 0 {
            // The constant moves to the grouping named first.
            let base = effects[self.first_at].first().copied().unwrap_or(0.0);
            effects[self.first_at].iter_mut().for_each(|level| *level -= base);
            effects[0].iter_mut().for_each(|level| *level += base);
        }
        Ok(effects)
    }

    fn run(&self, values: &mut [f64], mut found: Option<&mut Vec<f64>>) -> Result<(), Reason> {
        self.demean(values);
        if self.equations.codes.is_empty() {
            return Ok(());
        }
        let scale = match self.equations.weights {
            None => norm(values),
            Some(weights) => {
                norm(&values.iter().zip(weights).map(|(value, w)| value * w.sqrt()).collect::<Vec<_>>())
            }
        };
        let mut rest = self.collect(values);
        let mut size = self.size(&rest);
        let mut separation = Separation::Easy;
        for _ in 0..8 {
            if size.is_nan() || size <= TOLERANCE * scale {
                return Ok(());
            }
            let step = self.equations.solve(&rest, TOLERANCE * scale, &mut separation)?;
            self.subtract(values, &step);
            if let Some(found) = found.as_deref_mut() {
                found.iter_mut().zip(&step).for_each(|(total, step)| *total += step);
            }
            self.demean(values);
            rest = self.collect(values);
            let next = self.size(&rest);
            if next > 0.25 * size && next <= UNACCEPTABLE * scale {
                return Ok(());
            }
            size = next;
        }
        match size <= UNACCEPTABLE * scale || !size.is_finite() {
            true => Ok(()),
            false => {
                Err(Reason::NotConverged { what: "the projection off the effects".into(), steps: MOST_STEPS })
            }
        }
    }

    /// Takes the first effect's means away, and the means of what that leaves, which are rounding.
    fn demean(&self, values: &mut [f64]) {
        match self.equations.first.codes() {
            Codes::Runs(groups) => {
                let mut rest = values;
                let mut tasks = Vec::with_capacity(self.blocks.len());
                for (rows, runs) in &self.blocks {
                    let (own, after) = rest.split_at_mut(rows.len());
                    tasks.push((own, rows.start, runs.clone()));
                    rest = after;
                }
                let block = |(own, start, runs): (&mut [f64], usize, Range<usize>)| {
                    for run in runs {
                        let rows = groups[run].clone();
                        let values = &mut own[rows.start - start..rows.end - start];
                        match self.equations.weights {
                            None => centre(values),
                            Some(weights) => {
                                centre_weighted(values, &weights[rows], self.equations.first_sizes[run])
                            }
                        }
                    }
                };
                if tasks.len() > 1 {
                    tasks.into_par_iter().for_each(block);
                } else {
                    tasks.into_iter().for_each(block);
                }
            }
            Codes::Each(codes) => {
                for _ in 0..2 {
                    let means = self.means_once(values);
                    values.iter_mut().zip(codes.iter()).for_each(|(value, code)| {
                        *value -= means[*code as usize];
                    });
                }
            }
        }
    }

    /// The first effect's means.
    fn means(&self, values: &[f64]) -> Vec<f64> {
        let mut means = self.means_once(values);
        let mut deviations = values.to_vec();
        self.equations.first.for_each(|row, level| deviations[row] -= means[level]);
        means.iter_mut().zip(self.means_once(&deviations)).for_each(|(mean, more)| *mean += more);
        means
    }

    fn means_once(&self, values: &[f64]) -> Vec<f64> {
        let mut means = vec![0.0; self.equations.first.levels()];
        match self.equations.weights {
            None => self.equations.first.for_each(|row, level| means[level] += values[row]),
            Some(weights) => {
                self.equations.first.for_each(|row, level| means[level] += weights[row] * values[row])
            }
        }
        means.iter_mut().zip(&self.equations.first_sizes).for_each(|(sum, size)| *sum /= size);
        means
    }

    /// D'W v.
    fn collect(&self, values: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.equations.sizes.len()];
        for (codes, offset) in self.equations.codes.iter().zip(&self.equations.offsets) {
            let sums = &mut sums[*offset..];
            match self.equations.weights {
                None => {
                    codes.iter().zip(values).for_each(|(code, value)| sums[*code as usize] += value);
                }
                Some(weights) => {
                    for ((code, value), weight) in codes.iter().zip(values).zip(weights) {
                        sums[*code as usize] += weight * value;
                    }
                }
            }
        }
        sums
    }

    /// v - Du.
    fn subtract(&self, values: &mut [f64], levels: &[f64]) {
        for (codes, offset) in self.equations.codes.iter().zip(&self.equations.offsets) {
            let levels = &levels[*offset..];
            codes.iter().zip(values.iter_mut()).for_each(|(code, value)| *value -= levels[*code as usize]);
        }
    }

    /// The norm in which sums over levels are comparable to the norms of variables.
    fn size(&self, sums: &[f64]) -> f64 {
        sums.iter().zip(&self.equations.sizes).map(|(sum, size)| sum * sum / size).sum::<f64>().sqrt()
    }
}

/// Rows in tasks of whole runs.
fn blocks(groups: &[Range<usize>]) -> Vec<(Range<usize>, Range<usize>)> {
    let mut blocks: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for (run, group) in groups.iter().enumerate() {
        match blocks.last_mut() {
            Some((rows, runs)) if rows.len() < BLOCK => {
                rows.end = group.end;
                runs.end = run + 1;
            }
            _ => blocks.push((group.clone(), run..run + 1)),
        }
    }
    blocks
}

fn centre(values: &mut [f64]) {
    let count = values.len() as f64;
    let first = values.iter().sum::<f64>() / count;
    let mean = first + values.iter().map(|value| value - first).sum::<f64>() / count;
    values.iter_mut().for_each(|value| *value -= mean);
}

fn centre_weighted(values: &mut [f64], weights: &[f64], total: f64) {
    for _ in 0..2 {
        let mean = values.iter().zip(weights).map(|(value, weight)| value * weight).sum::<f64>() / total;
        values.iter_mut().for_each(|value| *value -= mean);
    }
}

#[cfg(test)]
mod tests {
    use super::super::level_equations::Solver;
    use super::*;

    /// Deterministic numbers that look like noise.
    fn noise(rows: usize, pace: f64) -> Vec<f64> {
        (0..rows).map(|row| (row as f64 * pace).sin() * 10.0 + (row as f64 * 0.37 * pace).cos()).collect()
    }

    fn groupings(rows: usize, levels: [usize; 3]) -> Vec<Grouping> {
        let codes = |count: usize, pace: usize| -> Vec<u32> {
            (0..rows).map(|row| ((row * row * pace + 7 * row) % count) as u32).collect()
        };
        levels.iter().zip([3, 5, 11]).map(|(count, pace)| Grouping::compact(codes(*count, pace)).0).collect()
    }

    #[test]
    fn direct_and_iterative_solutions_agree() -> Result<(), Reason> {
        let rows = 900;
        let weights: Vec<f64> = (0..rows).map(|row| 0.5 + (row % 7) as f64).collect();
        for weights in [None, Some(weights.as_slice())] {
            let all = groupings(rows, [41, 29, 13]);
            let direct = Projection::new(&all, weights, rows, false);
            let mut iterative = Projection::new(&all, weights, rows, false);
            iterative.equations.solver = Solver::Iterative;
            let (mut one, mut other) = (noise(rows, 1.7), noise(rows, 1.7));
            direct.project(&mut one)?;
            iterative.project(&mut other)?;
            for (a, b) in one.iter().zip(&other) {
                assert!((a - b).abs() < 1e-12, "{a} {b}");
            }
            // Orthogonal to every dummy.
            for grouping in &all {
                let mut sums = vec![0.0; grouping.levels()];
                grouping.for_each(|row, level| sums[level] += one[row] * weights.map_or(1.0, |w| w[row]));
                assert!(sums.iter().all(|sum| sum.abs() < 1e-10), "{sums:?}");
            }
            // The effects are what was taken away.
            let values = noise(rows, 1.7);
            let effects = direct.effects(&values)?;
            for row in 0..rows {
                let sum: f64 = all.iter().zip(&effects).map(|(g, e)| e[g.each(rows)[row] as usize]).sum();
                assert!((values[row] - one[row] - sum).abs() < 1e-10);
            }
            assert!(effects[1][0] == 0.0 && effects[2][0] == 0.0);
        }
        Ok(())
    }

    #[test]
    fn runs_are_gone_through_as_rows_are() -> Result<(), Reason> {
        // Twelve rows to a run, and times that many runs lack.
        let (runs, rows) = (600, 7_200);
        let groups: Vec<Range<usize>> = (0..runs).map(|run| 12 * run..12 * run + 12).collect();
        let times: Vec<u32> = (0..rows).map(|row| (row / 12 * 7 + row % 12 * 53) as u32 % 700).collect();
        let by_time = Grouping::compact(times).0;
        let in_runs = [Grouping::runs(Arc::new(groups)), by_time.clone()];
        let in_codes = [Grouping::compact((0..rows as u32).map(|row| row / 12).collect()).0, by_time];
        let (mut one, mut other) = (noise(rows, 0.7), noise(rows, 0.7));
        let projection = Projection::new(&in_runs, None, rows, true);
        assert!(matches!(projection.equations.solver, Solver::Iterative) && projection.first_at == 0);
        projection.project(&mut one)?;
        Projection::new(&in_codes, None, rows, true).project(&mut other)?;
        assert!(one.iter().zip(&other).all(|(a, b)| (a - b).abs() < 1e-11));
        Ok(())
    }

    #[test]
    fn many_levels_go_by_conjugate_gradients() -> Result<(), Reason> {
        let rows = 6_000;
        let codes = |count: usize, pace: usize, slow: usize| -> Vec<u32> {
            (0..rows).map(|row| ((row * pace + row / slow) % count) as u32).collect()
        };
        let all = [Grouping::compact(codes(700, 37, 11)).0, Grouping::compact(codes(650, 101, 7)).0];
        let projection = Projection::new(&all, None, rows, false);
        assert!(matches!(projection.equations.solver, Solver::Iterative));
        let mut values = noise(rows, 0.9);
        projection.project(&mut values)?;
        let again = values.clone();
        projection.project(&mut values)?;
        assert!(values.iter().zip(&again).all(|(one, two)| (one - two).abs() < 1e-13));
        Ok(())
    }

    /// Workers of whom few change their firm, and only to the next one; years, or establishments of which nearly all lie in
    /// one firm. Such effects hardly separate.
    fn hard(others: &str) -> (Vec<Grouping>, usize) {
        let (workers, years, firms) = (2_400, 5, 700);
        let groups: Vec<Range<usize>> = (0..workers).map(|one| years * one..years * one + years).collect();
        let (mut firm, mut third) = (Vec::new(), Vec::new());
        for worker in 0..workers {
            let mut at = worker * firms / workers;
            for year in 0..years {
                if (worker * 31 + year * 17) % 7 == 0 {
                    at = (at + 1) % firms;
                }
                firm.push(at as u32);
                let moved = usize::from((worker * 7 + year) % 97 == 0);
                third.push(match others {
                    "years" => year as u32,
                    _ => ((at + moved) % firms) as u32,
                });
            }
        }
        let mut all = vec![Grouping::runs(Arc::new(groups)), Grouping::compact(firm).0];
        if others != "none" {
            all.push(Grouping::compact(third).0);
        }
        (all, workers * years)
    }

    #[test]
    fn effects_that_hardly_separate_are_taken_out_to_the_last_digit() -> Result<(), Reason> {
        for others in ["none", "years", "establishments"] {
            let (all, rows) = hard(others);
            let weights: Vec<f64> = (0..rows).map(|row| 0.1 + (row % 11) as f64).collect();
            for weights in [None, Some(weights.as_slice())] {
                let projection = Projection::new(&all, weights, rows, false);
                assert!(matches!(projection.equations.solver, Solver::Iterative));
                let mut left = noise(rows, 1.3);
                projection.project(&mut left)?;
                let size = norm(&left);
                for grouping in &all {
                    let (mut sums, sizes) = (vec![0.0; grouping.levels()], grouping.sizes(weights));
                    grouping.for_each(|row, at| sums[at] += left[row] * weights.map_or(1.0, |w| w[row]));
                    let worst = sums.iter().zip(sizes).map(|(sum, one)| sum.abs() / one.sqrt());
                    let worst = worst.fold(0.0, f64::max);
                    assert!(worst < 1e-13 * size, "{others}: {worst:e} of {size:e}");
                }
                let again = left.clone();
                projection.project(&mut left)?;
                assert!(left.iter().zip(&again).all(|(one, two)| (one - two).abs() < 1e-12));
            }
        }
        Ok(())
    }

    #[test]
    fn effects_that_hardly_separate_need_their_graphs_and_few_steps() {
        let (all, rows) = hard("establishments");
        let projection = Projection::new(&all, None, rows, false);
        let mut values = noise(rows, 1.3);
        projection.demean(&mut values);
        let sums = projection.collect(&values);
        assert!(!projection.equations.converges_within(200, false, &sums), "the panel isn't hard");
        assert!(projection.equations.converges_within(80, true, &sums));
    }

    #[test]
    fn no_digit_depends_on_the_number_of_threads_or_on_other_columns()
    -> Result<(), Box<dyn std::error::Error>> {
        let (all, rows) = hard("establishments");
        let columns: Vec<Vec<f64>> = (1..6).map(|at| noise(rows, 0.3 * at as f64)).collect();
        let project =
            |threads: usize, columns: &[Vec<f64>]| -> Result<Vec<u64>, Box<dyn std::error::Error>> {
                let projection = Projection::new(&all, None, rows, false);
                let mut columns = columns.to_vec();
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
                pool.install(|| projection.project_all(columns.iter_mut().map(Vec::as_mut_slice).collect()))?;
                Ok(columns.iter().flatten().map(|value| value.to_bits()).collect())
            };
        let one = project(1, &columns)?;
        assert_eq!(one, project(3, &columns)?);
        assert_eq!(one[2 * rows..3 * rows], project(1, &columns[2..3])?);
        Ok(())
    }
}
