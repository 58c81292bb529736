//! Measures of fit beside R2 of the transformed variables.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

use crate::Sample;
use crate::design::{INTERCEPT, mean};

/// Measures of fit that don't depend on the covariance. What isn't defined is absent: a likelihood at a
/// perfect fit, an R2 of what doesn't vary.
///
/// The R2 within, between and overall are those of the prediction x'b (with the intercept if there is one,
/// without effects), 1 - sum (y - x'b)^2 / sum (y - m)^2, of the deviations from entity means, of entity means
/// and of the rows: linearmodels'. m is the mean where there is an intercept, else zero. They can be
/// negative. The `correlation_` ones are squared correlations of y with x'b: Stata's `xtreg`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FitMeasures {
    /// Of a normal regression on the transformed variables, -n/2 (log(2 pi RSS/n) + 1).
    pub log_likelihood: Option<f64>,
    /// Akaike's criterion, -2 log L + 2p, where p counts coefficients and absorbed effects: statsmodels,
    /// fixest, Stata. R counts the error's variance too, which adds 2.
    pub aic: Option<f64>,
    /// Schwarz's criterion, -2 log L + p log n; R's is larger by log n.
    pub bic: Option<f64>,
    /// Of deviations from entity means.
    pub r2_within: Option<f64>,
    /// Of entity means, each of the same weight.
    pub r2_between: Option<f64>,
    /// Of the rows.
    pub r2_overall: Option<f64>,
    /// Of deviations from entity means.
    pub correlation_within: Option<f64>,
    /// Of entity means.
    pub correlation_between: Option<f64>,
    /// Of the rows.
    pub correlation_overall: Option<f64>,
}

/// Sums of squares below this share of those that cancel in them are rounding.
const ROUNDING: f64 = 1e-24;

impl FitMeasures {
    /// Of coefficients whose intercept, if any, is one of levels.
    pub(crate) fn new(sample: &Sample, names: &[String], coefficients: &[f64], intercept: bool) -> Self {
        let of = |name: &str| names.iter().position(|one| one == name).map(|at| coefficients[at]);
        let constant = if intercept { of(INTERCEPT) } else { None };
        let formula = sample.formula();
        let slopes: Vec<(f64, &[f64])> = formula
            .regressors
            .iter()
            .zip(sample.regressors())
            .filter_map(|(name, values)| Some((of(name)?, values.as_slice())))
            .collect();
        // Only an entity's prediction at a time is held: a panel may be large.
        let mut fitted: Vec<f64> = Vec::new();
        let (mut y_means, mut fit_means, mut rows) = (Vec::new(), Vec::new(), Vec::new());
        let (mut within, mut left, mut size) = (Moments::default(), 0.0, 0.0);
        for group in sample.groups() {
            let y = &sample.dependent()[group.clone()];
            fitted.clear();
            fitted.resize(y.len(), constant.unwrap_or(0.0));
            for (slope, values) in &slopes {
                fitted.iter_mut().zip(&values[group.clone()]).for_each(|(fit, value)| *fit += slope * value);
            }
            let (y_mean, fit_mean) = (mean(y), mean(&fitted));
            for (value, fit) in y.iter().zip(&fitted) {
                within.add(value - y_mean, fit - fit_mean, 1.0);
                left += (value - fit).powi(2);
                size += value * value;
            }
            y_means.push(y_mean);
            fit_means.push(fit_mean);
            rows.push(y.len() as f64);
        }
        let centred = constant.is_some();
        let between = Moments::about_means(&y_means, &fit_means, &vec![1.0; rows.len()]);
        let mut overall = Moments::about_means(&y_means, &fit_means, &rows);
        overall.merge(&within);
        let squares = |y: &[f64], fit: &[f64]| -> (f64, f64) {
            let differences = y.iter().zip(fit).map(|(y, fit)| (y - fit).powi(2)).sum();
            (y.iter().map(|y| y * y).sum(), differences)
        };
        let (means_size, means_left) = squares(&y_means, &fit_means);
        let total = |moments: &Moments, size: f64| if centred { moments.yy } else { size };
        Self {
            r2_within: explained(within.yy, within.dd, size),
            r2_between: explained(total(&between, means_size), means_left, means_size),
            r2_overall: explained(total(&overall, size), left, size),
            correlation_within: within.correlation(size),
            correlation_between: between.correlation(means_size),
            correlation_overall: overall.correlation(size),
            ..Self::default()
        }
    }

    /// With the likelihood of a regression's residuals.
    pub(crate) fn with_likelihood(mut self, rss: f64, observations: usize, parameters: usize) -> Self {
        let (n, p) = (observations as f64, parameters as f64);
        let likelihood = -0.5 * n * ((2.0 * PI * rss / n).ln() + 1.0);
        if likelihood.is_finite() {
            self.log_likelihood = Some(likelihood);
            self.aic = Some(2.0 * (p - likelihood));
            self.bic = Some(p * n.ln() - 2.0 * likelihood);
        }
        self
    }
}

/// Weighted sums of squares and products of y and its prediction.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    yy: f64,
    ff: f64,
    yf: f64,
    /// Of y less its prediction.
    dd: f64,
}

impl Moments {
    fn add(&mut self, y: f64, fit: f64, weight: f64) {
        self.yy += weight * y * y;
        self.ff += weight * fit * fit;
        self.yf += weight * y * fit;
        self.dd += weight * (y - fit) * (y - fit);
    }

    fn merge(&mut self, other: &Self) {
        self.yy += other.yy;
        self.ff += other.ff;
        self.yf += other.yf;
        self.dd += other.dd;
    }

    /// Of deviations from weighted means.
    fn about_means(y: &[f64], fitted: &[f64], weights: &[f64]) -> Self {
        let total: f64 = weights.iter().sum();
        let centre = |values: &[f64]| -> f64 {
            let first = mean(values);
            first + values.iter().zip(weights).map(|(value, w)| w * (value - first)).sum::<f64>() / total
        };
        let (y_centre, fit_centre) = (centre(y), centre(fitted));
        let mut moments = Self::default();
        for ((value, fit), weight) in y.iter().zip(fitted).zip(weights) {
            moments.add(value - y_centre, fit - fit_centre, *weight);
        }
        moments
    }

    /// The squared correlation; zero where the prediction doesn't vary.
    fn correlation(&self, size: f64) -> Option<f64> {
        if !(self.yy > ROUNDING * size && self.yy.is_finite() && self.ff.is_finite()) {
            return None;
        }
        let varies = self.ff > ROUNDING * size;
        Some(if varies { (self.yf / self.yy.sqrt() / self.ff.sqrt()).powi(2) } else { 0.0 })
    }
}

/// 1 - left/total; none where there is nothing to explain but rounding of `size`.
fn explained(total: f64, left: f64, size: f64) -> Option<f64> {
    (total > ROUNDING * size && left.is_finite()).then(|| 1.0 - left / total)
}
