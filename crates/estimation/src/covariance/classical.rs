//! The covariance under independent errors of one variance.

use faer::Mat;
use serde::{Deserialize, Serialize};

use super::TestDistribution;

/// What the residual sum of squares is divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Divisor {
    /// The residual degrees of freedom, n - k - N: every program's default.
    #[default]
    ResidualDf,
    /// The observations, n: linearmodels' `debiased = False`.
    Observations,
}

/// V = s2 (X'X)^-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClassicalCovariance {
    /// The divisor of s2.
    pub divisor: Divisor,
    /// The distribution that tests refer to; t with the residual degrees of freedom by default.
    pub test: TestDistribution,
}

/// The covariance for a given s2.
pub(super) fn matrix(bread: &Mat<f64>, sigma2: f64) -> Mat<f64> {
    Mat::from_fn(bread.nrows(), bread.ncols(), |row, column| sigma2 * bread[(row, column)])
}
