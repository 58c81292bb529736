//! A coefficient without each entity and each time.

use serde::Serialize;
use vintner_estimation::{Influence, LeftOut};

/// A coefficient without an entity or a time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TracedInfluence {
    /// The entity's id or the time that is left out.
    pub without: String,
    /// The estimate without it; none where there is none.
    pub estimate: Option<f64>,
    /// That less the estimate with it.
    pub change: Option<f64>,
    /// Why there is no estimate; empty where there is one.
    pub reason: String,
}

/// The coefficients of an equation without each entity and each time.
pub(super) struct Influences {
    /// The coefficients.
    pub(super) names: Vec<String>,
    pub(super) without: Vec<Influence>,
}

impl Influences {
    /// The coefficient of `regressor` without each, the largest change first; nothing where there is none.
    pub(super) fn on(&self, regressor: &str, estimate: f64) -> Vec<TracedInfluence> {
        let Some(place) = self.names.iter().position(|own| own == regressor) else { return Vec::new() };
        let traced = |one: &Influence| {
            let without = match &one.left_out {
                LeftOut::Entity(entity) => entity.clone(),
                LeftOut::Time(time) => time.to_string(),
            };
            match &one.coefficients {
                Ok(coefficients) => {
                    let own = coefficients.get(place).copied();
                    let change = own.map(|own| own - estimate);
                    TracedInfluence { without, estimate: own, change, reason: String::new() }
                }
                Err(reason) => {
                    TracedInfluence { without, estimate: None, change: None, reason: reason.to_string() }
                }
            }
        };
        let mut traced: Vec<TracedInfluence> = self.without.iter().map(traced).collect();
        let size = |one: &TracedInfluence| one.change.map_or(f64::INFINITY, f64::abs);
        traced.sort_by(|one, other| size(other).total_cmp(&size(one)));
        traced
    }
}
