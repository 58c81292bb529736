//! One cell of a row that is being read, borrowed from whatever holds the row.

use std::borrow::Cow;

use vintner_panel::shortest_decimal;

use crate::fold::{is_invisible, is_space};
use crate::shown::Shown;

/// What a cell holds; see [`CellContent`](crate::CellContent), which owns the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Cell<'a> {
    Empty,
    Number(f64),
    /// A whole number that the format itself holds as one.
    Whole(i64),
    Text(&'a str),
    Boolean(bool),
    Date(&'a str),
    Error(&'a str),
    /// A missing value that the file writes with a code of its own, such as `.a`.
    Missing(&'a str),
    /// Something else than what is shown.
    Shown(&'a Shown),
}

impl<'a> Cell<'a> {
    /// Text, or nothing where it is empty.
    pub(crate) fn of_text(text: &'a str) -> Self {
        if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
    }

    /// The content as text.
    pub(crate) fn raw(self) -> Cow<'a, str> {
        match self {
            Cell::Empty => Cow::Borrowed(""),
            Cell::Number(number) => Cow::Owned(shortest_decimal(number)),
            Cell::Whole(whole) => Cow::Owned(whole.to_string()),
            Cell::Text(text) | Cell::Date(text) | Cell::Error(text) | Cell::Missing(text) => {
                Cow::Borrowed(text)
            }
            Cell::Shown(shown) => Cow::Owned(shown.raw()),
            Cell::Boolean(true) => Cow::Borrowed("TRUE"),
            Cell::Boolean(false) => Cow::Borrowed("FALSE"),
        }
    }

    /// Whether it holds nothing, or nothing but white space.
    pub(crate) fn is_blank(self) -> bool {
        match self {
            Cell::Empty | Cell::Missing(_) => true,
            Cell::Text(text) if text.as_bytes().first().is_some_and(u8::is_ascii_graphic) => false,
            Cell::Text(text) => text.chars().all(|character| is_space(character) || is_invisible(character)),
            _ => false,
        }
    }

    /// Why it can be no part of a key, and what to do about it; nothing where it can.
    pub(crate) fn doubt(self) -> Option<(String, String)> {
        match self {
            Cell::Shown(Shown::Unsure { message, hint, .. }) => Some((message.clone(), hint.clone())),
            Cell::Error(error) => Some((
                format!("the spreadsheet error {error} in a key"),
                "mend it in `corrections`, or leave the row out with `where` or `last_row`".into(),
            )),
            _ => None,
        }
    }
}
