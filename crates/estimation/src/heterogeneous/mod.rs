//! Panels whose coefficients differ between entities ("units"): the average of the units' own
//! regressions, and estimates that weight or augment these.
//!
//! Unit i has T_i rows, k coefficients b_i = (X_i'X_i)^-1 X_i'y_i, s_i^2 = e_i'e_i/(T_i - k) and
//! V_i = s_i^2 (X_i'X_i)^-1; there are N units.
//!
//! - **Mean group** (Pesaran and Smith 1995, Journal of Econometrics 68, 79-113): b = (1/N) sum b_i,
//!   with covariance sum (b_i - b)(b_i - b)' / (N(N - 1)).
//! - **Demeaned mean group**: the same of variables less their means over units, time by time.
//! - **Common correlated effects** (Pesaran 2006, Econometrica 74, 967-1012): the units' regressions
//!   hold the time means of all variables too. The mean-group form averages the slopes; the pooled one is
//!   (sum X_i'M_i X_i)^-1 sum X_i'M_i y_i, where M_i projects off intercept and time means.
//! - **Swamy** (1970, Econometrica 38, 311-323): b = (sum W_i)^-1 sum W_i b_i, W_i = (Delta + V_i)^-1,
//!   with covariance (sum W_i)^-1, and the test that the coefficients don't differ.
//!
//! [`mean_group`] goes the whole way; [`MeanGroup::estimate`] takes a `Sample`. What units say that are
//! too short for a regression of their own is [`ShortUnits`]' matter. Statistics are compared with the
//! normal distribution.
//!
//! ```
//! use polars::prelude::{Column, DataFrame};
//! use vintner_estimation::{Formula, MeanGroup, mean_group};
//! use vintner_panel::Panel;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let frame = DataFrame::new(8, vec![
//!     Column::new("entity".into(), ["a", "a", "a", "a", "b", "b", "b", "b"]),
//!     Column::new("time".into(), [1, 2, 3, 4, 1, 2, 3, 4]),
//!     Column::new("y".into(), [1.0, 2.0, 4.0, 5.0, 1.0, 4.0, 6.0, 9.0]),
//!     Column::new("x".into(), [1.0, 2.0, 3.0, 4.0, 1.0, 2.0, 3.0, 4.0]),
//! ])?;
//! let panel = Panel::new(frame, "entity", "time")?;
//! let outcome = mean_group(&panel, &Formula::new("y", &["x"]), &MeanGroup::default())?;
//! let slope = outcome.fit().and_then(|fit| fit.coefficient("x")).map(|slope| slope.estimate);
//! assert!(slope.is_some_and(|slope| (slope - 2.0).abs() < 1e-12));
//! # Ok(())
//! # }
//! ```
//!
//! [`fama_macbeth`] averages over times what the others average over units. Reads `fit` and all below; what a unit without
//! a regression of its own would have is never guessed: it is left out, and named.

mod average;
mod common_effects;
mod explained;
mod fama_macbeth;
mod fit;
mod mean_group;
mod options;
mod regressions;
mod swamy;

pub use fama_macbeth::{FamaMacBeth, FamaMacBethLags, FamaMacBethOptions, SkippedTime, fama_macbeth};
pub use fit::{HeterogeneousOutcome, LeftOut, MeanGroupFit, SwamyVariances, UnitCoefficients};
pub use mean_group::mean_group;
pub use options::{CceScaling, CoefficientVariance, HeterogeneousMethod, MeanGroup, ShortUnits, Trend};
