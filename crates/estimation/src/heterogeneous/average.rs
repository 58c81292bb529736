//! Mean group: the average of the units' coefficients.

use faer::Mat;

use super::fit::{Found, MeanGroupFit, UnitCoefficients};
use super::options::MeanGroup;
use super::regressions::{Variables, rounding};
use crate::outcome::Reason;
use crate::sample::Sample;

pub(super) fn estimate(sample: &Sample, options: &MeanGroup) -> Result<MeanGroupFit, Reason> {
    let variables = Variables::new(sample, options);
    let (regressions, left_out) = variables.regressions(sample, options.short_units)?;
    let rounding = rounding(&regressions);
    let units: Vec<UnitCoefficients> = regressions
        .into_iter()
        .map(|one| UnitCoefficients { unit: one.unit, n_obs: one.n_obs, coefficients: one.coefficients })
        .collect();
    let (estimates, spread) = mean_and_spread(units.iter().map(|unit| unit.coefficients.as_slice()));
    let count = units.len() as f64;
    let order = estimates.len();
    Found {
        sample,
        options: *options,
        names: variables.names,
        covariance: Mat::from_fn(order, order, |i, j| spread[(i, j)] / count),
        estimates,
        units,
        left_out,
        homogeneity: None,
        variances: None,
        notes: Vec::new(),
        rounding,
    }
    .fit()
}

/// The mean of the units' coefficients and their covariance between units, with divisor N - 1; there are at
/// least two units.
pub(super) fn mean_and_spread<'a>(units: impl Iterator<Item = &'a [f64]> + Clone) -> (Vec<f64>, Mat<f64>) {
    let count = units.clone().count() as f64;
    let order = units.clone().next().map_or(0, <[f64]>::len);
    let mean: Vec<f64> = (0..order)
        .map(|at| {
            crate::numerics::mean(&units.clone().filter_map(|unit| unit.get(at).copied()).collect::<Vec<_>>())
        })
        .collect();
    let mut spread: Mat<f64> = Mat::zeros(order, order);
    for unit in units {
        for i in 0..order {
            for j in 0..order {
                spread[(i, j)] += (unit[i] - mean[i]) * (unit[j] - mean[j]) / (count - 1.0);
            }
        }
    }
    (mean, spread)
}
