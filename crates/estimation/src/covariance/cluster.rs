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

/// A variance this small against what its clusters' terms would give if they didn't cancel is rounding.
const CANCELLED: f64 = 1e-22;

/// B M B, before the small-sample factor. `codes` gives each row's cluster, below `clusters`.
///
/// A coefficient identified within a single cluster has scores that sum to zero in it: its variance
/// comes out as rounding and is set to exactly zero.
pub(super) fn matrix(ingredients: &Ingredients<'_>, codes: &[usize], clusters: usize) -> Mat<f64> {
    let order = ingredients.bread.nrows();
    let mut sums: Mat<f64> = Mat::zeros(clusters, order);
    let mut sizes: Mat<f64> = Mat::zeros(clusters, order);
    for column in 0..order {
        for (row, &code) in codes.iter().enumerate() {
            let score = ingredients.regressors[(row, column)] * ingredients.residuals[row];
            sums[(code, column)] += score;
            sizes[(code, column)] += score.abs();
        }
    }
    // Half of the sandwich first: V is then a plain cross-product, symmetric and never negative.
    let half = &sums * ingredients.bread;
    let bread_sizes = Mat::from_fn(order, order, |i, j| ingredients.bread[(i, j)].abs());
    let half_sizes = &sizes * &bread_sizes;
    let squares = |half: &Mat<f64>, i: usize, j: usize| -> f64 {
        (0..clusters).map(|g| half[(g, i)] * half[(g, j)]).sum()
    };
    let cancelled: Vec<bool> =
        (0..order).map(|i| squares(&half, i, i) <= CANCELLED * squares(&half_sizes, i, i)).collect();
    let mut covariance = Mat::zeros(order, order);
    for i in (0..order).filter(|&i| !cancelled[i]) {
        for j in (i..order).filter(|&j| !cancelled[j]) {
            let sum = squares(&half, i, j);
            covariance[(i, j)] = sum;
            covariance[(j, i)] = sum;
        }
    }
    covariance
}
