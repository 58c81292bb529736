//! One equation with endogenous regressors: two-stage least squares, LIML and k-class, GMM; the strength
//! of the instruments; tests of the restrictions that identify it.
//!
//! Reads [`systems`](crate::systems), of which it is the case of one equation, and all below. It
//! never chooses an instrument.
//!
//! ```
//! use polars::prelude::df;
//! use vintner_estimation::Formula;
//! use vintner_estimation::instruments::{
//!     Errors, InstrumentalCovariance, InstrumentalEstimator, InstrumentedEquation,
//! };
//! use vintner_panel::Panel;
//!
//! let frame = df!(
//!     "city" => ["a", "a", "a", "a", "b", "b", "b", "b"],
//!     "year" => [1, 2, 3, 4, 1, 2, 3, 4],
//!     "sold" => [9.0, 8.2, 8.9, 7.0, 8.1, 8.0, 6.1, 7.2],
//!     "price" => [4.0, 5.5, 5.0, 7.1, 6.2, 6.0, 8.3, 7.7],
//!     "rain" => [2.0, 1.1, 2.2, 0.7, 1.5, 1.8, 0.3, 1.0],
//! )?;
//! let panel = Panel::new(frame, "city", "year")?;
//! let equation = InstrumentedEquation::new(Formula::new("sold", &["price"]), &["price"], &["rain"]);
//! let prepared = equation.prepare(&panel)?;
//! let outcome =
//!     prepared.estimate(InstrumentalEstimator::TwoStage {}, InstrumentalCovariance::default());
//! let slope = outcome.fit().and_then(|fit| fit.coefficient("price"));
//! assert!(slope.is_some_and(|slope| slope.estimate < 0.0));
//! assert!(prepared.first_stage(Errors::Unadjusted)?.cragg_donald.is_some_and(|f| f > 10.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod equation;
mod estimation;
mod first_stage;
mod fit;
mod options;
mod specification;
mod stock_yogo;
mod system_first_stages;

pub use equation::{InstrumentedEquation, PreparedEquation};
pub use first_stage::{FirstStage, FirstStageVariable};
pub use fit::{InstrumentalFit, InstrumentalOutcome};
pub use options::{Errors, InstrumentalCovariance, InstrumentalEstimator, InstrumentalTest};
pub use stock_yogo::StockYogo;
pub use system_first_stages::{EquationFirstStage, FirstStageOutcome};
