//! Systems of linear equations: seemingly unrelated regressions and simultaneous equations.
//!
//! A [`System`] is checked for identification before anything is estimated; [`System::prepare`] takes its
//! sample, and [`PreparedSystem::estimate`] any number of estimators from it. An equation that isn't
//! identified is left out of what needs instruments, with its [`Reason`](crate::Reason), and the rest is estimated.
//!
//! Reads the sample, tests and `numerics`, and of `fit` the coefficient alone. It never has
//! a number for an equation that is not identified.
//!
//! ```
//! use polars::prelude::df;
//! use vintner_estimation::systems::{Equation, Identified, System, SystemEstimator, SystemOptions};
//! use vintner_panel::Panel;
//!
//! let frame = df!(
//!     "city" => ["a", "a", "a", "a", "b", "b", "b", "b"],
//!     "year" => [1, 2, 3, 4, 1, 2, 3, 4],
//!     "price" => [4.0, 5.5, 5.0, 7.1, 6.2, 6.0, 8.3, 7.7],
//!     "sold" => [9.0, 8.2, 8.9, 7.0, 8.1, 8.0, 6.1, 7.2],
//!     "income" => [3.0, 3.4, 3.9, 4.1, 4.4, 4.2, 5.2, 5.9],
//!     "rain" => [2.0, 1.1, 2.2, 0.7, 1.5, 1.8, 0.3, 1.9],
//! )?;
//! let panel = Panel::new(frame, "city", "year")?;
//! let system = System::new(vec![
//!     Equation::new("demand", "sold", &["price", "income"]),
//!     Equation::new("supply", "price", &["sold", "rain"]),
//! ]);
//! let prepared = system.prepare(&panel)?;
//! assert!(prepared.identification().iter().all(|one| one.identified == Identified::Exactly));
//! let outcome = prepared.estimate(SystemEstimator::ThreeStage, &SystemOptions::default())?;
//! assert_eq!(outcome.fit().map(|fit| fit.df_residual), Some(2 * (8 - 3)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod estimate;
mod estimation;
mod fit;
mod gmm;
mod hausman;
mod identification;
mod inference;
mod joint_sample;
mod options;
mod prepared;
mod residual_covariance;
mod rounding;
mod scores;
mod system;

pub use crate::instruments::{EquationFirstStage, FirstStageOutcome};
pub use crate::outcome::IdentifyingCondition;
pub use fit::{
    EquationFit, EquationRefusal, LinearHypothesis, SystemFit, SystemOutcome, SystemR2, SystemResult,
};
pub use hausman::hausman;
pub use identification::{Identification, Identified, identification};
pub(crate) use inference::coefficient;
pub(crate) use joint_sample::JointSample;
pub use options::{
    Iteration, Kernel, MomentWeights, Restriction, RestrictionTerm, SystemCovariance, SystemEstimator,
    SystemOptions, SystemTest, ThreeStageMethod,
};
pub use prepared::PreparedSystem;
pub(crate) use prepared::{dependencies, design, equation_refusal, projections_collinear, usable};
pub use residual_covariance::ResidualCovariance;
pub(crate) use rounding::{Scored, without_rounding};
pub(crate) use scores::{Dependence, meat, standardized_sum};
pub use system::{Equation, System};
