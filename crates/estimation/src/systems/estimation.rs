//! Least squares of a system, with or without instruments.
//!
//! Everything is computed from rows that have the cross-products of the data (`dense::reduce`). With the
//! projections X^_i = Q_i R_i of equation i's regressors on its instruments (the regressors themselves where
//! there are none) the unknowns are c_i = R_i b_i, so that the normal equations, with blocks
//! s^ij Q_i'Q_j, are as well conditioned as the residual covariance S allows.

use faer::Mat;

use super::fit::SystemFit;
use super::options::{SystemEstimator, SystemOptions, ThreeStageMethod};
use super::prepared::{PreparedEquation, PreparedSystem};
use super::residual_covariance::ResidualCovariance;
use crate::numerics::NOISE;
use crate::numerics::dense::{
    Basis, SINGULAR, block_diagonal, blocks, column, columns, independent, inner, inverse, scaled,
    smallest_of_correlation,
};
use crate::outcome::{Note, Reason};

/// The chosen equations of a system as matrices.
pub(crate) struct Work<'a> {
    pub(crate) prepared: &'a PreparedSystem,
    pub(crate) equations: Vec<&'a PreparedEquation>,
    pub(crate) places: Vec<usize>,
    pub(crate) estimator: SystemEstimator,
    pub(crate) options: &'a SystemOptions,
    /// Rows.
    pub(crate) n: usize,
    pub(crate) x: Vec<Mat<f64>>,
    pub(crate) y: Vec<Mat<f64>>,
    /// The instruments; the regressors where there are none.
    pub(crate) z: Vec<Basis>,
    /// Of the projected regressors.
    pub(crate) projected: Vec<Basis>,
    /// Each equation's R^-1.
    pub(crate) to_coefficients: Vec<Mat<f64>>,
    pub(crate) widths: Vec<usize>,
    /// Each equation's coefficients and counted effects, less restrictions within the equation.
    pub(crate) parameters: Vec<usize>,
    /// What products of residuals are divided by.
    pub(crate) divisors: Mat<f64>,
    restrictions: Option<Restricted>,
}

/// The coefficients that satisfy the restrictions: c = origin + directions t.
struct Restricted {
    origin: Mat<f64>,
    directions: Mat<f64>,
    count: usize,
}

/// Coefficients in the unknowns c, and their covariance for weights of S^-1.
#[derive(Debug, Clone)]
pub(crate) struct Solution {
    pub(crate) c: Mat<f64>,
    pub(crate) covariance: Mat<f64>,
}

/// What the iteration of weights ends with.
pub(crate) struct Weighted {
    pub(crate) solution: Solution,
    pub(crate) sigma: Mat<f64>,
    pub(crate) steps: usize,
}

impl<'a> Work<'a> {
    pub(crate) fn new(
        prepared: &'a PreparedSystem,
        chosen: &[usize],
        estimator: SystemEstimator,
        options: &'a SystemOptions,
    ) -> Result<Self, Reason> {
        let sample = &prepared.sample;
        let equations: Vec<&PreparedEquation> = chosen.iter().map(|at| &prepared.equations[*at]).collect();
        let x: Vec<Mat<f64>> = equations.iter().map(|one| columns(&sample.reduced, &one.x)).collect();
        let y: Vec<Mat<f64>> = equations.iter().map(|one| columns(&sample.reduced, &[one.y])).collect();
        let of_x: Vec<Basis> = x.iter().map(Basis::new).collect();
        let (z, projected) = if estimator.uses_instruments() {
            let z: Vec<Basis> =
                equations.iter().map(|one| Basis::new(&columns(&sample.reduced, &one.z))).collect();
            let projected = z.iter().zip(&x).map(|(z, x)| Basis::new(&z.project(x))).collect();
            (z, projected)
        } else {
            (of_x.clone(), of_x.clone())
        };
        let counted = if prepared.system.count_effects { sample.absorbed } else { 0 };
        let widths: Vec<usize> = x.iter().map(Mat::ncols).collect();
        let mut work = Self {
            n: sample.height(),
            places: chosen.to_vec(),
            to_coefficients: projected.iter().map(Basis::inverse).collect(),
            parameters: widths.iter().map(|width| width + counted).collect(),
            divisors: Mat::new(),
            restrictions: None,
            prepared,
            equations,
            estimator,
            options,
            x,
            y,
            z,
            projected,
            widths,
        };
        work.restrict()?;
        let order = work.order();
        let traces = if options.residual_covariance == ResidualCovariance::Theil {
            Mat::from_fn(order, order, |i, j| {
                let shared = of_x[i].q.transpose() * &of_x[j].q;
                inner(&shared, &shared) + counted as f64
            })
        } else {
            Mat::zeros(order, order)
        };
        work.divisors = options.residual_covariance.divisors(work.n, &work.parameters, &traces);
        let smallest =
            (0..order * order).map(|at| work.divisors[(at / order, at % order)]).fold(f64::MAX, f64::min);
        if smallest.is_nan() || smallest <= 0.0 {
            let parameters = work.parameters.iter().copied().max().unwrap_or_default();
            return Err(Reason::NoResidualDegreesOfFreedom { observations: work.n, parameters });
        }
        Ok(work)
    }

    /// How many equations there are.
    pub(crate) fn order(&self) -> usize {
        self.equations.len()
    }

    /// How many restrictions there are.
    pub(crate) fn restricted(&self) -> usize {
        self.restrictions.as_ref().map_or(0, |restricted| restricted.count)
    }

    fn restrict(&mut self) -> Result<(), Reason> {
        let restrictions = &self.options.restrictions;
        if restrictions.is_empty() {
            return Ok(());
        }
        let total: usize = self.widths.iter().sum();
        let mut rows: Mat<f64> = Mat::zeros(restrictions.len(), total);
        for (row, restriction) in restrictions.iter().enumerate() {
            for term in &restriction.terms {
                let mut start = 0;
                for (equation, width) in self.equations.iter().zip(&self.widths) {
                    let at = equation.names.iter().position(|name| *name == term.regressor);
                    if let Some(at) = at.filter(|_| equation.name == term.equation) {
                        rows[(row, start + at)] += term.weight;
                    }
                    start += width;
                }
            }
        }
        let mut start = 0;
        for (equation, width) in self.widths.iter().enumerate() {
            for row in 0..restrictions.len() {
                let touches = |column: usize| rows[(row, column)] != 0.0;
                let inside = (start..start + width).any(touches);
                let outside = (0..total).any(|at| !(start..start + width).contains(&at) && touches(at));
                if inside && !outside {
                    self.parameters[equation] -= 1;
                }
            }
            start += width;
        }
        let in_c = rows * block_diagonal(&self.to_coefficients);
        let across = in_c.transpose().to_owned();
        let sizes = vec![0.0; restrictions.len()];
        if restrictions.len() > total || independent(&across, &sizes).0.len() < restrictions.len() {
            return Err(Reason::SingularTest { what: "the restrictions".into() });
        }
        let values = Mat::from_fn(restrictions.len(), 1, |row, _| restrictions[row].value);
        let gram =
            inverse(&(&in_c * &across)).ok_or(Reason::SingularTest { what: "the restrictions".into() })?;
        let whole = across.qr().compute_Q();
        let free: Vec<usize> = (restrictions.len()..total).collect();
        self.restrictions = Some(Restricted {
            origin: &across * (gram * values),
            directions: columns(&whole, &free),
            count: restrictions.len(),
        });
        Ok(())
    }

    /// Solves H c = g under the restrictions; the covariance is H^-1, or what of it they leave.
    pub(crate) fn solve(&self, h: &Mat<f64>, g: &Mat<f64>) -> Result<Solution, Reason> {
        let singular = || Reason::SingularResidualCovariance { step: 0, perfect: Vec::new() };
        match &self.restrictions {
            None => {
                let covariance = inverse(h).ok_or_else(singular)?;
                Ok(Solution { c: &covariance * g, covariance })
            }
            Some(Restricted { origin, directions, .. }) => {
                let inside = inverse(&(directions.transpose() * h * directions)).ok_or_else(singular)?;
                let covariance = directions * inside * directions.transpose();
                let c = origin + &covariance * (g - h * origin);
                Ok(Solution { c, covariance })
            }
        }
    }

    /// Generalised least squares of `targets` on the projected regressors, with weights S^-1.
    pub(crate) fn gls(&self, weights: &Mat<f64>, targets: &[Mat<f64>]) -> Result<Solution, Reason> {
        self.solve(&self.gram(weights), &self.moments(weights, targets))
    }

    /// X^'(W (x) I)X^ in the unknowns c.
    pub(crate) fn gram(&self, weights: &Mat<f64>) -> Mat<f64> {
        blocks(&self.widths, &self.widths, |i, j| {
            let shared = self.projected[i].q.transpose() * &self.projected[j].q;
            scaled(&shared, weights[(i, j)])
        })
    }

    fn moments(&self, weights: &Mat<f64>, targets: &[Mat<f64>]) -> Mat<f64> {
        blocks(&self.widths, &[1], |i, _| {
            let mut sum = Mat::zeros(targets[i].nrows(), 1);
            for (j, target) in targets.iter().enumerate() {
                sum += scaled(target, weights[(i, j)]);
            }
            self.projected[i].q.transpose() * sum
        })
    }

    /// Three-stage least squares by the chosen formula.
    fn three_stage(
        &self,
        sigma: &Mat<f64>,
        weights: &Mat<f64>,
        two_stage: &Mat<f64>,
    ) -> Result<Solution, Reason> {
        let method = match self.estimator {
            SystemEstimator::ThreeStage => self.options.three_stage,
            _ => ThreeStageMethod::Gls,
        };
        let order = self.order();
        match method {
            ThreeStageMethod::Gls => self.gls(weights, &self.y),
            ThreeStageMethod::EViews => {
                let off = self.residuals(two_stage);
                let targets: Vec<Mat<f64>> = (0..order).map(|i| columns(&off, &[i])).collect();
                // The restrictions hold for the two-stage estimates; the step keeps to their directions.
                let h = self.gram(weights);
                let g = self.moments(weights, &targets);
                let covariance = self.solve(&h, &Mat::zeros(h.nrows(), 1))?.covariance;
                Ok(Solution { c: two_stage + &covariance * g, covariance })
            }
            ThreeStageMethod::Iv => {
                let h = blocks(&self.widths, &self.widths, |i, j| {
                    let shared = self.projected[i].q.transpose() * &self.x[j] * &self.to_coefficients[j];
                    scaled(&shared, weights[(i, j)])
                });
                self.solve(&h, &self.moments(weights, &self.y))
            }
            ThreeStageMethod::Gmm => {
                let counts: Vec<usize> = self.z.iter().map(|z| z.q.ncols()).collect();
                let d = blocks(&counts, &counts, |i, j| {
                    scaled(&(self.z[i].q.transpose() * &self.z[j].q), sigma[(i, j)])
                });
                let d =
                    inverse(&d).ok_or(Reason::SingularResidualCovariance { step: 0, perfect: Vec::new() })?;
                let f = block_diagonal(&self.on_instruments());
                let zy = blocks(&counts, &[1], |i, _| self.z[i].q.transpose() * &self.y[i]);
                let fd = f.transpose() * d;
                self.solve(&(&fd * &f), &(&fd * zy))
            }
            ThreeStageMethod::Schmidt => {
                let targets: Vec<Mat<f64>> = self.z.iter().zip(&self.y).map(|(z, y)| z.project(y)).collect();
                let Solution { c, covariance } = self.gls(weights, &targets)?;
                // X^'O^-1 P O P O^-1 X^, with P O P in blocks s_ij P_i P_j
                let through = |i: usize, j: usize| {
                    // equation i's regressors as weighted in equation j
                    scaled(&self.z[j].project(&self.projected[i].q), weights[(i, j)])
                };
                let meat = blocks(&self.widths, &self.widths, |i, j| {
                    let mut sum: Mat<f64> = Mat::zeros(self.widths[i], self.widths[j]);
                    for left in 0..order {
                        for right in 0..order {
                            let product = through(i, left).transpose() * through(j, right);
                            sum += scaled(&product, sigma[(left, right)]);
                        }
                    }
                    sum
                });
                let covariance = &covariance * meat * covariance.transpose();
                Ok(Solution { c, covariance })
            }
        }
    }

    /// The regressors on the orthonormal instruments, in the unknowns c.
    pub(crate) fn on_instruments(&self) -> Vec<Mat<f64>> {
        (0..self.order()).map(|i| self.z[i].q.transpose() * &self.x[i] * &self.to_coefficients[i]).collect()
    }

    /// The coefficients of each equation.
    pub(crate) fn coefficients(&self, c: &Mat<f64>) -> Vec<Mat<f64>> {
        let mut start = 0;
        self.to_coefficients
            .iter()
            .map(|inverse| {
                let width = inverse.ncols();
                let own = Mat::from_fn(width, 1, |row, _| c[(start + row, 0)]);
                start += width;
                inverse * own
            })
            .collect()
    }

    /// The reduced rows of the residuals, a column an equation.
    pub(crate) fn residuals(&self, c: &Mat<f64>) -> Mat<f64> {
        let of: Vec<Mat<f64>> = self
            .coefficients(c)
            .iter()
            .enumerate()
            .map(|(i, coefficients)| &self.y[i] - &self.x[i] * coefficients)
            .collect();
        Mat::from_fn(self.y[0].nrows(), of.len(), |row, i| of[i][(row, 0)])
    }

    /// The equations whose residuals are rounding.
    pub(crate) fn perfect(&self, c: &Mat<f64>) -> Vec<bool> {
        let residuals = self.residuals(c);
        let noise = self.noise(c).into_iter().enumerate();
        noise.map(|(i, noise)| columns(&residuals, &[i]).norm_l2() <= noise).collect()
    }

    /// The norm of the rounding in each equation's residuals.
    pub(crate) fn noise(&self, c: &Mat<f64>) -> Vec<f64> {
        let sample = &self.prepared.sample;
        self.coefficients(c)
            .iter()
            .enumerate()
            .map(|(i, coefficients)| {
                let equation = self.equations[i];
                let parts = equation.x.iter().enumerate();
                let cancelling: f64 = sample.magnitudes[equation.y]
                    + parts.map(|(at, x)| coefficients[(at, 0)].abs() * sample.magnitudes[*x]).sum::<f64>();
                NOISE * cancelling
            })
            .collect()
    }

    /// The residuals' covariance by the chosen divisors.
    pub(crate) fn sigma(&self, c: &Mat<f64>, center: bool) -> Mat<f64> {
        let residuals = self.residuals(c);
        let products = self.products(&residuals, center);
        Mat::from_fn(self.order(), self.order(), |i, j| products[(i, j)] / self.divisors[(i, j)])
    }

    /// The products of residuals, about their means or not.
    pub(crate) fn products(&self, residuals: &Mat<f64>, center: bool) -> Mat<f64> {
        let products = residuals.transpose() * residuals;
        if !center {
            return products;
        }
        let means: Vec<f64> = (0..self.order())
            .map(|i| {
                let one: Vec<f64> = (0..residuals.nrows()).map(|row| residuals[(row, i)]).collect();
                self.prepared.sample.mean(&one)
            })
            .collect();
        Mat::from_fn(self.order(), self.order(), |i, j| {
            products[(i, j)] - self.n as f64 * means[i] * means[j]
        })
    }

    /// Weighted least squares with weights from residuals, as often as asked for.
    pub(crate) fn weighted(
        &self,
        start: &Mat<f64>,
        diagonal: bool,
        iterates: bool,
        notes: &mut Vec<Note>,
    ) -> Result<Weighted, Reason> {
        let iteration = self.options.iterate.filter(|_| iterates);
        let most = iteration.map_or(1, |iteration| iteration.steps.max(1));
        let mut c = start.clone();
        for step in 1..=most {
            let perfect = self.perfect(&c);
            if perfect.iter().any(|perfect| *perfect) {
                let names = self.equations.iter().zip(perfect).filter(|(_, perfect)| *perfect);
                let perfect = names.map(|(equation, _)| equation.name.clone()).collect();
                return Err(Reason::SingularResidualCovariance { step, perfect });
            }
            let whole = self.sigma(&c, self.options.center_residuals);
            let sigma = Mat::from_fn(self.order(), self.order(), |i, j| {
                if diagonal && i != j { 0.0 } else { whole[(i, j)] }
            });
            let singular = || Reason::SingularResidualCovariance { step, perfect: Vec::new() };
            let smallest = smallest_of_correlation(&sigma).ok_or_else(singular)?;
            let weights = inverse(&sigma).filter(|_| smallest.abs() > SINGULAR).ok_or_else(singular)?;
            if smallest < 0.0 && !notes.contains(&Note::IndefiniteResidualCovariance) {
                notes.push(Note::IndefiniteResidualCovariance);
            }
            let solution = self.three_stage(&sigma, &weights, start)?;
            let (old, new) = (self.stack(&c), self.stack(&solution.c));
            let change = (&new - &old).norm_l2() / old.norm_l2();
            c = solution.c.clone();
            let done = iteration.is_none_or(|iteration| change <= iteration.tolerance);
            if done {
                return Ok(Weighted { solution, sigma, steps: step });
            }
            if !change.is_finite() {
                break;
            }
        }
        Err(Reason::NotConverged { what: format!("iterated {}", self.estimator.name()), steps: most })
    }

    /// All coefficients in one column.
    pub(crate) fn stack(&self, c: &Mat<f64>) -> Mat<f64> {
        let parts = self.coefficients(c);
        let values: Vec<f64> = parts
            .iter()
            .flat_map(|part| (0..part.nrows()).map(|row| part[(row, 0)]).collect::<Vec<_>>())
            .collect();
        column(&values)
    }

    /// Estimates the system.
    pub(crate) fn fit(&self) -> Result<SystemFit, Reason> {
        if self.estimator == SystemEstimator::Gmm {
            return self.gmm();
        }
        let identity = Mat::from_fn(self.order(), self.order(), |i, j| if i == j { 1.0 } else { 0.0 });
        let first = self.gls(&identity, &self.y)?;
        let mut notes = self.prepared.notes().to_vec();
        if !self.estimator.uses_instruments() {
            notes.clear();
        }
        if !self.estimator.is_weighted() {
            return self.finish(&first, None, &first, notes);
        }
        let diagonal = !self.estimator.uses_covariances();
        let start = if self.options.weighted_first_step && !diagonal {
            self.weighted(&first.c, true, false, &mut notes)?.solution
        } else {
            first.clone()
        };
        let weighted = self.weighted(&start.c, diagonal, true, &mut notes)?;
        self.finish(&weighted.solution.clone(), Some(weighted), &first, notes)
    }
}
