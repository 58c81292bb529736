//! Means and norms of columns, right to the last digit or nearly so.

use std::ops::Range;

use super::tall::dot;

/// Sums of more terms than this are carried as several side by side.
const MANY: usize = 20_000;

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

/// What a transformation leaves of values counts as nothing below this share of them.
pub const NOTHING: f64 = 1e-12;

/// Whether all values are the same, but for their rounding.
pub fn is_constant(values: &[f64]) -> bool {
    if values.iter().all(|value| Some(value) == values.first()) {
        return true;
    }
    let center = mean(values);
    let left: Vec<f64> = values.iter().map(|value| value - center).collect();
    norm(&left) <= NOTHING * norm(values)
}

/// The power of two nearest to a norm, on the logarithmic scale; 1 for 0.
pub fn power_of_two(norm: f64) -> f64 {
    if norm > 0.0 && norm.is_finite() { norm.log2().round().clamp(-1000.0, 1000.0).exp2() } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_by_its_rounding_is_constant() {
        assert!(is_constant(&[]) && is_constant(&[0.0, 0.0]) && is_constant(&[1e300, 1e300]));
        assert!(is_constant(&[0.1 + 0.2, 0.3, 0.3]) && is_constant(&[3e-200, 3e-200 * (1.0 + 1e-15)]));
        assert!(!is_constant(&[0.0, 1e-300]) && !is_constant(&[1e9, 1e9 + 0.01]));
    }
}
