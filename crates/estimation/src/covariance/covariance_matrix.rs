//! What a covariance estimator makes.

use faer::Mat;

use super::test_distribution::TestDistribution;

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
}

impl CovarianceMatrix {
    /// A matrix times its factor.
    pub(super) fn new(matrix: Mat<f64>, factor: f64) -> Self {
        let matrix = Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| factor * matrix[(i, j)]);
        Self { matrix, clusters: None, factor, test_df: None, coefficient_df: None, bandwidth: None }
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
}
