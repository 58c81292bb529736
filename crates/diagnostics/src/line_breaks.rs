//! Characters that one YAML parser takes for the end of a line and another doesn't.
//!
//! In YAML 1.1 the next line (U+0085), the line separator (U+2028) and the paragraph separator (U+2029)
//! end a line, and with it a comment; in YAML 1.2, and in every editor, they are characters like any
//! other. Values come from a parser of the one kind and places from one of the other, so that both are
//! given a text without them: private characters that the text has nowhere else stand in for them, and
//! are taken back in what was read.

use std::borrow::Cow;

const BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// A text in which stand-ins take the place of such characters.
pub(crate) struct Shielded<'a> {
    pub(crate) text: Cow<'a, str>,
    /// What stands in for each of [`BREAKS`], where any stands in.
    stand_ins: Option<[char; 3]>,
}

impl<'a> Shielded<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        if !text.contains(BREAKS) {
            return Self { text: Cow::Borrowed(text), stand_ins: None };
        }
        let mut free = ('\u{e000}'..='\u{f8ff}').filter(|character| !text.contains(*character));
        let (Some(first), Some(second), Some(third)) = (free.next(), free.next(), free.next()) else {
            // A text with every private character there is; its lines may be told wrongly.
            return Self { text: Cow::Borrowed(text), stand_ins: None };
        };
        let stand_ins = [first, second, third];
        Self { text: Cow::Owned(exchanged(text, &BREAKS, &stand_ins)), stand_ins: Some(stand_ins) }
    }

    /// What was read of the text, as it stands in the original.
    pub(crate) fn restored(&self, read: &str) -> String {
        match &self.stand_ins {
            Some(stand_ins) => exchanged(read, stand_ins, &BREAKS),
            None => read.to_owned(),
        }
    }
}

fn exchanged(text: &str, from: &[char; 3], to: &[char; 3]) -> String {
    let other = |character: char| from.iter().zip(to).find(|(from, _)| **from == character);
    text.chars().map(|character| other(character).map_or(character, |(_, to)| *to)).collect()
}

/// The lines of a text, each found at once. A line feed, a carriage return, or both end one, as in YAML.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    text: String,
    starts: Vec<usize>,
}

impl Lines {
    pub(crate) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends = (0..bytes.len()).filter(|at| match bytes.get(*at) {
            Some(b'\n') => true,
            Some(b'\r') => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        Self { text: text.to_owned(), starts: std::iter::once(0).chain(ends.map(|at| at + 1)).collect() }
    }

    /// The line of a number from 1, without what ends it.
    pub(crate) fn line(&self, number: usize) -> Option<&str> {
        let start = *self.starts.get(number.checked_sub(1)?)?;
        // After the last break there is no line.
        if start == self.text.len() {
            return None;
        }
        let end = self.starts.get(number).copied().unwrap_or(self.text.len());
        Some(self.text.get(start..end)?.trim_end_matches(['\n', '\r']))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_was_written() {
        let text = "a\u{2028}b\u{85}\u{e000}c\u{2029}";
        let shielded = Shielded::of(text);
        assert!(!shielded.text.contains(BREAKS) && shielded.text.chars().count() == text.chars().count());
        assert_eq!(shielded.restored(&shielded.text), text);
    }

    #[test]
    fn lines_end_as_in_yaml() {
        let text = "one\r\ntwo\rthree\u{2028}\nfour";
        let lines = Lines::of(text);
        let lines: Vec<Option<&str>> = (1..6).map(|number| lines.line(number)).collect();
        assert_eq!(lines, [Some("one"), Some("two"), Some("three\u{2028}"), Some("four"), None]);
    }
}
