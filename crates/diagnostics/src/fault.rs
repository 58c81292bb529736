//! Faults: what is wrong in a document, where, and what to do about it.

use std::fmt;

use crate::span::Span;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The document's name.
    pub file: String,
    /// Where, if it has a place.
    pub span: Option<Span>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The text of the line, to show under the message.
    pub source_line: Option<String>,
}

impl Fault {
    /// This fault with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// This fault with a hint where there is one.
    #[must_use]
    pub fn maybe_hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint.or(self.hint);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.span {
            Some(span) => {
                write!(formatter, "{}:{}:{}: {}", self.file, span.line, span.column, self.message)?;
                if let Some(line) = &self.source_line {
                    let margin = span.line.to_string().len().max(3);
                    write!(formatter, "\n  {:>margin$} | {}", span.line, line)?;
                    let indent: String = line
                        .chars()
                        .take(span.column.saturating_sub(1))
                        .flat_map(|c| {
                            std::iter::repeat_n(if c == '\t' { '\t' } else { ' ' }, display_width(c))
                        })
                        .collect();
                    let covered = line.chars().skip(span.column.saturating_sub(1)).take(span.length);
                    let carets: usize = covered.map(display_width).sum();
                    write!(formatter, "\n  {:>margin$} | {indent}{}", "", "^".repeat(carets.max(1)))?;
                }
            }
            None => write!(formatter, "{}: {}", self.file, self.message)?,
        }
        if let Some(hint) = &self.hint {
            write!(formatter, "\n      = {hint}")?;
        }
        Ok(())
    }
}

/// Terminal cells of a character: two for the wide East Asian blocks, one otherwise.
fn display_width(character: char) -> usize {
    match character as u32 {
        0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE30..=0xFE6F => 2,
        0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

/// Everything that is wrong in one or more documents, in order of place, each thing once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    kept: Vec<Fault>,
    /// How many were found after so many that no more are kept.
    more: usize,
}

impl Faults {
    /// No faults yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// So many are kept and told; of a document with more the others are counted.
    pub const KEPT: usize = 200;

    /// Adds one.
    pub fn push(&mut self, fault: Fault) {
        if let Err(place) = self.kept.binary_search(&fault) {
            self.kept.insert(place, fault);
        }
        if self.kept.len() > Self::KEPT {
            self.kept.pop();
            self.more += 1;
        }
    }

    /// Adds those of `other`.
    pub fn extend(&mut self, other: Faults) {
        self.more += other.more;
        other.kept.into_iter().for_each(|fault| self.push(fault));
    }

    /// Whether something was found at a place.
    pub fn any_at(&self, span: Span) -> bool {
        self.kept.iter().any(|fault| fault.span == Some(span))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.kept.len() + self.more
    }

    /// One by one, those that are kept.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.kept.iter()
    }

    /// `value` where there are no faults, the faults otherwise.
    ///
    /// # Errors
    /// The faults themselves.
    pub fn or<T>(self, value: T) -> Result<T, Faults> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self { kept: vec![fault], more: 0 }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, fault) in self.kept.iter().enumerate() {
            if position > 0 {
                formatter.write_str("\n")?;
            }
            write!(formatter, "{fault}")?;
        }
        match self.more {
            0 => Ok(()),
            more => write!(formatter, "\nand {more} more"),
        }
    }
}

impl std::error::Error for Faults {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_faults_are_kept_and_the_others_counted() {
        let fault = |line| Fault {
            file: "a.yaml".into(),
            span: Some(Span { line, column: 1, length: 0 }),
            message: "wrong".into(),
            hint: None,
            source_line: None,
        };
        let mut faults = Faults::new();
        (1..=1_000).rev().for_each(|line| faults.push(fault(line)));
        assert_eq!(faults.len(), 1_000);
        let said = faults.to_string();
        assert_eq!(said.lines().next(), Some("a.yaml:1:1: wrong"));
        assert_eq!(said.lines().last(), Some("and 800 more"));
    }
}
