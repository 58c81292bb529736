//! The between estimator: least squares on the means of entities, or of times (Wooldridge 2010,
//! section 10.2.1), each of the same weight however many rows it has, or weighted by its rows. Where rows have weights,
//! means are by them and each has the sum of its rows' weights (linearmodels' `BetweenOLS`), whether weighted by rows
//! or not.

use faer::Mat;

use super::effects::Effects;
use super::levels::Levels;
use super::model::Model;
use super::solved::{Absorbed, Goodness, Solved, dropped_note};
use crate::absorb::Factor;
use crate::numerics::{Design, LeastSquares, is_constant, less_means, mean, norm, weighted_mean};
use crate::outcome::{INTERCEPT, Reason};
use crate::sample::{Rows, Sample};

/// Estimates the equation on means; `of` is never [`Effects::TwoWay`].
pub(super) fn estimate(sample: &Sample, of: Effects, model: Model) -> Result<Solved, Reason> {
    let rows = Rows::of(sample);
    let factor: Factor = if of == Effects::Time { rows.by_time() } else { rows.by_entity() };
    let formula = sample.formula();
    let offset = usize::from(formula.intercept);
    let (observations, parameters) = (factor.levels(), formula.regressors.len() + offset);
    if observations == 0 {
        return Err(sample.nothing_left());
    }
    if observations < parameters {
        return Err(Reason::TooFewObservations { observations, parameters });
    }
    let means = factor.weighted_means(sample.dependent(), sample.weights());
    if formula.intercept && is_constant(&means) {
        return Err(Reason::ConstantDependent { variable: formula.dependent.clone() });
    }
    let sizes: Option<Vec<f64>> = match (sample.weights(), model) {
        (Some(weights), _) => Some(factor.sums(weights.iter().copied())),
        (None, Model::BetweenWeighted) => Some(factor.counts().to_vec()),
        _ => None,
    };
    // Roots of weights that are one on average.
    let roots: Vec<f64> = match &sizes {
        Some(sizes) => {
            let average = mean(sizes);
            sizes.iter().map(|size| (size / average).sqrt()).collect()
        }
        None => vec![1.0; observations],
    };
    let weighted = |values: Vec<f64>| -> Vec<f64> {
        values.iter().zip(&roots).map(|(value, root)| value * root).collect()
    };
    let columns: Vec<Vec<f64>> = sample
        .regressors()
        .iter()
        .map(|values| weighted(factor.weighted_means(values, sample.weights())))
        .collect();
    let y = weighted(means.clone());
    let mut names = formula.regressors.clone();
    let mut magnitudes: Vec<f64> = columns.iter().map(|column| norm(column)).collect();
    if formula.intercept {
        names.insert(0, INTERCEPT.into());
        magnitudes.insert(0, (observations as f64).sqrt());
    }
    let x = Mat::from_fn(observations, parameters, |row, column| {
        if column < offset { roots[row] } else { columns[column - offset][row] }
    });
    let design = Design { names, x, y_magnitude: norm(&y), y, magnitudes };
    let (design, solution, collinear) = LeastSquares::solve_dropping(design, formula.collinear)
        .map_err(|reason| reason.once("after means are taken"))?;
    let notes = dropped_note(collinear);
    if observations <= design.names.len() {
        return Err(Reason::NoResidualDegreesOfFreedom { observations, parameters });
    }
    let everything = 0..observations;
    let deviations = match formula.intercept {
        true if sizes.is_some() => {
            let squares: Vec<f64> = roots.iter().map(|root| root * root).collect();
            let centre = weighted_mean(&means, &squares);
            means.iter().zip(&roots).map(|(mean, root)| (mean - centre) * root).collect()
        }
        true => less_means(&design.y, std::slice::from_ref(&everything)),
        false => design.y.clone(),
    };
    let times = if of == Effects::Time { (0..).take(observations).collect() } else { vec![0; observations] };
    Ok(Solved {
        model,
        sample: sample.clone(),
        formula: sample.formula().clone(),
        design,
        solution,
        rows: Rows::single(times),
        deviations: Some(deviations),
        absorbed: Absorbed::default(),
        goodness: Goodness::Decomposition,
        levels: Levels::default(),
        components: None,
        log_roots: roots.iter().map(|root| root.ln()).sum(),
        notes,
    })
}
