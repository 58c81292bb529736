//! The test of Phillips and Perron (1988, Biometrika 75, 335-346).
//!
//! y_t = alpha y_{t-1} + deterministic terms + e_t over the n pairs of neighbours; s = RSS/n, w the long-run variance of
//! e, l = (w - s)/2, t the ordinary t statistic of alpha = 1 (by degrees of freedom). With M the moment
//!   intercept: sum (y_t - mean y)^2 / n^2
//!   trend:     (1 - 1/n^2) sum (y_t - a - c t)^2 / n^2, with a and c of the regression on a trend, which is
//!              (1 - 1/n^2) m_yy - 12 m_ty^2 + 12 (1 + 1/n) m_ty m_y - (4 + 6/n + 2/n^2) m_y^2
//!              with m_yy = sum y^2/n^2, m_y = sum y/n^1.5, m_ty = sum t y/n^2.5, but loses no digits to the level of y:
//!   Z-tau   = sqrt(s/w) t - l / sqrt(w M)
//!   Z-alpha = n (alpha - 1) - l / M
//! M is of y_t, not y_{t-1}, as in urca's `ur.pp`, which this equals.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::deterministic::Deterministic;
use super::long_run::{Bandwidth, Kernel, long_run_variance, positive};
use super::mackinnon::{GivenTables, PValues};
use super::regression::Regression;
use crate::numerics::{mean, norm, power_of_two};
use crate::outcome::{EstimationError, Reason};

/// How the test is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PhillipsPerronOptions {
    /// An intercept, or an intercept and a trend.
    pub deterministic: Deterministic,
    /// The kernel.
    pub kernel: Kernel,
    /// The bandwidth.
    pub bandwidth: Bandwidth,
    /// Whose p-values.
    pub p_values: PValues,
    /// MacKinnon's (1996) tables, where the p-values are of them.
    #[serde(skip)]
    pub tables: GivenTables,
}

impl Default for PhillipsPerronOptions {
    /// urca's: an intercept, Bartlett's kernel, [`Bandwidth::Short`].
    fn default() -> Self {
        Self {
            deterministic: Deterministic::Intercept,
            kernel: Kernel::Bartlett,
            bandwidth: Bandwidth::Short,
            p_values: PValues::default(),
            tables: None,
        }
    }
}

/// The test of one series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhillipsPerronTest {
    /// The bandwidth.
    pub bandwidth: usize,
    /// The length of the series.
    pub periods: usize,
    /// Z-tau.
    pub statistic: f64,
    /// The probability of a smaller one under a unit root: that of the Dickey-Fuller t statistic.
    pub p_value: f64,
    /// Z-alpha.
    pub z_alpha: f64,
    /// MacKinnon's (2010) critical values of Z-tau at 1, 5 and 10%.
    pub critical_values: [f64; 3],
}

impl PhillipsPerronOptions {
    pub(crate) fn check(&self) -> crate::outcome::Result<()> {
        if self.deterministic == Deterministic::None {
            return Err(EstimationError::UndefinedTest {
                test: "the Phillips-Perron test".into(),
                option: "deterministic: none".into(),
                hint: "take intercept or trend".into(),
            });
        }
        Ok(())
    }
}

/// Tests a series, given in order of time without holes, for a unit root.
///
/// # Errors
/// Where the series is too short for the regression or leaves no residuals.
pub fn phillips_perron(
    values: &[f64],
    options: &PhillipsPerronOptions,
) -> Result<PhillipsPerronTest, Reason> {
    let parameters = 1 + options.deterministic.count();
    if values.len() < 2 {
        return Err(Reason::TooFewObservations { observations: 0, parameters });
    }
    // Both statistics are the same in any unit, and squares stay within range in this one.
    let unit = power_of_two(norm(values));
    let values: Vec<f64> = values.iter().map(|value| value / unit).collect();
    let y = &values[1..];
    let rows = y.len();
    let n = rows as f64;
    let mut columns = vec![("lagged level", values[..rows].to_vec())];
    columns.extend(options.deterministic.columns(0, rows));
    let fit = Regression::fit(y, &columns, norm(&values))?;
    let short = fit.variance(false)?;
    let error = (fit.variance(true)? * fit.bread[0]).sqrt();
    let t = (fit.coefficients[0] - 1.0) / error;
    let bandwidth = options.bandwidth.lags(rows, options.kernel, || fit.residuals.clone());
    let long = positive(long_run_variance(&fit.residuals, options.kernel, bandwidth))?;
    let center = mean(y);
    let moment = match options.deterministic {
        Deterministic::Trend => (1.0 - 1.0 / (n * n)) * about_trend(y),
        _ => y.iter().map(|value| (value - center).powi(2)).sum::<f64>(),
    } / (n * n);
    let moment = positive(moment)?;
    let half = 0.5 * (long - short);
    let statistic = (short / long).sqrt() * t - half / (long * moment).sqrt();
    Ok(PhillipsPerronTest {
        bandwidth,
        periods: values.len(),
        statistic,
        p_value: options.p_values.p_value(
            statistic,
            options.deterministic,
            rows,
            options.tables.as_deref(),
        )?,
        z_alpha: n * (fit.coefficients[0] - 1.0) - half / moment,
        critical_values: super::mackinnon::critical_values_2010(options.deterministic, rows),
    })
}

/// The sum of squares about the line through the values.
fn about_trend(values: &[f64]) -> f64 {
    let (center, middle) = (mean(values), (values.len() as f64 - 1.0) / 2.0);
    let steps = || (0..values.len()).map(|row| row as f64 - middle);
    let slope = steps().zip(values).map(|(t, value)| t * (value - center)).sum::<f64>()
        / steps().map(|t| t * t).sum::<f64>();
    steps().zip(values).map(|(t, value)| (value - center - slope * t).powi(2)).sum()
}
