//! A search for data of any kind: cross-products whose regressions print as the published tables.
//!
//! [`crate::reconstruct_cross_products`] looks for data near a prior and takes the printed values for exact, which where rows say more than
//! the data have room for (few variables, a pooled row that follows from the units') can't be had. Here a coefficient may be anything that is
//! printed so, and the statistics anything that their stars allow: what misses its range is made smaller by the Levenberg-Marquardt method
//! (Marquardt 1963) on the factors of the matrices, from several starts.

use faer::linalg::solvers::Solve;
use faer::{Mat, Side};

use crate::error::ReconstructionError;
use crate::problem::{PublishedCoefficient, ReconstructionProblem, published};
use vintner_estimation::SeededGenerator;
use vintner_estimation::quantiles::student_t_two_sided_quantile;

/// A coefficient's range is taken narrower by this share, and a statistic's, so that what is found stays in them.
const INSIDE: f64 = 0.05;
/// What is inside by this share has arrived: the last steps towards a boundary are without end.
const ARRIVED: f64 = 0.002;
const ITERATIONS: usize = 200;
/// Of the variables' factors, for numerical derivatives.
const STEP: f64 = 1e-6;

/// Cross-products of each unit's demeaned variables whose regressions print as the tables, if some are found; the same
/// problem and seed give the same.
///
/// # Errors
/// Where the problem's lists don't fit one another.
pub fn search_cross_products(
    problem: &ReconstructionProblem,
    starts: usize,
    seed: u64,
) -> Result<Option<Vec<Mat<f64>>>, ReconstructionError> {
    problem.validate_lists()?;
    let search = Search::new(problem);
    Ok((0..starts).find_map(|start| search.from(start, seed)))
}

/// What a coefficient may be, and its statistic.
struct Wanted {
    value: f64,
    half: f64,
    /// t^2, between these.
    least: f64,
    most: f64,
}

struct Search<'a> {
    problem: &'a ReconstructionProblem,
    order: usize,
    /// For each sample (the units, then the pooled one) and equation, a list.
    wanted: Vec<Vec<Vec<Wanted>>>,
    /// The scale of each variable, so that factors are of order one.
    scales: Vec<f64>,
}

impl<'a> Search<'a> {
    fn new(problem: &'a ReconstructionProblem) -> Self {
        let samples = (0..problem.units.len()).map(Some).chain([None]);
        let wanted = samples.map(|unit| {
            problem
                .equations
                .iter()
                .map(|equation| {
                    let df = match unit {
                        Some(_) => problem.unit_degrees_of_freedom(equation),
                        None => problem.pooled_degrees_of_freedom(equation),
                    };
                    published(equation, unit)
                        .iter()
                        .map(|one| wanted(one, df, &problem.star_levels))
                        .collect()
                })
                .collect()
        });
        let order = problem.variables.len();
        let spread = |at: usize| {
            let sum: f64 = problem.priors.iter().map(|prior| prior[(at, at)]).sum();
            (sum / problem.priors.len().max(1) as f64).sqrt()
        };
        Self { problem, order, wanted: wanted.collect(), scales: (0..order).map(spread).collect() }
    }

    fn parameters(&self) -> usize {
        self.order * (self.order + 1) / 2
    }

    /// L L' scaled, with the exponentials of the first parameters on L's diagonal.
    fn matrix(&self, parameters: &[f64]) -> Mat<f64> {
        let mut factor = Mat::<f64>::zeros(self.order, self.order);
        let mut rest = parameters.iter().skip(self.order);
        for row in 0..self.order {
            factor[(row, row)] = self.scales[row] * parameters[row].clamp(-12.0, 12.0).exp();
            for column in 0..row {
                factor[(row, column)] = self.scales[row] * rest.next().copied().unwrap_or(0.0);
            }
        }
        &factor * factor.transpose()
    }

    /// By how much a sample's coefficients and statistics miss their ranges; zero inside.
    fn misses(&self, sample: usize, matrix: &Mat<f64>, inside: f64) -> Option<Vec<f64>> {
        let mut misses = Vec::new();
        for (equation, wanted) in self.problem.equations.iter().zip(&self.wanted[sample]) {
            let x = &equation.regressors;
            let own = Mat::from_fn(x.len(), x.len(), |i, j| matrix[(x[i], x[j])]);
            let with = Mat::from_fn(x.len(), 1, |i, _| matrix[(x[i], equation.dependent)]);
            let factor = own.llt(Side::Lower).ok()?;
            let slopes = factor.solve(&with);
            let inverse = factor.solve(Mat::<f64>::identity(x.len(), x.len()));
            let explained: f64 = (0..x.len()).map(|i| slopes[(i, 0)] * with[(i, 0)]).sum();
            let rss = (matrix[(equation.dependent, equation.dependent)] - explained).max(f64::MIN_POSITIVE);
            let df = match sample < self.problem.units.len() {
                true => self.problem.unit_degrees_of_freedom(equation),
                false => self.problem.pooled_degrees_of_freedom(equation),
            };
            for (i, one) in wanted.iter().enumerate() {
                let slope = slopes[(i, 0)];
                let off = slope - one.value;
                let beyond = (off.abs() - (1.0 - inside) * one.half).max(0.0);
                misses.push(off.signum() * beyond / (one.half + 0.02 * one.value.abs()));
                let square = (slope * slope * df / (rss * inverse[(i, i)])).max(f64::MIN_POSITIVE);
                let low = ((1.0 + inside) * one.least / square).max(1.0).ln();
                let high = (square / ((1.0 - inside) * one.most)).max(1.0).ln();
                misses.push(high - low);
            }
        }
        misses.iter().all(|miss| miss.is_finite()).then_some(misses)
    }

    fn from(&self, start: usize, seed: u64) -> Option<Vec<Mat<f64>>> {
        let units = self.problem.units.len();
        let each = self.parameters();
        let mut draw = SeededGenerator::stream(seed, start as u64);
        let mut parameters: Vec<Vec<f64>> = (0..units)
            .map(|_| {
                let diagonal = (0..self.order).map(|_| 0.0).collect::<Vec<f64>>();
                let below = (self.order..each).map(|_| 0.5 * draw.normal());
                diagonal.into_iter().chain(below).collect()
            })
            .collect();
        let mut damping = 1e-2;
        let mut state = self.state(&parameters)?;
        for _ in 0..ITERATIONS {
            if self.arrived(&state) {
                return Some(state.matrices);
            }
            let (normal, gradient) = self.normal_equations(&parameters, &state)?;
            let mut better = None;
            for _ in 0..12 {
                let size = units * each;
                let damped = Mat::from_fn(size, size, |i, j| {
                    normal[(i, j)] + if i == j { damping * (normal[(i, i)] + 1e-6) } else { 0.0 }
                });
                let Ok(factor) = damped.llt(Side::Lower) else {
                    damping *= 4.0;
                    continue;
                };
                let step = factor.solve(&gradient);
                let tried: Vec<Vec<f64>> = parameters
                    .iter()
                    .enumerate()
                    .map(|(unit, own)| {
                        own.iter()
                            .enumerate()
                            .map(|(at, value)| value - step[(unit * each + at, 0)])
                            .collect()
                    })
                    .collect();
                match self.state(&tried).filter(|found| found.total < state.total) {
                    Some(found) => {
                        better = Some((tried, found));
                        damping = (damping * 0.3_f64).max(1e-12);
                        break;
                    }
                    None => damping *= 4.0,
                }
            }
            let (tried, found) = better?;
            // Too slow to arrive anywhere.
            if state.total - found.total < 1e-9 * state.total {
                return None;
            }
            (parameters, state) = (tried, found);
        }
        self.arrived(&state).then_some(state.matrices)
    }

    /// Whether everything is in its range.
    fn arrived(&self, state: &State) -> bool {
        let all = state.matrices.iter().chain([&state.pooled]).enumerate();
        all.into_iter().all(|(sample, matrix)| {
            let misses = self.misses(sample, matrix, ARRIVED);
            misses.is_some_and(|misses| misses.iter().all(|miss| *miss == 0.0))
        })
    }

    fn state(&self, parameters: &[Vec<f64>]) -> Option<State> {
        let matrices: Vec<Mat<f64>> = parameters.iter().map(|own| self.matrix(own)).collect();
        let pooled = matrices.iter().fold(Mat::zeros(self.order, self.order), |sum, one| sum + one);
        let mut misses: Vec<Vec<f64>> = matrices
            .iter()
            .enumerate()
            .map(|(unit, one)| self.misses(unit, one, INSIDE))
            .collect::<Option<_>>()?;
        misses.push(self.misses(matrices.len(), &pooled, INSIDE)?);
        let total = misses.iter().flatten().map(|miss| miss * miss).sum();
        Some(State { matrices, pooled, misses, total })
    }

    /// J'J and J'f. A unit's factor moves its own rows and the pooled ones.
    fn normal_equations(&self, parameters: &[Vec<f64>], state: &State) -> Option<(Mat<f64>, Mat<f64>)> {
        let (units, each) = (parameters.len(), self.parameters());
        let size = units * each;
        let slope = |after: &[f64], before: &[f64]| -> Vec<f64> {
            after.iter().zip(before).map(|(after, before)| (after - before) / STEP).collect()
        };
        let mut of_pooled: Vec<Vec<f64>> = Vec::with_capacity(size);
        let mut normal = Mat::<f64>::zeros(size, size);
        let mut gradient = Mat::<f64>::zeros(size, 1);
        let dot = |one: &[f64], other: &[f64]| -> f64 { one.iter().zip(other).map(|(a, b)| a * b).sum() };
        for (unit, own) in parameters.iter().enumerate() {
            let mut of_unit: Vec<Vec<f64>> = Vec::with_capacity(each);
            for at in 0..each {
                let mut moved = own.clone();
                moved[at] += STEP;
                let matrix = self.matrix(&moved);
                let pooled = &state.pooled - &state.matrices[unit] + &matrix;
                of_unit.push(slope(&self.misses(unit, &matrix, INSIDE)?, &state.misses[unit]));
                of_pooled.push(slope(&self.misses(units, &pooled, INSIDE)?, &state.misses[units]));
            }
            for i in 0..each {
                let place = unit * each + i;
                gradient[(place, 0)] = dot(&of_unit[i], &state.misses[unit]);
                for j in 0..each {
                    normal[(place, unit * each + j)] = dot(&of_unit[i], &of_unit[j]);
                }
            }
        }
        for i in 0..size {
            gradient[(i, 0)] += dot(&of_pooled[i], &state.misses[units]);
            for j in 0..size {
                normal[(i, j)] += dot(&of_pooled[i], &of_pooled[j]);
            }
        }
        Some((normal, gradient))
    }
}

struct State {
    matrices: Vec<Mat<f64>>,
    pooled: Mat<f64>,
    misses: Vec<Vec<f64>>,
    total: f64,
}

fn wanted(one: &PublishedCoefficient, df: f64, levels: &[f64]) -> Wanted {
    let square = |level: f64| student_t_two_sided_quantile(level, df).powi(2);
    Wanted {
        value: one.value,
        half: 0.5 * 10.0_f64.powi(-i32::try_from(one.decimals).unwrap_or(i32::MAX)),
        least: one.stars.checked_sub(1).and_then(|at| levels.get(at)).map_or(0.0, |level| square(*level)),
        most: levels.get(one.stars).map_or(f64::INFINITY, |level| square(*level)),
    }
}
