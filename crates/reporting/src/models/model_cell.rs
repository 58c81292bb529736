//! A cell of a table of models.

use serde::{Deserialize, Serialize};

use crate::escape::{NumberText, with_minus_signs};

/// A cell.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelCell {
    /// The number as it is printed, or words; empty for nothing.
    pub text: String,
    /// Asterisks.
    pub stars: String,
    /// What stands before the number.
    pub open: String,
    /// What stands after it.
    pub close: String,
    /// Whether it is words, which aren't aligned at the point.
    pub is_words: bool,
    /// The number itself, for a spreadsheet.
    #[serde(default)]
    pub value: Option<f64>,
    /// The address of its trace, where it is shown as a link to it; else empty.
    #[serde(default)]
    pub address: String,
}

impl ModelCell {
    /// What stands for a number that can't be computed.
    pub(super) fn dash() -> Self {
        Self::words("–")
    }

    pub(super) fn words(text: &str) -> Self {
        Self { text: text.into(), is_words: true, ..Self::default() }
    }

    /// All that is printed, as it is read.
    pub fn plain(&self) -> String {
        format!("{}{}{}{}", self.open, self.text, self.close, self.stars)
    }

    /// The same with minus signs for the hyphens of its numbers, as it is printed; in CSV these stay.
    pub(super) fn with_signs(&self) -> Self {
        let text = match NumberText::of(&self.text) {
            Some(_) => self.text.replace('-', "−"),
            None => with_minus_signs(&self.text),
        };
        Self { text, ..self.clone() }
    }

    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}
