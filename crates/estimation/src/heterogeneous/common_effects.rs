//! Common correlated effects (Pesaran 2006, Econometrica 74): the units' variables with intercept, trend
//! and the time means of all variables projected off.

use std::ops::Range;

use faer::Mat;
use rayon::prelude::*;

use super::average::mean_and_spread;
use super::fit::{Found, MeanGroupFit, UnitCoefficients};
use super::options::{CceScaling, HeterogeneousMethod, MeanGroup, ShortUnits};
use super::regressions::{sort_out, trend};
use crate::numerics::symmetric::{generalized_inverse, inverse, times};
use crate::numerics::{Design, LeastSquares, norm};
use crate::outcome::{Note, Reason};
use crate::sample::{Rows, Sample};

/// What the factors leave of a variable counts as zero below this share of it.
const ROUNDING: f64 = 64.0 * f64::EPSILON;

/// A unit's part.
struct Part {
    unit: String,
    n_obs: usize,
    /// X_i'M_i X_i.
    cross: Mat<f64>,
    /// X_i'M_i y_i.
    product: Vec<f64>,
    slopes: Vec<f64>,
    /// Whether the slopes are by a generalised inverse.
    deficient: bool,
}

pub(super) fn estimate(sample: &Sample, options: &MeanGroup) -> Result<MeanGroupFit, Reason> {
    let pooled = options.method == HeterogeneousMethod::CcePooled;
    let factors = factors(sample, options);
    let generalized = options.short_units == ShortUnits::GeneralizedInverse;
    let outcomes: Vec<Result<Part, Reason>> = sample
        .entities()
        .par_iter()
        .zip(sample.groups())
        .map(|(unit, group)| part(sample, &factors, unit, group.clone(), generalized))
        .collect();
    let (parts, left_out) = sort_out(sample, outcomes, options.short_units)?;
    let count = parts.len() as f64;
    let order = sample.formula().regressors.len();
    let (mean, spread) = mean_and_spread(parts.iter().map(|part| part.slopes.as_slice()));
    let (estimates, covariance) = if pooled {
        self::pooled(&parts, &mean, options.scaling)?
    } else {
        (mean, Mat::from_fn(order, order, |i, j| spread[(i, j)] / count))
    };
    let deficient: Vec<String> =
        parts.iter().filter(|part| part.deficient).map(|part| part.unit.clone()).collect();
    let notes = match deficient.is_empty() {
        true => Vec::new(),
        false => {
            vec![Note::GeneralizedInverse { of: "the regressors' cross-product".into(), units: deficient }]
        }
    };
    let units = parts
        .into_iter()
        .map(|part| UnitCoefficients { unit: part.unit, n_obs: part.n_obs, coefficients: part.slopes })
        .collect();
    Found {
        sample,
        options: *options,
        names: sample.formula().regressors.clone(),
        estimates,
        covariance,
        units,
        left_out,
        homogeneity: None,
        variances: None,
        notes,
        rounding: Vec::new(),
    }
    .fit()
}

/// (sum X_i'M_i X_i)^-1 sum X_i'M_i y_i and its covariance (Pesaran 2006, eq. 67-69).
fn pooled(parts: &[Part], mean: &[f64], scaling: CceScaling) -> Result<(Vec<f64>, Mat<f64>), Reason> {
    let order = mean.len();
    let (mut cross, mut middle): (Mat<f64>, Mat<f64>) = (Mat::zeros(order, order), Mat::zeros(order, order));
    let mut product = vec![0.0; order];
    for part in parts {
        cross += &part.cross;
        product.iter_mut().zip(&part.product).for_each(|(sum, value)| *sum += value);
        let apart: Vec<f64> = part.slopes.iter().zip(mean).map(|(b, mean)| b - mean).collect();
        let score = times(&part.cross, &apart);
        for i in 0..order {
            for j in 0..order {
                middle[(i, j)] += score[i] * score[j];
            }
        }
    }
    let bread = inverse(&cross).ok_or_else(|| Reason::NotPositiveDefinite {
        what: "the pooled cross-product of the regressors less the common effects".into(),
    })?;
    let count = parts.len() as f64;
    let factor = match scaling {
        CceScaling::Sandwich => count / (count - 1.0),
        CceScaling::Shortest => {
            let rows: usize = parts.iter().map(|part| part.n_obs).sum();
            let shortest = parts.iter().map(|part| part.n_obs).min().unwrap_or(1) as f64;
            (rows as f64 / shortest).powi(2) / (count * (count - 1.0))
        }
    };
    let sandwich = &bread * &middle * &bread;
    Ok((times(&bread, &product), Mat::from_fn(order, order, |i, j| factor * sandwich[(i, j)])))
}

/// What is projected off: names, and the columns.
fn factors(sample: &Sample, options: &MeanGroup) -> Vec<(String, Vec<f64>)> {
    let by_time = Rows::of(sample).by_time();
    let means = |values: &[f64]| -> Vec<f64> {
        let means = by_time.means(values);
        by_time.codes.iter().map(|code| means[*code]).collect()
    };
    let formula = sample.formula();
    let mut columns = Vec::new();
    if formula.intercept {
        columns.push((crate::outcome::INTERCEPT.to_owned(), vec![1.0; sample.height()]));
    }
    columns.push(("y.bar".to_owned(), means(sample.dependent())));
    for (name, values) in formula.regressors.iter().zip(sample.regressors()) {
        columns.push((format!("{name}.bar"), means(values)));
    }
    columns.extend(trend(sample, options.trend).map(|values| ("trend".to_owned(), values)));
    columns
}

fn part(
    sample: &Sample,
    factors: &[(String, Vec<f64>)],
    unit: &str,
    group: Range<usize>,
    generalized: bool,
) -> Result<Part, Reason> {
    let names = &sample.formula().regressors;
    let (observations, parameters) = (group.len(), names.len() + factors.len());
    if !generalized && observations < parameters {
        return Err(Reason::TooFewObservations { observations, parameters });
    }
    let projected: Vec<Vec<f64>> =
        sample.regressors().iter().map(|values| residual(factors, &group, &values[group.clone()])).collect();
    let y = residual(factors, &group, &sample.dependent()[group.clone()]);
    let order = names.len();
    let dot = |one: &[f64], other: &[f64]| -> f64 { one.iter().zip(other).map(|(a, b)| a * b).sum() };
    let cross = Mat::from_fn(order, order, |i, j| dot(&projected[i], &projected[j]));
    let product: Vec<f64> = projected.iter().map(|column| dot(column, &y)).collect();
    let design = Design {
        names: names.clone(),
        x: Mat::from_fn(observations, order, |row, column| projected[column][row]),
        magnitudes: sample.regressors().iter().map(|values| norm(&values[group.clone()])).collect(),
        y_magnitude: norm(&sample.dependent()[group]),
        y,
    };
    let room = observations.saturating_sub(factors.len());
    let solved = if order <= room { LeastSquares::solve(&design) } else { Err(Vec::new()) };
    let part = |slopes: Vec<f64>, deficient: bool| Part {
        unit: unit.into(),
        n_obs: observations,
        cross: cross.clone(),
        product: product.clone(),
        slopes,
        deficient,
    };
    match solved {
        Ok(_) if !generalized && observations == parameters => {
            Err(Reason::NoResidualDegreesOfFreedom { observations, parameters })
        }
        Ok(solution) => Ok(part(solution.coefficients, false)),
        Err(_) if generalized => {
            let inverse = generalized_inverse(&cross, "the regressors' cross-product")?;
            Ok(part(times(&inverse, &product), true))
        }
        Err(collinear) => {
            Err(Reason::RankDeficient { collinear }.once("after the common effects are taken out"))
        }
    }
}

/// The residual of a unit's values on the factors; factors that are combinations of others add nothing.
fn residual(factors: &[(String, Vec<f64>)], group: &Range<usize>, values: &[f64]) -> Vec<f64> {
    let mut chosen: Vec<&(String, Vec<f64>)> = factors.iter().collect();
    let size = norm(values);
    while !chosen.is_empty() {
        let design = Design {
            names: chosen.iter().map(|(name, _)| name.clone()).collect(),
            x: Mat::from_fn(group.len(), chosen.len(), |row, column| chosen[column].1[group.start + row]),
            y: values.to_vec(),
            magnitudes: chosen.iter().map(|(_, column)| norm(&column[group.clone()])).collect(),
            y_magnitude: size,
        };
        match LeastSquares::solve(&design) {
            // What is left of a combination of the factors is rounding.
            Ok(solution) if norm(&solution.residuals) <= ROUNDING * size => return vec![0.0; values.len()],
            Ok(solution) => return solution.residuals,
            Err(collinear) => {
                let before = chosen.len();
                chosen.retain(|(name, _)| !collinear.iter().any(|dependent| dependent.column == *name));
                if chosen.len() == before {
                    break;
                }
            }
        }
    }
    values.to_vec()
}
