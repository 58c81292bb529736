//! Sums over units of instruments times variables, residuals and weights.

use std::collections::BTreeMap;

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

/// W with W'W = sum Z_i'H Z_i: a row for each unit and time of white noise, K_i'Z_i, where each of the
/// unit's equations has a row of K_i: 1 at its time and, a difference, -1 at the time before.
pub(super) fn noise_by_instruments(equations: &Equations) -> Mat<f64> {
    let mut entries: Vec<(usize, usize, f64)> = Vec::new();
    let mut height = 0;
    for rows in &equations.units {
        let mut places: BTreeMap<i64, usize> = BTreeMap::new();
        for row in rows {
            let after = Some((row.time, 1.0));
            let before = (!row.level).then_some((row.time - 1, -1.0));
            for (time, sign) in [after, before].into_iter().flatten() {
                let next = height + places.len();
                let place = *places.entry(time).or_insert(next);
                entries.extend(row.z.iter().map(|(instrument, z)| (place, *instrument, sign * z)));
            }
        }
        height += places.len();
    }
    let mut w: Mat<f64> = Mat::zeros(height, equations.instruments);
    for (row, column, value) in entries {
        w[(row, column)] += value;
    }
    w
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
