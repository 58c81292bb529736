//! Sums of scores, and the sandwich around them.

use faer::Mat;
use rayon::prelude::*;

use super::Ingredients;
use crate::tall::columns;

/// A variance this small against what its terms would give if they didn't cancel is rounding.
const CANCELLED: f64 = 1e-22;

/// Rows that are worth spreading over threads.
const MANY: usize = 20_000;

/// Sums of scores over the rows of a part, times the bread: the part's influence on each coefficient.
pub(super) struct Influences {
    /// Parts x k.
    pub(super) values: Mat<f64>,
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
        let (sums, sizes) = score_sums(ingredients.regressors, residuals, codes, parts);
        let values = &sums * ingredients.bread;
        let bread_sizes = Mat::from_fn(order, order, |i, j| ingredients.bread[(i, j)].abs());
        let sizes = &sizes * &bread_sizes;
        let square = |matrix: &Mat<f64>, column: usize| -> f64 {
            (0..parts).map(|part| matrix[(part, column)].powi(2)).sum()
        };
        let cancelled =
            (0..order).map(|column| square(&values, column) <= CANCELLED * square(&sizes, column)).collect();
        Self { values, cancelled }
    }

    /// The sum over parts of their squares: symmetric and never negative. A coefficient identified within a
    /// single part has a variance of exactly zero.
    pub(super) fn squares(&self) -> Mat<f64> {
        self.products(0, 1.0)
    }

    /// The weighted sum of products of parts that are `lag` apart, both ways.
    fn products(&self, lag: usize, weight: f64) -> Mat<f64> {
        let (parts, order) = (self.values.nrows(), self.values.ncols());
        let mut products = Mat::zeros(order, order);
        let columns = columns(self.values.as_ref()).unwrap_or_default();
        let at = |part: usize, column: usize| match columns.get(column) {
            Some(values) => values[part],
            None => self.values[(part, column)],
        };
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
        for (lag, &weight) in weights.iter().enumerate().skip(1).take(self.values.nrows().saturating_sub(1)) {
            if weight != 0.0 {
                sum += self.products(lag, weight);
            }
        }
        sum
    }
}

/// Sums of the scores, and of their sizes, over the rows of each part: parts x k. Columns are spread over
/// rayon's threads.
fn score_sums(x: &Mat<f64>, residuals: &[f64], codes: &[usize], parts: usize) -> (Mat<f64>, Mat<f64>) {
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
    let columns: Vec<(Vec<f64>, Vec<f64>)> = if residuals.len() > MANY {
        (0..x.ncols()).into_par_iter().map(column).collect()
    } else {
        (0..x.ncols()).map(column).collect()
    };
    let gathered = |pick: fn(&(Vec<f64>, Vec<f64>)) -> &Vec<f64>| {
        Mat::from_fn(parts, x.ncols(), |part, at| pick(&columns[at])[part])
    };
    (gathered(|column| &column.0), gathered(|column| &column.1))
}

/// B M B of a symmetric M.
pub(super) fn around(bread: &Mat<f64>, meat: &Mat<f64>) -> Mat<f64> {
    symmetric(&((bread * meat) * bread))
}

/// What rounding makes of a symmetric matrix, symmetric again.
pub(super) fn symmetric(matrix: &Mat<f64>) -> Mat<f64> {
    Mat::from_fn(matrix.nrows(), matrix.nrows(), |i, j| 0.5 * (matrix[(i, j)] + matrix[(j, i)]))
}
