//! Swamy's random coefficients (Swamy 1970, Econometrica 38, eq. 4.1-4.7 and the test of section 5).

use faer::Mat;

use super::average::mean_and_spread;
use super::fit::{Found, LeftOut, MeanGroupFit, SwamyVariances, UnitCoefficients};
use super::options::{CoefficientVariance, MeanGroup};
use super::regressions::{UnitRegression, Variables, of_unit, rounding};
use crate::inference::HypothesisTest;
use crate::numerics::dense::matrix_rows;
use crate::numerics::symmetric::{eigenvalues, inverse, quadratic_form, times};
use crate::outcome::{Note, Reason};
use crate::sample::Sample;

pub(super) fn estimate(sample: &Sample, options: &MeanGroup) -> Result<MeanGroupFit, Reason> {
    let variables = Variables::new(sample, options);
    let (regressions, left_out) = variables.regressions(sample, options.short_units)?;
    let order = variables.names.len();
    let count = regressions.len() as f64;
    let own: Vec<Mat<f64>> = regressions.iter().map(own_variance).collect();
    let (_, between) = mean_and_spread(regressions.iter().map(|unit| unit.coefficients.as_slice()));
    let mut within: Mat<f64> = Mat::zeros(order, order);
    for variance in &own {
        within += variance;
    }
    within = Mat::from_fn(order, order, |i, j| within[(i, j)] / count);
    // What exact fits differ by is rounding, and an inverse would take it for precision.
    let rounding = rounding(&regressions);
    let same: Vec<bool> = (0..order).map(|at| between[(at, at)].sqrt() <= rounding[at]).collect();
    let varies = |i: usize, j: usize| !same[i] && !same[j];
    let between = Mat::from_fn(order, order, |i, j| if varies(i, j) { between[(i, j)] } else { 0.0 });
    if regressions.iter().all(|unit| unit.perfect) {
        return exact(sample, options, variables.names, regressions, left_out, &between);
    }
    let difference = &between - &within;
    // The signs of eigenvalues stay as they are where rows and columns are scaled alike.
    let sizes: Vec<f64> = (0..order).map(|at| within[(at, at)].max(between[(at, at)]).sqrt()).collect();
    let unit = |size: f64| if size > 0.0 { size } else { 1.0 };
    let scaled = Mat::from_fn(order, order, |i, j| difference[(i, j)] / unit(sizes[i]) / unit(sizes[j]));
    let overflow = || Reason::NotFinite { what: "the variance of the units' coefficients".into() };
    let indefinite =
        eigenvalues(&scaled).ok_or_else(overflow)?.first().is_some_and(|smallest| *smallest < 0.0);
    let smallest = eigenvalues(&difference).ok_or_else(overflow)?.first().copied().unwrap_or(0.0);
    let mut notes = Vec::new();
    let delta = match options.variance {
        CoefficientVariance::Between => between.clone(),
        CoefficientVariance::Unbiased => difference,
        CoefficientVariance::FallBack if indefinite => {
            notes.push(Note::IndefiniteCoefficientVariance { smallest_eigenvalue: smallest });
            between.clone()
        }
        CoefficientVariance::FallBack => difference,
    };

    let mut precision: Mat<f64> = Mat::zeros(order, order);
    let mut weighted = vec![0.0; order];
    for (regression, variance) in regressions.iter().zip(&own) {
        let weight = inverse(&(&delta + variance)).ok_or_else(|| {
            let what = "the variance of the coefficients' estimates".into();
            of_unit(&regression.unit, Reason::NotPositiveDefinite { what })
        })?;
        let part = times(&weight, &regression.coefficients);
        weighted.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
        precision += weight;
    }
    let covariance = inverse(&precision)
        .ok_or_else(|| Reason::NotPositiveDefinite { what: "the sum of the units' weights".into() })?;
    let estimates = times(&covariance, &weighted);
    let (homogeneity, homogeneous) = match homogeneity(&regressions, order) {
        Ok((test, homogeneous)) => (Ok(test), Some(homogeneous)),
        Err(reason) => (Err(reason), None),
    };
    let variances = SwamyVariances {
        coefficients: matrix_rows(&delta),
        between: matrix_rows(&between),
        within: matrix_rows(&within),
        smallest_eigenvalue: smallest,
        homogeneous,
    };
    let units = coefficients_of(regressions);
    Found {
        sample,
        options: *options,
        names: variables.names,
        estimates,
        covariance,
        units,
        left_out,
        homogeneity: Some(homogeneity),
        variances: Some(variances),
        notes,
        rounding,
    }
    .fit()
}

/// Where all units' fits are exact D2 is zero and Delta is D1, so that the weights are the same for all: the mean, with
/// D1/N for its covariance.
fn exact(
    sample: &Sample,
    options: &MeanGroup,
    names: Vec<String>,
    regressions: Vec<UnitRegression>,
    left_out: Vec<LeftOut>,
    between: &Mat<f64>,
) -> Result<MeanGroupFit, Reason> {
    let (order, count) = (names.len(), regressions.len() as f64);
    let (estimates, _) = mean_and_spread(regressions.iter().map(|unit| unit.coefficients.as_slice()));
    let homogeneity = regressions.first().map(|unit| Err(of_unit(&unit.unit, Reason::PerfectFit)));
    let zero = vec![vec![0.0; order]; order];
    let smallest = eigenvalues(between).and_then(|values| values.first().copied()).unwrap_or(0.0);
    let variances = SwamyVariances {
        coefficients: matrix_rows(between),
        between: matrix_rows(between),
        within: zero,
        smallest_eigenvalue: smallest,
        homogeneous: None,
    };
    Found {
        sample,
        options: *options,
        names,
        estimates,
        covariance: Mat::from_fn(order, order, |i, j| between[(i, j)] / count),
        rounding: rounding(&regressions),
        units: coefficients_of(regressions),
        left_out,
        homogeneity,
        variances: Some(variances),
        notes: Vec::new(),
    }
    .fit()
}

fn coefficients_of(regressions: Vec<UnitRegression>) -> Vec<UnitCoefficients> {
    regressions
        .into_iter()
        .map(|one| UnitCoefficients { unit: one.unit, n_obs: one.n_obs, coefficients: one.coefficients })
        .collect()
}

/// V_i.
fn own_variance(unit: &UnitRegression) -> Mat<f64> {
    let order = unit.coefficients.len();
    let sigma2 = if unit.perfect { 0.0 } else { unit.rss / (unit.n_obs - order) as f64 };
    Mat::from_fn(order, order, |i, j| sigma2 * unit.bread[(i, j)])
}

/// sum (b_i - b*)' V_i^-1 (b_i - b*), chi-squared with k(N - 1) degrees of freedom, and b*.
fn homogeneity(regressions: &[UnitRegression], order: usize) -> Result<(HypothesisTest, Vec<f64>), Reason> {
    let singular = || Reason::NotPositiveDefinite { what: "a unit's covariance of coefficients".into() };
    let mut precisions = Vec::with_capacity(regressions.len());
    let mut sum: Mat<f64> = Mat::zeros(order, order);
    let mut weighted = vec![0.0; order];
    for unit in regressions {
        if unit.perfect {
            return Err(of_unit(&unit.unit, Reason::PerfectFit));
        }
        let precision = inverse(&own_variance(unit)).ok_or_else(|| of_unit(&unit.unit, singular()))?;
        let part = times(&precision, &unit.coefficients);
        weighted.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
        sum += &precision;
        precisions.push(precision);
    }
    let average = times(&inverse(&sum).ok_or_else(singular)?, &weighted);
    let statistic: f64 = regressions
        .iter()
        .zip(&precisions)
        .map(|(unit, precision)| {
            let apart: Vec<f64> = unit.coefficients.iter().zip(&average).map(|(b, mean)| b - mean).collect();
            quadratic_form(&apart, precision)
        })
        .sum();
    let df = (order * (regressions.len() - 1)) as f64;
    let test = HypothesisTest::chi_squared(
        "Swamy's test of homogeneous coefficients",
        "the coefficients are the same in all units",
        statistic,
        df,
    )?;
    Ok((test, average))
}
