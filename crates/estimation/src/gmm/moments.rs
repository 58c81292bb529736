//! Sums over units of instruments times variables, residuals and weights.

use faer::Mat;

use super::equations::{Equations, Row};

/// sum Z_i'X_i, p x k.
pub(super) fn instruments_by_regressors(equations: &Equations) -> Mat<f64> {
    let mut sum: Mat<f64> = Mat::zeros(equations.instruments, equations.names.len());
    for row in equations.units.iter().flatten() {
        for &(instrument, value) in &row.z {
            for (column, x) in row.x.iter().enumerate() {
                sum[(instrument, column)] += value * x;
            }
        }
    }
    sum
}

/// Z_i'v of one unit's rows, where `value` gives v.
pub(super) fn instruments_by(
    equations: &Equations,
    rows: &[Row],
    value: impl Fn(usize, &Row) -> f64,
) -> Vec<f64> {
    let mut sum = vec![0.0; equations.instruments];
    for (place, row) in rows.iter().enumerate() {
        let v = value(place, row);
        if v != 0.0 {
            row.z.iter().for_each(|(instrument, z)| sum[*instrument] += z * v);
        }
    }
    sum
}

/// sum Z_i'H Z_i, p x p.
pub(super) fn first_weights(equations: &Equations) -> Mat<f64> {
    let mut sum: Mat<f64> = Mat::zeros(equations.instruments, equations.instruments);
    for rows in &equations.units {
        for one in rows {
            for other in rows {
                let weight = covariance_of_noise(one, other);
                if weight == 0.0 {
                    continue;
                }
                for &(i, left) in &one.z {
                    for &(j, right) in &other.z {
                        sum[(i, j)] += left * weight * right;
                    }
                }
            }
        }
    }
    sum
}

/// The covariance of two rows' errors where those in levels are white noise of variance one.
fn covariance_of_noise(one: &Row, other: &Row) -> f64 {
    let apart = other.time - one.time;
    match (one.level, other.level) {
        (true, true) => f64::from(u8::from(apart == 0)),
        (false, false) => match apart {
            0 => 2.0,
            -1 | 1 => -1.0,
            _ => 0.0,
        },
        // A difference holds the level of its own time and, with a minus, that of the time before.
        (false, true) => f64::from(u8::from(apart == 0)) - f64::from(u8::from(apart == -1)),
        (true, false) => f64::from(u8::from(apart == 0)) - f64::from(u8::from(apart == 1)),
    }
}

/// sum of v_i v_i' of one vector a unit.
pub(super) fn outer_products(vectors: &[Vec<f64>], order: usize) -> Mat<f64> {
    let mut sum: Mat<f64> = Mat::zeros(order, order);
    for vector in vectors {
        for (j, right) in vector.iter().enumerate().filter(|(_, right)| **right != 0.0) {
            for (i, left) in vector.iter().enumerate() {
                sum[(i, j)] += left * right;
            }
        }
    }
    sum
}

/// (sum v_i w_i' + w_i v_i') u of two vectors a unit.
pub(super) fn derivative_times(one: &[Vec<f64>], other: &[Vec<f64>], vector: &[f64]) -> Vec<f64> {
    let dot = |left: &[f64]| -> f64 { left.iter().zip(vector).map(|(a, b)| a * b).sum() };
    let mut sum = vec![0.0; vector.len()];
    for (v, w) in one.iter().zip(other) {
        let (by_v, by_w) = (dot(v), dot(w));
        for (place, sum) in sum.iter_mut().enumerate() {
            *sum += v[place] * by_w + w[place] * by_v;
        }
    }
    sum
}

/// The residuals of one unit's rows.
pub(super) fn residuals(rows: &[Row], coefficients: &[f64]) -> Vec<f64> {
    rows.iter().map(|row| row.y - row.x.iter().zip(coefficients).map(|(x, b)| x * b).sum::<f64>()).collect()
}
