//! A text that isn't a table.

use std::borrow::Cow;

/// A text that can't be divided.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// The line, from 1.
    pub line: u32,
    /// The field in it, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: Cow<'static, str>,
    /// What to do about it.
    pub hint: &'static str,
}
