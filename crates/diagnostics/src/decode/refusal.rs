//! Why a visitor gave up.

use std::fmt;

use serde::de;

/// Why a visitor gave up.
#[derive(Debug)]
pub(super) enum Refusal {
    /// A message that has no place yet.
    Custom(String),
    /// A field is missing from the struct being read.
    Missing(&'static str),
    /// Recorded already.
    Recorded,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Custom(message) => formatter.write_str(message),
            Refusal::Missing(field) => write!(formatter, "missing field `{field}`"),
            Refusal::Recorded => formatter.write_str("recorded"),
        }
    }
}

impl std::error::Error for Refusal {}

impl de::Error for Refusal {
    fn custom<M: fmt::Display>(message: M) -> Self {
        Refusal::Custom(message.to_string())
    }

    fn missing_field(field: &'static str) -> Self {
        Refusal::Missing(field)
    }
}
