//! Estimators, covariances and tests for panels.
//!
//! A [`WrittenEquation`] is an equation as a text. A [`Formula`] picks a [`Sample`] from a panel; a [`Model`] turns it into an [`Estimated`]; a
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
pub mod cointegration;
pub mod covariance;
mod describe;
mod fit;
mod formula;
pub mod gmm;
mod granger;
pub mod heterogeneous;
mod inference;
pub mod instruments;
mod models;
mod numerics;
mod outcome;
mod sample;
pub mod specification;
pub mod systems;
pub mod unit_root;

pub use chunked::{
    ChunkedOutcome, MOST_TIMES, Part, PartResiduals, PartSums, PartsSolution, PartsSolved, estimate_chunked,
    estimate_parts, part_residuals, part_sums, refused_in_chunks, solve_parts,
};
pub use covariance::{
    Bandwidth, ClassicalCovariance, ClusterBy, ClusterCovariance, ClusterType, Covariance, Divisor,
    DriscollKraayCovariance, FixestEffects, GroupCount, GroupwiseCovariance, HeteroskedasticCovariance,
    Kernel, LagBy, Leverage, NeweyWestCovariance, PanelCorrectedBy, PanelCorrectedCovariance, ResidualType,
    SmallSample, TestDistribution, TwoWayClusterCovariance,
};
pub use describe::{
    Category, Correlation, Correlations, DescribedPart, Description, PartBrackets, PartDescription,
    PartRanks, correlations, describe, describe_in_blocks, describe_parts, part_description, part_ranks,
    seek_parts,
};
pub use fit::{
    Coefficient, ConfidenceInterval, CovarianceUsed, EffectEstimate, EffectsFrom, EntityEffect, Estimated,
    Fit, FitMeasures, Influence, LeftOut, LinearCombination, LinearHypothesis, Outcome, Prediction, Refusal,
    RowFit, TimeEffect, UnitFit, WaldTest, diagnostics, estimate, estimate_by_entity,
    estimate_by_entity_under, estimate_under, estimate_with,
};
pub use formula::{
    BoundEquation, DynamicEquation, FormulaFault, Term, TermExpression, TermFactor, TermFunction,
    WrittenEquation,
};
pub use granger::{
    ChosenLags, DumitrescuHurlin, GrangerBootstrap, GrangerOutcome, GrangerTest, LagChoice, LagCriterion,
    LagOrders, PanelStatistic, PooledGranger, UnitGranger, bootstrap_dumitrescu_hurlin, choose_lags,
    dumitrescu_hurlin, granger_by_entity, granger_pooled,
};
pub use heterogeneous::{
    FamaMacBeth, FamaMacBethLags, FamaMacBethOptions, HeterogeneousMethod, HeterogeneousOutcome, MeanGroup,
    MeanGroupFit, ShortUnits, SkippedTime, Trend, fama_macbeth, mean_group,
};
pub use inference::{HypothesisTest, JointTest, NullDistribution, ReferenceDistribution, Tail, TestOutcome};
pub use models::{Effects, Lacking, Model, RandomEffects, VarianceComponents, VarianceEstimator};
pub use numerics::{CollinearColumns, SeededGenerator, distributions, quantiles};
pub use outcome::{Collinearity, EstimationError, INTERCEPT, NotAnEffect, Note, Reason, Result};
pub use sample::{
    ClusterColumn, DropCause, DroppedRow, Effect, Formula, PanelKey, Sample, Singletons, Untestable,
    WeightKind, Weights, lag,
};
