//! The Gaussian likelihood and what is made of it.

use serde::{Deserialize, Serialize};

use super::super::estimated::Estimated;
use crate::outcome::Reason;

/// The likelihood of normal errors at the least-squares estimate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Likelihood {
    /// -n/2 (ln 2 pi + ln(RSS/n) + 1).
    pub log_likelihood: f64,
    /// The parameters counted: coefficients, absorbed effects, and the variance (R; statsmodels leaves the
    /// variance out, which takes 2 from AIC and ln n from BIC).
    pub parameters: usize,
    /// Akaike's criterion, -2 ln L + 2 p.
    pub aic: f64,
    /// Schwarz's criterion, -2 ln L + p ln n.
    pub bic: f64,
}

/// The likelihood of normal errors and the information criteria, as R's `logLik`, `AIC` and `BIC` of `lm`.
///
/// # Errors
/// [`Reason::PerfectFit`], where the likelihood has no bound; [`Reason::NotDefined`] with weights.
pub fn likelihood(estimated: &Estimated) -> Result<Likelihood, Reason> {
    super::check::check(estimated)?;
    let observations = estimated.residuals().len();
    let count = observations as f64;
    let log_likelihood = -0.5 * count * (std::f64::consts::TAU.ln() + (estimated.rss() / count).ln() + 1.0);
    let parameters = observations - estimated.df_residual() + 1;
    Ok(Likelihood {
        log_likelihood,
        parameters,
        aic: -2.0 * log_likelihood + 2.0 * parameters as f64,
        bic: -2.0 * log_likelihood + parameters as f64 * count.ln(),
    })
}
