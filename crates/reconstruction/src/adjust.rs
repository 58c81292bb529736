//! The smallest change of some variables that restores the published coefficients.
//!
//! Raw files hold rounded numbers. When one variable has been rounded, the others can make up for
//! it: the normal equations x_r'M(y - Xb) = 0 (M demeans) of all units and of the pooled rows are
//! solved for the free variables by Gauss-Newton steps of least norm, each variable measured in
//! its own spread.

use crate::error::ReconstructionError;
use crate::problem::{PublishedCoefficient, ReconstructionProblem};
use crate::verify::demean;
use faer::Mat;

/// Residual of the normal equations, as a correlation, that counts as none.
const CONVERGED: f64 = 1e-13;
const MAXIMUM_STEPS: usize = 20;

/// Moves the variables `free` of `paths` (one T x k matrix per unit, in levels) as little as
/// possible so that all published coefficients are exact again; the other variables stay.
///
/// # Errors
/// When shapes do not fit, or the free variables cannot satisfy the equations.
pub fn adjust(
    problem: &ReconstructionProblem,
    paths: &[Mat<f64>],
    free: &[usize],
) -> Result<Vec<Mat<f64>>, ReconstructionError> {
    problem.validate_with(paths)?;
    let mut paths = paths.to_vec();
    let mut largest = f64::INFINITY;
    for _ in 0..MAXIMUM_STEPS {
        let system = NormalEquations::at(problem, &paths, free);
        let previous = largest;
        largest = system.residual.norm_max();
        if largest < CONVERGED || (largest < 1e3 * CONVERGED && largest > 0.5 * previous) {
            return Ok(paths);
        }
        let step = least_norm_solution(&system).ok_or_else(|| ReconstructionError::Factorisation {
            what: format!("system of normal equations in {} free variables", free.len()),
        })?;
        for (unit, path) in paths.iter_mut().enumerate() {
            for (position, variable) in free.iter().enumerate() {
                for period in 0..problem.periods {
                    let column = (unit * free.len() + position) * problem.periods + period;
                    path[(period, *variable)] += step[(column, 0)] * system.spreads[unit][*variable];
                }
            }
        }
    }
    Err(ReconstructionError::NotConverged {
        stage: "adjusting".to_owned(),
        iterations: MAXIMUM_STEPS,
        decrement: largest,
    })
}

/// The shortest d with J d = -c, by QR of J' (J J' would square the condition number).
fn least_norm_solution(system: &NormalEquations) -> Option<Mat<f64>> {
    let equations = system.jacobian.nrows();
    if system.jacobian.ncols() < equations {
        return None;
    }
    let transposed = system.jacobian.transpose().to_owned();
    let factor = transposed.qr();
    let triangle = factor.thin_R();
    // R'w = -c by forward substitution, then d = Qw.
    let mut weights = Mat::<f64>::zeros(equations, 1);
    for row in 0..equations {
        let mut value = -system.residual[(row, 0)];
        for column in 0..row {
            value -= triangle[(column, row)] * weights[(column, 0)];
        }
        let weight = value / triangle[(row, row)];
        if !weight.is_finite() {
            return None;
        }
        weights[(row, 0)] = weight;
    }
    Some(factor.compute_thin_Q() * weights)
}

/// The normal equations of all rows at given paths, with their derivatives in the free variables.
struct NormalEquations {
    residual: Mat<f64>,
    jacobian: Mat<f64>,
    /// Root sum of squares of each unit's variables, in which steps are measured.
    spreads: Vec<Vec<f64>>,
}

impl NormalEquations {
    fn at(problem: &ReconstructionProblem, paths: &[Mat<f64>], free: &[usize]) -> Self {
        let demeaned: Vec<Mat<f64>> = paths.iter().map(demean).collect();
        let spreads: Vec<Vec<f64>> = demeaned
            .iter()
            .map(|path| (0..path.ncols()).map(|column| path.col(column).norm_l2()).collect())
            .collect();
        let per_row: usize = problem.equations.iter().map(|equation| equation.regressors.len()).sum();
        let units = problem.units.len();
        let mut residual = Mat::<f64>::zeros(per_row * (units + 1), 1);
        let mut jacobian = Mat::<f64>::zeros(per_row * (units + 1), units * free.len() * problem.periods);
        let mut first = 0;
        for equation in &problem.equations {
            for unit in 0..units {
                let path = &demeaned[unit];
                let rows: [(usize, &[PublishedCoefficient]); 2] =
                    [(unit, &equation.unit_rows[unit]), (units, &equation.pooled_row)];
                for (row, coefficients) in rows {
                    // e = y - Xb and its derivative in each variable.
                    let mut weights = vec![0.0; path.ncols()];
                    weights[equation.dependent] = 1.0;
                    for (regressor, coefficient) in equation.regressors.iter().zip(coefficients) {
                        weights[*regressor] -= coefficient.value;
                    }
                    let errors: Vec<f64> = (0..problem.periods)
                        .map(|period| {
                            weights.iter().enumerate().map(|(j, weight)| weight * path[(period, j)]).sum()
                        })
                        .collect();
                    let size = |variable: usize| {
                        if row == units {
                            spreads.iter().map(|own| own[variable].powi(2)).sum::<f64>().sqrt()
                        } else {
                            spreads[unit][variable]
                        }
                    };
                    for (position, regressor) in equation.regressors.iter().enumerate() {
                        let line = row * per_row + first + position;
                        let scale = 1.0 / (size(*regressor) * size(equation.dependent));
                        for (period, error) in errors.iter().enumerate() {
                            let own = path[(period, *regressor)];
                            residual[(line, 0)] += scale * own * error;
                            for (index, variable) in free.iter().enumerate() {
                                let column = (unit * free.len() + index) * problem.periods + period;
                                let mut slope = own * weights[*variable];
                                if variable == regressor {
                                    slope += error;
                                }
                                jacobian[(line, column)] += scale * slope * spreads[unit][*variable];
                            }
                        }
                    }
                }
            }
            first += equation.regressors.len();
        }
        Self { residual, jacobian, spreads }
    }
}
