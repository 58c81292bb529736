//! The between estimator: least squares on the means of entities, or of times (Wooldridge 2010,
//! section 10.2.1), each of the same weight however many rows it has, or weighted by its rows.

use faer::Mat;

use super::effects::Effects;
use super::levels::Levels;
use super::model::Model;
use super::solved::{Absorbed, Goodness, Solved, dropped_note};
use crate::absorb::Factor;
use crate::numerics::{Design, LeastSquares, is_constant, less_means, mean, norm};
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
    let means = factor.means(sample.dependent());
    if formula.intercept && is_constant(&means) {
        return Err(Reason::ConstantDependent { variable: formula.dependent.clone() });
    }
    // Roots of weights that are one on average.
    let average = sample.height() as f64 / observations as f64;
    let roots: Vec<f64> = match model {
        Model::BetweenWeighted => factor.counts().iter().map(|rows| (rows / average).sqrt()).collect(),
        _ => vec![1.0; observations],
    };
    let weighted = |values: Vec<f64>| -> Vec<f64> {
        values.iter().zip(&roots).map(|(value, root)| value * root).collect()
    };
    let columns: Vec<Vec<f64>> =
        sample.regressors().iter().map(|values| weighted(factor.means(values))).collect();
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
        // about the weighted mean, which is that of the rows
        true if model == Model::BetweenWeighted => {
            let centre = mean(sample.dependent());
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
        notes,
    })
}
