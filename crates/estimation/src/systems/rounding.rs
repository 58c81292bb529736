//! Which variances are made of scores that are rounding.
//!
//! The same rule as for one equation's covariances: a variance says nothing where the scores of every part cancel, or
//! where it is no more than the rounding in residuals would give.

use faer::Mat;

use super::scores::{Dependence, factor};
use crate::numerics::{CANCELLED, NOISE};
use crate::sample::Rows;

/// Scores, row by row, and what they are made of.
pub(crate) struct Scored<'a> {
    /// What each residual is multiplied by, a column a score.
    pub(crate) carriers: &'a [Vec<f64>],
    /// The scores, a column each.
    pub(crate) scores: &'a [Vec<f64>],
    /// The rounding in the residuals behind each score.
    pub(crate) residuals: &'a [f64],
    pub(crate) rows: &'a Rows,
    pub(crate) dependence: Dependence,
}

impl Scored<'_> {
    /// What could be rounding of the variance of each row of `to` times the sum of the scores.
    pub(crate) fn rounding(&self, to: &Mat<f64>) -> Vec<f64> {
        let height = self.rows.times.len();
        let (parts, count) = match self.dependence {
            Dependence::Cluster(by) => {
                let factor = factor(by, self.rows);
                let count = factor.levels();
                (factor.codes, count)
            }
            _ => ((0..height).collect(), height),
        };
        // A sum of products loses its digits at once, a square of sums each time.
        let share = match self.dependence {
            Dependence::Kernel { .. } => 2.0 * height as f64 * NOISE,
            _ => CANCELLED,
        };
        (0..to.nrows())
            .map(|at| {
                let (mut sizes, mut noise) = (vec![0.0; count], 0.0);
                for row in 0..height {
                    let (mut size, mut rounded) = (0.0, 0.0);
                    for (column, score) in self.scores.iter().enumerate() {
                        size += (to[(at, column)] * score[row]).abs();
                        rounded += to[(at, column)] * self.carriers[column][row] * self.residuals[column];
                    }
                    sizes[parts[row]] += size;
                    noise += rounded * rounded;
                }
                noise + share * sizes.iter().map(|size| size * size).sum::<f64>()
            })
            .collect()
    }
}

/// The matrix with variances of zero where they are no more than rounding, and whose these are.
pub(crate) fn without_rounding(matrix: &Mat<f64>, rounding: &[f64]) -> (Mat<f64>, Vec<usize>) {
    let rounded: Vec<usize> =
        (0..matrix.nrows()).filter(|at| matrix[(*at, *at)].abs() <= rounding[*at]).collect();
    let kept = |at: usize| !rounded.contains(&at);
    let matrix =
        Mat::from_fn(
            matrix.nrows(),
            matrix.ncols(),
            |i, j| {
                if kept(i) && kept(j) { matrix[(i, j)] } else { 0.0 }
            },
        );
    (matrix, rounded)
}
