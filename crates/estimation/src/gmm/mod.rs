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
//! ```no_run
//! use vintner_estimation::gmm::{DynamicPanel, GmmCovariance, GmmInstrument, Term, gmm};
//! # fn panel() -> vintner_panel::Panel { unimplemented!() }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let panel = panel();
//! let mut model = DynamicPanel::new("emp", vec![Term::lagged("emp", &[1]), Term::new("wage")]);
//! model.gmm = vec![GmmInstrument::new("emp")]; // lags 2 and more
//! model.time_dummies = true;
//! if let Some(fit) = gmm(&panel, &model, GmmCovariance::Robust)?.fit() {
//!     println!("{:?} {:?}", fit.coefficients, fit.serial_correlation);
//! }
//! # Ok(())
//! # }
//! ```

mod equations;
mod estimated;
mod fit;
mod hypotheses;
mod model;
mod moments;

pub use estimated::GmmEstimated;
pub use fit::{GmmFit, GmmOutcome, GmmRefusal, InstrumentCount};
pub use model::{
    DynamicPanel, ErrorVariance, GmmCovariance, GmmInstrument, LevelInstruments, Steps, Term, Transformation,
};

use vintner_panel::Panel;

use crate::Result;

/// Estimates a dynamic panel.
///
/// # Errors
/// Where the model makes no sense or names a column that isn't there; data that don't allow an estimate are
/// a [`GmmOutcome::NotEstimable`].
pub fn gmm(panel: &Panel, model: &DynamicPanel, covariance: GmmCovariance) -> Result<GmmOutcome> {
    Ok(match model.estimate(panel)?.and_then(|estimated| estimated.fit(covariance)) {
        Ok(fit) => GmmOutcome::Fit(Box::new(fit)),
        Err(reason) => GmmOutcome::NotEstimable(GmmRefusal { model: model.clone(), reason }),
    })
}
