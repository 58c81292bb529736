//! How much a coefficient hangs on one entity or one time.
//!
//! The coefficients without some rows follow from cross-products: those of the whole sample less those of the
//! rows (Belsley, Kuh and Welsch 1980, section 2.1, for one row; here for any set of them), so that
//! nothing is estimated again from the rows that stay. With effects of the entities, whose means change with
//! their rows, an entity's part is first
//!
//! S_i less the sum over rows left out of d d', less (sum of d)(sum of d)' / (rows that stay),
//!
//! where d are deviations from the entity's mean over all its rows.

use faer::Mat;
use serde::{Deserialize, Serialize};

use crate::design::Design;
use crate::{Formula, Model, Reason, Sample};

/// What is left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// All rows of an entity.
    Entity(String),
    /// All rows of a time.
    Time(i32),
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

/// The coefficients of an equation without each entity and without each time of its sample, entities
/// first. An entity is left out only where there are others.
///
/// # Errors
/// [`Reason::NoInfluence`] for models other than pooled least squares and effects of the entities.
pub fn influence(sample: &Sample, model: Model) -> Result<Vec<Influence>, Reason> {
    let within = match model {
        Model::Ols => false,
        Model::Within => true,
        other => return Err(Reason::NoInfluence { model: other.name().into() }),
    };
    let design = if within { Design::within(sample) } else { Design::levels(sample) };
    let products = Products::new(&design, sample, within);
    let mut found = Vec::new();
    if sample.entities().len() > 1 {
        for (entity, group) in sample.entities().iter().zip(sample.groups()) {
            let rows: Vec<usize> = group.clone().collect();
            found.push(products.without(LeftOut::Entity(entity.clone()), &rows, sample.formula()));
        }
    }
    let mut times: Vec<i32> = sample.times().to_vec();
    times.sort_unstable();
    times.dedup();
    if times.len() > 1 {
        for time in times {
            let rows: Vec<usize> = (0..sample.height()).filter(|row| sample.times()[*row] == time).collect();
            found.push(products.without(LeftOut::Time(time), &rows, sample.formula()));
        }
    }
    Ok(found)
}

/// The cross-products of the regressors and the dependent variable, scaled to ones on the diagonal.
struct Products<'a> {
    design: &'a Design,
    /// The group of each row, and how many rows it has.
    groups: Vec<usize>,
    sizes: Vec<usize>,
    within: bool,
    scales: Vec<f64>,
    /// [X y]'[X y], k + 1 square.
    whole: Mat<f64>,
}

impl<'a> Products<'a> {
    fn new(design: &'a Design, sample: &Sample, within: bool) -> Self {
        let order = design.x.ncols() + 1;
        let mut groups = vec![0; sample.height()];
        for (code, group) in sample.groups().iter().enumerate() {
            groups[group.clone()].fill(code);
        }
        let mut products = Self {
            design,
            groups,
            sizes: sample.groups().iter().map(ExactSizeIterator::len).collect(),
            within,
            scales: vec![1.0; order],
            whole: Mat::zeros(order, order),
        };
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

    fn value(&self, row: usize, column: usize) -> f64 {
        let value =
            if column < self.design.x.ncols() { self.design.x[(row, column)] } else { self.design.y[row] };
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

    fn without(&self, left_out: LeftOut, rows: &[usize], formula: &Formula) -> Influence {
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
                let start = at;
                while at < rows.len() && self.groups[rows[at]] == group {
                    sums.iter_mut()
                        .enumerate()
                        .for_each(|(column, sum)| *sum += self.value(rows[at], column));
                    at += 1;
                }
                let stay = self.sizes[group] - (at - start);
                if stay == 0 {
                    effects_gone += 1;
                    continue;
                }
                for i in 0..order {
                    for j in 0..=i {
                        left[(i, j)] -= sums[i] * sums[j] / stay as f64;
                    }
                }
            }
        }
        let n_obs = self.groups.len() - rows.len();
        let effects = if self.within { self.sizes.len() - effects_gone } else { 0 };
        let parameters = self.design.x.ncols() + effects;
        let coefficients = if n_obs < parameters {
            Err(Reason::TooFewObservations { observations: n_obs, parameters })
        } else {
            self.solve(&left, formula)
        };
        Influence { left_out, n_obs, coefficients }
    }

    /// The coefficients from what is left of the cross-products, by Cholesky's decomposition.
    fn solve(&self, left: &Mat<f64>, formula: &Formula) -> Result<Vec<f64>, Reason> {
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
                        return Err(Reason::NotIdentifiedWithout {
                            regressor: self.design.names.get(i).unwrap_or(&formula.dependent).clone(),
                        });
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
