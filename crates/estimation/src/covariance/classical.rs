//! The covariance under independent errors of one variance.

use faer::Mat;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::covariance_matrix::CovarianceMatrix;
use super::ingredients::Ingredients;
use super::test_distribution::TestDistribution;

/// What the residual sum of squares is divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Divisor {
    /// The residual degrees of freedom, n - k - N: every program's default.
    #[default]
    ResidualDf,
    /// The observations less absorbed effects, n - N: linearmodels' `debiased = False`.
    Observations,
}

/// V = s2 (X'X)^-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ClassicalCovariance {
    /// The divisor of s2.
    pub divisor: Divisor,
    /// The distribution that tests refer to; t with the residual degrees of freedom by default.
    pub test: TestDistribution,
}

/// The covariance.
pub(super) fn matrix(options: &ClassicalCovariance, ingredients: &Ingredients<'_>) -> CovarianceMatrix {
    let observations = ingredients.observations;
    let df_residual = ingredients.df_residual();
    let divisor = match options.divisor {
        Divisor::ResidualDf => df_residual,
        Divisor::Observations => observations.saturating_sub(ingredients.absorbed),
    } as f64;
    let sigma2 = ingredients.rss / divisor;
    let order = ingredients.bread.nrows();
    let scaled = Mat::from_fn(order, order, |row, column| sigma2 * ingredients.bread[(row, column)]);
    let mut computed = CovarianceMatrix::new(scaled, 1.0).tested(options.test, df_residual, None);
    computed.factor = observations as f64 / divisor;
    computed
}
