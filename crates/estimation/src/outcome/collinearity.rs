//! A linear dependency between columns of a design.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::intercept::INTERCEPT;

/// A column that is a linear combination of columns before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collinearity {
    /// The column.
    pub column: String,
    /// The earlier columns that enter the combination; empty for a column of zeros.
    pub on: Vec<String>,
}

impl fmt::Display for Collinearity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.on.as_slice() {
            [] => write!(formatter, "{} is zero throughout", self.column),
            [one] if one == INTERCEPT => write!(formatter, "{} is constant", self.column),
            [one] => write!(formatter, "{} is a multiple of {one}", self.column),
            many => write!(formatter, "{} is a linear combination of {}", self.column, many.join(", ")),
        }
    }
}
