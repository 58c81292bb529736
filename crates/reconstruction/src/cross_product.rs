//! Symmetric matrices of sums of cross-products, and their packed form.
//!
//! A symmetric k x k matrix is packed row by row from its upper triangle, k(k+1)/2 numbers.
//! A linear functional of the matrix is packed so that the plain inner product of the two packed
//! vectors is its value: off-diagonal entries count twice.

use faer::linalg::solvers::DenseSolveCore;
use faer::{Mat, Side};

/// Number of free entries of a symmetric matrix of the given order.
pub fn packed_length(order: usize) -> usize {
    order * (order + 1) / 2
}

/// Position of entry (row, column) in the packed form.
pub fn packed_index(order: usize, row: usize, column: usize) -> usize {
    let (low, high) = if row <= column { (row, column) } else { (column, row) };
    low * order - low * (low + 1) / 2 + high
}

/// Packs the upper triangle of a symmetric matrix.
pub fn pack(matrix: &Mat<f64>) -> Vec<f64> {
    let order = matrix.nrows();
    let mut packed = Vec::with_capacity(packed_length(order));
    for row in 0..order {
        for column in row..order {
            packed.push(matrix[(row, column)]);
        }
    }
    packed
}

/// Undoes [`pack`].
pub fn unpack(packed: &[f64], order: usize) -> Mat<f64> {
    Mat::from_fn(order, order, |row, column| packed[packed_index(order, row, column)])
}

/// Packs the functional `S -> <C, S> = sum_ij C_ij S_ij` of a symmetric matrix C.
pub fn pack_functional(matrix: &Mat<f64>) -> Vec<f64> {
    let order = matrix.nrows();
    let mut packed = Vec::with_capacity(packed_length(order));
    for row in 0..order {
        for column in row..order {
            let count = if row == column { 1.0 } else { 2.0 };
            packed.push(count * matrix[(row, column)]);
        }
    }
    packed
}

/// Packs the functional `S -> w'Sw`.
pub fn pack_quadratic(weights: &[f64]) -> Vec<f64> {
    let order = weights.len();
    pack_functional(&Mat::from_fn(order, order, |row, column| weights[row] * weights[column]))
}

/// Inner product of two packed vectors.
pub fn inner(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

/// Inverse and log-determinant of a symmetric matrix; `None` unless it is positive definite.
pub fn inverse_and_log_determinant(matrix: &Mat<f64>) -> Option<(Mat<f64>, f64)> {
    let factor = matrix.llt(Side::Lower).ok()?;
    let lower = factor.L();
    let mut log_determinant = 0.0;
    for index in 0..matrix.nrows() {
        let pivot = lower[(index, index)];
        if !(pivot.is_finite() && pivot > 0.0) {
            return None;
        }
        log_determinant += 2.0 * pivot.ln();
    }
    Some((factor.inverse(), log_determinant))
}

/// The submatrix of the given rows and columns.
pub fn submatrix(matrix: &Mat<f64>, rows: &[usize], columns: &[usize]) -> Mat<f64> {
    Mat::from_fn(rows.len(), columns.len(), |row, column| matrix[(rows[row], columns[column])])
}

/// Symmetric square root of a symmetric positive semidefinite matrix.
///
/// Eigenvalues that rounding made negative count as zero. `None` if the decomposition fails.
pub fn square_root(matrix: &Mat<f64>) -> Option<Mat<f64>> {
    let eigen = matrix.self_adjoint_eigen(Side::Lower).ok()?;
    let vectors = eigen.U();
    let values = eigen.S();
    let order = matrix.nrows();
    let scaled =
        Mat::from_fn(order, order, |row, column| vectors[(row, column)] * values[column].max(0.0).sqrt());
    Some(&scaled * vectors.transpose())
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    fn example() -> Mat<f64> {
        Mat::from_fn(4, 4, |i, j| if i == j { 3.0 + i as f64 } else { 1.0 / (1.0 + (i + j) as f64) })
    }

    #[test]
    fn packing_is_undone() {
        let matrix = example();
        assert_eq!(unpack(&pack(&matrix), 4), matrix);
        assert_eq!(pack(&matrix).len(), packed_length(4));
    }

    #[test]
    fn a_quadratic_form_is_a_linear_functional() {
        let matrix = example();
        let weights = [1.0, -2.0, 0.5, 3.0];
        let mut direct = 0.0;
        for i in 0..4 {
            for j in 0..4 {
                direct += weights[i] * matrix[(i, j)] * weights[j];
            }
        }
        assert!((inner(&pack_quadratic(&weights), &pack(&matrix)) - direct).abs() < 1e-12);
    }

    #[test]
    fn the_square_root_squares_to_the_matrix() {
        let matrix = example();
        let root = square_root(&matrix).expect("a decomposition");
        let difference = &root * &root - &matrix;
        assert!(difference.norm_max() < 1e-12);
    }

    #[test]
    fn an_indefinite_matrix_has_no_log_determinant() {
        let matrix = Mat::from_fn(2, 2, |i, j| if i == j { 1.0 } else { 2.0 });
        assert!(inverse_and_log_determinant(&matrix).is_none());
    }
}
