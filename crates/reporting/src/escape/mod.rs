//! Text made safe for the format it lands in. Templates never call these themselves: the renderer
//! escapes whatever a template prints.

mod html;
mod latex;
mod markdown;

pub use html::{escape_html, html_code, html_number};
pub(crate) use latex::latex_aligned;
pub use latex::{escape_latex, latex_code, latex_number};
pub use markdown::{escape_markdown, markdown_code};

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

/// A number's text taken apart.
pub(crate) struct NumberText<'a> {
    /// Whether a minus stands before it.
    pub(crate) negative: bool,
    /// Digits and a point.
    pub(crate) mantissa: &'a str,
    /// The power of ten, where it has one.
    pub(crate) exponent: Option<&'a str>,
}

impl<'a> NumberText<'a> {
    /// Takes a number's text apart, or a part of one, such as `.350`; none where it is something else.
    pub(crate) fn of(text: &'a str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once('e') {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (unsigned, None),
        };
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let whole = |part: &str| {
            let digits = part.strip_prefix('-').unwrap_or(part);
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        (!mantissa.is_empty() && plain(mantissa) && exponent.is_none_or(whole)).then_some(Self {
            negative,
            mantissa,
            exponent,
        })
    }
}
