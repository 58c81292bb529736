//! Measures of fit beside R2 of the transformed variables.

use std::f64::consts::PI;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::numerics::mean;
use crate::outcome::INTERCEPT;
use crate::sample::Sample;

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
    /// Of a normal regression on the transformed variables, -n/2 (log(2 pi RSS/n) + 1), with analytic weights plus half
    /// the sum of their logarithms, since a row's variance is s2/w (R's `logLik`, statsmodels, linearmodels, Stata).
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

/// Entities that are worth a task of their own.
const BLOCK: usize = 4096;

/// Sums of squares below this share of those that cancel in them are rounding.
const ROUNDING: f64 = 1e-24;

impl FitMeasures {
    /// Of coefficients whose intercept, if any, is one of levels. With weights there are none of these R2.
    pub(crate) fn new(sample: &Sample, names: &[String], coefficients: &[f64], intercept: bool) -> Self {
        if sample.weights().is_some() {
            return Self::default();
        }
        let of = |name: &str| names.iter().position(|one| one == name).map(|at| coefficients[at]);
        let constant = if intercept { of(INTERCEPT) } else { None };
        let slopes: Vec<(f64, &[f64])> = sample
            .formula()
            .regressors
            .iter()
            .zip(sample.regressors())
            .filter_map(|(name, values)| Some((of(name)?, &**values)))
            .collect();
        let y = sample.dependent();
        // Nothing as long as the sample is made: sums over entities, in blocks of them.
        let blocks: Vec<(Pair, Pair, Vec<f64>, Vec<f64>)> = sample
            .groups()
            .par_chunks(BLOCK)
            .map(|groups| {
                let (mut within, mut overall) = (Pair::default(), Pair::default());
                let (mut y_means, mut fit_means) = (Vec::new(), Vec::new());
                let mut fitted = Vec::new();
                for group in groups {
                    fitted.clear();
                    fitted.resize(group.len(), constant.unwrap_or(0.0));
                    for (slope, values) in &slopes {
                        let values = &values[group.clone()];
                        fitted.iter_mut().zip(values).for_each(|(fit, value)| *fit += slope * value);
                    }
                    let own = Pair::of(&y[group.clone()], &fitted);
                    y_means.push(own.y_mean);
                    fit_means.push(own.fit_mean);
                    within.add_centred(&own);
                    overall.join(&own);
                }
                (within, overall, y_means, fit_means)
            })
            .collect();
        let (mut within, mut overall) = (Pair::default(), Pair::default());
        let (mut y_means, mut fit_means) = (Vec::new(), Vec::new());
        for (own_within, own_overall, own_y, own_fit) in blocks {
            within.add_centred(&own_within);
            overall.join(&own_overall);
            y_means.extend(own_y);
            fit_means.extend(own_fit);
        }
        let between = Pair::of(&y_means, &fit_means);
        let centred = constant.is_some();
        let size = overall.y_squares;
        Self {
            r2_within: within.explained(true, size).map(|_| 1.0 - within.left_centred / within.yy),
            r2_between: between.explained(centred, size),
            r2_overall: overall.explained(centred, size),
            correlation_within: within.correlation(size, within.ff),
            correlation_between: between.correlation(size, between.fit_squares),
            correlation_overall: overall.correlation(size, overall.fit_squares),
            ..Self::default()
        }
    }

    /// With the likelihood of a regression's residuals, of rows multiplied by roots whose logarithms sum to `log_roots`.
    pub(crate) fn with_likelihood(
        mut self,
        rss: f64,
        observations: usize,
        parameters: usize,
        log_roots: f64,
    ) -> Self {
        let (n, p) = (observations as f64, parameters as f64);
        let likelihood = -0.5 * n * ((2.0 * PI * rss / n).ln() + 1.0) + log_roots;
        if likelihood.is_finite() {
            self.log_likelihood = Some(likelihood);
            self.aic = Some(2.0 * (p - likelihood));
            self.bic = Some(p * n.ln() - 2.0 * likelihood);
        }
        self
    }
}

/// Sums of squares and products of a variable and its prediction.
#[derive(Debug, Clone, Copy, Default)]
struct Pair {
    count: f64,
    y_mean: f64,
    fit_mean: f64,
    /// Of deviations from the means.
    yy: f64,
    ff: f64,
    yf: f64,
    left_centred: f64,
    /// Of the values.
    left: f64,
    y_squares: f64,
    fit_squares: f64,
}

impl Pair {
    fn of(y: &[f64], fitted: &[f64]) -> Self {
        let (y_mean, fit_mean) = (mean(y), mean(fitted));
        let mut sums = Self { count: y.len() as f64, y_mean, fit_mean, ..Self::default() };
        for (value, fit) in y.iter().zip(fitted) {
            sums.left += (value - fit).powi(2);
            sums.y_squares += value * value;
            sums.fit_squares += fit * fit;
            let (value, fit) = (value - y_mean, fit - fit_mean);
            sums.left_centred += (value - fit).powi(2);
            (sums.yy, sums.ff, sums.yf) =
                (sums.yy + value * value, sums.ff + fit * fit, sums.yf + value * fit);
        }
        sums
    }

    /// Adds another's deviations from its own means.
    fn add_centred(&mut self, other: &Self) {
        (self.yy, self.ff, self.yf) = (self.yy + other.yy, self.ff + other.ff, self.yf + other.yf);
        self.left_centred += other.left_centred;
    }

    /// Takes in further values (Chan, Golub and LeVeque 1983, The American Statistician 37, 242-247).
    fn join(&mut self, other: &Self) {
        let count = self.count + other.count;
        if count == 0.0 {
            return;
        }
        let (y, fit) = (other.y_mean - self.y_mean, other.fit_mean - self.fit_mean);
        let share = self.count * other.count / count;
        self.yy += other.yy + y * y * share;
        self.ff += other.ff + fit * fit * share;
        self.yf += other.yf + y * fit * share;
        self.left += other.left;
        self.y_squares += other.y_squares;
        self.fit_squares += other.fit_squares;
        self.y_mean += y * other.count / count;
        self.fit_mean += fit * other.count / count;
        self.count = count;
    }

    fn explained(&self, centred: bool, size: f64) -> Option<f64> {
        let total = if centred { self.yy } else { self.y_squares };
        (total > ROUNDING * size && self.left.is_finite()).then(|| 1.0 - self.left / total)
    }

    /// The squared correlation; zero where the prediction doesn't vary against `level`.
    fn correlation(&self, size: f64, level: f64) -> Option<f64> {
        if !(self.yy > ROUNDING * size && self.yy.is_finite() && self.ff.is_finite()) {
            return None;
        }
        let varies = self.ff > ROUNDING * level;
        Some(if varies { (self.yf / self.yy.sqrt() / self.ff.sqrt()).powi(2) } else { 0.0 })
    }
}
