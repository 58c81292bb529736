//! Reconstruction of a panel from published regression tables.
//!
//! Let S_i be the k x k matrix of sums of cross-products of a unit's demeaned variables. Ordinary
//! least squares depends on the data through S_i alone, so any panel whose S_i satisfy the
//! published normal equations and star bounds regresses to the published tables. The crate
//! finds such matrices near a prior ([`reconstruct_cross_products`]), then colours plausible paths
//! to them ([`target_path`], [`colour`]), and checks the outcome by another route ([`verify`]).
//! [`contradictions`] proves of some tables that there are no such data.
//!
//! Such data are synthetic. They are no evidence about the units whose tables they copy.
//!
//! Of [`vintner_estimation`] the crate reads quantiles and random numbers, never an estimator: what it finds is checked by
//! regressions that it does itself.

mod adjust;
mod barrier;
mod consistency;
mod cross_product;
mod error;
mod newton;
mod path;
mod problem;
mod solver;
mod star_bound;
mod verify;

pub use adjust::adjust;
pub use barrier::PenaltyWeights;
pub use consistency::{
    Argument, Conflict, ConflictingRow, StatisticRange, contradictions, search_cross_products,
};
pub use error::ReconstructionError;
pub use path::{PathShape, colour, nearest_path, target_path};
pub use problem::{PublishedCoefficient, PublishedEquation, ReconstructionProblem};
pub use solver::{ReconstructedCrossProducts, SolverOptions, reconstruct_cross_products};
pub use verify::{Agreement, verify};
