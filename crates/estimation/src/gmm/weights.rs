//! Weighting matrices, held as factors: A = F'F, so that nothing is lost to squares.

use faer::Mat;

use crate::numerics::norm;
use crate::numerics::symmetric::{generalized_root, inverse};
use crate::outcome::Reason;

/// The inverse of W'W, where W has a column for each instrument.
#[derive(Debug, Clone)]
pub(super) struct Weights {
    factor: Factor,
    /// The rank of W.
    pub(super) rank: usize,
}

#[derive(Debug, Clone)]
enum Factor {
    /// W = Q R with columns over these scales: F = R^-T.
    Triangular { r: Mat<f64>, scales: Vec<f64> },
    /// Where W isn't of full rank: F of the Moore-Penrose inverse.
    Generalized(Mat<f64>),
}

impl Weights {
    /// The weights of W, n x p.
    pub(super) fn new(w: &Mat<f64>) -> Result<Self, Reason> {
        let order = w.ncols();
        let column = |at: usize| -> Vec<f64> { (0..w.nrows()).map(|row| w[(row, at)]).collect() };
        let scales: Vec<f64> =
            (0..order).map(|at| Some(norm(&column(at))).filter(|n| *n > 0.0).unwrap_or(1.0)).collect();
        let scaled = Mat::from_fn(w.nrows(), order, |row, at| w[(row, at)] / scales[at]);
        if w.nrows() < order || inverse(&(scaled.transpose() * &scaled)).is_none() {
            let root = generalized_root(&(w.transpose() * w), "the weighting matrix")?;
            return Ok(Self { rank: root.nrows(), factor: Factor::Generalized(root) });
        }
        let r = scaled.qr().thin_R().to_owned();
        Ok(Self { factor: Factor::Triangular { r, scales }, rank: order })
    }

    /// F v.
    pub(super) fn half(&self, v: &[f64]) -> Vec<f64> {
        match &self.factor {
            Factor::Triangular { r, scales } => {
                // R'u = v, forward substitution
                let mut solved = vec![0.0; v.len()];
                for i in 0..v.len() {
                    let known: f64 = (0..i).map(|j| r[(j, i)] * solved[j]).sum();
                    solved[i] = (v[i] / scales[i] - known) / r[(i, i)];
                }
                solved
            }
            Factor::Generalized(root) => crate::numerics::symmetric::times(root, v),
        }
    }

    /// A v = F'F v.
    pub(super) fn apply(&self, v: &[f64]) -> Vec<f64> {
        let half = self.half(v);
        match &self.factor {
            Factor::Triangular { r, scales } => {
                // R x = u, backward substitution
                let mut solved = vec![0.0; v.len()];
                for i in (0..v.len()).rev() {
                    let known: f64 = (i + 1..v.len()).map(|j| r[(i, j)] * solved[j]).sum();
                    solved[i] = (half[i] - known) / r[(i, i)];
                }
                solved.iter().zip(scales).map(|(value, scale)| value / scale).collect()
            }
            Factor::Generalized(root) => (0..root.ncols())
                .map(|column| half.iter().enumerate().map(|(row, value)| root[(row, column)] * value).sum())
                .collect(),
        }
    }

    /// v'A v.
    pub(super) fn quadratic_form(&self, v: &[f64]) -> f64 {
        self.half(v).iter().map(|value| value * value).sum()
    }
}
