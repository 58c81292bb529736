//! Diagnostics of a regression that was estimated by least squares: how much each row weighs
//! ([`influence`]), whether the residuals look normal ([`jarque_bera`]), how well it would predict
//! ([`likelihood`]), and how near to collinear its regressors are ([`condition_number`]).
//!
//! They take an [`Estimated`](crate::Estimated) of any model and look at its transformed variables: for fixed
//! effects these are deviations from means, and the effects count as parameters only where it is said.

mod influence;
mod jarque_bera;
mod likelihood;

pub use influence::{Influence, condition_number, influence};
pub use jarque_bera::jarque_bera;
pub use likelihood::{Likelihood, likelihood};
