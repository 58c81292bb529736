//! Effects in levels.

use super::effects::Effects;

/// The effects of entities and times, fixed or predicted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Levels {
    /// Of entities, in the sample's order.
    pub(crate) entity: Vec<f64>,
    /// Of times, in order of time.
    pub(crate) time: Vec<f64>,
    /// Fixed effects, which are worked out when they are asked for.
    pub(crate) on_demand: Option<Effects>,
}

impl Levels {
    /// The model's fixed effects.
    pub(crate) fn on_demand(effects: Effects) -> Self {
        Self { on_demand: Some(effects), ..Self::default() }
    }
}
