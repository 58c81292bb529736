//! Describing variables: moments, quantiles, correlations.
//!
//! Reads `numerics`. It never estimates a model.

mod correlations;
mod descriptives;
mod in_blocks;

pub use correlations::{Correlation, Correlations, correlations};
pub use descriptives::{Category, Description, describe};
pub use in_blocks::describe_in_blocks;
