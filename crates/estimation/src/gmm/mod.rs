//! Dynamic panels by the generalised method of moments: Arellano and Bond (1991, Review of Economic Studies
//! 58, 277-297) in differences, Blundell and Bond (1998, Journal of Econometrics 87, 115-143) in differences and
//! levels ("system").
//!
//! Stacked over units, y = X b + e with instruments Z. With Z_i of unit i and H the covariance of differenced
//! white noise (2 on the diagonal, -1 beside it; 1 for levels; 1 and -1 between a difference and the levels
//! that it is of):
//!
//! - one step: b1 = B1 X'Z A1 Z'y, A1 = (sum Z_i'H Z_i)^-1, B1 = (X'Z A1 Z'X)^-1;
//! - two steps: b2 the same with A2 = S^-1, S = sum Z_i'e_i e_i'Z_i of the first step's residuals.
//!
//! Robust covariances: of one step B1 X'Z A1 S A1 Z'X B1, of two steps with Windmeijer's (2005, Journal of
//! Econometrics 126, 25-51, eq. 2.24) correction. Statistics are compared with the normal distribution.
//!
//! [`gmm`] goes the whole way; [`DynamicPanel::estimate`] gives a [`GmmEstimated`], which holds everything that
//! covariances and tests need and never refits.
//!
//! ```
//! use polars::prelude::{Column, DataFrame};
//! use vintner_estimation::gmm::{DynamicPanel, GmmCovariance, GmmInstrument, Term, gmm};
//! use vintner_panel::Panel;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let entities = ["a", "b", "c", "d", "e"].iter().flat_map(|name| [*name; 4]);
//! let emp = [1.0, 1.4, 1.3, 1.9, 2.0, 2.3, 2.9, 2.8, 0.5, 0.9, 1.5, 1.6, 3.0, 2.6, 2.7, 3.1, 1.1, 1.0, 0.7, 1.2];
//! let wage = [0.3, 0.4, 0.1, 0.6, 0.5, 0.2, 0.7, 0.6, 0.1, 0.4, 0.8, 0.5, 0.9, 0.6, 0.5, 0.8, 0.4, 0.3, 0.1, 0.5];
//! let frame = DataFrame::new(20, vec![
//!     Column::new("entity".into(), entities.collect::<Vec<_>>()),
//!     Column::new("time".into(), [2001, 2002, 2003, 2004].repeat(5)),
//!     Column::new("emp".into(), emp),
//!     Column::new("wage".into(), wage),
//! ])?;
//! let panel = Panel::new(frame, "entity", "time")?;
//! let mut model = DynamicPanel::new("emp", vec![Term::lagged("emp", &[1]), Term::new("wage")]);
//! model.gmm = vec![GmmInstrument::new("emp")]; // lags 2 and more
//! let outcome = gmm(&panel, &model, GmmCovariance::Robust)?;
//! let fit = outcome.fit().ok_or("no estimate")?;
//! assert_eq!(fit.coefficients[0].name, "lag(emp, 1)");
//! assert_eq!((fit.n_differences, fit.instruments.instruments), (10, 4));
//! # Ok(())
//! # }
//! ```
//!
//! Reads the sample's lags, `formula`, tests and `numerics`, and of `fit` the coefficient alone; it never goes by way of a
//! [`Model`](crate::Model).

mod equations;
mod estimated;
mod estimation;
mod fit;
mod hypotheses;
mod model;
mod moments;
mod weights;
mod written;

pub use estimated::GmmEstimated;
pub use estimation::gmm;
pub use fit::{GmmFit, GmmOutcome, GmmRefusal, InstrumentCount};
pub use model::{
    DynamicPanel, ErrorVariance, GmmCovariance, GmmInstrument, LevelInstruments, Steps, Term, Transformation,
};
