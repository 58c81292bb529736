//! Cells that show something else than they hold.

use vintner_panel::shortest_decimal;

/// A cell whose look and content differ, or whose content can't be relied on.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// A number under a format that writes it otherwise as a code: 110 shown as 0110.
    Formatted {
        /// What the cell holds.
        number: f64,
        /// What it shows.
        text: String,
    },
    /// A number that is shown in percent: 0.125 as 12.5%.
    Percent {
        /// What the cell holds.
        number: f64,
    },
    /// A text or number with a mark that isn't a part of it: a raised note, or a line through it.
    Noted {
        /// It without the mark.
        text: String,
        /// The raised text, or what the mark is in words.
        note: String,
        /// Whether it is a raised text.
        raised: bool,
        /// It with the mark.
        whole: String,
    },
    /// Content that can be read in several ways or in none.
    Unsure {
        /// What stands there.
        text: String,
        /// Why it isn't read.
        message: String,
        /// What to do about it.
        hint: String,
    },
}

impl Shown {
    /// The content as text, without marks.
    pub(crate) fn raw(&self) -> String {
        match self {
            Shown::Percent { number } => shortest_decimal(*number),
            Shown::Formatted { text, .. } | Shown::Noted { text, .. } | Shown::Unsure { text, .. } => {
                text.clone()
            }
        }
    }
}
