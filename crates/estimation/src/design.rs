//! The matrices of a linear model.

use std::ops::Range;

use faer::Mat;

use crate::Sample;
use crate::tall::dot;

/// Sums of more terms than this are carried as several side by side.
const MANY: usize = 20_000;

/// The name of the intercept's coefficient, as R has it.
pub const INTERCEPT: &str = "(Intercept)";

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
    /// The variables as they are, with a column of ones first if the equation has an intercept.
    pub fn levels(sample: &Sample) -> Self {
        let intercept = sample.formula().intercept;
        let height = sample.height();
        let offset = usize::from(intercept);
        let columns: Vec<&[f64]> = sample.regressors().iter().map(|column| &**column).collect();
        let x = Mat::from_fn(height, columns.len() + offset, |row, column| {
            if intercept && column == 0 { 1.0 } else { columns[column - offset][row] }
        });
        let mut names: Vec<String> = sample.formula().regressors.clone();
        let mut magnitudes: Vec<f64> = sample.regressors().iter().map(|column| norm(column)).collect();
        if intercept {
            names.insert(0, INTERCEPT.into());
            magnitudes.insert(0, (height as f64).sqrt());
        }
        Self { names, x, y: sample.dependent().to_vec(), magnitudes, y_magnitude: norm(sample.dependent()) }
    }

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

/// The mean, corrected once by the mean of the deviations, so that it is right to the last digit or
/// nearly so. Zero for no values.
pub fn mean(values: &[f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let count = values.len() as f64;
    let first = values.iter().sum::<f64>() / count;
    if !first.is_finite() {
        return first;
    }
    first + values.iter().map(|value| value - first).sum::<f64>() / count
}

fn scale(values: &mut [f64], roots: &[f64]) {
    values.iter_mut().zip(roots).for_each(|(value, root)| *value *= root);
}

/// The weighted mean, corrected once as [`mean`].
pub fn weighted_mean(values: &[f64], weights: &[f64]) -> f64 {
    let total: f64 = weights.iter().sum();
    if total <= 0.0 {
        return 0.0;
    }
    let first = values.iter().zip(weights).map(|(value, weight)| value * weight).sum::<f64>() / total;
    if !first.is_finite() {
        return first;
    }
    let rest = values.iter().zip(weights).map(|(value, weight)| (value - first) * weight).sum::<f64>();
    first + rest / total
}

/// The values less the mean of their group.
pub fn less_means(values: &[f64], groups: &[Range<usize>]) -> Vec<f64> {
    let mut centered = Vec::with_capacity(values.len());
    for group in groups {
        let values = &values[group.clone()];
        let center = mean(values);
        centered.extend(values.iter().map(|value| value - center));
    }
    centered
}

/// The Euclidean norm, safe from overflow and underflow in the squares.
pub fn norm(values: &[f64]) -> f64 {
    if values.len() > MANY {
        let square = dot(values, values);
        if (1e-280..1e280).contains(&square) {
            return square.sqrt();
        }
    }
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    largest * values.iter().map(|value| (value / largest).powi(2)).sum::<f64>().sqrt()
}

/// Whether all values are the same.
pub fn is_constant(values: &[f64]) -> bool {
    values.iter().all(|value| Some(value) == values.first())
}
