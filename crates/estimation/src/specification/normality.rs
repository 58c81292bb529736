//! Are the errors normal?

use serde::{Deserialize, Serialize};

use super::auxiliary::plain;
use crate::fit::Estimated;
use crate::inference::HypothesisTest;
use crate::outcome::Reason;

/// The test of Jarque and Bera with what it is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JarqueBera {
    /// The test.
    #[serde(flatten)]
    pub test: HypothesisTest,
    /// The residuals' skewness, m_3/m_2^(3/2).
    pub skewness: f64,
    /// The residuals' kurtosis, m_4/m_2^2; 3 of the normal distribution.
    pub kurtosis: f64,
}

/// Jarque and Bera (1980): n/6 (S^2 + (K - 3)^2/4), chi-squared with two degrees of freedom. statsmodels' `jarque_bera`,
/// tseries' `jarque.bera.test`, of residuals; these have a mean of zero where the model has an intercept or
/// effects, and are centred here as there.
///
/// # Errors
/// Of a perfect fit.
pub fn jarque_bera(estimated: &Estimated) -> Result<JarqueBera, Reason> {
    plain(estimated.sample())?;
    if estimated.is_perfect() {
        return Err(Reason::PerfectFit);
    }
    let residuals = estimated.residuals();
    let n = residuals.len() as f64;
    let centre = crate::numerics::mean(residuals);
    let scale = (residuals.iter().map(|value| (value - centre).powi(2)).sum::<f64>() / n).sqrt();
    let moment =
        |power: i32| residuals.iter().map(|value| ((value - centre) / scale).powi(power)).sum::<f64>() / n;
    let (skewness, kurtosis) = (moment(3), moment(4));
    let statistic = n / 6.0 * (skewness.powi(2) + (kurtosis - 3.0).powi(2) / 4.0);
    let test = HypothesisTest::chi_squared(
        "Jarque-Bera test",
        "the errors are normally distributed",
        statistic,
        2.0,
    )?;
    Ok(JarqueBera { test, skewness, kurtosis })
}
