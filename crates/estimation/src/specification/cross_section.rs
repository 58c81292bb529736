//! Dependence between entities, from the correlations of their residuals or series.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::Panel;

use super::auxiliary::plain;
use super::measure::Measure;
use super::poolability::UnitRegressions;
use crate::fit::Estimated;
use crate::inference::{HypothesisTest, Tail};
use crate::models::Model;
use crate::numerics::{mean, norm};
use crate::outcome::Reason;
use crate::sample::Sample;

/// Which statistic of the correlations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CrossSectionStatistic {
    /// Pesaran (2004, 2015): plm's `cd`. Of residuals under effects of times it isn't standard normal without
    /// dependence (Juodis and Reese 2022, Journal of Business and Economic Statistics 40).
    #[default]
    Cd,
    /// Breusch and Pagan (1980): plm's `lm`.
    Lm,
    /// Its scaled form (Pesaran 2004): plm's `sclm`.
    ScaledLm,
    /// Bias-corrected for fixed effects (Baltagi, Feng and Kao 2012): plm's `bcsclm`.
    BiasCorrectedScaledLm,
}

/// Sums over the correlations of all pairs of entities, each over the times that the two share and centred there;
/// T_ij counts these times. Pairs that share fewer than two count for nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrossSection {
    /// Entities, N.
    pub entities: usize,
    /// Pairs with a correlation.
    pub pairs: usize,
    /// Pairs that share fewer than two times.
    pub omitted: usize,
    /// Times of the entity with most.
    longest: usize,
    /// Sum of r_ij.
    sum: f64,
    /// Sum of |r_ij|.
    absolute: f64,
    /// Sum of sqrt(T_ij) r_ij.
    rooted: f64,
    /// Sum of T_ij r_ij^2.
    squared: f64,
    fixed_effects: bool,
}

const NULL: &str = "there is no dependence between entities";

impl CrossSection {
    /// Of the residuals of an estimated model, as they were left by least squares (for random effects, the
    /// quasi-deviations; plm the same).
    ///
    /// # Errors
    /// With fewer than two entities that share two times, where residuals don't vary, or of models whose rows
    /// aren't entities' (between).
    pub fn of_residuals(estimated: &Estimated) -> Result<Self, Reason> {
        plain(estimated.sample())?;
        if matches!(estimated.model(), Model::Between | Model::BetweenWeighted | Model::BetweenTime) {
            return Err(Reason::NotDefinedFor { model: estimated.model().name().into() });
        }
        if estimated.is_perfect() {
            return Err(Reason::PerfectFit);
        }
        let ingredients = estimated.ingredients();
        let names: Vec<String> = estimated.sample().entities().to_vec();
        let fixed_effects = matches!(estimated.model(), Model::Within | Model::WithinTwoWay);
        let name = |at: usize| names.get(at).cloned().unwrap_or_default();
        let sums = Self::of(ingredients.groups, ingredients.times, ingredients.residuals, &name)?;
        Ok(Self { fixed_effects, ..sums })
    }

    /// Of the residuals of each entity's own equation: plm's `pcdtest(formula)` without a model.
    ///
    /// # Errors
    /// As [`Self::of_residuals`], and where an entity has no more rows than coefficients.
    pub fn of_unit_residuals(sample: &Sample) -> Result<Self, Reason> {
        plain(sample)?;
        let own = UnitRegressions::new(sample, sample.formula().intercept);
        for ((entity, group), &rank) in sample.entities().iter().zip(sample.groups()).zip(&own.ranks) {
            if group.len() <= rank {
                let reason =
                    Reason::NoResidualDegreesOfFreedom { observations: group.len(), parameters: rank };
                return Err(Reason::Entity { entity: entity.clone(), reason: Box::new(reason) });
            }
            let (left, size) =
                (norm(&own.residuals[group.clone()]), norm(&sample.dependent()[group.clone()]));
            if left <= 64.0 * f64::EPSILON * size {
                return Err(Reason::Entity { entity: entity.clone(), reason: Box::new(Reason::PerfectFit) });
            }
        }
        let name = |at: usize| sample.entities().get(at).cloned().unwrap_or_default();
        Self::of(sample.groups(), sample.times(), &own.residuals, &name)
    }

    /// Of a variable, from the rows that have it: plm's `pcdtest` of a series.
    ///
    /// # Errors
    /// As [`Self::of_residuals`].
    pub fn of_series(panel: &Panel, variable: &str) -> crate::outcome::Result<Result<Self, Reason>> {
        let column = panel.values(variable)?;
        let (mut values, mut times, mut groups, mut names) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (entity, group) in panel.entities().iter().zip(panel.groups()) {
            let start = values.len();
            for row in group.clone() {
                if let Some(value) = column[row] {
                    values.push(value);
                    times.push(panel.times()[row]);
                }
            }
            if values.len() > start {
                groups.push(start..values.len());
                names.push(entity.clone());
            }
        }
        Ok(Self::of(&groups, &times, &values, &|at| names[at].clone()))
    }

    /// Of any values: those of entity g stand in the rows `groups[g]`, in order of time.
    ///
    /// # Errors
    /// As [`Self::of_residuals`].
    pub fn of(
        groups: &[Range<usize>],
        times: &[i32],
        values: &[f64],
        name: &dyn Fn(usize) -> String,
    ) -> Result<Self, Reason> {
        let mut sums = Self {
            entities: groups.len(),
            pairs: 0,
            omitted: 0,
            longest: groups.iter().map(ExactSizeIterator::len).max().unwrap_or(0),
            sum: 0.0,
            absolute: 0.0,
            rooted: 0.0,
            squared: 0.0,
            fixed_effects: false,
        };
        if groups.len() < 2 {
            return Err(Reason::TooFew { count: groups.len(), of: "entities".into(), needed: 2 });
        }
        // Where two entities have the same times, nothing has to be centred anew for the pair.
        let whole: Vec<Option<Vec<f64>>> =
            groups.iter().map(|group| normalised(values[group.clone()].to_vec())).collect();
        for (second, later) in groups.iter().enumerate() {
            for (first, earlier) in groups[..second].iter().enumerate() {
                let same = times[earlier.clone()] == times[later.clone()];
                let (shared, correlation) = if same {
                    (later.len(), correlation(whole[first].as_deref(), whole[second].as_deref()))
                } else {
                    let (one, other) = shared(times, values, earlier, later);
                    (one.len(), correlation(normalised(one).as_deref(), normalised(other).as_deref()))
                };
                if shared < 2 {
                    sums.omitted += 1;
                    continue;
                }
                let Some(correlation) = correlation else {
                    return Err(Reason::NoCorrelation { one: name(first), other: name(second) });
                };
                sums.pairs += 1;
                sums.sum += correlation;
                sums.absolute += correlation.abs();
                sums.rooted += (shared as f64).sqrt() * correlation;
                sums.squared += shared as f64 * correlation * correlation;
            }
        }
        if sums.pairs == 0 {
            return Err(Reason::TooFew {
                count: 0,
                of: "pairs of entities that share two times".into(),
                needed: 1,
            });
        }
        Ok(sums)
    }

    /// The mean correlation: plm's `rho`.
    pub fn mean_correlation(&self) -> f64 {
        self.sum / self.pairs as f64
    }

    /// The mean absolute correlation: plm's `absrho`.
    pub fn mean_absolute_correlation(&self) -> f64 {
        self.absolute / self.pairs as f64
    }

    /// The mean correlation, or that of absolute values, as a [`Measure`].
    ///
    /// # Errors
    /// Never, in what is made here.
    pub fn measure(&self, absolute: bool) -> Result<Measure, Reason> {
        if absolute {
            let reading = "0 for none; chance alone gives about 0.8/sqrt(T)";
            Measure::new("mean absolute correlation", reading, self.mean_absolute_correlation())
        } else {
            Measure::new("mean correlation", "near 0 without dependence", self.mean_correlation())
        }
    }

    /// The test, over P pairs: CD = P^(-1/2) sum sqrt(T_ij) r_ij; LM = sum T_ij r_ij^2, chi-squared with P degrees
    /// of freedom; scaled LM = (2P)^(-1/2) sum (T_ij r_ij^2 - 1), bias-corrected less N/(2(T - 1)) with T the
    /// longest series.
    ///
    /// # Errors
    /// The bias-corrected statistic is defined for residuals under fixed effects of entities only.
    pub fn test(&self, statistic: CrossSectionStatistic) -> Result<HypothesisTest, Reason> {
        let pairs = self.pairs as f64;
        let scaled = (self.squared - pairs) / (2.0 * pairs).sqrt();
        match statistic {
            CrossSectionStatistic::Cd => {
                HypothesisTest::normal("Pesaran CD test", NULL, self.rooted / pairs.sqrt(), Tail::Both)
            }
            CrossSectionStatistic::Lm => HypothesisTest::chi_squared(
                "Breusch-Pagan LM test of cross-section dependence",
                NULL,
                self.squared,
                pairs,
            ),
            CrossSectionStatistic::ScaledLm => {
                HypothesisTest::normal("scaled LM test of cross-section dependence", NULL, scaled, Tail::Both)
            }
            CrossSectionStatistic::BiasCorrectedScaledLm if !self.fixed_effects => {
                Err(Reason::NotDefinedFor { model: "residuals without fixed effects of entities".into() })
            }
            CrossSectionStatistic::BiasCorrectedScaledLm => {
                let bias = self.entities as f64 / (2.0 * (self.longest as f64 - 1.0));
                let name = "bias-corrected scaled LM test of cross-section dependence";
                HypothesisTest::normal(name, NULL, scaled - bias, Tail::Both)
            }
        }
    }
}

/// The values less their mean, of norm 1; none where they don't vary.
fn normalised(values: Vec<f64>) -> Option<Vec<f64>> {
    let centre = mean(&values);
    let deviations: Vec<f64> = values.iter().map(|value| value - centre).collect();
    let (left, size) = (norm(&deviations), norm(&values));
    (left.is_finite() && left > 1e-14 * size).then(|| deviations.iter().map(|value| value / left).collect())
}

fn correlation(one: Option<&[f64]>, other: Option<&[f64]>) -> Option<f64> {
    let (one, other) = (one?, other?);
    Some(one.iter().zip(other).map(|(one, other)| one * other).sum::<f64>().clamp(-1.0, 1.0))
}

/// The values of two entities at the times that both have.
fn shared(times: &[i32], values: &[f64], one: &Range<usize>, other: &Range<usize>) -> (Vec<f64>, Vec<f64>) {
    let (mut first, mut second) = (one.start, other.start);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    while first < one.end && second < other.end {
        match times[first].cmp(&times[second]) {
            std::cmp::Ordering::Less => first += 1,
            std::cmp::Ordering::Greater => second += 1,
            std::cmp::Ordering::Equal => {
                left.push(values[first]);
                right.push(values[second]);
                first += 1;
                second += 1;
            }
        }
    }
    (left, right)
}
