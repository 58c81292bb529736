//! How much a coefficient hangs on one entity or one time.
//!
//! The coefficients without some rows follow from cross-products: those of the whole sample less those of the
//! rows (Belsley, Kuh and Welsch 1980, section 2.1, for one row; here for any set of them), so that
//! nothing is estimated again from the rows that stay. With effects of the entities, whose means change with
//! their rows, an entity's part is first
//!
//! S_i less the sum over rows left out of w d d', less (sum of w d)(sum of w d)' / (weight of the rows that stay),
//!
//! where d are deviations from the entity's mean over all its rows.

use faer::Mat;
use serde::{Deserialize, Serialize};
use vintner_panel::Period;

use super::estimated::Estimated;
use crate::models::Model;
use crate::outcome::Reason;

/// What is left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// All rows of an entity.
    Entity(String),
    /// All rows of a time.
    Time(Period),
}

/// The coefficients without an entity or a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Influence {
    /// What is left out.
    pub left_out: LeftOut,
    /// Rows that stay.
    pub n_obs: usize,
    /// The coefficients, in the order of the fit's; or why there are none.
    pub coefficients: Result<Vec<f64>, Reason>,
}

impl Estimated {
    /// The coefficients without each entity and without each time of the sample, entities first, in the order
    /// of [`Estimated::names`]. An entity is left out only where there are others.
    ///
    /// # Errors
    /// [`Reason::NoInfluence`] for models other than pooled least squares and effects of the entities.
    pub fn influence(&self) -> Result<Vec<Influence>, Reason> {
        let sample = self.sample();
        let named: Vec<String> = sample.formula().effects.iter().map(ToString::to_string).collect();
        let within = match self.model() {
            Model::Ols => false,
            Model::Within if named.is_empty() || named == ["entity"] => true,
            other => return Err(Reason::NoInfluence { model: other.name().into() }),
        };
        let products = Products::new(self, within);
        let mut found = Vec::new();
        if sample.entities().len() > 1 {
            for (entity, group) in sample.entities().iter().zip(sample.groups()) {
                let rows: Vec<usize> = group.clone().collect();
                found.push(products.without(LeftOut::Entity(entity.clone()), &rows));
            }
        }
        let mut times: Vec<i32> = sample.times().to_vec();
        times.sort_unstable();
        times.dedup();
        if times.len() > 1 {
            for time in times {
                let rows: Vec<usize> =
                    (0..sample.height()).filter(|row| sample.times()[*row] == time).collect();
                if let Some(period) = sample.period(time) {
                    found.push(products.without(LeftOut::Time(period), &rows));
                }
            }
        }
        Ok(found)
    }
}

/// The cross-products of the regressors and the dependent variable, scaled to ones on the diagonal.
struct Products<'a> {
    estimated: &'a Estimated,
    /// The dependent variable as it was estimated, each row times the root of its weight.
    y: Vec<f64>,
    /// The group of each row, and the weight of its rows.
    groups: Vec<usize>,
    sizes: Vec<f64>,
    within: bool,
    scales: Vec<f64>,
    /// [X y]'[X y], k + 1 square.
    whole: Mat<f64>,
}

impl<'a> Products<'a> {
    fn new(estimated: &'a Estimated, within: bool) -> Self {
        let sample = estimated.sample();
        let order = estimated.coefficients().len() + 1;
        let mut groups = vec![0; sample.height()];
        for (code, group) in sample.groups().iter().enumerate() {
            groups[group.clone()].fill(code);
        }
        let y = (0..sample.height())
            .map(|row| {
                let fitted: f64 = estimated
                    .coefficients()
                    .iter()
                    .enumerate()
                    .map(|(column, b)| estimated.regressors[(row, column)] * b)
                    .sum();
                fitted + estimated.residuals()[row]
            })
            .collect();
        let mut products = Self {
            estimated,
            y,
            groups,
            sizes: Vec::new(),
            within,
            scales: vec![1.0; order],
            whole: Mat::zeros(order, order),
        };
        products.sizes =
            sample.groups().iter().map(|group| group.clone().map(|row| products.weight(row)).sum()).collect();
        let squares = |column: usize| -> f64 {
            (0..sample.height()).map(|row| products.value(row, column).powi(2)).sum()
        };
        let scales: Vec<f64> =
            (0..order).map(squares).map(|sum: f64| if sum > 0.0 { sum.sqrt() } else { 1.0 }).collect();
        products.scales = scales;
        let everything: Vec<usize> = (0..sample.height()).collect();
        products.whole = products.of(&everything);
        products
    }

    fn weight(&self, row: usize) -> f64 {
        self.estimated.sample().weights().map_or(1.0, |weights| weights[row])
    }

    fn value(&self, row: usize, column: usize) -> f64 {
        let value = match column < self.scales.len() - 1 {
            true => self.estimated.regressors[(row, column)],
            false => self.y[row],
        };
        value / self.scales[column]
    }

    fn of(&self, rows: &[usize]) -> Mat<f64> {
        let order = self.scales.len();
        let mut sums = Mat::zeros(order, order);
        for &row in rows {
            for i in 0..order {
                let one = self.value(row, i);
                for j in 0..=i {
                    sums[(i, j)] += one * self.value(row, j);
                }
            }
        }
        sums
    }

    fn without(&self, left_out: LeftOut, rows: &[usize]) -> Influence {
        let order = self.scales.len();
        let gone = self.of(rows);
        let mut left = Mat::from_fn(order, order, |i, j| self.whole[(i, j)] - gone[(i, j)]);
        // The rows of each entity that go, and the sums of their deviations.
        let mut effects_gone = 0;
        if self.within {
            let mut at = 0;
            while at < rows.len() {
                let group = self.groups[rows[at]];
                let mut sums = vec![0.0; order];
                let mut stay = self.sizes[group];
                let mut rows_stay = self.estimated.sample().groups()[group].len();
                while at < rows.len() && self.groups[rows[at]] == group {
                    let root = self.weight(rows[at]).sqrt();
                    sums.iter_mut()
                        .enumerate()
                        .for_each(|(column, sum)| *sum += root * self.value(rows[at], column));
                    stay -= self.weight(rows[at]);
                    rows_stay -= 1;
                    at += 1;
                }
                if rows_stay == 0 {
                    effects_gone += 1;
                    continue;
                }
                for i in 0..order {
                    for j in 0..=i {
                        left[(i, j)] -= sums[i] * sums[j] / stay;
                    }
                }
            }
        }
        let n_obs = self.groups.len() - rows.len();
        let effects = if self.within { self.sizes.len() - effects_gone } else { 0 };
        let parameters = order - 1 + effects;
        let coefficients = if n_obs < parameters {
            Err(Reason::TooFewObservations { observations: n_obs, parameters })
        } else {
            self.solve(&left)
        };
        Influence { left_out, n_obs, coefficients }
    }

    /// The coefficients from what is left of the cross-products, by Cholesky's decomposition.
    fn solve(&self, left: &Mat<f64>) -> Result<Vec<f64>, Reason> {
        let order = self.scales.len() - 1;
        let mut lower: Mat<f64> = Mat::zeros(order, order);
        let mut solved = vec![0.0; order];
        for i in 0..order {
            for j in 0..=i {
                let known: f64 = (0..j).map(|m| lower[(i, m)] * lower[(j, m)]).sum();
                let rest = left[(i, j)] - known;
                if i == j {
                    // Of columns of length one, what is left of this one is rounding.
                    if rest.is_nan() || rest < SINGULAR {
                        let regressor = self.estimated.names()[i].clone();
                        return Err(Reason::NotIdentifiedWithout { regressor });
                    }
                    lower[(i, i)] = rest.sqrt();
                } else {
                    lower[(i, j)] = rest / lower[(j, j)];
                }
            }
            let known: f64 = (0..i).map(|m| lower[(i, m)] * solved[m]).sum();
            solved[i] = (left[(order, i)] - known) / lower[(i, i)];
        }
        for i in (0..order).rev() {
            let known: f64 = (i + 1..order).map(|m| lower[(m, i)] * solved[m]).sum();
            solved[i] = (solved[i] - known) / lower[(i, i)];
        }
        Ok((0..order).map(|i| solved[i] * self.scales[order] / self.scales[i]).collect())
    }
}

/// Cross-products keep half the digits: a pivot below this counts as zero.
const SINGULAR: f64 = 1e-11;
