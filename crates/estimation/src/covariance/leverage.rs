//! Leverages: the diagonal of the projection on the regressors, and on the absorbed effects too.
//!
//! The effects' part needs no dummy variables. With one factor it is 1/T_g in a group of T_g rows. With more,
//! D1 the one with most levels and D2 the others, it is that of D1 and of W = D2 - P1 D2: w_i'(W'W)^+ w_i, where
//! w_i holds the dummies of row i's levels less the shares of levels in its group, and W'W has as many rows as D2
//! has levels. With weights, rows count by them.

use faer::{Mat, Side};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ingredients::{Ingredients, too_large};
use crate::outcome::Reason;

/// What counts as a regressor in leverages, and in the degrees of freedom of `hc1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Leverage {
    /// Regressors and absorbed effects, as if these were dummy variables: `lm` with sandwich.
    #[default]
    All,
    /// The regressors alone, as they were transformed: plm.
    Regressors,
}

/// A row whose leverage is nearer to one than this is fitted perfectly.
pub(super) const LEVERAGE_OF_ONE: f64 = 1e-10;

/// An eigenvalue below this, of matrices whose largest is about one, counts as zero.
const NULL: f64 = 1e-10;

/// Each row's leverage.
pub(super) fn leverages(ingredients: &Ingredients<'_>, leverage: Leverage) -> Result<Vec<f64>, Reason> {
    let order = ingredients.bread.nrows();
    let effects = match leverage {
        Leverage::All => EffectsProjection::new(ingredients)?,
        Leverage::Regressors => None,
    };
    let mut row_of = vec![0.0; order];
    Ok((0..ingredients.residuals.len())
        .map(|row| {
            (0..order).for_each(|column| row_of[column] = ingredients.regressors[(row, column)]);
            let mut sum = 0.0;
            for i in 0..order {
                let inner: f64 = (0..order).map(|j| ingredients.bread[(i, j)] * row_of[j]).sum();
                sum += row_of[i] * inner;
            }
            sum + effects.as_ref().map_or(0.0, |effects| effects.entry(row, row))
        })
        .collect())
}

/// Whether the effects leave nothing of a row's regressors: it doesn't matter to the coefficients.
pub(super) fn is_out_of_reach(ingredients: &Ingredients<'_>, row: usize) -> bool {
    let order = ingredients.bread.nrows();
    let size = |column: usize| ingredients.regressors[(row, column)].abs();
    (0..order).all(|column| size(column) * ingredients.bread[(column, column)].sqrt() <= 1e-10)
}

/// The projection on the dummy variables of absorbed effects, in rows multiplied by the roots of their weights.
pub(super) struct EffectsProjection {
    /// The roots of the rows' weights.
    roots: Option<Vec<f64>>,
    /// Each row's level of the factor with most levels.
    first: Vec<usize>,
    /// The sum of weights, or the number of rows, in each of its groups.
    sizes: Vec<f64>,
    others: Option<Others>,
    /// 1/n, or 1 over the sum of weights, where the constant is among the regressors already; else 0.
    constant: f64,
}

/// What the other factors add, D2 to Dm side by side.
struct Others {
    /// Each row's level of each factor, numbered through.
    levels: Vec<Vec<usize>>,
    /// (W'W)^+.
    inverse: Mat<f64>,
    /// (W'W)^+ times the shares of levels in each group of the first factor, a column each.
    shared: Mat<f64>,
    /// Shares of levels in each group, a column each.
    shares: Mat<f64>,
}

impl Others {
    fn new(
        first: &[usize],
        sizes: &[f64],
        factors: &[Vec<usize>],
        weight: impl Fn(usize) -> f64,
    ) -> Result<Self, Reason> {
        let mut levels = Vec::with_capacity(factors.len());
        let mut count = 0;
        for factor in factors {
            levels.push(factor.iter().map(|code| code + count).collect::<Vec<usize>>());
            count += factor.iter().max().map_or(0, |largest| largest + 1);
        }
        too_large("effects beside those of the kind with most", count)?;
        let groups = sizes.len();
        let mut shares: Mat<f64> = Mat::zeros(count, groups);
        let mut cross: Mat<f64> = Mat::zeros(count, count);
        for (row, group) in first.iter().enumerate() {
            for of in &levels {
                shares[(of[row], *group)] += weight(row) / sizes[*group];
                for and in &levels {
                    cross[(of[row], and[row])] += weight(row);
                }
            }
        }
        let largest = (0..count).fold(f64::MIN_POSITIVE, |largest, at| largest.max(cross[(at, at)]));
        // W'W = D2'D2 - sum over groups of T_g s_g s_g'
        let weighted = Mat::from_fn(count, groups, |level, group| shares[(level, group)] * sizes[group]);
        cross -= &weighted * shares.transpose();
        let inverse = power(&cross, -1.0, NULL * largest)?;
        let shared = &inverse * &shares;
        Ok(Self { levels, inverse, shared, shares })
    }

    fn entry(&self, row: usize, group: usize, other: usize, other_group: usize) -> f64 {
        let mut sum: f64 = (0..self.inverse.nrows())
            .map(|at| self.shares[(at, group)] * self.shared[(at, other_group)])
            .sum();
        for of in &self.levels {
            sum -= self.shared[(of[row], other_group)] + self.shared[(of[other], group)];
            for and in &self.levels {
                sum += self.inverse[(of[row], and[other])];
            }
        }
        sum
    }
}

impl EffectsProjection {
    /// None where the model absorbs no effects.
    pub(super) fn new(ingredients: &Ingredients<'_>) -> Result<Option<Self>, Reason> {
        let Some(effects) = ingredients.effects else { return Ok(None) };
        let mut factors = effects.codes();
        let levels = |factor: &Vec<usize>| factor.iter().max().map_or(0, |largest| largest + 1);
        let Some(most) = (0..factors.len()).rev().max_by_key(|at| levels(&factors[*at])) else {
            return Ok(None);
        };
        let first = factors.remove(most);
        let weights = effects.weights();
        let weight = |row: usize| weights.map_or(1.0, |weights| weights[row]);
        let mut sizes = vec![0.0; levels(&first)];
        first.iter().enumerate().for_each(|(row, group)| sizes[*group] += weight(row));
        let others = match factors.is_empty() {
            true => None,
            false => Some(Others::new(&first, &sizes, &factors, weight)?),
        };
        Ok(Some(Self {
            roots: weights.map(|weights| weights.iter().map(|weight| weight.sqrt()).collect()),
            others,
            constant: if ingredients.constant { 1.0 / sizes.iter().sum::<f64>() } else { 0.0 },
            first,
            sizes,
        }))
    }

    fn root(&self, row: usize) -> f64 {
        self.roots.as_ref().map_or(1.0, |roots| roots[row])
    }

    /// An entry of the projection.
    pub(super) fn entry(&self, row: usize, other: usize) -> f64 {
        let (group, other_group) = (self.first[row], self.first[other]);
        let own = if group == other_group { 1.0 / self.sizes[group] } else { 0.0 };
        let others = self.others.as_ref().map_or(0.0, |others| others.entry(row, group, other, other_group));
        (own - self.constant + others) * self.root(row) * self.root(other)
    }

    /// v_g'P v_h for the parts v_g of a vector in each cluster: clusters x clusters.
    pub(super) fn forms(&self, values: &[f64], codes: &[usize], clusters: usize) -> Mat<f64> {
        let groups = self.sizes.len();
        let mut sums: Mat<f64> = Mat::zeros(clusters, groups);
        for (row, (value, cluster)) in values.iter().zip(codes).enumerate() {
            sums[(*cluster, self.first[row])] += value * self.root(row);
        }
        let scaled =
            Mat::from_fn(clusters, groups, |cluster, group| sums[(cluster, group)] / self.sizes[group]);
        let mut forms = &scaled * sums.transpose();
        if self.constant > 0.0 {
            let whole: Vec<f64> =
                (0..clusters).map(|cluster| (0..groups).map(|group| sums[(cluster, group)]).sum()).collect();
            forms -= Mat::from_fn(clusters, clusters, |g, h| self.constant * whole[g] * whole[h]);
        }
        if let Some(others) = &self.others {
            // sum of v_i w_i over the cluster's rows
            let mut left = -(&sums * others.shares.transpose());
            for (row, (value, cluster)) in values.iter().zip(codes).enumerate() {
                for of in &others.levels {
                    left[(*cluster, of[row])] += value * self.root(row);
                }
            }
            forms += (&left * &others.inverse) * left.transpose();
        }
        forms
    }
}

/// A power of a symmetric matrix; what belongs to eigenvalues up to `null` is left out.
pub(super) fn power(matrix: &Mat<f64>, exponent: f64, null: f64) -> Result<Mat<f64>, Reason> {
    let (vectors, values) = eigen(matrix)?;
    let order = values.len();
    let scaled = Mat::from_fn(order, order, |row, at| {
        if values[at] > null { vectors[(row, at)] * values[at].powf(exponent) } else { 0.0 }
    });
    Ok(&scaled * vectors.transpose())
}

/// Eigenvectors and eigenvalues of a symmetric matrix.
pub(super) fn eigen(matrix: &Mat<f64>) -> Result<(Mat<f64>, Vec<f64>), Reason> {
    let decomposition = matrix
        .self_adjoint_eigen(Side::Lower)
        .map_err(|_| Reason::NotConverged { what: "an eigenvalue decomposition".into(), steps: 0 })?;
    let values = decomposition.S().column_vector();
    Ok((decomposition.U().to_owned(), (0..matrix.nrows()).map(|at| values[at]).collect()))
}

impl Ingredients<'_> {
    /// Each row's leverage.
    pub(crate) fn leverages(&self, leverage: Leverage) -> Result<Vec<f64>, Reason> {
        leverages(self, leverage)
    }
}
