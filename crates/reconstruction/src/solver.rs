//! From published tables to cross-product matrices: a convex-concave procedure.

use crate::barrier::{MatrixObjective, PenaltyWeights};
use crate::cross_product::{pack, packed_length};
use crate::error::ReconstructionError;
use crate::newton::{Block, minimise};
use crate::problem::{PublishedCoefficient, ReconstructionProblem};
use crate::star_bound::{ScaledRow, StarBound};
use faer::Mat;

/// How hard and how long the solver tries.
#[derive(Debug, Clone, PartialEq)]
pub struct SolverOptions {
    /// Least distance of every t statistic from the critical values, as a share of them.
    pub margin: f64,
    /// Rounds of linearisation at most.
    pub maximum_rounds: usize,
    /// Rounds made after all stars agree, to come nearer to the prior.
    pub polishing_rounds: usize,
    /// Weight of the divergence from the prior, per unit.
    pub prior_weight: f64,
    /// Weight of the divergence from the prior for the pooled matrix.
    pub pooled_prior_weight: f64,
    /// Weight of the divergence of the spreads alone, per unit.
    pub spread_weight: f64,
    /// The penalty on bounds in the last rounds.
    pub penalty: PenaltyWeights,
    /// Strength of the barrier in the first round; it halves from round to round until it meets
    /// that of `penalty`, so that every round starts near its solution.
    pub first_barrier: f64,
    /// Newton iterations at most in each round.
    pub maximum_iterations: usize,
}

impl Default for SolverOptions {
    fn default() -> Self {
        Self {
            margin: 0.05,
            maximum_rounds: 60,
            polishing_rounds: 10,
            prior_weight: 1.0,
            pooled_prior_weight: 0.01,
            spread_weight: 1.0,
            penalty: PenaltyWeights { price: 1000.0, barrier: 0.1 },
            first_barrier: 20.0,
            maximum_iterations: 200,
        }
    }
}

/// Rounds whose Newton steps may end short of convergence before the solver gives up.
const MAXIMUM_STALLS: usize = 5;

/// Cross-product matrices that regress to the published tables.
#[derive(Debug, Clone)]
pub struct ReconstructedCrossProducts {
    /// One k x k matrix of sums of cross-products of demeaned variables per unit.
    pub matrices: Vec<Mat<f64>>,
    /// Rounds of linearisation spent.
    pub rounds: usize,
    /// Newton iterations spent in all rounds.
    pub iterations: usize,
    /// Least slack of all bounds on t^2, beyond the margin, as a share of the critical value squared.
    pub least_slack: f64,
}

/// Finds cross-product matrices near the priors whose regressions show the published coefficients
/// and stars in every unit and in the pooled row.
///
/// # Errors
/// When the problem does not fit together, or some star is still violated at the end.
pub fn reconstruct_cross_products(
    problem: &ReconstructionProblem,
    options: &SolverOptions,
) -> Result<ReconstructedCrossProducts, ReconstructionError> {
    problem.validate()?;
    let order = problem.variables.len();
    let scale = common_scale(problem)?;
    let mut blocks = Vec::with_capacity(problem.units.len() + 1);
    for (unit, prior) in problem.priors.iter().enumerate() {
        let prior = Mat::from_fn(order, order, |i, j| prior[(i, j)] / (scale[i] * scale[j]));
        blocks.push(block(problem, options, &scale, &prior, Some(unit))?);
    }
    let pooled_prior = problem.priors.iter().fold(Mat::<f64>::zeros(order, order), |sum, prior| sum + prior);
    let pooled_prior = Mat::from_fn(order, order, |i, j| pooled_prior[(i, j)] / (scale[i] * scale[j]));
    blocks.push(block(problem, options, &scale, &pooled_prior, None)?);

    let mut iterations = 0;
    let mut agreed_at = None;
    let mut violations = 0;
    let mut stalled = 0;
    for round in 1..=options.maximum_rounds {
        for block in &mut blocks {
            let matrix = block.matrix();
            for bound in &mut block.objective.bounds {
                bound.linearise_at(&matrix).ok_or_else(|| not_positive_definite("an iterate"))?;
            }
        }
        let halved = options.first_barrier * 0.5_f64.powi(round as i32 - 1);
        let penalty = PenaltyWeights { barrier: halved.max(options.penalty.barrier), ..options.penalty };
        let outcome = minimise(&mut blocks, penalty, options.maximum_iterations, "convex-concave")?;
        iterations += outcome.iterations;
        let mut least_slack = f64::INFINITY;
        violations = 0;
        for block in &blocks {
            let matrix = block.matrix();
            for bound in &block.objective.bounds {
                let slack = bound.slack(&matrix).ok_or_else(|| not_positive_definite("an iterate"))?;
                least_slack = least_slack.min(slack);
                violations += usize::from(slack < 0.0);
            }
        }
        if !outcome.converged() {
            stalled += 1;
            if stalled == MAXIMUM_STALLS {
                return Err(ReconstructionError::NotConverged {
                    stage: "convex-concave".to_owned(),
                    iterations: outcome.iterations,
                    decrement: outcome.decrement,
                });
            }
        }
        if violations > 0 || halved > options.penalty.barrier || !outcome.converged() {
            agreed_at = None;
            continue;
        }
        let first = *agreed_at.get_or_insert(round);
        if round >= first + options.polishing_rounds {
            let matrices = blocks[..problem.units.len()]
                .iter()
                .map(|block| {
                    let matrix = block.matrix();
                    Mat::from_fn(order, order, |i, j| matrix[(i, j)] * scale[i] * scale[j])
                })
                .collect();
            return Ok(ReconstructedCrossProducts { matrices, rounds: round, iterations, least_slack });
        }
    }
    Err(ReconstructionError::StarsUnreached { violations, rounds: options.maximum_rounds })
}

fn not_positive_definite(what: &str) -> ReconstructionError {
    ReconstructionError::NotPositiveDefinite { what: what.to_owned() }
}

/// Root mean prior variance of each variable, in which the solver measures it.
fn common_scale(problem: &ReconstructionProblem) -> Result<Vec<f64>, ReconstructionError> {
    (0..problem.variables.len())
        .map(|variable| {
            let mean = problem.priors.iter().map(|prior| prior[(variable, variable)]).sum::<f64>()
                / problem.priors.len() as f64;
            if mean.is_finite() && mean > 0.0 {
                Ok(mean.sqrt())
            } else {
                Err(not_positive_definite(&format!("the prior of {}", problem.variables[variable])))
            }
        })
        .collect()
}

/// The block of one unit, or of the pooled sum (`unit` = `None`), at a starting point that
/// satisfies its own normal equations.
fn block(
    problem: &ReconstructionProblem,
    options: &SolverOptions,
    scale: &[f64],
    prior: &Mat<f64>,
    unit: Option<usize>,
) -> Result<Block, ReconstructionError> {
    let order = problem.variables.len();
    let length = packed_length(order);
    let row_name = unit.map_or_else(|| "the pooled row".to_owned(), |unit| problem.units[unit].clone());
    let mut functionals = Vec::new();
    let mut bounds = Vec::new();
    for equation in &problem.equations {
        let (row, degrees_of_freedom): (&[PublishedCoefficient], f64) = match unit {
            Some(unit) => (&equation.unit_rows[unit], problem.unit_degrees_of_freedom(equation)),
            None => (&equation.pooled_row, problem.pooled_degrees_of_freedom(equation)),
        };
        let values: Vec<f64> = equation
            .regressors
            .iter()
            .zip(row)
            .map(|(regressor, coefficient)| coefficient.value * scale[*regressor] / scale[equation.dependent])
            .collect();
        let row = ScaledRow {
            order,
            dependent: equation.dependent,
            regressors: equation.regressors.clone(),
            stars: row.iter().map(|coefficient| coefficient.stars).collect(),
            values,
            degrees_of_freedom,
        };
        functionals.extend(row.normal_equations());
        bounds.extend(StarBound::of_row(&row, &problem.star_levels, options.margin)?);
    }
    for functional in &mut functionals {
        let norm = functional.iter().map(|value| value * value).sum::<f64>().sqrt();
        functional.iter_mut().for_each(|value| *value /= norm);
    }
    let rows = Mat::from_fn(functionals.len(), length, |row, column| functionals[row][column]);
    let (weight, spread_weight) = match unit {
        Some(_) => (options.prior_weight, options.spread_weight),
        None => (options.pooled_prior_weight, 0.0),
    };
    let objective = |bounds| {
        MatrixObjective::new(prior, weight, spread_weight, bounds)
            .ok_or_else(|| not_positive_definite(&format!("the prior of {row_name}")))
    };

    // The matrix nearest to the prior that satisfies the normal equations, stars left aside.
    let packed = pack(prior);
    let mut start = [Block {
        order,
        objective: objective(Vec::new())?,
        basis: Mat::identity(length, length),
        link: rows.clone(),
        coordinates: Mat::from_fn(length, 1, |row, _| packed[row]),
    }];
    let outcome = minimise(&mut start, options.penalty, options.maximum_iterations, "starting")?;
    if !outcome.converged() {
        return Err(ReconstructionError::NotConverged {
            stage: format!("starting ({row_name})"),
            iterations: outcome.iterations,
            decrement: outcome.decrement,
        });
    }

    let basis = null_space(&rows, &row_name)?;
    let coordinates = basis.transpose() * &start[0].coordinates;
    let sign = if unit.is_some() { 1.0 } else { -1.0 };
    let link = &basis * faer::Scale(sign);
    Ok(Block { order, objective: objective(bounds)?, basis, link, coordinates })
}

/// Orthonormal basis of the vectors that all rows annihilate, as columns.
fn null_space(rows: &Mat<f64>, row_name: &str) -> Result<Mat<f64>, ReconstructionError> {
    let transposed = rows.transpose().to_owned();
    let factor = transposed.qr();
    let triangle = factor.R();
    let count = rows.nrows();
    let rank = (0..count).filter(|index| triangle[(*index, *index)].abs() > 1e-10).count();
    if rank < count {
        return Err(ReconstructionError::RankDeficient { row: row_name.to_owned(), rank, expected: count });
    }
    let all = factor.compute_Q();
    Ok(all.subcols(count, rows.ncols() - count).to_owned())
}
