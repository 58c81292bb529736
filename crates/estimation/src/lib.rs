//! Estimators, covariances and tests for panels.
//!
//! A [`Formula`] picks a [`Sample`] from a panel; a [`Model`] turns it into an [`Estimated`]; a
//! [`Covariance`], which never refits, turns that into a [`Fit`], the one result type. What the data
//! don't allow is a [`Reason`] in the result's place; an [`EstimationError`] is a fault in what was
//! asked for.
//!
//! [`specification`] tests a model's specification; [`Fit::wald_test`], [`Fit::confidence_intervals`] and
//! [`Estimated::predict`] are what can be asked of a fit.
//!
//! [`estimate`] and [`estimate_by_entity`] go the whole way. [`granger_by_entity`], [`granger_pooled`] and
//! [`dumitrescu_hurlin`] test for Granger causality, [`describe`] describes variables.

mod absorb;
mod collinearity;
mod confidence_interval;
pub mod covariance;
mod descriptives;
pub mod design;
pub mod distributions;
mod dumitrescu_hurlin;
mod error;
mod estimate;
mod estimated;
mod fit;
mod formula;
mod granger;
mod hypothesis_test;
mod inference;
mod lag;
pub mod least_squares;
mod linear_hypothesis;
mod models;
mod note;
mod prediction;
pub mod quantiles;
mod reason;
pub mod reconstruction;
mod rows;
mod sample;
pub mod specification;

pub use collinearity::Collinearity;
pub use confidence_interval::ConfidenceInterval;
pub use covariance::{
    ClassicalCovariance, ClusterBy, ClusterCovariance, Covariance, Divisor, FixestEffects, SmallSample,
    TestDistribution,
};
pub use descriptives::{Description, describe};
pub use design::INTERCEPT;
pub use dumitrescu_hurlin::{DumitrescuHurlin, LagOrders, PanelStatistic, Untestable, dumitrescu_hurlin};
pub use error::{EstimationError, Result};
pub use estimate::{estimate, estimate_by_entity};
pub use estimated::{EntityEffect, Estimated, TimeEffect};
pub use fit::{
    Coefficient, CovarianceUsed, Fit, JointTest, Outcome, ReferenceDistribution, Refusal, UnitFit,
};
pub use formula::Formula;
pub use granger::{
    GrangerOutcome, GrangerTest, PooledGranger, UnitGranger, granger_by_entity, granger_pooled,
};
pub use hypothesis_test::{HypothesisTest, NullDistribution, Tail, TestOutcome};
pub use lag::lag;
pub use linear_hypothesis::{LinearCombination, LinearHypothesis, WaldTest};
pub use models::{Effects, Model, RandomEffects, VarianceComponents, VarianceEstimator};
pub use note::Note;
pub use prediction::Prediction;
pub use reason::Reason;
pub use sample::{DroppedRow, Sample};
