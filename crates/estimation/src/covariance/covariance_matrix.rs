//! What a covariance estimator makes.

use faer::Mat;

use super::ingredients::Ingredients;
use super::test_distribution::TestDistribution;
use crate::numerics::NOISE;

/// A covariance matrix and how it came about.
#[derive(Debug, Clone)]
pub struct CovarianceMatrix {
    /// k x k.
    pub matrix: Mat<f64>,
    /// The clusters, for clustered covariances; the times where they take the clusters' place.
    pub clusters: Option<usize>,
    /// The small-sample factor that is in the matrix.
    pub factor: f64,
    /// Degrees of freedom of the t distribution for tests; none stands for the normal.
    pub test_df: Option<usize>,
    /// Those of each coefficient's own test, where they differ.
    pub coefficient_df: Option<Vec<f64>>,
    /// The bandwidth of a kernel.
    pub bandwidth: Option<f64>,
    /// Coefficients on which the scores of every part cancel, as where a single cluster identifies them: their
    /// variances are exactly zero.
    pub cancelled: Vec<usize>,
    /// Coefficients whose scores are rounding, so that their variances say nothing and are set to zero.
    pub rounding: Vec<usize>,
    /// Of each coefficient, what of its variance could be rounding of the sums that it was made of.
    of_sums: Vec<f64>,
}

impl CovarianceMatrix {
    /// A matrix times its factor.
    pub(super) fn new(matrix: Mat<f64>, factor: f64) -> Self {
        let matrix = Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| factor * matrix[(i, j)]);
        Self {
            of_sums: vec![0.0; matrix.nrows()],
            matrix,
            clusters: None,
            factor,
            test_df: None,
            coefficient_df: None,
            bandwidth: None,
            cancelled: Vec::new(),
            rounding: Vec::new(),
        }
    }

    pub(super) fn tested(mut self, test: TestDistribution, residual: usize, clusters: Option<usize>) -> Self {
        self.test_df = match (test, clusters) {
            (TestDistribution::Normal, _) => None,
            (TestDistribution::Residual, _) | (_, None) => Some(residual),
            (TestDistribution::Clusters | TestDistribution::Satterthwaite, Some(clusters)) => {
                Some(clusters.saturating_sub(1).max(1))
            }
        };
        self
    }

    /// The same, where terms of these sizes were added up to the variances before their factor.
    pub(super) fn summed_from(mut self, sizes: impl IntoIterator<Item = f64>) -> Self {
        let factor = self.factor.abs();
        self.of_sums = sizes.into_iter().map(|size| NOISE * factor * size).collect();
        self
    }

    /// The same without the variances that are no more than rounding: of the scores that they are made of, or of
    /// the sums that were taken of these.
    pub(super) fn without_rounding(mut self, ingredients: &Ingredients<'_>) -> Self {
        let noise = ingredients.noise.variances(ingredients.bread, ingredients.rss);
        let order = self.matrix.nrows();
        for (at, (noise, of_sums)) in noise.iter().zip(&self.of_sums).enumerate() {
            let rounded = self.matrix[(at, at)].abs() <= (self.factor.max(1.0) * noise).max(*of_sums);
            if rounded && !self.cancelled.contains(&at) {
                self.rounding.push(at);
                (0..order).for_each(|other| {
                    self.matrix[(at, other)] = 0.0;
                    self.matrix[(other, at)] = 0.0;
                });
            }
        }
        self
    }
}
