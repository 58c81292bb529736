//! Covariances under independent errors of unequal variance.

use faer::Mat;
use serde::{Deserialize, Serialize};

use super::clusters::{ClusterBy, clusters};
use super::covariance_matrix::CovarianceMatrix;
use super::ingredients::Ingredients;
use super::leverage::Leverage;
use super::residual_type::ResidualType;
use super::small_sample::SmallSample;
use super::test_distribution::TestDistribution;
use crate::outcome::Reason;

/// V = c B (sum over rows i of u_i^2 x_i x_i') B with bread B = (X'X)^-1 and u_i as `type` says.
///
/// The default is HC1 with absorbed effects counted as regressors: Stata's `vce(robust)`, fixest's `hetero`,
/// statsmodels' HC1, linearmodels' `robust`. plm's `white1` is `leverage: regressors`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HeteroskedasticCovariance {
    /// How leverage is taken into account.
    #[serde(rename = "type")]
    pub residuals: ResidualType,
    /// What has leverage, and counts in `hc1`.
    pub leverage: Leverage,
    /// A factor on top of it, for which every row is a cluster.
    pub small_sample: SmallSample,
    /// The distribution that tests refer to; t with the residual degrees of freedom by default.
    pub test: TestDistribution,
}

impl Default for HeteroskedasticCovariance {
    fn default() -> Self {
        Self {
            residuals: ResidualType::Hc1,
            leverage: Leverage::default(),
            small_sample: SmallSample::None,
            test: TestDistribution::Residual,
        }
    }
}

/// V = c B (sum over groups g of s_g^2 X_g'X_g) B with s_g^2 the mean of u_i^2 in the group: errors that are
/// independent with a variance of each group's own (Greene 2012, Econometric Analysis, section 11.6.2).
/// plm's `white2` is `leverage: regressors`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupwiseCovariance {
    /// The groups.
    pub by: ClusterBy,
    /// How leverage is taken into account.
    #[serde(rename = "type")]
    pub residuals: ResidualType,
    /// What has leverage, and counts in `hc1`.
    pub leverage: Leverage,
    /// A factor on top of it, for which every row is a cluster.
    pub small_sample: SmallSample,
    /// The distribution that tests refer to; t with the residual degrees of freedom by default.
    pub test: TestDistribution,
}

impl Default for GroupwiseCovariance {
    fn default() -> Self {
        Self {
            by: ClusterBy::Entity,
            residuals: ResidualType::Hc0,
            leverage: Leverage::default(),
            small_sample: SmallSample::None,
            test: TestDistribution::Residual,
        }
    }
}

/// The covariance with each row's own variance.
pub(super) fn matrix(
    options: &HeteroskedasticCovariance,
    ingredients: &Ingredients<'_>,
) -> Result<CovarianceMatrix, Reason> {
    let counts = ingredients.counts(ingredients.residuals.len(), &[]);
    let residuals = options.residuals.residuals(ingredients, &counts, options.leverage)?;
    // A row that was observed several times has that many scores, and regressors multiplied by the root of it.
    let each = residuals.iter().enumerate();
    let variances: Vec<f64> =
        each.map(|(row, residual)| residual * residual / ingredients.frequency(row)).collect();
    let factor = options.residuals.factor(&counts, options.leverage) * options.small_sample.of(&counts)?;
    Ok(CovarianceMatrix::new(sum_of_squares(ingredients, &variances), factor).tested(
        options.test,
        ingredients.df_residual(),
        None,
    ))
}

/// The covariance with each group's own variance.
pub(super) fn groupwise(
    options: &GroupwiseCovariance,
    ingredients: &Ingredients<'_>,
) -> Result<CovarianceMatrix, Reason> {
    let counts = ingredients.counts(ingredients.residuals.len(), &[]);
    let residuals = options.residuals.residuals(ingredients, &counts, options.leverage)?;
    let clusters = clusters(ingredients, &options.by)?;
    let mut sums = vec![0.0; clusters.count];
    let mut sizes = vec![0.0; clusters.count];
    for (row, (residual, code)) in residuals.iter().zip(&clusters.codes).enumerate() {
        // Residuals are multiplied by the root of how often the row was observed, too.
        sums[*code] += residual * residual;
        sizes[*code] += ingredients.frequency(row);
    }
    let variances: Vec<f64> = clusters.codes.iter().map(|code| sums[*code] / sizes[*code]).collect();
    let factor = options.residuals.factor(&counts, options.leverage) * options.small_sample.of(&counts)?;
    Ok(CovarianceMatrix::new(sum_of_squares(ingredients, &variances), factor).tested(
        options.test,
        ingredients.df_residual(),
        None,
    ))
}

/// The sum over rows of s_i^2 B x_i x_i' B.
pub(super) fn sum_of_squares(ingredients: &Ingredients<'_>, variances: &[f64]) -> Mat<f64> {
    let order = ingredients.bread.nrows();
    let mut sum: Mat<f64> = Mat::zeros(order, order);
    let mut influence = vec![0.0; order];
    for (row, variance) in variances.iter().enumerate().filter(|(_, variance)| **variance != 0.0) {
        for (i, influence) in influence.iter_mut().enumerate() {
            *influence =
                (0..order).map(|j| ingredients.bread[(i, j)] * ingredients.regressors[(row, j)]).sum();
        }
        for i in 0..order {
            for j in i..order {
                sum[(i, j)] += variance * influence[i] * influence[j];
            }
        }
    }
    Mat::from_fn(order, order, |i, j| sum[(i.min(j), i.max(j))])
}
