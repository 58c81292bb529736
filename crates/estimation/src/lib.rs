//! Estimators, covariances and tests for panels.
//!
//! A [`Formula`] picks a [`Sample`] from a panel; a [`Model`] turns it into an [`Estimated`]; a
//! [`Covariance`], which never refits, turns that into a [`Fit`], the one result type. What the data
//! don't allow is a [`Reason`] in the result's place; an [`EstimationError`] is a fault in what was
//! asked for.
//!
//! [`estimate`] and [`estimate_by_entity`] go the whole way. [`granger_by_entity`], [`granger_pooled`] and
//! [`dumitrescu_hurlin`] test for Granger causality, [`describe`] describes variables. [`systems`] are equations
//! estimated together, [`instruments`] one with endogenous regressors, [`heterogeneous`] is for coefficients that differ
//! between entities, [`gmm`] for dynamic panels, [`unit_root`] and [`cointegration`] for series, [`bootstrap`] draws
//! samples again, [`diagnostics`] are of what a regression leaves.
//!
//! [`specification`] tests a model's specification; [`Fit::wald_test`], [`Fit::confidence_intervals`] and
//! [`Estimated::predict`] are what can be asked of a fit.

mod absorb;
pub mod bootstrap;
mod chunked;
mod clusters;
pub mod cointegration;
mod collinearity;
mod confidence_interval;
mod correlations;
pub mod covariance;
mod descriptives;
pub mod design;
pub mod diagnostics;
pub mod distributions;
mod dumitrescu_hurlin;
mod effect;
mod error;
mod estimate;
mod estimated;
mod fama_macbeth;
mod fit;
mod formula;
pub mod gmm;
mod granger;
mod granger_bootstrap;
mod granger_lags;
pub mod heterogeneous;
mod hypothesis_test;
mod inference;
mod influence;
pub mod instruments;
mod intercept;
mod lag;
pub mod least_squares;
mod linear_hypothesis;
mod measures;
mod models;
mod note;
mod panel_key;
mod prediction;
pub mod quantiles;
mod random;
mod reason;
pub mod reconstruction;
mod rows;
mod sample;
pub mod specification;
mod symmetric;
pub mod systems;
mod tall;
pub mod unit_root;
mod weights;

pub use chunked::{ChunkedOutcome, estimate_chunked};
pub use clusters::ClusterColumn;
pub use collinearity::Collinearity;
pub use confidence_interval::ConfidenceInterval;
pub use correlations::{Correlation, Correlations, correlations};
pub use covariance::{
    Bandwidth, ClassicalCovariance, ClusterBy, ClusterCovariance, ClusterType, Covariance, Divisor,
    DriscollKraayCovariance, FixestEffects, GroupCount, GroupwiseCovariance, HeteroskedasticCovariance,
    Kernel, LagBy, Leverage, NeweyWestCovariance, PanelCorrectedBy, PanelCorrectedCovariance, ResidualType,
    SmallSample, TestDistribution, TwoWayClusterCovariance,
};
pub use descriptives::{Description, describe};
pub use design::INTERCEPT;
pub use dumitrescu_hurlin::{DumitrescuHurlin, LagOrders, PanelStatistic, Untestable, dumitrescu_hurlin};
pub use effect::{CollinearColumns, Effect, NotAnEffect, Singletons};
pub use error::{EstimationError, Result};
pub use estimate::{estimate, estimate_by_entity, estimate_under};
pub use estimated::{EntityEffect, Estimated, TimeEffect};
pub use fama_macbeth::{FamaMacBeth, FamaMacBethLags, FamaMacBethOptions, SkippedTime, fama_macbeth};
pub use fit::{
    Coefficient, CovarianceUsed, Fit, JointTest, Outcome, ReferenceDistribution, Refusal, UnitFit,
};
pub use formula::Formula;
pub use granger::{
    GrangerOutcome, GrangerTest, PooledGranger, UnitGranger, granger_by_entity, granger_pooled,
};
pub use granger_bootstrap::{GrangerBootstrap, bootstrap_dumitrescu_hurlin};
pub use granger_lags::{ChosenLags, LagChoice, LagCriterion, choose_lags};
pub use heterogeneous::{
    HeterogeneousMethod, HeterogeneousOutcome, MeanGroup, MeanGroupFit, ShortUnits, Trend, mean_group,
};
pub use hypothesis_test::{HypothesisTest, NullDistribution, Tail, TestOutcome};
pub use influence::{Influence, LeftOut};
pub use intercept::{EffectEstimate, EffectsFrom};
pub use lag::lag;
pub use linear_hypothesis::{LinearCombination, LinearHypothesis, WaldTest};
pub use measures::FitMeasures;
pub use models::{Effects, Lacking, Model, RandomEffects, VarianceComponents, VarianceEstimator};
pub use note::Note;
pub use panel_key::PanelKey;
pub use prediction::Prediction;
pub use reason::Reason;
pub use sample::{DropCause, DroppedRow, Sample};
pub use weights::{WeightKind, Weights};
