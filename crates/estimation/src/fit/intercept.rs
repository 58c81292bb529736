//! An intercept beside absorbed effects, and what the effects' levels come to.

use std::ops::Range;

use faer::Mat;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::estimated::Estimated;
use super::measures::FitMeasures;
use crate::covariance::Covariance;
use crate::numerics::{mean, weighted_mean};
use crate::outcome::{INTERCEPT, Reason};
use crate::sample::Sample;

/// From where effects are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EffectsFrom {
    /// From zero: plm's `level`.
    #[default]
    Zero,
    /// From the first entity's, which is left out: plm's `dfirst`.
    First,
    /// From the overall intercept, the mean of the effects over rows: plm's `dmean`.
    Mean,
}

/// An entity's fixed effect with its standard error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EffectEstimate {
    /// The entity.
    pub entity: String,
    /// The effect, in the dependent variable's unit.
    pub effect: f64,
    /// The standard error of the level, sqrt(s2/T_i + mean(x_i)'V mean(x_i)) with V of the slopes (Greene
    /// 2012, eq. 11-20): plm's, whatever the effect is counted from.
    pub std_error: f64,
}

impl Estimated {
    /// The same estimates with the intercept that makes the effects zero on average over rows: least squares
    /// of the dependent variable with its overall mean added back to what the effects leave of it. plm's
    /// `within_intercept`, linearmodels' `PanelOLS` with a constant, Stata's `_cons`. A model without absorbed
    /// effects stays as it is.
    ///
    /// `sample` is the one that was estimated. An effect fewer counts as absorbed, so that degrees of freedom
    /// don't change.
    pub fn with_intercept(&self, sample: &Sample) -> Self {
        let mut with = self.clone();
        if self.absorbed.parameters == 0 || self.names.iter().any(|name| name == INTERCEPT) {
            return with;
        }
        let average = |values: &[f64]| match sample.weights() {
            Some(weights) => weighted_mean(values, weights),
            None => mean(values),
        };
        let means: Vec<f64> = self.slope_columns(sample).map(average).collect();
        let order = self.names.len();
        let height = sample.weights().map_or(self.residuals.len() as f64, |weights| weights.iter().sum());
        let root = |row: usize| sample.weights().map_or(1.0, |weights| weights[row].sqrt());
        let slopes: f64 = self.coefficients.iter().zip(&means).map(|(b, mean)| b * mean).sum();
        with.coefficients.insert(0, average(sample.dependent()) - slopes);
        with.names.insert(0, INTERCEPT.into());
        with.regressors = Mat::from_fn(self.regressors.nrows(), order + 1, |row, column| match column {
            0 => root(row),
            _ => self.regressors[(row, column - 1)] + root(row) * means[column - 1],
        });
        // The inverse of [[n, n m'], [n m, X'X + n m m']].
        let shifted: Vec<f64> =
            (0..order).map(|i| (0..order).map(|j| self.bread[(i, j)] * means[j]).sum()).collect();
        let corner = 1.0 / height + means.iter().zip(&shifted).map(|(mean, shift)| mean * shift).sum::<f64>();
        with.bread = Mat::from_fn(order + 1, order + 1, |i, j| match (i, j) {
            (0, 0) => corner,
            (0, at) | (at, 0) => -shifted[at - 1],
            (i, j) => self.bread[(i - 1, j - 1)],
        });
        with.noise = self.noise.with_intercept();
        with.absorbed.parameters -= 1;
        with.constant = true;
        with.measures = FitMeasures::new(sample, &with.names, &with.coefficients, true);
        with
    }

    /// The entities' fixed effects with standard errors under a covariance of the slopes; none in models
    /// without, or with effects of times too. `sample` is the one that was estimated.
    ///
    /// # Errors
    /// Where the sample doesn't allow the covariance.
    pub fn effect_estimates(
        &self,
        sample: &Sample,
        covariance: &Covariance,
        from: EffectsFrom,
    ) -> Result<Vec<EffectEstimate>, Reason> {
        let effects = self.fixed_effects();
        if self.absorbed.entity_levels == 0 || self.absorbed.time_levels > 0 || self.constant {
            return Ok(Vec::new());
        }
        let computed = covariance.matrix(&self.ingredients())?.matrix;
        let sigma2 = self.rss / self.df_residual() as f64;
        let columns: Vec<&[f64]> = self.slope_columns(sample).collect();
        let size = |group: &Range<usize>| match sample.weights() {
            Some(weights) => weights[group.clone()].iter().sum::<f64>(),
            None => group.len() as f64,
        };
        let height: f64 = self.groups.iter().map(size).sum();
        let average = |values: &[f64], group: &Range<usize>| match sample.weights() {
            Some(weights) => weighted_mean(&values[group.clone()], &weights[group.clone()]),
            None => mean(&values[group.clone()]),
        };
        let start = match from {
            EffectsFrom::Zero => 0.0,
            EffectsFrom::First => effects.first().map_or(0.0, |first| first.effect),
            EffectsFrom::Mean => {
                let weighted = effects.iter().zip(&self.groups);
                weighted.map(|(effect, group)| effect.effect * size(group) / height).sum()
            }
        };
        let skipped = usize::from(from == EffectsFrom::First);
        Ok(effects
            .into_iter()
            .zip(&self.groups)
            .skip(skipped)
            .map(|(effect, group)| {
                let means: Vec<f64> = columns.iter().map(|values| average(values, group)).collect();
                let mut variance = sigma2 / size(group);
                for (i, one) in means.iter().enumerate() {
                    for (j, other) in means.iter().enumerate() {
                        variance += one * computed[(i, j)] * other;
                    }
                }
                EffectEstimate {
                    entity: effect.entity,
                    effect: effect.effect - start,
                    std_error: variance.sqrt(),
                }
            })
            .collect())
    }

    /// The sample's values of the regressors that have a slope, in the slopes' order.
    fn slope_columns<'a>(&'a self, sample: &'a Sample) -> impl Iterator<Item = &'a [f64]> {
        self.names.iter().filter_map(|name| {
            let at = sample.formula().regressors.iter().position(|one| one == name)?;
            sample.regressors().get(at).map(|values| &**values)
        })
    }
}
