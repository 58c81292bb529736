//! The covariance of the residuals of a system's equations.

use faer::Mat;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the products of residuals are divided by. With k_i coefficients in equation i, absorbed effects
/// among them where these are counted:
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum ResidualCovariance {
    /// sqrt((n - k_i)(n - k_j)): systemfit's default, linearmodels' `debiased = True`.
    #[default]
    #[serde(rename = "geomean")]
    Geomean,
    /// n: systemfit's `noDfCor`, linearmodels' `debiased = False`, gretl.
    #[serde(rename = "noDfCor")]
    NoDfCor,
    /// n - max(k_i, k_j). The matrix needn't be positive definite.
    #[serde(rename = "max")]
    Max,
    /// n - k_i - k_j + tr[(X_i'X_i)^-1 X_i'X_j (X_j'X_j)^-1 X_j'X_i] (Theil 1971, Principles of
    /// Econometrics, p. 321), which is unbiased. The matrix needn't be positive definite.
    #[serde(rename = "Theil")]
    Theil,
}

impl ResidualCovariance {
    /// Its name, as the peers write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Geomean => "geomean",
            Self::NoDfCor => "noDfCor",
            Self::Max => "max",
            Self::Theil => "Theil",
        }
    }

    /// The divisors, G x G. `parameters` are the k_i, `traces` the terms of Theil.
    pub(crate) fn divisors(self, observations: usize, parameters: &[usize], traces: &Mat<f64>) -> Mat<f64> {
        let n = observations as f64;
        let k = |equation: usize| parameters[equation] as f64;
        Mat::from_fn(parameters.len(), parameters.len(), |i, j| match self {
            // exactly n - k on the diagonal
            Self::Geomean if parameters[i] == parameters[j] => n - k(i),
            Self::Geomean => ((n - k(i)) * (n - k(j))).sqrt(),
            Self::NoDfCor => n,
            Self::Max => n - k(i).max(k(j)),
            Self::Theil => n - k(i) - k(j) + traces[(i, j)],
        })
    }
}
