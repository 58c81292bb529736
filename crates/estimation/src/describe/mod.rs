//! Describing variables: moments, quantiles, correlations.
//!
//! Reads [`numerics`](crate::numerics). It never estimates a model.

mod correlations;
mod descriptives;

pub use correlations::{Correlation, Correlations, correlations};
pub use descriptives::{Description, describe};
