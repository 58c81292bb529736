//! Diagnostics of a regression that was estimated by least squares: how much each row weighs
//! ([`likelihood`]), and how near to collinear its regressors are ([`condition_number`]).
//!
//! They take an [`Estimated`] of any model and look at its transformed variables: for fixed
//! effects these are deviations from means, and the effects count as parameters only where it is said.

mod influence;
mod likelihood;

pub use influence::{Influence, condition_number, influence};
pub use likelihood::{Likelihood, likelihood};

use crate::{Estimated, Reason};

/// Refuses residuals that are rounding, and those of weighted rows.
fn check(estimated: &Estimated) -> Result<(), Reason> {
    if estimated.is_perfect() {
        return Err(Reason::PerfectFit);
    }
    if estimated.sample().formula().weights.is_some() {
        return Err(Reason::NotDefined { what: "diagnostics of rows".into(), model: "weighted rows".into() });
    }
    Ok(())
}
