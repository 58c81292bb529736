//! Which models there are.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::effects::Effects;
use super::random::{RandomEffects, VarianceEstimator};
use crate::outcome::Reason;
use crate::sample::{EffectOf, Formula, Sample, WeightKind};

/// A linear model of a panel.
///
/// Serialised by its name, `within`; those with options as `{random: {method: swar}}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// Ordinary least squares on the levels; pooled where the sample has several entities.
    Ols,
    /// Fixed effects, of the entities or of what the equation's [`Formula::effects`] name, by least squares on
    /// what the effects leave of the variables.
    Within,
    /// Fixed effects of the times.
    WithinTime,
    /// Fixed effects of entities and times.
    WithinTwoWay,
    /// Least squares on first differences.
    FirstDifferences {
        /// Also differences between rows that are more than one time apart: plm's `fd`, which takes
        /// differences by row. Otherwise such a row has none.
        #[serde(default)]
        across_gaps: bool,
    },
    /// Least squares on the means of entities.
    Between,
    /// Least squares on the means of entities, each weighted by its rows: linearmodels' `BetweenOLS` with
    /// `reweight`, Stata's `xtreg, be wls`.
    BetweenWeighted,
    /// Least squares on the means of times.
    BetweenTime,
    /// Random effects, by generalised least squares.
    Random(RandomEffects),
}

impl Model {
    /// What an equation asks for that the model hasn't got.
    pub fn lacks(self, formula: &Formula) -> Option<(&'static str, Lacking)> {
        match self {
            Self::Within => None,
            _ if !formula.effects.is_empty() => Some(("effects named by the equation", Lacking::Effects)),
            Self::Ols | Self::WithinTime | Self::WithinTwoWay => None,
            // A difference isn't observed as often as its later row is.
            Self::FirstDifferences { .. } => {
                let kind = formula.weights.as_ref().map(|weights| weights.kind);
                (kind == Some(WeightKind::Frequency)).then_some(("frequency weights", Lacking::Weights))
            }
            Self::Between | Self::BetweenWeighted | Self::BetweenTime | Self::Random(_)
                if formula.weights.as_ref().is_some_and(|one| one.kind == WeightKind::Frequency) =>
            {
                Some(("frequency weights", Lacking::Weights))
            }
            Self::Random(options) if formula.weights.is_some() => match (options.effects, options.method) {
                (Effects::TwoWay, _) => Some(("weights", Lacking::Weights)),
                (_, VarianceEstimator::Swar | VarianceEstimator::SwarHarmonic) => None,
                (_, VarianceEstimator::Walhus) => Some(("weights under `method: walhus`", Lacking::Weights)),
                (_, VarianceEstimator::Amemiya) => {
                    Some(("weights under `method: amemiya`", Lacking::Weights))
                }
                (_, VarianceEstimator::Nerlove) => {
                    Some(("weights under `method: nerlove`", Lacking::Weights))
                }
            },
            Self::Between | Self::BetweenWeighted | Self::BetweenTime | Self::Random(_) => None,
        }
    }

    /// Refuses what the equation asks for and the model hasn't got.
    pub(super) fn check(self, formula: &Formula) -> Result<(), Reason> {
        match self.lacks(formula) {
            Some((what, _)) => Err(Reason::NotDefined { what: what.into(), model: self.name().into() }),
            None => Ok(()),
        }
    }

    /// Refuses what the sample's rows have no key for.
    pub(crate) fn check_keys(self, sample: &Sample) -> Result<(), Reason> {
        let shape = sample.shape();
        let named = sample.effects();
        let (entities, times) = match self {
            Self::Ols => (false, false),
            Self::Within if !named.is_empty() => (
                named.iter().any(|one| one.of == EffectOf::Entities),
                named.iter().any(|one| one.of == EffectOf::Times),
            ),
            Self::Within | Self::Between | Self::BetweenWeighted => (true, false),
            Self::WithinTime | Self::BetweenTime => (false, true),
            Self::FirstDifferences { .. } if shape.goes_on() => (false, false),
            Self::WithinTwoWay | Self::FirstDifferences { .. } => (true, true),
            Self::Random(options) => (options.effects.has_entity(), options.effects.has_time()),
        };
        if (entities && !shape.repeats_entities()) || (times && !shape.has_time()) {
            return Err(Reason::Keys { shape, what: self.name().into() });
        }
        Ok(())
    }

    /// What it is called in a report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ols => "OLS",
            Self::Within => "fixed effects of entities",
            Self::WithinTime => "fixed effects of times",
            Self::WithinTwoWay => "fixed effects of entities and times",
            Self::FirstDifferences { .. } => "first differences",
            Self::Between => "between entities",
            Self::BetweenWeighted => "between entities, weighted by rows",
            Self::BetweenTime => "between times",
            Self::Random(options) => match options.effects {
                Effects::Entity => "random effects of entities",
                Effects::Time => "random effects of times",
                Effects::TwoWay => "random effects of entities and times",
            },
        }
    }
}

/// A part of an equation that a model may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lacking {
    /// Absorbed effects.
    Effects,
    /// Weights.
    Weights,
}
