//! Dense matrices with as many rows as a system has variables.

use faer::linalg::solvers::DenseSolveCore;
use faer::{Mat, Side};
use rayon::prelude::*;

/// Rows that are reduced at a time; fixed, so that results don't depend on the number of threads.
const BLOCK: usize = 2048;

/// A pivot below this, of columns scaled to norm one, counts as zero.
const RANK: f64 = 1e-11;

/// An eigenvalue of a correlation matrix below this counts as zero.
pub(crate) const SINGULAR: f64 = 1e-11;

/// The triangular factor R of the columns' QR decomposition, min(n, m) x m: rows that have the same
/// cross-products, R'R = W'W, without the digits that squaring would lose. Blocks of rows are reduced
/// on their own and then in order (the "tall and skinny" QR of Demmel, Grigori, Hoemmen and Langou
/// 2012, SIAM Journal on Scientific Computing 34, A206-A239).
pub(crate) fn reduce(columns: &[Vec<f64>]) -> Mat<f64> {
    let height = columns.first().map_or(0, Vec::len);
    let starts: Vec<usize> = (0..height).step_by(BLOCK).collect();
    let blocks: Vec<Mat<f64>> = starts
        .par_iter()
        .map(|&start| {
            let rows = BLOCK.min(height - start);
            triangle(&Mat::from_fn(rows, columns.len(), |row, column| columns[column][start + row]))
        })
        .collect();
    blocks.into_iter().reduce(|above, below| triangle(&stacked(&above, &below))).unwrap_or_else(Mat::new)
}

fn triangle(matrix: &Mat<f64>) -> Mat<f64> {
    matrix.qr().thin_R().to_owned()
}

fn stacked(above: &Mat<f64>, below: &Mat<f64>) -> Mat<f64> {
    let split = above.nrows();
    Mat::from_fn(split + below.nrows(), above.ncols(), |row, column| {
        if row < split { above[(row, column)] } else { below[(row - split, column)] }
    })
}

/// An orthonormal basis Q of the columns' space and the factor of X = Q R.
#[derive(Debug, Clone)]
pub(crate) struct Basis {
    /// Rows x columns.
    pub(crate) q: Mat<f64>,
    /// Columns x columns, upper triangular.
    pub(crate) r: Mat<f64>,
}

impl Basis {
    /// Of columns that are linearly independent.
    pub(crate) fn new(x: &Mat<f64>) -> Self {
        let qr = x.qr();
        Self { q: qr.compute_thin_Q(), r: qr.thin_R().to_owned() }
    }

    /// R^-1.
    pub(crate) fn inverse(&self) -> Mat<f64> {
        let order = self.r.nrows();
        let mut inverse: Mat<f64> = Mat::zeros(order, order);
        for column in 0..order {
            inverse[(column, column)] = 1.0 / self.r[(column, column)];
            for i in (0..column).rev() {
                let known: f64 = (i + 1..=column).map(|j| self.r[(i, j)] * inverse[(j, column)]).sum();
                inverse[(i, column)] = -known / self.r[(i, i)];
            }
        }
        inverse
    }

    /// The projection of columns on the space.
    pub(crate) fn project(&self, columns: &Mat<f64>) -> Mat<f64> {
        &self.q * (self.q.transpose() * columns)
    }

    /// What the projection leaves of columns; taken twice, so that little against them is still right.
    pub(crate) fn annihilate(&self, columns: &Mat<f64>) -> Mat<f64> {
        let once = columns - self.project(columns);
        &once - self.project(&once)
    }
}

/// The columns that aren't combinations of columns before them, in order, and an orthonormal basis of their
/// space. What is left of a column beside those before counts as rounding below `RANK` times `magnitude`,
/// the column's norm before it was transformed.
pub(crate) fn independent(columns: &Mat<f64>, magnitudes: &[f64]) -> (Vec<usize>, Mat<f64>) {
    let (rows, count) = (columns.nrows(), columns.ncols());
    let mut kept = Vec::new();
    let mut basis: Mat<f64> = Mat::zeros(rows, 0);
    for column in 0..count {
        let one = Mat::from_fn(rows, 1, |row, _| columns[(row, column)]);
        let size = one.norm_l2();
        let on = Basis { q: basis.clone(), r: Mat::new() };
        let left = on.annihilate(&one);
        let norm = left.norm_l2();
        let noise = (16.0 * f64::EPSILON * magnitudes[column]).max(RANK * size);
        if kept.len() < rows && norm > noise {
            let width = basis.ncols();
            basis = Mat::from_fn(rows, width + 1, |row, at| {
                if at < width { basis[(row, at)] } else { left[(row, 0)] / norm }
            });
            kept.push(column);
        }
    }
    (kept, basis)
}

/// The chosen columns.
pub(crate) fn columns(matrix: &Mat<f64>, chosen: &[usize]) -> Mat<f64> {
    Mat::from_fn(matrix.nrows(), chosen.len(), |row, at| matrix[(row, chosen[at])])
}

/// A column as a matrix.
pub(crate) fn column(values: &[f64]) -> Mat<f64> {
    Mat::from_fn(values.len(), 1, |row, _| values[row])
}

/// The inner product of two columns.
pub(crate) fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// The sum of the products of entries.
pub(crate) fn inner(one: &Mat<f64>, other: &Mat<f64>) -> f64 {
    let entries = (0..one.ncols()).flat_map(|j| (0..one.nrows()).map(move |i| (i, j)));
    entries.map(|at| one[at] * other[at]).sum()
}

/// The inverse of a square matrix; none where it is singular to rounding. Rows and columns of a symmetric
/// matrix with a positive diagonal are scaled to a diagonal of ones first.
pub(crate) fn inverse(matrix: &Mat<f64>) -> Option<Mat<f64>> {
    let order = matrix.nrows();
    if order == 0 {
        return Some(Mat::new());
    }
    let scales: Vec<f64> = (0..order)
        .map(|i| {
            let size = matrix[(i, i)].abs().sqrt();
            if size > 0.0 && size.is_finite() { size } else { 1.0 }
        })
        .collect();
    let scaled = Mat::from_fn(order, order, |i, j| matrix[(i, j)] / scales[i] / scales[j]);
    if !finite(&scaled) {
        return None;
    }
    let found = scaled.partial_piv_lu().inverse();
    // 1 / (norm of the inverse) bounds the distance to the nearest singular matrix.
    let size = (0..order).map(|i| (0..order).map(|j| found[(i, j)].abs()).sum::<f64>()).fold(0.0, f64::max);
    (finite(&found) && size < 1e14)
        .then(|| Mat::from_fn(order, order, |i, j| found[(i, j)] / scales[i] / scales[j]))
}

/// The determinant, by elimination with partial pivoting; 0 where a column has no pivot.
pub(crate) fn determinant(matrix: &Mat<f64>) -> f64 {
    let order = matrix.nrows();
    let mut left = matrix.clone();
    let mut product = 1.0;
    for at in 0..order {
        let pivot =
            (at..order).max_by(|i, j| left[(*i, at)].abs().total_cmp(&left[(*j, at)].abs())).unwrap_or(at);
        if left[(pivot, at)] == 0.0 {
            return 0.0;
        }
        if pivot != at {
            product = -product;
            for column in 0..order {
                let (one, other) = (left[(at, column)], left[(pivot, column)]);
                left[(at, column)] = other;
                left[(pivot, column)] = one;
            }
        }
        product *= left[(at, at)];
        for row in at + 1..order {
            let factor = left[(row, at)] / left[(at, at)];
            for column in at + 1..order {
                let taken = factor * left[(at, column)];
                left[(row, column)] -= taken;
            }
        }
    }
    product
}

/// Whether all entries are finite.
pub(crate) fn finite(matrix: &Mat<f64>) -> bool {
    (0..matrix.ncols()).all(|j| (0..matrix.nrows()).all(|i| matrix[(i, j)].is_finite()))
}

/// The eigenvalues, ascending, and eigenvectors of a symmetric matrix; none where the iteration fails.
pub(crate) fn eigen(matrix: &Mat<f64>) -> Option<(Vec<f64>, Mat<f64>)> {
    if !finite(matrix) {
        return None;
    }
    let found = matrix.self_adjoint_eigen(Side::Lower).ok()?;
    let values = found.S().column_vector();
    Some(((0..matrix.nrows()).map(|i| values[i]).collect(), found.U().to_owned()))
}

/// The smallest eigenvalue of the correlation matrix that belongs to a covariance matrix; none where a
/// variance isn't positive.
pub(crate) fn smallest_of_correlation(covariance: &Mat<f64>) -> Option<f64> {
    let order = covariance.nrows();
    let scales: Vec<f64> = (0..order).map(|i| covariance[(i, i)].sqrt()).collect();
    if !scales.iter().all(|scale| *scale > 0.0 && scale.is_finite()) {
        return None;
    }
    let correlation = Mat::from_fn(order, order, |i, j| covariance[(i, j)] / scales[i] / scales[j]);
    eigen(&correlation).and_then(|(values, _)| values.first().copied())
}

/// The symmetric part.
pub(crate) fn symmetric(matrix: &Mat<f64>) -> Mat<f64> {
    Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| (matrix[(i, j)] + matrix[(j, i)]) / 2.0)
}

/// A matrix times a number.
pub(crate) fn scaled(matrix: &Mat<f64>, factor: f64) -> Mat<f64> {
    Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| factor * matrix[(i, j)])
}

/// A matrix with the blocks on its diagonal.
pub(crate) fn block_diagonal(blocks: &[Mat<f64>]) -> Mat<f64> {
    let rows = blocks.iter().map(Mat::nrows).sum();
    let columns = blocks.iter().map(Mat::ncols).sum();
    let mut matrix = Mat::zeros(rows, columns);
    let (mut top, mut left) = (0, 0);
    for block in blocks {
        for j in 0..block.ncols() {
            for i in 0..block.nrows() {
                matrix[(top + i, left + j)] = block[(i, j)];
            }
        }
        top += block.nrows();
        left += block.ncols();
    }
    matrix
}

/// A matrix put together of blocks, whose heights and widths go by their places.
pub(crate) fn blocks(
    heights: &[usize],
    widths: &[usize],
    block: impl Fn(usize, usize) -> Mat<f64>,
) -> Mat<f64> {
    let mut matrix = Mat::zeros(heights.iter().sum(), widths.iter().sum());
    let mut top = 0;
    for (row, height) in heights.iter().enumerate() {
        let mut left = 0;
        for (column, width) in widths.iter().enumerate() {
            let part = block(row, column);
            for j in 0..*width {
                for i in 0..*height {
                    matrix[(top + i, left + j)] = part[(i, j)];
                }
            }
            left += width;
        }
        top += height;
    }
    matrix
}

/// A matrix as rows.
pub(crate) fn matrix_rows(matrix: &Mat<f64>) -> Vec<Vec<f64>> {
    (0..matrix.nrows()).map(|row| (0..matrix.ncols()).map(|column| matrix[(row, column)]).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: usize) -> Vec<Vec<f64>> {
        let value = |row: usize, column: usize| ((row * 7 + column * 13) % 29) as f64 / 3.0 - column as f64;
        (0..4).map(|column| (0..rows).map(|row| value(row, column)).collect()).collect()
    }

    #[test]
    fn reduced_rows_have_the_same_cross_products() {
        for rows in [1, 3, 4, 100, BLOCK, BLOCK + 1, 3 * BLOCK + 17] {
            let columns = table(rows);
            let reduced = reduce(&columns);
            assert_eq!((reduced.nrows(), reduced.ncols()), (rows.min(4), 4));
            let products = reduced.transpose() * &reduced;
            for i in 0..4 {
                for j in 0..4 {
                    let exact = dot(&columns[i], &columns[j]);
                    let scale = (dot(&columns[i], &columns[i]) * dot(&columns[j], &columns[j])).sqrt();
                    assert!((products[(i, j)] - exact).abs() <= 1e-13 * scale, "{rows} {i} {j}");
                }
            }
        }
    }

    #[test]
    fn dependent_columns_are_left_out_in_order() {
        let x = Mat::from_fn(5, 4, |row, column| match column {
            0 => 1.0,
            1 => row as f64,
            2 => 3.0 + 2.0 * row as f64,
            _ => (row * row) as f64,
        });
        let (kept, basis) = independent(&x, &[1.0; 4]);
        assert_eq!(kept, [0, 1, 3]);
        assert_eq!(basis.ncols(), 3);
    }

    #[test]
    fn determinants() {
        let of = |values: [[f64; 3]; 3]| determinant(&Mat::from_fn(3, 3, |i, j| values[i][j]));
        assert_eq!(of([[0.0, 2.0, 0.0], [3.0, 0.0, 0.0], [0.0, 0.0, 5.0]]), -30.0);
        assert_eq!(of([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [0.0, 1.0, 1.0]]), 0.0);
        assert_eq!(of([[0.0; 3]; 3]), 0.0);
    }

    #[test]
    fn a_singular_matrix_has_no_inverse() {
        let singular = Mat::from_fn(3, 3, |i, j| ((i + 1) * (j + 1)) as f64);
        assert!(inverse(&singular).is_none());
        let regular = Mat::from_fn(2, 2, |i, j| if i == j { 1e8_f64.powi(i as i32 + 1) } else { 1.0 });
        assert!(inverse(&regular).is_some());
    }
}
