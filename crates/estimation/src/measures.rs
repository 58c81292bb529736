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
        let mut fitted = vec![constant.unwrap_or(0.0); sample.height()];
        for (name, values) in sample.formula().regressors.iter().zip(sample.regressors()) {
            if let Some(slope) = of(name) {
                fitted.iter_mut().zip(values).for_each(|(fit, value)| *fit += slope * value);
            }
        }
        let y = sample.dependent();
        let (mut y_means, mut fit_means) = (Vec::new(), Vec::new());
        let (mut y_within, mut fit_within) = (Vec::with_capacity(y.len()), Vec::with_capacity(y.len()));
        for group in sample.groups() {
            let (y, fit) = (&y[group.clone()], &fitted[group.clone()]);
            let (y_mean, fit_mean) = (mean(y), mean(fit));
            y_within.extend(y.iter().map(|value| value - y_mean));
            fit_within.extend(fit.iter().map(|value| value - fit_mean));
            y_means.push(y_mean);
            fit_means.push(fit_mean);
        }
        let centred = constant.is_some();
        let size: f64 = y.iter().map(|value| value * value).sum();
        Self {
            r2_within: explained(&y_within, &fit_within, false, size),
            r2_between: explained(&y_means, &fit_means, centred, size),
            r2_overall: explained(y, &fitted, centred, size),
            correlation_within: correlation(&y_within, &fit_within, size),
            correlation_between: correlation(&y_means, &fit_means, size),
            correlation_overall: correlation(y, &fitted, size),
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

fn explained(y: &[f64], fitted: &[f64], centred: bool, size: f64) -> Option<f64> {
    let centre = if centred { mean(y) } else { 0.0 };
    let total: f64 = y.iter().map(|value| (value - centre).powi(2)).sum();
    let left: f64 = y.iter().zip(fitted).map(|(value, fit)| (value - fit).powi(2)).sum();
    (total > ROUNDING * size && left.is_finite()).then(|| 1.0 - left / total)
}

/// The squared correlation; zero where the prediction doesn't vary.
fn correlation(y: &[f64], fitted: &[f64], size: f64) -> Option<f64> {
    let (y_mean, fit_mean) = (mean(y), mean(fitted));
    let (mut yy, mut ff, mut yf) = (0.0, 0.0, 0.0);
    for (value, fit) in y.iter().zip(fitted) {
        let (value, fit) = (value - y_mean, fit - fit_mean);
        (yy, ff, yf) = (yy + value * value, ff + fit * fit, yf + value * fit);
    }
    let level: f64 = fitted.iter().map(|fit| fit * fit).sum();
    if !(yy > ROUNDING * size && yy.is_finite() && ff.is_finite()) {
        return None;
    }
    Some(if ff > ROUNDING * level { (yf / yy.sqrt() / ff.sqrt()).powi(2) } else { 0.0 })
}
