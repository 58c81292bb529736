//! Variance inflation factors.

use faer::Mat;
use serde::{Deserialize, Serialize};

use super::auxiliary::squares;
use crate::fit::Estimated;
use crate::outcome::{EstimationError, INTERCEPT, Result};

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
/// the j-th diagonal entry of (X'X)^-1 times the sum of squares of what the intercept leaves of x_j, or of x_j in an
/// equation without an intercept or effects. car's `vif`, statsmodels' `variance_inflation_factor` with the
/// constant in the design.
pub fn variance_inflation(estimated: &Estimated) -> Vec<VarianceInflation> {
    let bread = estimated.ingredients().bread;
    slopes(estimated)
        .map(|at| VarianceInflation {
            regressor: estimated.names()[at].clone(),
            // Rounding can't take it below 1, which it is by definition at least.
            vif: (bread[(at, at)] * squares(&deviations(estimated, at))).max(1.0),
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
    let bread = estimated.ingredients().bread;
    let columns: Vec<Vec<f64>> = places.iter().map(|&at| deviations(estimated, at)).collect();
    let sizes: Vec<f64> = columns.iter().map(|column| squares(column).sqrt()).collect();
    let order = places.len();
    let correlations = Mat::from_fn(order, order, |i, j| {
        let product: f64 = columns[i].iter().zip(&columns[j]).map(|(one, other)| one * other).sum();
        product / (sizes[i] * sizes[j])
    });
    let inverse = Mat::from_fn(order, order, |i, j| bread[(places[i], places[j])] * sizes[i] * sizes[j]);
    Ok((correlations.determinant() * inverse.determinant()).max(1.0))
}

fn slopes(estimated: &Estimated) -> impl Iterator<Item = usize> + '_ {
    (0..estimated.names().len()).filter(|&at| estimated.names()[at] != INTERCEPT)
}

/// What the intercept's column leaves of a regressor: its deviations from the mean, or with weights or
/// quasi-deviations, whose intercept isn't a column of ones, from that column's multiple; the regressor itself where
/// there is no intercept, as of deviations, whose mean is zero.
fn deviations(estimated: &Estimated, at: usize) -> Vec<f64> {
    let x = estimated.ingredients().regressors;
    let column = |at: usize| (0..x.nrows()).map(|row| x[(row, at)]).collect::<Vec<f64>>();
    let mut left = column(at);
    let Some(place) = estimated.names().iter().position(|name| name == INTERCEPT) else { return left };
    let intercept = column(place);
    let size: f64 = intercept.iter().map(|value| value * value).sum();
    // Twice, for the digits that a large mean takes the first time.
    for _ in 0..2 {
        let product: f64 = intercept.iter().zip(&left).map(|(one, value)| one * value).sum();
        left.iter_mut().zip(&intercept).for_each(|(value, one)| *value -= product / size * one);
    }
    left
}
