//! Random effects: generalised least squares with estimated variance components.
//!
//! One way, and both ways on balanced panels, it is least squares on quasi-deviations,
//! y - th1 mean_i(y) - th2 mean_t(y) + th3 mean(y) (Baltagi 2013, eq. 2.20 and 3.13). Both ways on unbalanced
//! panels the second factor's covariance is taken out exactly after the first's (Wansbeek and Kapteyn
//! 1989, Journal of Econometrics 41, 341-361).
//!
//! With weights quasi-deviations are from means by weights, and rows are multiplied by the roots of their weights
//! (linearmodels' `RandomEffects(weights = )`).

mod components;
mod moments;
mod options;
mod random;
mod transformation;
mod variance_components;
mod weighted;

pub use options::{RandomEffects, VarianceEstimator};
pub(super) use random::estimate;
pub use variance_components::VarianceComponents;
