//! The test of stationarity of Kwiatkowski, Phillips, Schmidt and Shin (1992, Journal of Econometrics 54, 159-178).
//!
//! With e the residuals of a regression on an intercept (and a trend) and S their running sums:
//! sum S_t^2 / (n^2 s^2), s^2 the long-run variance of e. Critical values from their table 1; p-values between them by
//! linear interpolation, as statsmodels' `kpss` does, and a bound beyond them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::deterministic::Deterministic;
use super::long_run::{Bandwidth, Kernel, long_run_variance, positive};
use super::regression::Regression;
use super::table::{Bound, CriticalValue, interpolated_p_value};
use crate::numerics::norm;
use crate::outcome::{EstimationError, Reason};

/// How the test is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KpssOptions {
    /// An intercept, or an intercept and a trend.
    pub deterministic: Deterministic,
    /// The kernel.
    pub kernel: Kernel,
    /// The bandwidth.
    pub bandwidth: Bandwidth,
}

impl Default for KpssOptions {
    /// urca's: an intercept, Bartlett's kernel, [`Bandwidth::Short`].
    fn default() -> Self {
        Self {
            deterministic: Deterministic::Intercept,
            kernel: Kernel::Bartlett,
            bandwidth: Bandwidth::Short,
        }
    }
}

/// The test of one series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KpssTest {
    /// The bandwidth.
    pub bandwidth: usize,
    /// The length of the series.
    pub periods: usize,
    /// The statistic.
    pub statistic: f64,
    /// The probability of a larger one under stationarity.
    pub p_value: f64,
    /// Where the p-value is only a bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<Bound>,
    /// At 1, 2.5, 5 and 10%.
    pub critical_values: Vec<CriticalValue>,
}

impl KpssOptions {
    pub(crate) fn check(&self) -> crate::outcome::Result<()> {
        if self.deterministic == Deterministic::None {
            return Err(EstimationError::UndefinedTest {
                test: "the KPSS test".into(),
                option: "deterministic: none".into(),
                hint: "take intercept or trend".into(),
            });
        }
        Ok(())
    }
}

/// Tests a series, given in order of time without holes, for stationarity.
///
/// # Errors
/// Where nothing is left of the series once its mean (and trend) are taken away.
pub fn kpss(values: &[f64], options: &KpssOptions) -> Result<KpssTest, Reason> {
    let n = values.len();
    let fit = Regression::fit(values, &options.deterministic.columns(0, n), norm(values))?;
    fit.variance(false)?;
    let residuals = &fit.residuals;
    let bandwidth = options.bandwidth.lags(n, options.kernel, || residuals.clone());
    let variance = positive(long_run_variance(residuals, options.kernel, bandwidth))?;
    let (mut running, mut sum) = (0.0, 0.0);
    for residual in residuals {
        running += residual;
        sum += running * running;
    }
    let statistic = sum / (n as f64).powi(2) / variance;
    // Their table 1, at 1, 2.5, 5 and 10%.
    let values = match options.deterministic {
        Deterministic::Trend => [0.216, 0.176, 0.146, 0.119],
        _ => [0.739, 0.574, 0.463, 0.347],
    };
    let critical_values: Vec<CriticalValue> = [0.01, 0.025, 0.05, 0.1]
        .into_iter()
        .zip(values)
        .map(|(level, value)| CriticalValue { level, value })
        .collect();
    let (p_value, bound) = interpolated_p_value(&critical_values, statistic);
    Ok(KpssTest { bandwidth, periods: n, statistic, p_value, bound, critical_values })
}
