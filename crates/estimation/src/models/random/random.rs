//! Least squares on quasi-deviations.

use super::super::model::Model;
use super::super::sample_size::{check_residual_df, check_size};
use super::super::solved::{Absorbed, Goodness, Solved, log_roots};
use super::options::RandomEffects;
use super::{components, transformation, weighted};
use crate::numerics::{CollinearColumns, Design, LeastSquares, is_constant, less_means, mean, weighted_mean};
use crate::outcome::{Note, Reason};
use crate::sample::{Rows, Sample};

/// Estimates the equation with random effects.
pub(in crate::models) fn estimate(sample: &Sample, options: RandomEffects) -> Result<Solved, Reason> {
    let design = Design::levels(sample);
    let parameters = design.names.len();
    check_size(sample, parameters)?;
    if is_constant(&design.y) {
        return Err(Reason::ConstantDependent { variable: sample.formula().dependent.clone() });
    }
    // Collinear regressors are the same in levels, where they are told apart best.
    if let Err(collinear) = LeastSquares::solve(&design) {
        let left_out: Vec<&str> = collinear.iter().map(|one| one.column.as_str()).collect();
        let rest = sample.without_regressors(&left_out);
        let stuck = rest.regressors().is_empty() || rest.regressors().len() == sample.regressors().len();
        if sample.formula().collinear == CollinearColumns::Refuse || stuck {
            return Err(Reason::RankDeficient { collinear });
        }
        let mut solved = estimate(&rest, options)?;
        solved.formula = sample.formula().clone();
        solved.notes.insert(0, Note::CollinearDropped { collinear });
        return Ok(solved);
    }
    check_residual_df(sample, parameters)?;
    let rows = Rows::of(sample);
    let weights = sample.weights();
    let (components, notes) = match weights {
        Some(weights) => {
            let average = mean(weights);
            let weights: Vec<f64> = weights.iter().map(|weight| weight / average).collect();
            weighted::estimate(sample, &rows, &weights, options)?
        }
        None => components::estimate(sample, &rows, options)?,
    };
    let transformation = transformation::Transformation::new(&rows, &components, options.effects, weights);
    let mut design = transformation.apply(&design);
    let deviations = match weights {
        Some(weights) => {
            let centre = weighted_mean(&design.y, weights);
            let before: Vec<&[f64]> = sample.regressors().iter().map(|column| &**column).collect();
            design = design.weighted(weights, &before, sample.dependent());
            let roots = weights.iter().map(|weight| weight.sqrt());
            design.y.iter().zip(roots).map(|(value, root)| value - centre * root).collect()
        }
        None => less_means(&design.y, std::slice::from_ref(&(0..sample.height()))),
    };
    let solution = LeastSquares::solve(&design).map_err(|collinear| Reason::RankDeficient { collinear })?;
    let levels = transformation.levels(sample, &rows, &solution.coefficients);
    Ok(Solved {
        model: Model::Random(options),
        sample: sample.clone(),
        formula: sample.formula().clone(),
        deviations: Some(deviations),
        goodness: Goodness::correlation(&design.y, &solution.residuals, weights),
        log_roots: log_roots(sample.formula(), weights),
        design,
        solution,
        rows,
        absorbed: Absorbed::default(),
        levels,
        components: Some(components),
        notes,
    })
}
