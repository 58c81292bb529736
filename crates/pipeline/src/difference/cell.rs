//! The content of one cell, from whatever kind of table.

use std::borrow::Cow;

use super::shown::{shown_number, shown_pair};

/// What a cell holds. Cells of different kinds differ even if they are written alike: a number
/// that became a text isn't read the same.
#[derive(Debug, Clone)]
pub enum Cell<'a> {
    /// Nothing.
    Missing,
    /// A number in double precision.
    Number(f64),
    /// A whole number.
    Integer(i128),
    /// A truth value.
    Boolean(bool),
    /// Text.
    Text(Cow<'a, str>),
    /// Anything else, by what it is and how it is written.
    Other {
        /// What it is: `date`.
        kind: &'static str,
        /// How it is written.
        text: Cow<'a, str>,
    },
}

impl Cell<'_> {
    /// Whether it is missing.
    pub fn is_missing(&self) -> bool {
        matches!(self, Cell::Missing)
    }

    /// Whether both hold the same, to the last bit.
    pub fn is_same(&self, other: &Cell<'_>) -> bool {
        match (self, other) {
            (Cell::Missing, Cell::Missing) => true,
            (Cell::Number(one), Cell::Number(other)) => one.to_bits() == other.to_bits(),
            (Cell::Integer(one), Cell::Integer(other)) => one == other,
            (Cell::Boolean(one), Cell::Boolean(other)) => one == other,
            (Cell::Text(one), Cell::Text(other)) => one == other,
            (Cell::Other { kind: one_kind, text: one }, Cell::Other { kind: other_kind, text: other }) => {
                one_kind == other_kind && one == other
            }
            _ => false,
        }
    }

    /// All of it as text, on however many lines; `(missing)` where it holds nothing.
    pub fn written(&self) -> Cow<'_, str> {
        match self {
            Cell::Missing => "(missing)".into(),
            Cell::Number(number) => shown_number(*number).into(),
            Cell::Integer(number) => number.to_string().into(),
            Cell::Boolean(flag) => flag.to_string().into(),
            Cell::Text(text) | Cell::Other { text, .. } => text.as_ref().into(),
        }
    }

    /// Both as they are shown beside one another, with their kinds where nothing else differs.
    pub fn shown_beside(&self, after: &Cell<'_>) -> (String, String) {
        let (old, new) = shown_pair(&self.written(), &after.written());
        if old == new {
            (format!("{old} ({})", self.kind()), format!("{new} ({})", after.kind()))
        } else {
            (old, new)
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Cell::Missing => "nothing",
            Cell::Number(_) => "number",
            Cell::Integer(_) => "integer",
            Cell::Boolean(_) => "truth value",
            Cell::Text(_) => "text",
            Cell::Other { kind, .. } => kind,
        }
    }

    /// Adds it to a digest such that no two rows of cells share a stream of bytes.
    pub(super) fn digest_into(&self, hasher: &mut blake3::Hasher) {
        let mut put = |kind: u8, bytes: &[u8]| {
            hasher.update(&[kind]);
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        match self {
            Cell::Missing => put(0, &[]),
            Cell::Number(number) => put(1, &number.to_le_bytes()),
            Cell::Integer(number) => put(2, &number.to_le_bytes()),
            Cell::Boolean(flag) => put(3, &[u8::from(*flag)]),
            Cell::Text(text) => put(4, text.as_bytes()),
            Cell::Other { kind, text } => {
                put(5, kind.as_bytes());
                put(6, text.as_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart() {
        let (number, text) = (Cell::Number(1.0), Cell::Text("1".into()));
        assert!(!number.is_same(&text));
        assert_eq!(number.shown_beside(&text), ("1 (number)".into(), "1 (text)".into()));
        assert_eq!(Cell::Missing.shown_beside(&text), ("(missing)".into(), "1".into()));
        let literal = Cell::Text("(missing)".into());
        assert_eq!(Cell::Missing.shown_beside(&literal).1, "(missing) (text)");
    }
}
