//! Least squares with many more rows than columns: the triangle R of X = QR, block by block.
//!
//! Rows are reduced a block at a time by Householder reflections against the triangle of the rows before
//! (a sequential "tall and skinny" QR; Demmel, Grigori, Hoemmen and Langou 2012, SIAM Journal on Scientific
//! Computing 34, A206-A239), so that nothing as long as the sample is made, and no cross-product is formed, whose condition
//! number would be the square of X's. Blocks are reduced on rayon's threads and their triangles joined in the
//! blocks' order: the numbers don't depend on how many threads there are.

use faer::{Mat, MatRef};
use rayon::prelude::*;

/// Rows that are reduced at once; with a dozen columns they stay in the fastest cache.
const LEAF: usize = 256;

/// Rows of a task.
const BLOCK: usize = 1 << 15;

/// The triangle of some columns, row by row: R'R = A'A.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Triangle {
    order: usize,
    entries: Vec<f64>,
    /// Where rows are reduced.
    leaf: Vec<f64>,
}

impl Triangle {
    /// That of no rows.
    pub(crate) fn new(order: usize) -> Self {
        Self { order, entries: vec![0.0; order * order], leaf: Vec::new() }
    }

    /// The triangle of columns of equal length.
    pub(crate) fn of(columns: &[&[f64]]) -> Self {
        let height = columns.first().map_or(0, |column| column.len());
        let starts: Vec<usize> = (0..height).step_by(BLOCK).collect();
        let parts: Vec<Self> = starts
            .par_iter()
            .map(|start| {
                let mut part = Self::new(columns.len());
                let end = (start + BLOCK).min(height);
                let own: Vec<&[f64]> = columns.iter().map(|column| &column[*start..end]).collect();
                part.add(&own);
                part
            })
            .collect();
        let mut whole = Self::new(columns.len());
        parts.iter().for_each(|part| whole.join(part));
        whole
    }

    /// Takes in further rows.
    pub(crate) fn add(&mut self, columns: &[&[f64]]) {
        let height = columns.first().map_or(0, |column| column.len());
        for start in (0..height).step_by(LEAF) {
            let end = (start + LEAF).min(height);
            self.leaf.clear();
            columns.iter().for_each(|column| self.leaf.extend_from_slice(&column[start..end]));
            self.reduce(end - start);
        }
    }

    /// Takes in the rows behind another triangle.
    pub(crate) fn join(&mut self, other: &Self) {
        self.leaf.clear();
        for column in 0..self.order {
            self.leaf.extend((0..self.order).map(|row| other.at(row, column)));
        }
        self.reduce(self.order);
    }

    /// How many columns it has.
    pub(crate) fn order(&self) -> usize {
        self.order
    }

    /// An entry.
    pub(crate) fn at(&self, row: usize, column: usize) -> f64 {
        self.entries[row * self.order + column]
    }

    /// Reflects the leaf's rows into the triangle, column by column.
    fn reduce(&mut self, rows: usize) {
        let order = self.order;
        for pivot in 0..order {
            let (before, after) = self.leaf.split_at_mut((pivot + 1) * rows);
            let reflected = &before[pivot * rows..];
            let below = dot(reflected, reflected);
            if below == 0.0 {
                continue;
            }
            let top = self.entries[pivot * order + pivot];
            let length = (top * top + below).sqrt();
            // The reflection that takes (top, reflected) to (length, 0): I - vv'/h with v = (u, reflected).
            let u = if top <= 0.0 { top - length } else { -below / (top + length) };
            let half = (u * u + below) / 2.0;
            self.entries[pivot * order + pivot] = length;
            for (column, values) in (pivot + 1..order).zip(after.chunks_exact_mut(rows)) {
                let entry = &mut self.entries[pivot * order + column];
                let share = (u * *entry + dot(reflected, values)) / half;
                *entry -= share * u;
                values.iter_mut().zip(reflected).for_each(|(value, v)| *value -= share * v);
            }
        }
    }
}

/// The inner product, in eight sums that a processor can carry side by side.
pub(crate) fn dot(one: &[f64], other: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (ones, others) = (one.chunks_exact(8), other.chunks_exact(8));
    let rest: f64 = ones.remainder().iter().zip(others.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in ones.zip(others) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + e) + (b + f)) + ((c + g) + (d + h)) + rest
}

/// A matrix's columns.
pub(crate) fn columns(matrix: MatRef<'_, f64>) -> Option<Vec<&[f64]>> {
    (0..matrix.ncols()).map(|at| Some(matrix.col(at).try_as_col_major()?.as_slice())).collect()
}

/// The residuals y - Xb, in blocks of rows on rayon's threads.
pub(crate) fn residuals(x: &Mat<f64>, y: &[f64], coefficients: &[f64]) -> Vec<f64> {
    let mut left = y.to_vec();
    left.par_chunks_mut(BLOCK).enumerate().for_each(|(block, left)| {
        let start = block * BLOCK;
        for (column, b) in coefficients.iter().enumerate() {
            if let Some(values) = x.as_ref().col(column).try_as_col_major() {
                let values = &values.as_slice()[start..start + left.len()];
                left.iter_mut().zip(values).for_each(|(left, x)| *left -= b * x);
            }
        }
    });
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(rows: usize, pace: f64) -> Vec<f64> {
        (0..rows).map(|row| (row as f64 * pace).sin() + 0.3).collect()
    }

    #[test]
    fn the_triangle_has_the_columns_cross_products() {
        let rows = BLOCK + 3 * LEAF + 17;
        let made: Vec<Vec<f64>> = [0.3, 1.1, 2.7, 0.01].iter().map(|pace| column(rows, *pace)).collect();
        let columns: Vec<&[f64]> = made.iter().map(Vec::as_slice).collect();
        let triangle = Triangle::of(&columns);
        for i in 0..4 {
            for j in 0..4 {
                let product: f64 = (0..4).map(|row| triangle.at(row, i) * triangle.at(row, j)).sum();
                let expected = dot(columns[i], columns[j]);
                assert!((product - expected).abs() < 1e-10 * rows as f64 / 1e3, "{product} {expected}");
                assert!(j >= i || triangle.at(i, j) == 0.0);
            }
        }
    }
}
