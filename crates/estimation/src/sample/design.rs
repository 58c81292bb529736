//! The design of a sample's equation in levels.

use faer::Mat;

use super::sample::Sample;
use crate::numerics::{Design, norm};
use crate::outcome::INTERCEPT;

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
}
