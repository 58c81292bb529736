//! Results: what a model leaves ([`Estimated`]) under a covariance is a [`Fit`], and what can be asked of either, from
//! intervals and hypotheses to predictions and influence.
//!
//! Reads models, covariances and tests. It never solves anything again: every covariance, prediction and test is of the one
//! solution.

mod confidence_interval;
pub mod diagnostics;
mod effects;
mod estimate;
mod estimated;
mod fit;
mod influence;
mod intercept;
mod linear_hypothesis;
mod measures;
mod prediction;
mod row_fit;
mod streamed;

pub use confidence_interval::ConfidenceInterval;
pub use effects::{EntityEffect, TimeEffect};
pub use estimate::{estimate, estimate_by_entity, estimate_by_entity_under, estimate_under, estimate_with};
pub use estimated::Estimated;
pub use fit::{Coefficient, CovarianceUsed, Fit, Outcome, Refusal, UnitFit};
pub use influence::{Influence, LeftOut};
pub use intercept::{EffectEstimate, EffectsFrom};
pub use linear_hypothesis::{LinearCombination, LinearHypothesis, WaldTest};
pub use measures::FitMeasures;
pub use prediction::Prediction;
pub use row_fit::RowFit;
pub(crate) use streamed::Streamed;
