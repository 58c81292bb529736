//! One-way fixed effects: least squares on deviations from entity means,
//! b = (sum over i of X_i'Q X_i)^-1 (sum over i of X_i'Q y_i), with Q = I - 11'/T_i
//! (Wooldridge 2010, Econometric Analysis of Cross Section and Panel Data, eq. 10.46 and 10.49).
//!
//! The residual degrees of freedom are n - N - k, where N counts the entities in the sample, those
//! observed once too.

use super::{check_residual_df, check_size};
use crate::design::{Design, is_constant};
use crate::least_squares::LeastSquares;
use crate::{Estimated, Model, Reason, Sample};

/// Estimates the equation with an effect for each entity of the sample.
pub(super) fn estimate(sample: &Sample) -> Result<Estimated, Reason> {
    let formula = sample.formula();
    let entities = sample.entities().len();
    let parameters = formula.regressors.len() + entities;
    check_size(sample, parameters)?;
    let constant_within =
        |values: &[f64]| sample.groups().iter().all(|group| is_constant(&values[group.clone()]));
    if constant_within(sample.dependent()) {
        return Err(Reason::ConstantDependentWithin { variable: formula.dependent.clone() });
    }
    let absorbed: Vec<String> = formula
        .regressors
        .iter()
        .zip(sample.regressors())
        .filter(|(_, values)| constant_within(values))
        .map(|(name, _)| name.clone())
        .collect();
    if !absorbed.is_empty() {
        return Err(Reason::ConstantWithin { variables: absorbed });
    }
    let design = Design::within(sample);
    let solution = LeastSquares::solve(&design).map_err(|collinear| Reason::RankDeficient { collinear })?;
    check_residual_df(sample, parameters)?;
    let deviations = design.y.clone();
    Estimated::new(Model::Within, sample, design, solution, deviations, entities)
}
