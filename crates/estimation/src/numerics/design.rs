//! The matrices of a linear model.

use faer::Mat;

use super::vector::norm;

/// Dependent variable and regressors, perhaps transformed, ready for least squares.
#[derive(Debug, Clone)]
pub struct Design {
    /// The columns' names.
    pub names: Vec<String>,
    /// Regressors, n x k.
    pub x: Mat<f64>,
    /// Dependent variable, n.
    pub y: Vec<f64>,
    /// The norm of each regressor before it was transformed: what is small against it is rounding.
    pub magnitudes: Vec<f64>,
    /// The norm of the dependent variable before it was transformed.
    pub y_magnitude: f64,
}

impl Design {
    /// The same with each row multiplied by the root of its weight: least squares on these is weighted least
    /// squares, and every covariance follows from their residuals. `before` are the variables before they
    /// were transformed, for the magnitudes, after an intercept of ones if there is one.
    #[must_use]
    pub fn weighted(mut self, weights: &[f64], before: &[&[f64]], dependent_before: &[f64]) -> Self {
        let roots: Vec<f64> = weights.iter().map(|weight| weight.sqrt()).collect();
        for column in 0..self.x.ncols() {
            match self.x.as_mut().col_mut(column).try_as_col_major_mut() {
                Some(values) => scale(values.as_slice_mut(), &roots),
                None => (0..roots.len()).for_each(|row| self.x[(row, column)] *= roots[row]),
            }
        }
        scale(&mut self.y, &roots);
        let size = |values: &[f64]| norm(&values.iter().zip(&roots).map(|(v, r)| v * r).collect::<Vec<_>>());
        let offset = self.magnitudes.len() - before.len();
        self.magnitudes[..offset].fill(norm(&roots));
        self.magnitudes[offset..].iter_mut().zip(before).for_each(|(slot, values)| *slot = size(values));
        self.y_magnitude = size(dependent_before);
        self
    }

    /// The design with the columns of these names.
    #[must_use]
    pub fn with_names(&self, names: &[String]) -> Self {
        let chosen: Vec<usize> =
            (0..self.names.len()).filter(|at| names.contains(&self.names[*at])).collect();
        self.with_columns(&chosen)
    }

    /// The design with some of its columns.
    #[must_use]
    pub fn with_columns(&self, chosen: &[usize]) -> Self {
        Self {
            names: chosen.iter().map(|at| self.names[*at].clone()).collect(),
            x: Mat::from_fn(self.x.nrows(), chosen.len(), |row, column| self.x[(row, chosen[column])]),
            y: self.y.clone(),
            magnitudes: chosen.iter().map(|at| self.magnitudes[*at]).collect(),
            y_magnitude: self.y_magnitude,
        }
    }
}

fn scale(values: &mut [f64], roots: &[f64]) {
    values.iter_mut().zip(roots).for_each(|(value, root)| *value *= root);
}
