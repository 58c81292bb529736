//! Characters that a page must not carry unseen.

/// Characters that a page must not carry unseen: controls, and the marks that reorder or hide text
/// around them. Blanks that end a line become a plain blank instead, since a newline would break a
/// table's row and two a paragraph.
pub(crate) enum Unseen {
    /// Written as a blank.
    Blank,
    /// Written as its code point in angle brackets.
    Named(String),
    /// An ordinary character.
    No,
}

impl Unseen {
    pub(crate) fn of(character: char) -> Self {
        match character {
            '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' | '\u{2029}' => Self::Blank,
            '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}' => Self::Named(format!("U+{:04X}", u32::from(character))),
            other if other.is_control() => Self::Named(format!("U+{:04X}", u32::from(other))),
            _ => Self::No,
        }
    }
}
