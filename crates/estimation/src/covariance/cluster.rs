//! The covariance under errors that are correlated within clusters.

use faer::Mat;
use serde::{Deserialize, Serialize};

use super::{Ingredients, SmallSample, TestDistribution};

/// What the clusters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClusterBy {
    /// The panel's entities.
    #[default]
    Entity,
    /// The panel's times.
    Time,
}

/// V = c B (sum over clusters g of X_g'e_g e_g'X_g) B with bread B = (X'X)^-1: Liang and Zeger (1986),
/// for entity effects Arellano (1987). The default is Stata's `xtreg, fe vce(cluster entity)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClusterCovariance {
    /// The clusters.
    pub by: ClusterBy,
    /// The factor c.
    pub small_sample: SmallSample,
    /// The distribution that tests refer to; t with G - 1 degrees of freedom by default.
    pub test: TestDistribution,
}

impl Default for ClusterCovariance {
    fn default() -> Self {
        Self {
            by: ClusterBy::default(),
            small_sample: SmallSample::default(),
            test: TestDistribution::Clusters,
        }
    }
}

/// B M B, before the small-sample factor. `codes` gives each row's cluster, below `clusters`.
pub(super) fn matrix(ingredients: &Ingredients<'_>, codes: &[usize], clusters: usize) -> Mat<f64> {
    let order = ingredients.bread.nrows();
    let mut sums: Mat<f64> = Mat::zeros(clusters, order);
    for column in 0..order {
        for (row, &code) in codes.iter().enumerate() {
            sums[(code, column)] += ingredients.regressors[(row, column)] * ingredients.residuals[row];
        }
    }
    // Half of the sandwich first: V is then a plain cross-product, symmetric and never negative.
    let half = &sums * ingredients.bread;
    let mut covariance = Mat::zeros(order, order);
    for i in 0..order {
        for j in i..order {
            let sum: f64 = (0..clusters).map(|g| half[(g, i)] * half[(g, j)]).sum();
            covariance[(i, j)] = sum;
            covariance[(j, i)] = sum;
        }
    }
    covariance
}
