//! The effects behind an estimate, in levels.

use serde::{Deserialize, Serialize};
use vintner_panel::Period;

use super::estimated::Estimated;
use crate::absorb::Grouping;
use crate::models::within;
use crate::sample::{Effect, EffectOf};

/// An entity's fixed effect in levels, a_i = mean(y_i) - mean(x_i)'b.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntityEffect {
    /// The entity.
    pub entity: String,
    /// The effect, in the dependent variable's unit.
    pub effect: f64,
}

/// A time's effect in levels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimeEffect {
    /// The time.
    pub time: Period,
    /// The effect, in the dependent variable's unit.
    pub effect: f64,
}

impl Estimated {
    /// The effects of the entities of the sample, fixed or predicted; none in models without. With
    /// fixed effects of times too, the first time's is zero.
    pub fn fixed_effects(&self) -> Vec<EntityEffect> {
        let found = self.fixed(EffectOf::Entities);
        let effects = self.sample.entities().iter().zip(found.as_ref().unwrap_or(&self.levels.entity));
        effects.map(|(entity, &effect)| EntityEffect { entity: entity.clone(), effect }).collect()
    }

    /// The effects of the times of the sample, fixed or predicted; none in models without.
    pub fn time_effects(&self) -> Vec<TimeEffect> {
        let times = Grouping::by_time(self.sample.times()).1;
        let found = self.fixed(EffectOf::Times);
        let effects = times.iter().zip(found.as_ref().unwrap_or(&self.levels.time));
        let timed = effects.filter_map(|(&time, &effect)| Some((self.sample.period(time)?, effect)));
        timed.map(|(time, effect)| TimeEffect { time, effect }).collect()
    }

    /// The effects that the equation names, each with its levels; none where it names none. The first effect's
    /// hold the constant: the first level of each other is zero.
    pub fn named_effects(&self) -> Vec<(Effect, Vec<(String, f64)>)> {
        let named = self.sample.effects().iter();
        named
            .zip(self.all_fixed())
            .map(|(one, (_, levels))| (one.effect.clone(), one.labels.iter().cloned().zip(levels).collect()))
            .collect()
    }

    /// Fixed effects, worked out from the variables in levels.
    fn all_fixed(&self) -> Vec<(EffectOf, Vec<f64>)> {
        let Some(effects) = self.levels.on_demand else { return Vec::new() };
        let coefficient = |name: &str| {
            self.names.iter().position(|own| own == name).map_or(0.0, |at| self.coefficients[at])
        };
        // What could be projected before can be again.
        within::levels(&self.sample, effects, coefficient).unwrap_or_default()
    }

    fn fixed(&self, of: EffectOf) -> Option<Vec<f64>> {
        self.levels.on_demand?;
        let found = self.all_fixed().into_iter().find(|(own, _)| *own == of);
        Some(found.map_or(Vec::new(), |(_, levels)| levels))
    }
}
