//! What is wrong in an equation's text, and where.

use std::ops::Range;

/// A fault in an equation's text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FormulaFault {
    /// What is wrong.
    pub message: String,
    /// What to do, where there is one thing to do.
    pub hint: Option<String>,
    /// The characters of the text that it is about.
    pub at: Range<usize>,
}

impl FormulaFault {
    pub(super) fn new(at: Range<usize>, message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, at }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
