//! How large a document may be, looked at before it is read.
//!
//! A text of a few lines can stand for more than memory holds (aliases of aliases), and brackets in brackets take a
//! parser that looks ahead longer with each. Both are counted on the way through the text's events, which costs what
//! the text is long and ends at the first bound.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser};

use crate::span::Span;
use crate::tree::place;

/// Parts of a document may stand in one another so deep.
pub const DEPTH: usize = 100;

/// A document may come to so many values, aliases and references to parameters taken for what they
/// stand for.
pub const VALUES: usize = 2_000_000;

/// Of a text so much is shown in a message.
const SHOWN: usize = 1_000;

/// Of a longer line of a document so much is shown under a message.
const LINE: usize = 400;

/// What is too much in a text, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Beyond {
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) hint: &'static str,
}

/// What in a text is beyond the bounds; nothing where all is within, or where the text is no YAML, which
/// is for the parser to say.
pub(crate) fn beyond(text: &str) -> Option<Beyond> {
    let mut events = Parser::new_from_str(text);
    // What each anchor stands for, in values; those whose part isn't at its end yet with what was counted before.
    let mut anchors: BTreeMap<usize, usize> = BTreeMap::new();
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut values = 0_usize;
    while let Some(event) = events.next_event() {
        let (event, span) = match event {
            Ok(event) => event,
            // This parser has a bound of its own for brackets, and what it can't follow is left to the other,
            // which has none.
            Err(error) if brackets(text) > DEPTH => {
                let span = Span { line: error.marker().line(), column: error.marker().col() + 1, length: 0 };
                return Some(Beyond { span, message: too_deep(), hint: FLATTER });
            }
            Err(_) => return None,
        };
        match event {
            Event::Scalar(_, _, anchor, _) => {
                values += 1;
                anchors.insert(anchor, 1);
            }
            Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => {
                open.push((anchor, values));
                values += 1;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some((anchor, before)) = open.pop() {
                    anchors.insert(anchor, values - before);
                }
            }
            Event::Alias(anchor) => {
                values = values.saturating_add(anchors.get(&anchor).copied().unwrap_or(1));
            }
            _ => continue,
        }
        let span = || place(span);
        if open.len() > DEPTH {
            return Some(Beyond { span: span(), message: too_deep(), hint: FLATTER });
        }
        if values > VALUES {
            let message = format!("the document comes to more than {VALUES} values, aliases written out");
            return Some(Beyond {
                span: span(),
                message,
                hint: "keep data in files of their own, such as CSV",
            });
        }
    }
    None
}

const FLATTER: &str = "close what is opened, and write it flatter";

fn too_deep() -> String {
    format!("parts stand in one another more than {DEPTH} deep")
}

/// How deep brackets are opened in one another, wherever they stand.
fn brackets(text: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
    }
    most
}

/// `text`, cut where it is longer than a message may be.
pub fn cut(text: String) -> String {
    cut_to(text, SHOWN)
}

fn cut_to(mut text: String, most: usize) -> String {
    if text.len() <= most {
        return text;
    }
    if let Some((end, _)) = text.char_indices().nth(most) {
        let more = text.get(end..).unwrap_or_default().chars().count();
        text.truncate(end);
        text.push_str(&format!("… ({more} more characters)"));
    }
    text
}

/// A line to be shown under a message about its `column`: nothing of it where that is beyond what is
/// shown of a line.
pub(crate) fn shown_line(line: &str, column: usize) -> Option<String> {
    if line.len() <= LINE {
        return Some(line.to_owned());
    }
    (column <= LINE).then(|| cut_to(line.to_owned(), LINE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_and_values_are_bounded() {
        let deep = beyond(&"[".repeat(100_000));
        assert!(deep.is_some_and(|deep| deep.span.line == 1 && deep.span.column > DEPTH));
        assert!(beyond(&format!("a: *b\n{}", "{".repeat(100_000))).is_some());
        assert_eq!(beyond(&format!("{}{}", "[".repeat(DEPTH), "]".repeat(DEPTH))), None);

        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let below = vec![format!("*a{}", level - 1); 10].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{below}]\n"));
        }
        assert_eq!(beyond(&text).map(|many| many.span.line), Some(7));
        assert_eq!(beyond("a: &a [1, 2]\nb: *a\n"), None);
    }

    #[test]
    fn long_texts_are_cut_and_counted() {
        assert_eq!(cut_to("沧州保定".into(), 2), "沧州… (2 more characters)");
        assert_eq!(cut("a".into()), "a");
        assert_eq!(shown_line(&"x".repeat(500), 450), None);
        assert!(
            shown_line(&"x".repeat(500), 3).is_some_and(|line| line.ends_with("… (100 more characters)"))
        );
    }
}
