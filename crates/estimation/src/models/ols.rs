//! Ordinary least squares: b = (X'X)^-1 X'y.

use super::levels::Levels;
use super::model::Model;
use super::sample_size::{check_after_dropping, check_before_dropping, check_size};
use super::solved::{Absorbed, Goodness, Solved, dropped_note, log_roots};
use crate::numerics::{Design, LeastSquares, is_constant, less_means, weighted_mean};
use crate::outcome::Reason;
use crate::sample::{Rows, Sample};

/// Estimates the equation on all rows of the sample.
pub(super) fn estimate(sample: &Sample) -> Result<Solved, Reason> {
    let formula = sample.formula();
    let parameters = formula.regressors.len() + usize::from(formula.intercept);
    check_before_dropping(sample, parameters, 0)?;
    let dependent = sample.dependent();
    let intercept = formula.intercept;
    let nothing_to_explain =
        if intercept { is_constant(dependent) } else { dependent.iter().all(|value| *value == 0.0) };
    if nothing_to_explain {
        // One row is constant whatever it holds.
        if sample.height() == 1 {
            check_size(sample, parameters)?;
        }
        return Err(Reason::ConstantDependent { variable: formula.dependent.clone() });
    }
    let mut design = Design::levels(sample);
    if let Some(weights) = sample.weights() {
        let before: Vec<&[f64]> = sample.regressors().iter().map(|column| &**column).collect();
        design = design.weighted(weights, &before, dependent);
    }
    let (design, solution, collinear) = LeastSquares::solve_dropping(design, formula.collinear)?;
    check_after_dropping(sample, parameters, parameters - collinear.len())?;
    let deviations = match (intercept, sample.weights()) {
        (false, _) => None,
        (true, None) => {
            let everything = 0..sample.height();
            Some(less_means(&design.y, std::slice::from_ref(&everything)))
        }
        (true, Some(weights)) => {
            let mean = weighted_mean(dependent, weights);
            let roots = weights.iter().map(|weight| weight.sqrt());
            Some(dependent.iter().zip(roots).map(|(value, root)| (value - mean) * root).collect())
        }
    };
    Ok(Solved {
        model: Model::Ols,
        sample: sample.clone(),
        formula: sample.formula().clone(),
        design,
        solution,
        rows: Rows::of(sample),
        deviations,
        absorbed: Absorbed::default(),
        goodness: Goodness::Decomposition,
        levels: Levels::default(),
        components: None,
        log_roots: log_roots(sample.formula(), sample.weights()),
        notes: dropped_note(collinear),
    })
}
