//! Inverses of symmetric matrices, with rank decided on a unit diagonal, so that units of measurement
//! don't matter to it.

use faer::{Mat, Side};

use crate::outcome::Reason;

/// An eigenvalue below this share of the largest, times the order, counts as zero where the matrix is
/// scaled to a unit diagonal.
const SINGULAR: f64 = 1e-14;

/// The share of the largest eigenvalue below which the Moore-Penrose inverse takes one for zero: the
/// square root of the machine's precision, as MASS and so plm have it.
const NEGLIGIBLE: f64 = 1.490_116_119_384_765_6e-8;

/// The inverse of a positive definite matrix, or none where it isn't one to rounding.
pub(crate) fn inverse(matrix: &Mat<f64>) -> Option<Mat<f64>> {
    let order = matrix.nrows();
    let scales = scales(matrix);
    let scaled = Mat::from_fn(order, order, |i, j| matrix[(i, j)] / scales[i] / scales[j]);
    if !finite(&scaled) {
        return None;
    }
    let eigen = scaled.self_adjoint_eigen(Side::Lower).ok()?;
    let (vectors, values) = (eigen.U(), eigen.S());
    let largest = (0..order).fold(0.0_f64, |largest, at| largest.max(values[at]));
    if (0..order).any(|at| values[at] <= SINGULAR * order as f64 * largest) {
        return None;
    }
    let spread = |i: usize, j: usize| -> f64 {
        (0..order).map(|at| vectors[(i, at)] / values[at] * vectors[(j, at)]).sum()
    };
    let inverse = Mat::from_fn(order, order, |i, j| spread(i.min(j), i.max(j)) / scales[i] / scales[j]);
    finite(&inverse).then_some(inverse)
}

/// The Moore-Penrose inverse of a positive semidefinite matrix.
pub(crate) fn generalized_inverse(matrix: &Mat<f64>, what: &str) -> Result<Mat<f64>, Reason> {
    let root = generalized_root(matrix, what)?;
    Ok(root.transpose() * &root)
}

/// F with F'F the Moore-Penrose inverse of a positive semidefinite matrix: as many rows as the matrix has
/// rank.
pub(crate) fn generalized_root(matrix: &Mat<f64>, what: &str) -> Result<Mat<f64>, Reason> {
    let not_finite = || Reason::NotFinite { what: what.into() };
    let order = matrix.nrows();
    if !finite(matrix) {
        return Err(not_finite());
    }
    let eigen = matrix.self_adjoint_eigen(Side::Lower).map_err(|_| not_finite())?;
    let (vectors, values) = (eigen.U(), eigen.S());
    let largest = (0..order).fold(0.0_f64, |largest, at| largest.max(values[at]));
    let kept: Vec<usize> = (0..order).filter(|&at| values[at] > NEGLIGIBLE * largest).collect();
    let root = Mat::from_fn(kept.len(), order, |row, column| {
        vectors[(column, kept[row])] / values[kept[row]].sqrt()
    });
    if finite(&root) { Ok(root) } else { Err(not_finite()) }
}

/// The eigenvalues, from the smallest to the largest.
pub(crate) fn eigenvalues(matrix: &Mat<f64>) -> Option<Vec<f64>> {
    if !finite(matrix) {
        return None;
    }
    let mut values = matrix.self_adjoint_eigenvalues(Side::Lower).ok()?;
    values.sort_by(f64::total_cmp);
    Some(values)
}

/// v'A v.
pub(crate) fn quadratic_form(vector: &[f64], matrix: &Mat<f64>) -> f64 {
    let rows = vector.iter().enumerate();
    rows.map(|(i, left)| {
        left * vector.iter().enumerate().map(|(j, right)| matrix[(i, j)] * right).sum::<f64>()
    })
    .sum()
}

/// A v.
pub(crate) fn times(matrix: &Mat<f64>, vector: &[f64]) -> Vec<f64> {
    (0..matrix.nrows())
        .map(|i| vector.iter().enumerate().map(|(j, value)| matrix[(i, j)] * value).sum())
        .collect()
}

/// Whether every entry is a finite number.
pub(crate) fn finite(matrix: &Mat<f64>) -> bool {
    (0..matrix.ncols()).all(|j| (0..matrix.nrows()).all(|i| matrix[(i, j)].is_finite()))
}

/// Powers of two near the roots of the diagonal.
fn scales(matrix: &Mat<f64>) -> Vec<f64> {
    (0..matrix.nrows())
        .map(|at| matrix[(at, at)])
        .map(|size| {
            let exact = size > 0.0 && size.is_finite();
            if exact { (size.log2() / 2.0).round().clamp(-500.0, 500.0).exp2() } else { 1.0 }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverses_don_t_depend_on_units() {
        let matrix = Mat::from_fn(2, 2, |i, j| [[4e20, 1e3], [1e3, 3e-12]][i][j]);
        let inverse = inverse(&matrix);
        let product = inverse.map(|inverse| (&matrix * &inverse)[(0, 0)]);
        assert!(product.is_some_and(|one| (one - 1.0).abs() < 1e-12), "{product:?}");
    }

    #[test]
    fn a_singular_matrix_has_a_generalised_inverse_alone() -> Result<(), Reason> {
        let matrix = Mat::from_fn(2, 2, |_, _| 2.0);
        assert!(inverse(&matrix).is_none());
        assert_eq!(generalized_root(&matrix, "a matrix")?.nrows(), 1);
        // The Moore-Penrose inverse of 2 [1 1; 1 1] is [1 1; 1 1]/8.
        assert!((generalized_inverse(&matrix, "a matrix")?[(0, 1)] - 0.125).abs() < 1e-15);
        Ok(())
    }
}
