//! The fault of an effect's name.

/// A part of an effect's name that is empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` isn't an effect; name a column, or several joined by `^`")]
pub struct NotAnEffect(pub(crate) String);
