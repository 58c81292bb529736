//! All that changed between two versions.

use std::fmt;

use serde::Serialize;

use super::difference::Difference;

/// The differences between two versions of a file or an artifact, as far as they are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Differences {
    /// The first of them, in order of place.
    pub shown: Vec<Difference>,
    /// How many there are beyond those.
    pub more: usize,
    /// What isn't a matter of one place: another order, another encoding, other bytes alone.
    pub note: Option<String>,
}

impl Differences {
    /// No places, only a note.
    pub fn noted(note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..Self::default() }
    }

    /// How many places differ, shown or not.
    pub fn count(&self) -> usize {
        self.shown.len() + self.more
    }

    /// Whether no place differs and nothing is noted.
    pub fn is_empty(&self) -> bool {
        self.count() == 0 && self.note.is_none()
    }
}

impl fmt::Display for Differences {
    /// One line each, then how many more there are, then the note.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines: Vec<String> = self.shown.iter().map(ToString::to_string).collect();
        if self.more > 0 {
            lines.push(format!("and {} more", self.more));
        }
        lines.extend(self.note.clone());
        formatter.write_str(&lines.join("\n"))
    }
}
