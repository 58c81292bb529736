//! Leverages: the diagonal of the projection on the regressors, and on the absorbed effects too.
//!
//! The effects' part needs no dummy variables. With one factor it is 1/T_g in a group of T_g rows. With two,
//! D1 with more levels and D2, it is that of D1 and of W = D2 - P1 D2: w_i'(W'W)^+ w_i, where w_i is the
//! dummy of row i's level less the shares of levels in its group, and W'W has as many rows as D2 has levels.

use faer::{Mat, Side};
use serde::{Deserialize, Serialize};

use super::{Ingredients, time_codes, too_large};
use crate::Reason;
use crate::absorb::Factor;

/// What counts as a regressor in leverages, and in the degrees of freedom of `hc1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
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

/// The projection on the dummy variables of absorbed effects.
pub(super) struct EffectsProjection {
    /// The factor with more levels.
    first: Factor,
    second: Option<Second>,
    /// 1/n where the constant is among the regressors already, else 0.
    constant: f64,
}

struct Second {
    factor: Factor,
    /// (W'W)^+.
    inverse: Mat<f64>,
    /// (W'W)^+ times the shares of levels in each group of the first factor, a column each.
    shared: Mat<f64>,
    /// Shares of levels in each group, a column each.
    shares: Mat<f64>,
}

impl Second {
    fn new(first: &Factor, second: Factor) -> Result<Self, Reason> {
        let (groups, levels) = (first.levels(), second.levels());
        too_large("effects of the kind with fewer", levels)?;
        let mut shares: Mat<f64> = Mat::zeros(levels, groups);
        for (group, level) in first.codes.iter().zip(&second.codes) {
            shares[(*level, *group)] += 1.0 / first.counts()[*group];
        }
        // W'W = D2'D2 - sum over groups of T_g s_g s_g'
        let weighted =
            Mat::from_fn(levels, groups, |level, group| shares[(level, group)] * first.counts()[group]);
        let mut cross = -(&weighted * shares.transpose());
        for level in 0..levels {
            cross[(level, level)] += second.counts()[level];
        }
        let largest = second.counts().iter().fold(1.0_f64, |largest, count| largest.max(*count));
        let inverse = power(&cross, -1.0, NULL * largest)?;
        let shared = &inverse * &shares;
        Ok(Self { factor: second, inverse, shared, shares })
    }
}

impl EffectsProjection {
    /// None where the model absorbs no effects.
    pub(super) fn new(ingredients: &Ingredients<'_>) -> Result<Option<Self>, Reason> {
        let entities = || {
            let mut codes = vec![0; ingredients.residuals.len()];
            for (code, group) in ingredients.groups.iter().enumerate() {
                codes[group.clone()].fill(code);
            }
            Factor::new(codes)
        };
        let times = || Factor::new(time_codes(ingredients.times).0);
        let constant = if ingredients.constant { 1.0 / ingredients.residuals.len() as f64 } else { 0.0 };
        let (first, second) = match (ingredients.entity_levels > 0, ingredients.time_levels > 0) {
            (false, false) => return Ok(None),
            (true, false) => (entities(), None),
            (false, true) => (times(), None),
            (true, true) => {
                let (entities, times) = (entities(), times());
                match times.levels() > entities.levels() {
                    true => (times, Some(entities)),
                    false => (entities, Some(times)),
                }
            }
        };
        let second = second.map(|second| Second::new(&first, second)).transpose()?;
        Ok(Some(Self { first, second, constant }))
    }

    /// An entry of the projection.
    pub(super) fn entry(&self, row: usize, other: usize) -> f64 {
        let (group, other_group) = (self.first.codes[row], self.first.codes[other]);
        let shared = if group == other_group { 1.0 / self.first.counts()[group] } else { 0.0 };
        let own = shared - self.constant;
        let Some(second) = &self.second else { return own };
        let (level, other_level) = (second.factor.codes[row], second.factor.codes[other]);
        let between: f64 = (0..second.inverse.nrows())
            .map(|at| second.shares[(at, group)] * second.shared[(at, other_group)])
            .sum();
        own + second.inverse[(level, other_level)]
            - second.shared[(level, other_group)]
            - second.shared[(other_level, group)]
            + between
    }

    /// v_g'P v_h for the parts v_g of a vector in each cluster: clusters x clusters.
    pub(super) fn forms(&self, values: &[f64], codes: &[usize], clusters: usize) -> Mat<f64> {
        let mut sums: Mat<f64> = Mat::zeros(clusters, self.first.levels());
        for ((value, cluster), group) in values.iter().zip(codes).zip(&self.first.codes) {
            sums[(*cluster, *group)] += value;
        }
        let scaled = Mat::from_fn(clusters, self.first.levels(), |cluster, group| {
            sums[(cluster, group)] / self.first.counts()[group]
        });
        let mut forms = &scaled * sums.transpose();
        if self.constant > 0.0 {
            let whole: Vec<f64> = (0..clusters)
                .map(|cluster| (0..self.first.levels()).map(|group| sums[(cluster, group)]).sum())
                .collect();
            forms -= Mat::from_fn(clusters, clusters, |g, h| self.constant * whole[g] * whole[h]);
        }
        if let Some(second) = &self.second {
            // sum of v_i w_i over the cluster's rows
            let mut left = -(&sums * second.shares.transpose());
            for ((value, cluster), level) in values.iter().zip(codes).zip(&second.factor.codes) {
                left[(*cluster, *level)] += value;
            }
            forms += (&left * &second.inverse) * left.transpose();
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
