//! Projecting variables off the dummy variables of one or several factors, without forming these.
//!
//! With one factor that is the deviation from group means. With several it is the limit of deviations
//! taken in turn, which the method of conjugate gradients reaches in few steps (Correia 2017, "Linear
//! models with high-dimensional fixed effects: an efficient and feasible estimator", section 4): the
//! operator is one symmetric sweep over the factors.

use crate::Reason;
use crate::design::norm;

/// Steps after which it is given up; well-connected panels need fewer than ten.
const MOST_STEPS: usize = 10_000;

/// What is left to be projected off is rounding below this share of the variable.
const TOLERANCE: f64 = 1e-15;

/// A partition of the rows into levels.
#[derive(Debug, Clone)]
pub(crate) struct Factor {
    /// Each row's level, below `counts.len()`.
    pub(crate) codes: Vec<usize>,
    /// How many rows each level has.
    counts: Vec<f64>,
}

impl Factor {
    /// A factor from each row's level; every level has a row.
    pub(crate) fn new(codes: Vec<usize>) -> Self {
        let mut counts = vec![0.0; codes.iter().max().map_or(0, |largest| largest + 1)];
        codes.iter().for_each(|code| counts[*code] += 1.0);
        Self { codes, counts }
    }

    /// How many levels there are.
    pub(crate) fn levels(&self) -> usize {
        self.counts.len()
    }

    /// How many rows each level has.
    pub(crate) fn counts(&self) -> &[f64] {
        &self.counts
    }

    /// Each level's mean, corrected once by the mean of the deviations.
    pub(crate) fn means(&self, values: &[f64]) -> Vec<f64> {
        let mut means = self.sums(values.iter().copied());
        self.divide(&mut means);
        let deviations = values.iter().zip(&self.codes).map(|(value, code)| value - means[*code]);
        let mut corrections = self.sums(deviations);
        self.divide(&mut corrections);
        means.iter_mut().zip(corrections).for_each(|(mean, correction)| *mean += correction);
        means
    }

    /// Each level's sum.
    pub(crate) fn sums(&self, values: impl Iterator<Item = f64>) -> Vec<f64> {
        let mut sums = vec![0.0; self.levels()];
        values.zip(&self.codes).for_each(|(value, code)| sums[*code] += value);
        sums
    }

    fn divide(&self, sums: &mut [f64]) {
        sums.iter_mut().zip(&self.counts).for_each(|(sum, count)| *sum /= count);
    }

    /// Takes each level's mean away.
    fn sweep(&self, values: &mut [f64]) {
        let means = self.means(values);
        values.iter_mut().zip(&self.codes).for_each(|(value, code)| *value -= means[*code]);
    }
}

/// The residual of `values` on the dummy variables of all factors.
///
/// # Errors
/// [`Reason::NotConverged`] where the panel's parts hang together by too few rows.
pub(crate) fn residual(values: &[f64], factors: &[Factor]) -> Result<Vec<f64>, Reason> {
    let mut left = values.to_vec();
    factors.iter().for_each(|factor| factor.sweep(&mut left));
    if factors.len() < 2 {
        return Ok(left);
    }
    // What one more symmetric sweep would take away: zero at the solution.
    let taken = |of: &[f64]| -> Vec<f64> {
        let mut swept = of.to_vec();
        factors.iter().for_each(|factor| factor.sweep(&mut swept));
        factors.iter().rev().skip(1).for_each(|factor| factor.sweep(&mut swept));
        of.iter().zip(swept).map(|(before, after)| before - after).collect()
    };
    let rounding = TOLERANCE * norm(values);
    let mut rest = taken(&left);
    let mut direction = rest.clone();
    let mut size = dot(&rest, &rest);
    let (mut smallest, mut since) = (size, 0);
    for _ in 0..MOST_STEPS {
        // Beyond the last digit there is nothing to gain, and the steps begin to wander.
        if size.sqrt() <= rounding || since > 20 {
            return Ok(left);
        }
        let image = taken(&direction);
        let curvature = dot(&direction, &image);
        if curvature <= 0.0 {
            return Ok(left);
        }
        let step = size / curvature;
        for (at, image) in image.into_iter().enumerate() {
            left[at] -= step * direction[at];
            rest[at] -= step * image;
        }
        let next = dot(&rest, &rest);
        since = if next < smallest { 0 } else { since + 1 };
        smallest = smallest.min(next);
        let ratio = next / size;
        direction.iter_mut().zip(&rest).for_each(|(direction, rest)| *direction = rest + ratio * *direction);
        size = next;
    }
    Err(Reason::NotConverged { what: "the projection off the effects".into(), steps: MOST_STEPS })
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// Into how many parts two factors divide the rows such that no level is in two of them. Their dummy
/// variables have as many columns too many (Abowd, Creecy and Kramarz 2002).
pub(crate) fn components(one: &Factor, other: &Factor) -> usize {
    let levels = one.levels();
    let mut parent: Vec<usize> = (0..levels + other.levels()).collect();
    fn root(parent: &mut [usize], mut node: usize) -> usize {
        while parent[node] != node {
            parent[node] = parent[parent[node]];
            node = parent[node];
        }
        node
    }
    let mut parts = parent.len();
    for (left, right) in one.codes.iter().zip(&other.codes) {
        let (left, right) = (root(&mut parent, *left), root(&mut parent, levels + *right));
        if left != right {
            parent[left] = right;
            parts -= 1;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors() -> (Factor, Factor) {
        // An unbalanced panel of three entities and three times.
        (Factor::new(vec![0, 0, 0, 1, 1, 2, 2]), Factor::new(vec![0, 1, 2, 0, 2, 1, 2]))
    }

    #[test]
    fn what_is_left_is_orthogonal_to_all_dummies() -> Result<(), Reason> {
        let (entities, times) = factors();
        let values = [3.0, -1.0, 4.0, 1.0, -5.0, 9.0, 2.0];
        let left = residual(&values, &[entities.clone(), times.clone()])?;
        for factor in [&entities, &times] {
            for sum in factor.sums(left.iter().copied()) {
                assert!(sum.abs() < 1e-14, "{sum:e}");
            }
        }
        // And a second time there is nothing to take away.
        let again = residual(&left, &[entities, times])?;
        assert!(left.iter().zip(&again).all(|(one, two)| (one - two).abs() < 1e-14));
        Ok(())
    }

    #[test]
    fn parts_that_share_no_level_are_counted() {
        let (entities, times) = factors();
        assert_eq!(components(&entities, &times), 1);
        let split = (Factor::new(vec![0, 0, 1, 1]), Factor::new(vec![0, 1, 2, 3]));
        assert_eq!(components(&split.0, &split.1), 2);
    }
}
