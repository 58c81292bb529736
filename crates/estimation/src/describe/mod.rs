//! Describing variables: moments, quantiles, correlations.
//!
//! Reads `numerics`. It never estimates a model.

mod correlations;
mod descriptives;
mod in_blocks;
mod parts;

pub use correlations::{Correlation, Correlations, correlations};
pub use descriptives::{Category, Description, describe};
pub use in_blocks::describe_in_blocks;
pub use parts::{
    DescribedPart, PartBrackets, PartDescription, PartRanks, describe_parts, part_description, part_ranks,
    seek_parts,
};
