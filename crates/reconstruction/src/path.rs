//! Plausible paths over time, coloured to given cross-products.
//!
//! A target path W (T x k, demeaned) says what each variable should look like: trend, persistence,
//! monotone growth. All paths with cross-product S are Z = H U R, with R'R = S, H an orthonormal
//! basis of the vectors of length T that sum to zero, and U any matrix with orthonormal columns.
//! The one nearest to W in the weighted sense min |(Z - W) D| is the orthogonal Procrustes solution
//! (Schoenemann, 1966): U is the polar factor of H'W D^2 R'. With D = I it is the optimal-transport
//! map of W to cross-product S; a variable with a large weight keeps its target almost exactly.

use crate::cross_product::square_root;
use crate::error::ReconstructionError;
use faer::Mat;
use faer::linalg::solvers::Solve;
use vintner_estimation::SeededGenerator;

/// How the path of one variable should look.
#[derive(Debug, Clone, PartialEq)]
pub struct PathShape {
    /// Correlation of the path with a linear trend, between -1 and 1.
    pub trend: f64,
    /// First-order autocorrelation of the deviations from the trend.
    pub persistence: f64,
    /// Weight of the variable when paths are fitted to targets (per standard deviation).
    pub weight: f64,
    /// Positive increments throughout, with this standard deviation of their logarithms; `trend`
    /// is then not used.
    pub increasing: Option<f64>,
    /// Weight of squared second differences against squared deviations when the target is smoothed
    /// (Whittaker, 1923); 0 leaves it as drawn.
    pub smoothness: f64,
}

/// Rounds of smoothing the path reached so far and fitting to it again.
const SMOOTHING_ROUNDS: usize = 40;

/// Target paths of one unit: T x k, each column demeaned with unit sum of squares.
///
/// # Errors
/// When there are fewer than three periods.
pub fn target_path(
    shapes: &[PathShape],
    periods: usize,
    generator: &mut SeededGenerator,
) -> Result<Mat<f64>, ReconstructionError> {
    if periods < 3 {
        return Err(ReconstructionError::Invalid {
            what: format!("{periods} periods"),
            reason: "a path needs at least three".to_owned(),
        });
    }
    let trend: Vec<f64> = (0..periods).map(|period| period as f64).collect();
    let trend = standardised(&trend);
    let mut target = Mat::<f64>::zeros(periods, shapes.len());
    for (column, shape) in shapes.iter().enumerate() {
        let noise = autoregressive(shape.persistence, periods, generator);
        let path = if let Some(variation) = shape.increasing {
            // Growth rates are log-normal around a common rate, so that each is positive.
            let mut level = 0.0;
            let growth: Vec<f64> = noise.iter().map(|value| (variation * value).exp()).collect();
            growth
                .iter()
                .map(|rate| {
                    level += rate;
                    level
                })
                .collect()
        } else {
            let noise = standardised(&noise);
            let rest = (1.0 - shape.trend * shape.trend).max(0.0).sqrt();
            trend
                .iter()
                .zip(&noise)
                .map(|(line, deviation)| shape.trend * line + rest * deviation)
                .collect::<Vec<f64>>()
        };
        for (row, value) in standardised(&path).iter().enumerate() {
            target[(row, column)] = *value;
        }
    }
    Ok(target)
}

/// A path near `target` whose cross-product is `cross_product`, with the variables that ask for it
/// as smooth as the others' targets allow.
///
/// # Errors
/// As [`nearest_path`].
pub fn colour(
    target: &Mat<f64>,
    shapes: &[PathShape],
    cross_product: &Mat<f64>,
) -> Result<Mat<f64>, ReconstructionError> {
    let mut path = nearest_path(target, shapes, cross_product)?;
    if shapes.iter().all(|shape| shape.smoothness <= 0.0) {
        return Ok(path);
    }
    let mut target = target.clone();
    for _ in 0..SMOOTHING_ROUNDS {
        for (column, shape) in shapes.iter().enumerate().filter(|(_, shape)| shape.smoothness > 0.0) {
            let values: Vec<f64> = path.col(column).iter().copied().collect();
            for (row, value) in standardised(&smoothed(&values, shape.smoothness)).iter().enumerate() {
                target[(row, column)] = *value;
            }
        }
        path = nearest_path(&target, shapes, cross_product)?;
    }
    Ok(path)
}

/// Minimises the squared deviations from `values` plus `smoothness` times the squared second differences.
fn smoothed(values: &[f64], smoothness: f64) -> Vec<f64> {
    let length = values.len();
    let mut system = Mat::<f64>::identity(length, length);
    for middle in 1..length.saturating_sub(1) {
        let difference = [(middle - 1, 1.0), (middle, -2.0), (middle + 1, 1.0)];
        for (row, left) in difference {
            for (column, right) in difference {
                system[(row, column)] += smoothness * left * right;
            }
        }
    }
    let right = Mat::from_fn(length, 1, |row, _| values[row]);
    system.partial_piv_lu().solve(&right).col(0).iter().copied().collect()
}

/// The path nearest to `target` (columns of unit sum of squares) whose cross-product is `cross_product`.
///
/// # Errors
/// When shapes do not fit, or a decomposition fails.
pub fn nearest_path(
    target: &Mat<f64>,
    shapes: &[PathShape],
    cross_product: &Mat<f64>,
) -> Result<Mat<f64>, ReconstructionError> {
    let (periods, order) = (target.nrows(), target.ncols());
    let length = |what: &str, expected, found| {
        if expected == found {
            Ok(())
        } else {
            Err(ReconstructionError::Length { what: what.to_owned(), expected, found })
        }
    };
    length("the list of path shapes", order, shapes.len())?;
    length("the cross-product matrix", order, cross_product.nrows())?;
    if periods < order + 1 {
        return Err(ReconstructionError::Invalid {
            what: format!("{periods} periods"),
            reason: format!("{order} variables need at least {} for linearly independent paths", order + 1),
        });
    }
    let failed = |what: &str| ReconstructionError::Factorisation { what: what.to_owned() };
    let spread: Vec<f64> = (0..order).map(|index| cross_product[(index, index)].max(0.0).sqrt()).collect();
    let correlation = Mat::from_fn(order, order, |i, j| cross_product[(i, j)] / (spread[i] * spread[j]));
    let root = square_root(&correlation).ok_or_else(|| failed("cross-product matrix"))?;
    let weighted =
        Mat::from_fn(periods, order, |row, column| target[(row, column)] * shapes[column].weight.powi(2));
    let basis = sum_zero_basis(periods);
    let product = basis.transpose() * &weighted * &root;
    let decomposition = product.thin_svd().map_err(|_| failed("target path"))?;
    let orthonormal = decomposition.U() * decomposition.V().transpose();
    let path = &basis * &orthonormal * &root;
    Ok(Mat::from_fn(periods, order, |row, column| path[(row, column)] * spread[column]))
}

/// Orthonormal (Helmert) basis of the vectors that sum to zero: T x (T - 1).
fn sum_zero_basis(periods: usize) -> Mat<f64> {
    Mat::from_fn(periods, periods - 1, |row, column| {
        let count = (column + 1) as f64;
        let norm = (count * (count + 1.0)).sqrt();
        match row.cmp(&(column + 1)) {
            std::cmp::Ordering::Less => 1.0 / norm,
            std::cmp::Ordering::Equal => -count / norm,
            std::cmp::Ordering::Greater => 0.0,
        }
    })
}

fn autoregressive(persistence: f64, periods: usize, generator: &mut SeededGenerator) -> Vec<f64> {
    let innovation = (1.0 - persistence * persistence).max(0.0).sqrt();
    let mut level = generator.normal();
    (0..periods)
        .map(|period| {
            if period > 0 {
                level = persistence * level + innovation * generator.normal();
            }
            level
        })
        .collect()
}

/// Demeaned and scaled to unit sum of squares.
fn standardised(values: &[f64]) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let norm = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>().sqrt();
    values.iter().map(|value| (value - mean) / norm).collect()
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn coloured_paths_have_the_cross_product_and_heavy_targets() {
        let shape = |weight, increasing: Option<f64>| PathShape {
            trend: 0.5,
            persistence: 0.6,
            weight,
            increasing,
            smoothness: 0.0,
        };
        let shapes = [shape(1.0, None), shape(1e3, Some(0.25)), shape(1.0, None)];
        let cross_product =
            Mat::from_fn(3, 3, |i, j| if i == j { 1.0 + i as f64 } else { 0.4 - 0.2 * (i + j) as f64 });
        let target = target_path(&shapes, 10, &mut SeededGenerator::new(5)).expect("a target");
        let path = colour(&target, &shapes, &cross_product).expect("a path");
        let difference = path.transpose() * &path - &cross_product;
        assert!(difference.norm_max() < 1e-13);
        for column in 0..3 {
            assert!(path.col(column).iter().sum::<f64>().abs() < 1e-13);
        }
        for row in 1..10 {
            assert!(path[(row, 1)] > path[(row - 1, 1)]);
        }
    }

    #[test]
    fn smoothing_keeps_the_cross_product_and_lessens_second_differences() {
        let shape = |smoothness| PathShape {
            trend: 0.0,
            persistence: 0.2,
            weight: 1.0,
            increasing: None,
            smoothness,
        };
        let cross_product = Mat::from_fn(3, 3, |i, j| if i == j { 2.0 } else { 0.5 });
        let rough = [shape(0.0), shape(0.0), shape(0.0)];
        let target = target_path(&rough, 12, &mut SeededGenerator::new(9)).expect("a target");
        let roughness = |path: &Mat<f64>| -> f64 {
            (1..11).map(|t| (path[(t - 1, 1)] - 2.0 * path[(t, 1)] + path[(t + 1, 1)]).powi(2)).sum()
        };
        let before = colour(&target, &rough, &cross_product).expect("a path");
        let smooth = [shape(0.0), shape(10.0), shape(0.0)];
        let after = colour(&target, &smooth, &cross_product).expect("a path");
        assert!(roughness(&after) < 0.2 * roughness(&before), "{} {}", roughness(&after), roughness(&before));
        assert!((after.transpose() * &after - &cross_product).norm_max() < 1e-13);
    }

    #[test]
    fn too_short_a_panel_is_refused() {
        let shapes =
            vec![
                PathShape { trend: 0.0, persistence: 0.0, weight: 1.0, increasing: None, smoothness: 0.0 };
                3
            ];
        let target = target_path(&shapes, 3, &mut SeededGenerator::new(1)).expect("a target");
        assert!(colour(&target, &shapes, &Mat::identity(3, 3)).is_err());
    }
}
