//! Whether residuals look normal.

use crate::{Estimated, HypothesisTest, Reason};

/// Jarque and Bera's (1980, Economics Letters 6, 255-259) test of normal residuals,
/// n/6 (S^2 + (K - 3)^2/4), with skewness S and kurtosis K about zero; chi-squared with 2 degrees of
/// freedom. (tseries' `jarque.bera.test` takes moments about the mean: without a difference where there is an
/// intercept.)
///
/// # Errors
/// [`Reason::PerfectFit`]; [`Reason::NotDefined`] with weights.
pub fn jarque_bera(estimated: &Estimated) -> Result<HypothesisTest, Reason> {
    super::check(estimated)?;
    let residuals = estimated.residuals();
    let count = residuals.len() as f64;
    // Powers of standardised residuals neither overflow nor underflow.
    let size = (estimated.rss() / count).sqrt();
    let moment = |power: i32| residuals.iter().map(|e| (e / size).powi(power)).sum::<f64>() / count;
    let (skewness, kurtosis) = (moment(3), moment(4));
    let statistic = count / 6.0 * (skewness.powi(2) + (kurtosis - 3.0).powi(2) / 4.0);
    HypothesisTest::chi_squared("Jarque-Bera test", "the errors are normal", statistic, 2.0)
}
