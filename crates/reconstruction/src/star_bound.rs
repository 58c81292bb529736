//! One-sided bounds on squared t statistics, as the published stars state them.
//!
//! With the coefficient b_k held at its published value, t_k^2 = b_k^2 df s_k(S) / RSS(S), where
//! RSS(S) = w'Sw (w = 1 at the dependent variable, -b at the regressors) is linear in the
//! cross-product matrix S and s_k(S) = 1 / [(S_XX)^-1]_kk = min { v'Sv : v_k = 1 } is concave.
//! A lower bound on t^2 is therefore convex. An upper bound is not; there s_k is replaced by
//! its tangent v0'Sv0 at an earlier iterate, which lies above s_k everywhere and so is safe.

use crate::cross_product::{
    inner, pack, pack_functional, pack_quadratic, packed_index, packed_length, submatrix,
};
use crate::error::ReconstructionError;
use crate::problem::critical_value;
use faer::linalg::solvers::DenseSolveCore;
use faer::{Mat, Side};

/// Which side of a critical value the t statistic must be on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoundSide {
    /// Significant at the level.
    AtLeast,
    /// Not significant at the level.
    AtMost,
}

/// One row of a published table, in the units that the solver measures variables in.
#[derive(Debug, Clone)]
pub struct ScaledRow {
    /// Number of variables k.
    pub order: usize,
    /// Index of the dependent variable.
    pub dependent: usize,
    /// Indices of the regressors.
    pub regressors: Vec<usize>,
    /// Stars of their coefficients.
    pub stars: Vec<usize>,
    /// Their coefficients.
    pub values: Vec<f64>,
    /// Residual degrees of freedom of the row's regression.
    pub degrees_of_freedom: f64,
}

impl ScaledRow {
    /// Packed functionals of the normal equations S_XX b - S_Xy = 0, one per regressor.
    pub fn normal_equations(&self) -> Vec<Vec<f64>> {
        self.regressors
            .iter()
            .map(|row| {
                let mut matrix = Mat::<f64>::zeros(self.order, self.order);
                let mut add = |column: usize, value: f64| {
                    matrix[(*row, column)] += value / 2.0;
                    matrix[(column, *row)] += value / 2.0;
                };
                for (regressor, value) in self.regressors.iter().zip(&self.values) {
                    add(*regressor, *value);
                }
                add(self.dependent, -1.0);
                pack_functional(&matrix)
            })
            .collect()
    }
}

/// The Schur complement s_k(S) with what its derivatives need.
struct SchurComplement {
    value: f64,
    /// v, over the whole list of variables.
    minimiser: Vec<f64>,
    /// [S_RR]^-1 of the other regressors R.
    inverse: Mat<f64>,
    /// R.
    others: Vec<usize>,
}

/// A bound on the t statistic of one coefficient.
#[derive(Debug, Clone)]
pub struct StarBound {
    order: usize,
    regressors: Vec<usize>,
    position: usize,
    side: BoundSide,
    /// b_k^2 df.
    signal: f64,
    /// Critical value squared, moved by the margin to the safe side.
    threshold: f64,
    /// The residual sum of squares as a packed functional.
    residual: Vec<f64>,
    /// The tangent of s_k at the last iterate as a packed functional.
    tangent: Vec<f64>,
    /// Divides the bound's value so that it is relative: t^2 / threshold - 1.
    scale: f64,
}

/// A bound's value with its first and, for the concave case, second derivative.
pub struct BoundValue {
    /// Positive where the bound holds.
    pub value: f64,
    /// Gradient in packed form.
    pub gradient: Vec<f64>,
    /// Hessian in packed form; `None` where the bound is linear.
    pub hessian: Option<Mat<f64>>,
}

impl StarBound {
    /// The bounds that one row of published coefficients states.
    ///
    /// `margin` keeps every t statistic at least that share away from the critical values.
    ///
    /// # Errors
    /// When a critical value cannot be computed.
    pub fn of_row(
        row: &ScaledRow,
        star_levels: &[f64],
        margin: f64,
    ) -> Result<Vec<Self>, ReconstructionError> {
        let ScaledRow { order, dependent, regressors, stars, values, degrees_of_freedom } = row;
        let (order, degrees_of_freedom) = (*order, *degrees_of_freedom);
        let mut weights = vec![0.0; order];
        weights[*dependent] = 1.0;
        for (regressor, value) in regressors.iter().zip(values) {
            weights[*regressor] = -value;
        }
        let residual = pack_quadratic(&weights);
        let mut bounds = Vec::new();
        for (position, (stars, value)) in stars.iter().zip(values).enumerate() {
            let mut push = |side, level: f64| -> Result<(), ReconstructionError> {
                let factor = match side {
                    BoundSide::AtLeast => 1.0 + margin,
                    BoundSide::AtMost => 1.0 - margin,
                };
                bounds.push(Self {
                    order,
                    regressors: regressors.to_vec(),
                    position,
                    side,
                    signal: value * value * degrees_of_freedom,
                    threshold: (critical_value(degrees_of_freedom, level)? * factor).powi(2),
                    residual: residual.clone(),
                    tangent: vec![0.0; packed_length(order)],
                    scale: 1.0,
                });
                Ok(())
            };
            if *stars > 0 {
                push(BoundSide::AtLeast, star_levels[*stars - 1])?;
            }
            if let Some(level) = star_levels.get(*stars) {
                push(BoundSide::AtMost, *level)?;
            }
        }
        Ok(bounds)
    }

    fn schur(&self, matrix: &Mat<f64>) -> Option<SchurComplement> {
        let own = self.regressors[self.position];
        let others: Vec<usize> =
            self.regressors.iter().copied().filter(|regressor| *regressor != own).collect();
        let mut minimiser = vec![0.0; self.order];
        minimiser[own] = 1.0;
        if others.is_empty() {
            return Some(SchurComplement {
                value: matrix[(own, own)],
                minimiser,
                inverse: Mat::zeros(0, 0),
                others,
            });
        }
        let inverse = submatrix(matrix, &others, &others).llt(Side::Lower).ok()?.inverse();
        let cross = submatrix(matrix, &others, &[own]);
        let projection = &inverse * &cross;
        let mut value = matrix[(own, own)];
        for (index, other) in others.iter().enumerate() {
            minimiser[*other] = -projection[(index, 0)];
            value -= projection[(index, 0)] * cross[(index, 0)];
        }
        Some(SchurComplement { value, minimiser, inverse, others })
    }

    /// Takes the tangent and the scale at `matrix`; `None` if it is not positive definite.
    pub fn linearise_at(&mut self, matrix: &Mat<f64>) -> Option<()> {
        let SchurComplement { minimiser, .. } = self.schur(matrix)?;
        self.tangent = pack_quadratic(&minimiser);
        let residual = inner(&self.residual, &pack(matrix));
        if !(residual.is_finite() && residual > 0.0) {
            return None;
        }
        self.scale = 1.0 / (self.threshold * residual);
        Some(())
    }

    /// The bound at `matrix`, with the tangent in place of s_k for [`BoundSide::AtMost`].
    pub fn evaluate(&self, matrix: &Mat<f64>, packed: &[f64]) -> Option<BoundValue> {
        let residual = inner(&self.residual, packed);
        match self.side {
            BoundSide::AtMost => {
                let value =
                    self.scale * (self.threshold * residual - self.signal * inner(&self.tangent, packed));
                let gradient = self
                    .residual
                    .iter()
                    .zip(&self.tangent)
                    .map(|(rss, tangent)| self.scale * (self.threshold * rss - self.signal * tangent))
                    .collect();
                Some(BoundValue { value, gradient, hessian: None })
            }
            BoundSide::AtLeast => {
                let SchurComplement { value: schur, minimiser, inverse, others } = self.schur(matrix)?;
                let value = self.scale * (self.signal * schur - self.threshold * residual);
                let slope = pack_quadratic(&minimiser);
                let gradient = slope
                    .iter()
                    .zip(&self.residual)
                    .map(|(slope, rss)| self.scale * (self.signal * slope - self.threshold * rss))
                    .collect();
                // Second derivative of s_k along D: -2 (Dv)_R' [S_RR]^-1 (Dv)_R.
                let mut map = Mat::<f64>::zeros(others.len(), packed.len());
                for (index, other) in others.iter().enumerate() {
                    for column in 0..self.order {
                        map[(index, packed_index(self.order, *other, column))] += minimiser[column];
                    }
                }
                let weighted = &inverse * &map;
                let factor = -2.0 * self.scale * self.signal;
                let hessian = map.transpose() * &weighted * faer::Scale(factor);
                Some(BoundValue { value, gradient, hessian: Some(hessian) })
            }
        }
    }

    /// The true slack of the bound at `matrix`, without tangent: positive where it holds.
    pub fn slack(&self, matrix: &Mat<f64>) -> Option<f64> {
        let SchurComplement { value: schur, .. } = self.schur(matrix)?;
        let ratio = self.signal * schur / (self.threshold * inner(&self.residual, &pack(matrix)));
        Some(match self.side {
            BoundSide::AtLeast => ratio - 1.0,
            BoundSide::AtMost => 1.0 - ratio,
        })
    }
}
