//! Models: each turns a sample into a [`Solved`] system or the [`Reason`](crate::Reason) why it can't.
//!
//! Reads the sample, [`absorb`](crate::absorb) and [`numerics`](crate::numerics). It never makes a standard error: that takes a covariance,
//! and [`Model::estimate`] hands on what one needs.

mod between;
mod effects;
pub(crate) mod first_differences;
mod levels;
mod model;
mod ols;
mod random;
mod sample_size;
mod solve;
mod solved;
pub(crate) mod within;

pub use effects::Effects;
pub(crate) use levels::Levels;
pub use model::{Lacking, Model};
pub use random::VarianceComponents;
pub use random::{RandomEffects, VarianceEstimator};
pub(crate) use solved::{Absorbed, Goodness, Solved};
