//! What reading a source yields.

use vintner_panel::TidyValue;

/// The tidy values of one source, in the order of its rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tidied {
    /// The values, those that the source marks as missing included (with `value: None`).
    pub values: Vec<TidyValue>,
    /// What is odd without being wrong.
    pub warnings: Vec<String>,
    /// How many rows under the header held anything.
    pub rows_read: usize,
    /// How many of them gave a value.
    pub rows_used: usize,
}

impl Tidied {
    /// The values that the source marks as missing, each with its address.
    pub fn missing(&self) -> impl Iterator<Item = &TidyValue> {
        self.values.iter().filter(|value| value.value.is_none())
    }
}
