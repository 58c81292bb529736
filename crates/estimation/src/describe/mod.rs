//! Describing variables: moments, quantiles, correlations.
//!
//! Reads `numerics`. It never estimates a model.

mod correlations;
mod descriptives;

pub use correlations::{Correlation, Correlations, correlations};
pub use descriptives::{Category, Description, describe};
