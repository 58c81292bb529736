//! How much of what least squares leaves is rounding.

use faer::Mat;

use super::design::Design;

/// A residual below this share of what cancels in it is rounding, and so is a value below this share of what it was
/// before effects were taken from it.
pub(crate) const NOISE: f64 = 64.0 * f64::EPSILON;

/// A variance this small against what its terms would give if they didn't cancel is rounding.
pub(crate) const CANCELLED: f64 = 1e-22;

/// The rounding in an estimate's residuals and regressors, on average over rows.
#[derive(Debug, Clone, Default)]
pub struct Noise {
    /// In a residual.
    residual: f64,
    /// In a value of each regressor.
    regressors: Vec<f64>,
    height: usize,
}

impl Noise {
    /// Of a solution: what cancels in the residuals are the dependent variable and each regressor's part in its fit,
    /// before they were transformed. `height` is how many rows there are.
    pub(crate) fn of(design: &Design, coefficients: &[f64], height: usize) -> Self {
        let cancelling: f64 = design.y_magnitude
            + coefficients.iter().zip(&design.magnitudes).map(|(b, size)| b.abs() * size).sum::<f64>();
        let each = |size: f64| NOISE * size / (height.max(1) as f64).sqrt();
        Self {
            residual: each(cancelling),
            regressors: design.magnitudes.iter().map(|size| each(*size)).collect(),
            height,
        }
    }

    /// Whether residuals with this sum of squares are rounding altogether.
    pub(crate) fn is_all_of(&self, rss: f64) -> bool {
        rss.sqrt() <= self.residual * (self.height as f64).sqrt()
    }

    /// The same with an intercept before the regressors, of which nothing is rounded.
    #[must_use]
    pub(crate) fn with_intercept(&self) -> Self {
        Self {
            regressors: std::iter::once(0.0).chain(self.regressors.iter().copied()).collect(),
            ..self.clone()
        }
    }

    /// What rounding alone makes of each coefficient's variance: the sum over rows of the squares of
    /// (B x_i)_j d + (B d_x)_j e_i, where d and d_x are the rounding of e_i and of x_i.
    pub(crate) fn variances(&self, bread: &Mat<f64>, rss: f64) -> Vec<f64> {
        let of_regressors = |j: usize| -> f64 {
            self.regressors.iter().enumerate().map(|(k, noise)| bread[(j, k)].abs() * noise).sum()
        };
        (0..bread.nrows())
            .map(|j| self.residual.powi(2) * bread[(j, j)] + of_regressors(j).powi(2) * rss)
            .collect()
    }
}
