//! What stars of a table of models mean.

use serde::{Deserialize, Serialize};

/// A number of stars and what earns them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelStar {
    /// Asterisks.
    pub stars: String,
    /// The level, as `0.05`.
    pub level: String,
    /// The level as a percentage.
    #[serde(default)]
    pub percent: String,
}
