//! Smooth penalties and the objective of one cross-product matrix.

use crate::cross_product::{
    inner, inverse_and_log_determinant, pack, pack_functional, packed_index, packed_length,
};
use crate::star_bound::StarBound;
use faer::Mat;

/// Weights of the smooth exact penalty on bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PenaltyWeights {
    /// Price of a unit of violation.
    pub price: f64,
    /// Strength of the logarithmic barrier that keeps bounds away from zero.
    pub barrier: f64,
}

impl PenaltyWeights {
    /// Value, first and second derivative of
    /// `min over s of price s - barrier log(value + s) - barrier log(s)`,
    /// the elastic form of a logarithmic barrier with its slack s eliminated.
    ///
    /// Defined for every value: a violated bound costs its price, a satisfied one is kept inside.
    pub fn evaluate(&self, value: f64) -> (f64, f64, f64) {
        let Self { price, barrier } = *self;
        let scaled = price * value;
        let root = scaled.hypot(2.0 * barrier);
        // root - |scaled| without cancellation.
        let remainder = 4.0 * barrier * barrier / (root + scaled.abs());
        let (slack, room) = if scaled >= 0.0 {
            (2.0 * barrier + remainder, 2.0 * barrier + scaled + root)
        } else {
            (2.0 * barrier - scaled + root, 2.0 * barrier + remainder)
        };
        let (slack, room) = (slack / (2.0 * price), room / (2.0 * price));
        let curvature_room = barrier / (room * room);
        let curvature_slack = barrier / (slack * slack);
        (
            price * slack - barrier * (room.ln() + slack.ln()),
            -barrier / room,
            curvature_room * curvature_slack / (curvature_room + curvature_slack),
        )
    }
}

/// The objective of one cross-product matrix S: its divergence from the prior P,
/// weight (tr(P^-1 S) - log det S), that of its diagonal alone,
/// spread weight sum_j (S_jj / P_jj - log S_jj), and the penalties of its bounds.
#[derive(Debug, Clone)]
pub struct MatrixObjective {
    order: usize,
    weight: f64,
    spread_weight: f64,
    prior_diagonal: Vec<f64>,
    prior_inverse: Vec<f64>,
    /// Bounds on t statistics that S decides.
    pub bounds: Vec<StarBound>,
}

/// Value and derivatives of a [`MatrixObjective`] in packed coordinates.
pub struct ObjectiveValue {
    /// The objective.
    pub value: f64,
    /// Its gradient, k(k+1)/2 entries.
    pub gradient: Vec<f64>,
    /// Its Hessian.
    pub hessian: Mat<f64>,
}

impl MatrixObjective {
    /// An objective around `prior`; `None` if the prior is not positive definite.
    pub fn new(prior: &Mat<f64>, weight: f64, spread_weight: f64, bounds: Vec<StarBound>) -> Option<Self> {
        let (inverse, _) = inverse_and_log_determinant(prior)?;
        let order = prior.nrows();
        let prior_diagonal = (0..order).map(|index| prior[(index, index)]).collect();
        Some(Self {
            order,
            weight,
            spread_weight,
            prior_diagonal,
            prior_inverse: pack_functional(&inverse),
            bounds,
        })
    }

    /// The objective's value alone; `None` outside the positive definite matrices.
    pub fn value(&self, matrix: &Mat<f64>, penalty: PenaltyWeights) -> Option<f64> {
        let (_, log_determinant) = inverse_and_log_determinant(matrix)?;
        let packed = pack(matrix);
        let mut value = self.weight * (inner(&self.prior_inverse, &packed) - log_determinant);
        for (index, prior) in self.prior_diagonal.iter().enumerate() {
            let ratio = matrix[(index, index)] / prior;
            value += self.spread_weight * (ratio - ratio.ln());
        }
        for bound in &self.bounds {
            value += penalty.evaluate(bound.evaluate(matrix, &packed)?.value).0;
        }
        Some(value)
    }

    /// Value, gradient and Hessian; `None` outside the positive definite matrices.
    pub fn evaluate(&self, matrix: &Mat<f64>, penalty: PenaltyWeights) -> Option<ObjectiveValue> {
        let (inverse, log_determinant) = inverse_and_log_determinant(matrix)?;
        let packed = pack(matrix);
        let length = packed_length(self.order);
        let mut value = self.weight * (inner(&self.prior_inverse, &packed) - log_determinant);
        let mut gradient: Vec<f64> = self
            .prior_inverse
            .iter()
            .zip(pack_functional(&inverse))
            .map(|(prior, own)| self.weight * (prior - own))
            .collect();
        let mut hessian = self.log_determinant_hessian(&inverse);
        for (index, prior) in self.prior_diagonal.iter().enumerate() {
            let position = packed_index(self.order, index, index);
            let spread = matrix[(index, index)];
            value += self.spread_weight * (spread / prior - (spread / prior).ln());
            gradient[position] += self.spread_weight * (1.0 / prior - 1.0 / spread);
            hessian[(position, position)] += self.spread_weight / (spread * spread);
        }
        for bound in &self.bounds {
            let bound = bound.evaluate(matrix, &packed)?;
            let (cost, slope, curvature) = penalty.evaluate(bound.value);
            value += cost;
            for (total, part) in gradient.iter_mut().zip(&bound.gradient) {
                *total += slope * part;
            }
            for column in 0..length {
                for row in 0..length {
                    hessian[(row, column)] += curvature * bound.gradient[row] * bound.gradient[column];
                }
            }
            if let Some(second) = bound.hessian {
                for column in 0..length {
                    for row in 0..length {
                        hessian[(row, column)] += slope * second[(row, column)];
                    }
                }
            }
        }
        Some(ObjectiveValue { value, gradient, hessian })
    }

    /// Hessian of -log det S: tr(S^-1 E_a S^-1 E_b) over the packed basis matrices E.
    fn log_determinant_hessian(&self, inverse: &Mat<f64>) -> Mat<f64> {
        let order = self.order;
        let mut entries = Vec::with_capacity(packed_length(order));
        for row in 0..order {
            for column in row..order {
                entries.push((row, column, if row == column { 0.5 } else { 1.0 }));
            }
        }
        Mat::from_fn(entries.len(), entries.len(), |a, b| {
            let (i, j, left) = entries[a];
            let (l, m, right) = entries[b];
            let products = inverse[(i, l)] * inverse[(j, m)] + inverse[(i, m)] * inverse[(j, l)];
            2.0 * self.weight * left * right * products
        })
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;
    use crate::cross_product::unpack;
    use crate::star_bound::ScaledRow;

    #[test]
    fn the_penalty_has_the_derivatives_it_states() {
        let weights = PenaltyWeights { price: 50.0, barrier: 0.3 };
        for value in [-2.0, -0.1, 0.0, 0.003, 0.5, 4.0] {
            let step = 1e-5;
            let (_, slope, curvature) = weights.evaluate(value);
            let (above, slope_above, _) = weights.evaluate(value + step);
            let (below, slope_below, _) = weights.evaluate(value - step);
            assert!(((above - below) / (2.0 * step) - slope).abs() < 1e-5 * (1.0 + slope.abs()));
            assert!(
                ((slope_above - slope_below) / (2.0 * step) - curvature).abs() < 1e-4 * (1.0 + curvature)
            );
            assert!(slope < 0.0 && curvature > 0.0);
        }
    }

    #[test]
    fn the_objective_has_the_derivatives_it_states() {
        let row = ScaledRow {
            order: 4,
            dependent: 0,
            regressors: vec![1, 2, 3],
            stars: vec![2, 0, 1],
            values: vec![0.4, -0.3, 0.2],
            degrees_of_freedom: 7.0,
        };
        let matrix =
            Mat::from_fn(4, 4, |i, j| if i == j { 2.0 + i as f64 } else { 0.3 + 0.1 * (i + j) as f64 });
        let mut bounds = StarBound::of_row(&row, &[0.1, 0.05, 0.01], 0.02).expect("bounds");
        assert_eq!(bounds.len(), 5);
        for bound in &mut bounds {
            bound.linearise_at(&matrix).expect("positive definite");
        }
        let objective = MatrixObjective::new(&matrix, 1.5, 0.8, bounds).expect("an objective");
        let penalty = PenaltyWeights { price: 5.0, barrier: 0.7 };
        let start: Vec<f64> = pack(&matrix).iter().enumerate().map(|(i, v)| v + 0.01 * i as f64).collect();
        let at = |packed: &[f64]| objective.evaluate(&unpack(packed, 4), penalty).expect("inside");
        let centre = at(&start);
        let step = 1e-5;
        for index in 0..start.len() {
            let (mut above, mut below) = (start.clone(), start.clone());
            above[index] += step;
            below[index] -= step;
            let (above, below) = (at(&above), at(&below));
            let slope = (above.value - below.value) / (2.0 * step);
            assert!((slope - centre.gradient[index]).abs() < 1e-5, "gradient {index}");
            for other in 0..start.len() {
                let curvature = (above.gradient[other] - below.gradient[other]) / (2.0 * step);
                assert!((curvature - centre.hessian[(other, index)]).abs() < 1e-4, "hessian {other},{index}");
            }
        }
    }
}
