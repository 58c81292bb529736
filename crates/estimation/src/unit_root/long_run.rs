//! Long-run variances: kernels, bandwidths.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::outcome::Reason;

/// A variance that something is divided by.
pub(crate) fn positive(variance: f64) -> Result<f64, Reason> {
    if variance > 0.0 { Ok(variance) } else { Err(Reason::NoLongRunVariance) }
}

/// How autocovariances are weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kernel {
    /// 1 - j/(q + 1) up to q: Newey and West (1987).
    #[default]
    Bartlett,
    /// Parzen's, of j/(q + 1), up to q.
    Parzen,
    /// The quadratic spectral kernel of j/(q + 1), at all lags: Andrews (1991).
    QuadraticSpectral,
}

/// The bandwidth q, the last lag with a weight under [`Kernel::Bartlett`] and [`Kernel::Parzen`]. n is the number of
/// observations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bandwidth {
    /// floor(4 (n/100)^(1/4)): urca's `short`.
    Short,
    /// floor(12 (n/100)^(1/4)): urca's `long`.
    Long,
    /// floor(4 (n/100)^(2/9)): the rule of Newey and West (1994) without data.
    NeweyWestRule,
    /// The same rounded: R's pco.
    NeweyWestRounded,
    /// round(3.21 n^(1/3)), Levin, Lin and Chu's: plm.
    LevinLinChuRounded,
    /// floor(3.21 n^(1/3)): gretl and Stata.
    LevinLinChuFloor,
    /// Newey and West's (1994) choice from the data, rounded down: Stata's `nwest`.
    NeweyWestAutomatic,
    /// So many.
    Lags(usize),
}

impl Bandwidth {
    /// The bandwidth for a series of `n` observations; `scalar` is the series that the automatic choice looks at.
    pub(crate) fn lags(self, n: usize, kernel: Kernel, scalar: impl FnOnce() -> Vec<f64>) -> usize {
        let size = n as f64;
        let lags = match self {
            Self::Short => (4.0 * (size / 100.0).powf(0.25)).floor(),
            Self::Long => (12.0 * (size / 100.0).powf(0.25)).floor(),
            Self::NeweyWestRule => (4.0 * (size / 100.0).powf(2.0 / 9.0)).floor(),
            Self::NeweyWestRounded => (4.0 * (size / 100.0).powf(2.0 / 9.0)).round_ties_even(),
            Self::LevinLinChuRounded => (3.21 * size.cbrt()).round_ties_even(),
            Self::LevinLinChuFloor => (3.21 * size.cbrt()).floor(),
            Self::NeweyWestAutomatic => automatic(&scalar(), kernel),
            Self::Lags(lags) => return lags.min(n.saturating_sub(1)),
        };
        (lags.max(0.0) as usize).min(n.saturating_sub(1))
    }
}

/// Newey and West (1994, Review of Economic Studies 61, 631-653): gamma n^(1/(2p+1)) with gamma from the first
/// autocovariances, floor(4 (n/100)^e) of them (e 2/9 for Bartlett, 4/25 for Parzen, 2/25 for the quadratic spectral).
fn automatic(series: &[f64], kernel: Kernel) -> f64 {
    let n = series.len() as f64;
    let (power, exponent, constant) = match kernel {
        Kernel::Bartlett => (1, 2.0 / 9.0, 1.1447),
        Kernel::Parzen => (2, 4.0 / 25.0, 2.6614),
        Kernel::QuadraticSpectral => (2, 2.0 / 25.0, 1.3221),
    };
    let most = ((4.0 * (n / 100.0).powf(exponent)).floor() as usize).min(series.len().saturating_sub(1));
    let level = product_sum(series, series, 0) / n;
    let (mut sum, mut moment) = (level, 0.0);
    for lag in 1..=most {
        let autocovariance = product_sum(series, series, lag) / n;
        sum += 2.0 * autocovariance;
        moment += 2.0 * (lag as f64).powi(power) * autocovariance;
    }
    if sum == 0.0 || !(moment / sum).is_finite() {
        return 0.0;
    }
    let rate = 1.0 / f64::from(2 * power + 1);
    (constant * (moment / sum).powi(2).powf(rate) * n.powf(rate)).floor()
}

/// The sum of a_t b_{t - lag}.
pub(crate) fn product_sum(a: &[f64], b: &[f64], lag: usize) -> f64 {
    a.iter().skip(lag).zip(b).map(|(now, before)| now * before).sum()
}

/// The weights of lags 1, 2, … of a series of `n` observations.
pub(crate) fn weights(kernel: Kernel, bandwidth: usize, n: usize) -> Vec<f64> {
    let most = n.saturating_sub(1);
    let width = bandwidth as f64 + 1.0;
    let last = match kernel {
        Kernel::QuadraticSpectral if bandwidth > 0 => most,
        _ => bandwidth.min(most),
    };
    (1..=last)
        .map(|lag| {
            let z = lag as f64 / width;
            match kernel {
                Kernel::Bartlett => 1.0 - z,
                Kernel::Parzen if z <= 0.5 => 1.0 - 6.0 * z * z + 6.0 * z.powi(3),
                Kernel::Parzen => 2.0 * (1.0 - z).powi(3),
                Kernel::QuadraticSpectral => {
                    let angle = 6.0 * std::f64::consts::PI * z / 5.0;
                    3.0 / angle.powi(2) * (angle.sin() / angle - angle.cos())
                }
            }
        })
        .collect()
}

/// The weighted sum of autocovariances on one side, without the variance, divided by n.
pub(crate) fn one_sided(series: &[f64], kernel: Kernel, bandwidth: usize) -> f64 {
    let sums = weights(kernel, bandwidth, series.len())
        .iter()
        .enumerate()
        .map(|(place, weight)| weight * product_sum(series, series, place + 1))
        .sum::<f64>();
    sums / series.len() as f64
}

/// The long-run variance of a series of mean zero, divided by n.
pub(crate) fn long_run_variance(series: &[f64], kernel: Kernel, bandwidth: usize) -> f64 {
    product_sum(series, series, 0) / series.len() as f64 + 2.0 * one_sided(series, kernel, bandwidth)
}
