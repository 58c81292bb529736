//! Variance inflation factors.

use faer::Mat;
use serde::{Deserialize, Serialize};

use crate::design::{INTERCEPT, mean};
use crate::{Estimated, EstimationError, Result};

/// By how much a coefficient's variance exceeds what it would be if its regressor were uncorrelated with the
/// others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VarianceInflation {
    /// The regressor.
    pub regressor: String,
    /// 1/(1 - R_j^2).
    pub vif: f64,
}

/// 1/(1 - R_j^2) of the regression of each regressor on the others, as the model transformed them (within: demeaned):
/// the j-th diagonal entry of (X'X)^-1 times the sum of squares of x_j about its mean, or about zero in an
/// equation without an intercept or effects. car's `vif`, statsmodels' `variance_inflation_factor` with the
/// constant in the design.
pub fn variance_inflation(estimated: &Estimated) -> Vec<VarianceInflation> {
    let ingredients = estimated.ingredients();
    let sizes = sums_of_squares(estimated);
    slopes(estimated)
        .map(|at| VarianceInflation {
            regressor: estimated.names()[at].clone(),
            // Rounding can't take it below 1, which it is by definition at least.
            vif: (ingredients.bread[(at, at)] * sizes[at]).max(1.0),
        })
        .collect()
}

/// The generalised factor of several regressors that belong together, such as the dummies of one factor (Fox and Monette
/// 1992): det(R_11) det((R^-1)_11) with R the regressors' correlations and R_11 those of the group. Its root to the
/// power 1/(2p), p the group's size, compares with the square root of an ordinary factor. car's `vif` of terms
/// with several columns.
///
/// # Errors
/// [`EstimationError::NoCoefficient`].
pub fn generalised_variance_inflation(estimated: &Estimated, group: &[impl AsRef<str>]) -> Result<f64> {
    let names = estimated.names();
    let places = group
        .iter()
        .map(|name| {
            let name = name.as_ref();
            names.iter().position(|one| one == name).ok_or_else(|| EstimationError::NoCoefficient {
                name: name.into(),
                available: names.to_vec(),
            })
        })
        .collect::<Result<Vec<usize>>>()?;
    let ingredients = estimated.ingredients();
    let (x, sizes) = (ingredients.regressors, sums_of_squares(estimated));
    let centres: Vec<f64> = places.iter().map(|&at| centre(estimated, at)).collect();
    let order = places.len();
    let correlations = Mat::from_fn(order, order, |i, j| {
        let product: f64 = (0..x.nrows())
            .map(|row| (x[(row, places[i])] - centres[i]) * (x[(row, places[j])] - centres[j]))
            .sum();
        product / (sizes[places[i]] * sizes[places[j]]).sqrt()
    });
    let inverse = Mat::from_fn(order, order, |i, j| {
        ingredients.bread[(places[i], places[j])] * (sizes[places[i]] * sizes[places[j]]).sqrt()
    });
    Ok((correlations.determinant() * inverse.determinant()).max(1.0))
}

fn slopes(estimated: &Estimated) -> impl Iterator<Item = usize> + '_ {
    (0..estimated.names().len()).filter(|&at| estimated.names()[at] != INTERCEPT)
}

fn centre(estimated: &Estimated, at: usize) -> f64 {
    let has_intercept = estimated.names().iter().any(|name| name == INTERCEPT);
    let x = estimated.ingredients().regressors;
    if has_intercept { mean(&(0..x.nrows()).map(|row| x[(row, at)]).collect::<Vec<_>>()) } else { 0.0 }
}

/// Of each column: about its mean, or about zero where there is no intercept. Deviations have a mean of zero.
fn sums_of_squares(estimated: &Estimated) -> Vec<f64> {
    let x = estimated.ingredients().regressors;
    (0..x.ncols())
        .map(|at| {
            let centre = centre(estimated, at);
            (0..x.nrows()).map(|row| (x[(row, at)] - centre).powi(2)).sum()
        })
        .collect()
}
