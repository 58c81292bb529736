//! Cholesky's decomposition of a positive semidefinite matrix.

/// A pivot below this share of its diagonal entry is zero: the row is a combination of rows before it.
const SINGULAR: f64 = 1e-10;

/// A = LL' with zero columns where A's row is a combination of those before it. It solves Ax = b for any b
/// that has a solution, with x zero there.
#[derive(Debug, Clone)]
pub(crate) struct Semidefinite {
    /// L, row by row.
    lower: Vec<f64>,
    order: usize,
    rank: usize,
}

impl Semidefinite {
    /// Decomposes a matrix of which the lower triangle is given, row by row (order x order).
    pub(crate) fn new(mut lower: Vec<f64>, order: usize) -> Self {
        let mut rank = 0;
        let original: Vec<f64> = (0..order).map(|at| lower[at * order + at]).collect();
        for i in 0..order {
            let (above, rest) = lower.split_at_mut(i * order);
            let row = &mut rest[..order];
            for j in 0..i {
                let pivot = above[j * order + j];
                let known = dot(&row[..j], &above[j * order..j * order + j]);
                row[j] = if pivot > 0.0 { (row[j] - known) / pivot } else { 0.0 };
            }
            let pivot = row[i] - dot(&row[..i], &row[..i]);
            let counts = pivot > SINGULAR * original[i];
            row[i] = if counts { pivot.sqrt() } else { 0.0 };
            rank += usize::from(counts);
        }
        Self { lower, order, rank }
    }

    /// How many rows are no combination of others.
    pub(crate) fn rank(&self) -> usize {
        self.rank
    }

    /// Solves Ax = b in place.
    pub(crate) fn solve(&self, b: &mut [f64]) {
        let at = |row: usize, column: usize| self.lower[row * self.order + column];
        for i in 0..self.order {
            let known = dot(&self.lower[i * self.order..i * self.order + i], &b[..i]);
            let pivot = at(i, i);
            b[i] = if pivot > 0.0 { (b[i] - known) / pivot } else { 0.0 };
        }
        for i in (0..self.order).rev() {
            let pivot = at(i, i);
            b[i] = if pivot > 0.0 { b[i] / pivot } else { 0.0 };
            let value = b[i];
            b[..i].iter_mut().zip(&self.lower[i * self.order..]).for_each(|(b, l)| *b -= l * value);
        }
    }
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_singular_system_is_solved_where_it_has_a_solution() {
        // The Laplacian of a path of three and of a single point.
        let a = vec![1.0, 0.0, 0.0, 0.0, -1.0, 2.0, 0.0, 0.0, 0.0, -1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        let decomposed = Semidefinite::new(a, 4);
        assert_eq!(decomposed.rank(), 2);
        let mut b = [1.0, 1.0, -2.0, 0.0];
        decomposed.solve(&mut b);
        let product = [b[0] - b[1], 2.0 * b[1] - b[0] - b[2], b[2] - b[1]];
        for (own, expected) in product.iter().zip([1.0, 1.0, -2.0]) {
            assert!((own - expected).abs() < 1e-14);
        }
    }
}
