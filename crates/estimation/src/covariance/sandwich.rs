//! Sums of scores, and the sandwich around them.

use faer::Mat;
use rayon::prelude::*;

use super::ingredients::Ingredients;
use crate::numerics::CANCELLED;

/// Rows that are worth spreading over threads.
const MANY: usize = 20_000;

/// Sums of scores over the rows of a part, times the bread: the part's influence on each coefficient.
pub(super) struct Influences {
    parts: usize,
    /// Of each coefficient, that of each part.
    values: Vec<Vec<f64>>,
    /// Coefficients on which the scores of every part cancel to rounding.
    cancelled: Vec<bool>,
}

impl Influences {
    /// Of the parts that `codes` names for each row, with `residuals` for the errors.
    pub(super) fn new(
        ingredients: &Ingredients<'_>,
        residuals: &[f64],
        codes: &[usize],
        parts: usize,
    ) -> Self {
        let order = ingredients.bread.nrows();
        let mut columns = score_sums(ingredients.regressors, residuals, codes, parts);
        let (mut squares, mut size_squares) = (vec![0.0; order], vec![0.0; order]);
        let mut influence = vec![0.0; order];
        // In the sums' place, a part at a time, so that nothing else is as long as there are parts.
        for part in 0..parts {
            for (at, influence) in influence.iter_mut().enumerate() {
                let (mut sum, mut size) = (0.0, 0.0);
                for (own, (sums, sizes)) in columns.iter().enumerate() {
                    let bread = ingredients.bread[(own, at)];
                    sum += sums[part] * bread;
                    size += sizes[part] * bread.abs();
                }
                *influence = sum;
                squares[at] += sum * sum;
                size_squares[at] += size * size;
            }
            columns.iter_mut().zip(&influence).for_each(|((sums, _), influence)| sums[part] = *influence);
        }
        let cancelled =
            squares.iter().zip(&size_squares).map(|(own, size)| *own <= CANCELLED * size).collect();
        let values: Vec<Vec<f64>> = columns.into_iter().map(|(sums, _)| sums).collect();
        Self { parts, values, cancelled }
    }

    /// The coefficients on which the scores of every part cancel.
    pub(super) fn cancelled(&self) -> Vec<usize> {
        (0..self.cancelled.len()).filter(|at| self.cancelled[*at]).collect()
    }

    /// The sum over parts of their squares: symmetric and never negative. A coefficient identified within a
    /// single part has a variance of exactly zero.
    pub(super) fn squares(&self) -> Mat<f64> {
        self.products(0, 1.0)
    }

    /// The weighted sum of products of parts that are `lag` apart, both ways.
    fn products(&self, lag: usize, weight: f64) -> Mat<f64> {
        let (parts, order) = (self.parts, self.values.len());
        let mut products = Mat::zeros(order, order);
        let at = |part: usize, column: usize| self.values[column][part];
        for i in (0..order).filter(|&i| !self.cancelled[i]) {
            for j in (i..order).filter(|&j| !self.cancelled[j]) {
                let pair = |part: usize| {
                    let (now, before) = (part, part - lag);
                    let product = at(now, i) * at(before, j);
                    if lag == 0 { product } else { product + at(before, i) * at(now, j) }
                };
                let sum: f64 = (lag..parts).map(pair).sum();
                products[(i, j)] = weight * sum;
                products[(j, i)] = weight * sum;
            }
        }
        products
    }

    /// The weighted sum of products of parts up to some lags apart; `weights[0]` is taken as one.
    pub(super) fn kernel(&self, weights: &[f64]) -> Mat<f64> {
        let mut sum = self.squares();
        for (lag, &weight) in weights.iter().enumerate().skip(1).take(self.parts.saturating_sub(1)) {
            if weight != 0.0 {
                sum += self.products(lag, weight);
            }
        }
        sum
    }
}

/// Of each column, the sums of the scores and of their sizes over the rows of each part. Columns are spread over
/// rayon's threads.
fn score_sums(x: &Mat<f64>, residuals: &[f64], codes: &[usize], parts: usize) -> Vec<(Vec<f64>, Vec<f64>)> {
    let column = |at: usize| -> (Vec<f64>, Vec<f64>) {
        let (mut sums, mut sizes) = (vec![0.0; parts], vec![0.0; parts]);
        let mut add = |code: usize, score: f64| {
            sums[code] += score;
            sizes[code] += score.abs();
        };
        match x.as_ref().col(at).try_as_col_major() {
            Some(values) => {
                let scores = values.as_slice().iter().zip(residuals).map(|(x, e)| x * e);
                codes.iter().zip(scores).for_each(|(code, score)| add(*code, score));
            }
            None => {
                codes.iter().enumerate().for_each(|(row, code)| add(*code, x[(row, at)] * residuals[row]))
            }
        }
        (sums, sizes)
    };
    if residuals.len() > MANY {
        (0..x.ncols()).into_par_iter().map(column).collect()
    } else {
        (0..x.ncols()).map(column).collect()
    }
}

/// B M B of a symmetric M.
pub(super) fn around(bread: &Mat<f64>, meat: &Mat<f64>) -> Mat<f64> {
    symmetric(&((bread * meat) * bread))
}

/// The diagonal of |B| S |B|: the sizes of what is added up to the variances, for the sizes S of what is added up to
/// their middle.
pub(super) fn sizes_around(bread: &Mat<f64>, sizes: &Mat<f64>) -> Vec<f64> {
    let order = bread.nrows();
    let absolute = Mat::from_fn(order, order, |i, j| bread[(i, j)].abs());
    let all = &absolute * sizes * &absolute;
    (0..order).map(|at| all[(at, at)]).collect()
}

/// What rounding makes of a symmetric matrix, symmetric again.
pub(super) fn symmetric(matrix: &Mat<f64>) -> Mat<f64> {
    Mat::from_fn(matrix.nrows(), matrix.nrows(), |i, j| 0.5 * (matrix[(i, j)] + matrix[(j, i)]))
}
