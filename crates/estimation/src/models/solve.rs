//! Which solver a model takes.

use super::effects::Effects;
use super::model::Model;
use super::solved::Solved;
use super::{between, first_differences, ols, random, within};
use crate::outcome::Reason;
use crate::sample::Sample;

impl Model {
    /// Solves the model on a sample.
    ///
    /// # Errors
    /// The reason why the sample doesn't allow it.
    pub(crate) fn solve(self, sample: &Sample) -> Result<Solved, Reason> {
        self.check(sample.formula())?;
        match self {
            Self::Ols => ols::estimate(sample),
            Self::Within => within::estimate(sample, Effects::Entity, self),
            Self::WithinTime => within::estimate(sample, Effects::Time, self),
            Self::WithinTwoWay => within::estimate(sample, Effects::TwoWay, self),
            Self::FirstDifferences { across_gaps } => first_differences::estimate(sample, across_gaps),
            Self::Between | Self::BetweenWeighted => between::estimate(sample, Effects::Entity, self),
            Self::BetweenTime => between::estimate(sample, Effects::Time, self),
            Self::Random(options) => random::estimate(sample, options),
        }
    }
}
