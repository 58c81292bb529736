//! Diagnostics of a regression that was estimated by least squares: how much each row weighs
//! ([`likelihood`]), and how near to collinear its regressors are ([`condition_number`]).
//!
//! They take an `Estimated` of any model and look at its transformed variables: for fixed
//! effects these are deviations from means, and the effects count as parameters only where it is said.

mod check;
mod influence;
mod likelihood;

pub use influence::{Influence, condition_number, influence};
pub use likelihood::{Likelihood, likelihood};
