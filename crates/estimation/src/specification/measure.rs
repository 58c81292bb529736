//! Numbers that tell about a specification without a test.

use serde::{Deserialize, Serialize};

/// A number that tells about a specification without being a test: there is no p-value to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// What it is called, after its authors.
    pub name: String,
    /// How it is read: `near 2 without serial correlation`.
    pub reading: String,
    /// The number.
    pub value: f64,
}

impl Measure {
    pub(super) fn new(
        name: impl Into<String>,
        reading: impl Into<String>,
        value: f64,
    ) -> Result<Self, crate::outcome::Reason> {
        let name = name.into();
        if !value.is_finite() {
            return Err(crate::outcome::Reason::NotFinite { what: format!("the {name}") });
        }
        Ok(Self { name, reading: reading.into(), value })
    }
}
