//! The years that an analysis looks at.

use serde::{Deserialize, Serialize};

/// The first and the last year used, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The first year.
    pub first: i32,
    /// The last year.
    pub last: i32,
}

impl Window {
    /// Whether `year` is one of them.
    pub fn contains(self, year: i32) -> bool {
        (self.first..=self.last).contains(&year)
    }
}
