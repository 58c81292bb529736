//! Plausible paths over time, coloured to given cross-products.
//!
//! A target path W (T x k, demeaned) says what each variable should look like: trend, persistence,
//! monotone growth. All paths with cross-product S are Z = H U R, with R'R = S, H an orthonormal
//! basis of the vectors of length T that sum to zero, and U any matrix with orthonormal columns.
//! The one nearest to W in the weighted sense min |(Z - W) D| is the orthogonal Procrustes solution
//! (Schoenemann, 1966): U is the polar factor of H'W D^2 R'. With D = I it is the optimal-transport
//! map of W to cross-product S; a variable with a large weight keeps its target almost exactly.

use super::cross_product::square_root;
use super::error::ReconstructionError;
use super::random::SeededGenerator;
use faer::Mat;

/// How the path of one variable should look.
#[derive(Debug, Clone, PartialEq)]
pub struct PathShape {
    /// Correlation of the path with a linear trend, between -1 and 1.
    pub trend: f64,
    /// First-order autocorrelation of the deviations from the trend.
    pub persistence: f64,
    /// Weight of the variable when paths are fitted to targets (per standard deviation).
    pub weight: f64,
    /// Positive increments throughout; `trend` is then not used.
    pub increasing: bool,
}

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
        let path = if shape.increasing {
            // Growth rates are log-normal around a common rate, so that each is positive.
            let mut level = 0.0;
            let growth: Vec<f64> = noise.iter().map(|value| (0.25 * value).exp()).collect();
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

/// The path nearest to `target` (columns of unit sum of squares) whose cross-product is `cross_product`.
///
/// # Errors
/// When shapes do not fit, or a decomposition fails.
pub fn colour(
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
        let shape = |weight, increasing| PathShape { trend: 0.5, persistence: 0.6, weight, increasing };
        let shapes = [shape(1.0, false), shape(1e3, true), shape(1.0, false)];
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
    fn too_short_a_panel_is_refused() {
        let shapes = vec![PathShape { trend: 0.0, persistence: 0.0, weight: 1.0, increasing: false }; 3];
        let target = target_path(&shapes, 3, &mut SeededGenerator::new(1)).expect("a target");
        assert!(colour(&target, &shapes, &Mat::identity(3, 3)).is_err());
    }
}
