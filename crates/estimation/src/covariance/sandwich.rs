//! Sums of scores, and the sandwich around them.

use faer::Mat;

use super::Ingredients;

/// A variance this small against what its terms would give if they didn't cancel is rounding.
const CANCELLED: f64 = 1e-22;

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
        let mut sums: Mat<f64> = Mat::zeros(parts, order);
        let mut sizes: Mat<f64> = Mat::zeros(parts, order);
        for column in 0..order {
            for (row, &code) in codes.iter().enumerate() {
                let score = ingredients.regressors[(row, column)] * residuals[row];
                sums[(code, column)] += score;
                sizes[(code, column)] += score.abs();
            }
        }
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
        for i in (0..order).filter(|&i| !self.cancelled[i]) {
            for j in (i..order).filter(|&j| !self.cancelled[j]) {
                let pair = |part: usize| {
                    let (now, before) = (part, part - lag);
                    let product = self.values[(now, i)] * self.values[(before, j)];
                    if lag == 0 {
                        product
                    } else {
                        product + self.values[(before, i)] * self.values[(now, j)]
                    }
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

/// B M B of a symmetric M.
pub(super) fn around(bread: &Mat<f64>, meat: &Mat<f64>) -> Mat<f64> {
    symmetric(&((bread * meat) * bread))
}

/// What rounding makes of a symmetric matrix, symmetric again.
pub(super) fn symmetric(matrix: &Mat<f64>) -> Mat<f64> {
    Mat::from_fn(matrix.nrows(), matrix.nrows(), |i, j| 0.5 * (matrix[(i, j)] + matrix[(j, i)]))
}
