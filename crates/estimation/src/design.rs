//! The matrices of a linear model.

use std::ops::Range;

use faer::Mat;

use crate::Sample;

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
        let x = Mat::from_fn(height, sample.regressors().len() + offset, |row, column| {
            if intercept && column == 0 { 1.0 } else { sample.regressors()[column - offset][row] }
        });
        let mut names: Vec<String> = sample.formula().regressors.clone();
        let mut magnitudes: Vec<f64> = sample.regressors().iter().map(|column| norm(column)).collect();
        if intercept {
            names.insert(0, INTERCEPT.into());
            magnitudes.insert(0, (height as f64).sqrt());
        }
        Self { names, x, y: sample.dependent().to_vec(), magnitudes, y_magnitude: norm(sample.dependent()) }
    }

    /// The variables less their entity means.
    pub fn within(sample: &Sample) -> Self {
        let mut x = Mat::zeros(sample.height(), sample.regressors().len());
        for (column, values) in sample.regressors().iter().enumerate() {
            for group in sample.groups() {
                let center = mean(&values[group.clone()]);
                for row in group.clone() {
                    x[(row, column)] = values[row] - center;
                }
            }
        }
        let y = less_means(sample.dependent(), sample.groups());
        Self {
            names: sample.formula().regressors.clone(),
            x,
            y,
            magnitudes: sample.regressors().iter().map(|column| norm(column)).collect(),
            y_magnitude: norm(sample.dependent()),
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
