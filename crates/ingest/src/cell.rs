//! One cell of a row that is being read, borrowed from whatever holds the row.

use std::borrow::Cow;

use vintner_panel::shortest_decimal;

use crate::fold::is_space;

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
            Cell::Text(text) | Cell::Date(text) | Cell::Error(text) => Cow::Borrowed(text),
            Cell::Boolean(true) => Cow::Borrowed("TRUE"),
            Cell::Boolean(false) => Cow::Borrowed("FALSE"),
        }
    }

    /// Whether it holds nothing, or nothing but white space.
    pub(crate) fn is_blank(self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => text.chars().all(is_space),
            _ => false,
        }
    }
}
