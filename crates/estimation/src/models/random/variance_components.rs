//! The variances of random effects.

use serde::{Deserialize, Serialize};

/// Variances, in squares of the dependent variable's unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VarianceComponents {
    /// Of the idiosyncratic error; with weights, of a row whose weight is their mean.
    pub idiosyncratic: f64,
    /// Of the entities' effects; zero where the estimate is negative.
    pub entity: Option<f64>,
    /// Of the times' effects; zero where the estimate is negative.
    pub time: Option<f64>,
}

impl VarianceComponents {
    /// The share of its entity's mean that a row gives up, 1 - (1 + T_i r)^(-1/2), where the entity has T_i rows
    /// and r is the ratio of its effect's variance to that of the error (Baltagi 2013, eq. 2.20).
    pub fn entity_theta(&self, rows: usize) -> f64 {
        share(rows as f64 * self.entity.unwrap_or(0.0) / self.idiosyncratic)
    }

    /// The share of its time's mean that a row gives up.
    pub fn time_theta(&self, rows: usize) -> f64 {
        share(rows as f64 * self.time.unwrap_or(0.0) / self.idiosyncratic)
    }

    /// The share of the overall mean that is given back where both have effects, on a balanced panel of so
    /// many times and entities (Baltagi 2013, eq. 3.13); zero where one has none.
    pub fn overall_theta(&self, times: usize, entities: usize) -> f64 {
        let (entity, time) = (self.entity.unwrap_or(0.0), self.time.unwrap_or(0.0));
        if entity <= 0.0 || time <= 0.0 {
            return 0.0;
        }
        let both = (times as f64 * entity + entities as f64 * time) / self.idiosyncratic;
        self.entity_theta(times) + self.time_theta(entities) - share(both)
    }
}

/// 1 - (1 + ratio)^(-1/2).
fn share(ratio: f64) -> f64 {
    1.0 - (1.0 + ratio).powf(-0.5)
}
