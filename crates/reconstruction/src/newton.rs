//! Newton's method for several matrices that linear equations tie together.
//!
//! Minimises sum_i F_i(N_i z_i) subject to sum_i L_i z_i = 0. The Hessian is block diagonal, so
//! each step needs one Cholesky factor per block and one for the small Schur complement
//! sum_i L_i H_i^-1 L_i'. The start may violate the equations; an exact penalty on their
//! residual then decides the step length (Boyd and Vandenberghe, 2004, sections 10.3 and 11.7).

use crate::barrier::{MatrixObjective, PenaltyWeights};
use crate::cross_product::unpack;
use crate::error::ReconstructionError;
use faer::linalg::solvers::{Llt, Solve};
use faer::{Mat, Side};

/// One matrix of the problem, S = unpack(N z).
pub struct Block {
    /// Order k of S.
    pub order: usize,
    /// What is minimised over S.
    pub objective: MatrixObjective,
    /// N: packed length x free coordinates.
    pub basis: Mat<f64>,
    /// L: equations x free coordinates.
    pub link: Mat<f64>,
    /// z, the free coordinates, one column.
    pub coordinates: Mat<f64>,
}

impl Block {
    /// The matrix at its present coordinates.
    pub fn matrix(&self) -> Mat<f64> {
        self.matrix_at(&self.coordinates)
    }

    fn matrix_at(&self, coordinates: &Mat<f64>) -> Mat<f64> {
        let packed = &self.basis * coordinates;
        let packed: Vec<f64> = packed.col(0).iter().copied().collect();
        unpack(&packed, self.order)
    }
}

/// Newton decrement squared at which a step counts as converged.
const CONVERGED: f64 = 1e-13;
/// Newton decrement squared that still counts as converged where rounding allows no more.
const ACCEPTABLE: f64 = 1e-9;
/// Newton decrement squared below which full steps are taken without a line search, because the
/// objective's decrease is then lost in its rounding.
const QUADRATIC: f64 = 1e-6;
const ARMIJO: f64 = 0.05;
const MAXIMUM_HALVINGS: usize = 60;

/// How a run of Newton's method ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Steps made.
    pub iterations: usize,
    /// Newton decrement squared at the last step.
    pub decrement: f64,
}

impl Outcome {
    /// Whether the last step was as small as the arithmetic can tell.
    pub fn converged(&self) -> bool {
        self.decrement < ACCEPTABLE
    }
}

/// Runs Newton's method until it converges, stalls, or has spent `maximum_iterations`.
///
/// # Errors
/// When a factorisation fails.
pub fn minimise(
    blocks: &mut [Block],
    penalty: PenaltyWeights,
    maximum_iterations: usize,
    stage: &str,
) -> Result<Outcome, ReconstructionError> {
    let factorisation =
        |what: &str| ReconstructionError::Factorisation { what: format!("{what} of the {stage} step") };
    let mut decrement = f64::INFINITY;
    for iteration in 0..maximum_iterations {
        let equations = blocks.first().map_or(0, |block| block.link.nrows());
        let mut residual = Mat::<f64>::zeros(equations, 1);
        let mut schur = Mat::<f64>::zeros(equations, equations);
        let mut right = Mat::<f64>::zeros(equations, 1);
        let mut value = 0.0;
        let mut parts = Vec::with_capacity(blocks.len());
        for block in blocks.iter() {
            let evaluated = block
                .objective
                .evaluate(&block.matrix(), penalty)
                .ok_or_else(|| factorisation("cross-product matrix"))?;
            value += evaluated.value;
            let packed_gradient = Mat::from_fn(evaluated.gradient.len(), 1, |row, _| evaluated.gradient[row]);
            let gradient = block.basis.transpose() * &packed_gradient;
            let mut hessian = block.basis.transpose() * (&evaluated.hessian * &block.basis);
            let factor = factor_with_ridge(&mut hessian).ok_or_else(|| factorisation("Hessian"))?;
            let step_gradient = factor.solve(&gradient);
            let step_link = factor.solve(block.link.transpose());
            schur += &block.link * &step_link;
            residual += &block.link * &block.coordinates;
            right -= &block.link * &step_gradient;
            parts.push((gradient, step_gradient, step_link, hessian));
        }
        right += &residual;
        let multipliers =
            schur.llt(Side::Lower).map_err(|_| factorisation("Schur complement"))?.solve(&right);
        let mut slope = 0.0;
        let mut steps = Vec::with_capacity(parts.len());
        decrement = 0.0;
        for (gradient, step_gradient, step_link, hessian) in &parts {
            let step = -(step_gradient + step_link * &multipliers);
            slope += dot(gradient, &step);
            decrement += dot(&step, &(hessian * &step));
            steps.push(step);
        }
        let infeasibility = absolute_sum(&residual);
        let merit_weight = 2.0 * multipliers.norm_max() + 1.0;
        let merit = value + merit_weight * infeasibility;
        let expected = slope - merit_weight * infeasibility;

        let mut length = 1.0;
        let quadratic = decrement < QUADRATIC;
        let mut accepted = None;
        for _ in 0..MAXIMUM_HALVINGS {
            let trial: Vec<Mat<f64>> = blocks
                .iter()
                .zip(&steps)
                .map(|(block, step)| &block.coordinates + step * faer::Scale(length))
                .collect();
            let total = blocks
                .iter()
                .zip(&trial)
                .map(|(block, coordinates)| block.objective.value(&block.matrix_at(coordinates), penalty))
                .sum::<Option<f64>>();
            if let Some(total) = total {
                let trial_merit = total + merit_weight * (1.0 - length) * infeasibility;
                if quadratic || trial_merit <= merit + ARMIJO * length * expected + 1e-12 * merit.abs() {
                    accepted = Some(trial);
                    break;
                }
            }
            length /= 2.0;
        }
        let Some(trial) = accepted else {
            return Ok(Outcome { iterations: iteration, decrement });
        };
        for (block, coordinates) in blocks.iter_mut().zip(trial) {
            block.coordinates = coordinates;
        }
        if decrement < CONVERGED && length == 1.0 {
            return Ok(Outcome { iterations: iteration + 1, decrement });
        }
    }
    Ok(Outcome { iterations: maximum_iterations, decrement })
}

/// Cholesky factor of a Hessian that is positive definite but for rounding: where the factor
/// fails, a growing ridge relative to the largest diagonal entry is added to the matrix.
fn factor_with_ridge(hessian: &mut Mat<f64>) -> Option<Llt<f64>> {
    let largest = (0..hessian.nrows()).map(|index| hessian[(index, index)]).fold(0.0, f64::max);
    let mut ridge = 1e-15 * largest;
    for _ in 0..8 {
        if let Ok(factor) = hessian.llt(Side::Lower) {
            return Some(factor);
        }
        for index in 0..hessian.nrows() {
            hessian[(index, index)] += ridge;
        }
        ridge *= 10.0;
    }
    None
}

fn dot(left: &Mat<f64>, right: &Mat<f64>) -> f64 {
    left.col(0).iter().zip(right.col(0).iter()).map(|(a, b)| a * b).sum()
}

fn absolute_sum(column: &Mat<f64>) -> f64 {
    column.col(0).iter().map(|value| value.abs()).sum()
}
