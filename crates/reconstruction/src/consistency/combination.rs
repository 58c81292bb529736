//! Combinations of residuals whose products with some variables the normal equations make zero.
//!
//! An equation's own residual is one: its products with its regressors are zero. Of two equations that both leave out a variable, as equations
//! of the same dependent variable do, that variable's part can be eliminated: what remains is free of it, and its products with the regressors
//! of both are zero. So y on x, and y on x and w, say together what the coefficient of w on x is. A form of the equations'
//! own residuals (`residual_form.rs`) can't use this, since it would have to be zero for the eliminated variable and so is singular.

use super::interval::Interval;

/// An equation of one sample: its dependent variable, its regressors and their coefficients.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) dependent: usize,
    pub(super) regressors: Vec<usize>,
    pub(super) coefficients: Vec<Interval>,
}

/// A combination of the rows' residuals, and the variables with which its products are zero.
#[derive(Debug, Clone)]
pub(super) struct Combination {
    /// Its part in each variable.
    pub(super) parts: Vec<Interval>,
    /// Variables with which its products are zero: regressors of all its rows.
    pub(super) uncorrelated: Vec<usize>,
    /// What it takes of each row's residual.
    pub(super) weights: Vec<Interval>,
}

impl Combination {
    /// The residual of a row.
    pub(super) fn residual(rows: &[Row], place: usize, variables: usize) -> Self {
        let row = &rows[place];
        let mut parts = vec![Interval::ZERO; variables];
        parts[row.dependent] = Interval::ONE;
        row.regressors.iter().zip(&row.coefficients).for_each(|(at, coefficient)| parts[*at] = -*coefficient);
        let mut weights = vec![Interval::ZERO; rows.len()];
        weights[place] = Interval::ONE;
        Self { parts, uncorrelated: row.regressors.clone(), weights }
    }

    /// The rows that are in it.
    pub(super) fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.weights.len()).filter(|at| !self.weights[*at].is_zero())
    }

    /// `other` less as much of this as makes its part in a variable zero. None where the digits don't say that both have such a part, where no
    /// variable is left with which products are zero, or where all of what remains may be zero.
    fn eliminated(&self, other: &Self, variable: usize) -> Option<Self> {
        if self.parts[variable].sign() == 0 || other.parts[variable].sign() == 0 {
            return None;
        }
        let uncorrelated: Vec<usize> =
            self.uncorrelated.iter().copied().filter(|at| other.uncorrelated.contains(at)).collect();
        if uncorrelated.is_empty() || uncorrelated.contains(&variable) {
            return None;
        }
        let factor = match self.parts[variable] == other.parts[variable] && self.parts[variable].is_point() {
            true => Interval::ONE,
            false => other.parts[variable] * self.parts[variable].inverse()?,
        };
        let less = |one: &[Interval], own: &[Interval]| -> Vec<Interval> {
            one.iter().zip(own).map(|(one, own)| *one - factor * *own).collect()
        };
        let mut parts = less(&other.parts, &self.parts);
        parts[variable] = Interval::ZERO;
        let weights = less(&other.weights, &self.weights);
        let certain = parts.iter().any(|part| part.sign() != 0);
        certain.then_some(Self { parts, uncorrelated, weights })
    }
}

/// Eliminations are made of the rows, and once more of what they give.
const ROUNDS: usize = 2;
/// So many eliminations are made at most.
const MOST_ELIMINATIONS: usize = 24;

/// The residuals of all rows, in their order, and after them what eliminations give.
pub(super) fn combinations(rows: &[Row], variables: usize) -> Vec<Combination> {
    let mut all: Vec<Combination> =
        (0..rows.len()).map(|place| Combination::residual(rows, place, variables)).collect();
    let most = rows.len() + MOST_ELIMINATIONS;
    let mut fresh = 0;
    for _ in 0..ROUNDS {
        let end = all.len();
        for second in fresh.max(1)..end {
            for first in 0..second {
                for variable in 0..variables {
                    let (one, other) = (&all[first], &all[second]);
                    let missing =
                        !one.uncorrelated.contains(&variable) && !other.uncorrelated.contains(&variable);
                    let Some(made) = missing.then(|| one.eliminated(other, variable)).flatten() else {
                        continue;
                    };
                    if all.len() == most {
                        return all;
                    }
                    all.push(made);
                }
            }
        }
        fresh = end;
    }
    all
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn two_equations_of_one_variable_say_a_third() {
        // y on x and w, y on x: what remains is 0.5 (w - 0.8 x)
        let printed = |value: f64| Interval::printed(value, 3);
        let rows = [
            Row { dependent: 0, regressors: vec![1, 2], coefficients: vec![printed(0.3), printed(0.5)] },
            Row { dependent: 0, regressors: vec![1], coefficients: vec![printed(0.7)] },
        ];
        let all = combinations(&rows, 3);
        assert_eq!(all.len(), 3);
        let made = &all[2];
        assert_eq!(made.uncorrelated, [1]);
        assert!(made.parts[0].is_zero());
        let slope = -made.parts[1] * made.parts[2].inverse().unwrap();
        assert!(slope.low < 0.8 && slope.high > 0.8 && slope.radius() < 0.004, "{slope:?}");
        assert_eq!(made.rows().collect::<Vec<_>>(), [0, 1]);
    }

    #[test]
    fn different_dependent_variables_give_none() {
        let rows = [
            Row { dependent: 0, regressors: vec![2], coefficients: vec![Interval::ONE] },
            Row { dependent: 1, regressors: vec![2], coefficients: vec![Interval::ONE] },
        ];
        assert_eq!(combinations(&rows, 3).len(), 2);
    }
}
