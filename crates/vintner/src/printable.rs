//! Text from files as a terminal may have it.

use std::io::{self, Stdout, StdoutLock, Write, stdout};

/// A text without anything that a terminal would obey: controls and marks that reorder or hide what stands
/// around them are written as their escapes (`\\u{1b}`). Line breaks and tabs stay.
pub(crate) fn printable(text: &str) -> String {
    escaped(text, |character| matches!(character, '\n' | '\t'))
}

/// The same on one line: line breaks and tabs are escaped too.
pub(crate) fn printable_line(text: &str) -> String {
    escaped(text, |_| false)
}

/// A stream for people: whatever is written to it is [`printable`], but for colours.
pub(crate) struct Printable<W: Write>(W);

/// Stdout for people.
pub(crate) fn people() -> Printable<StdoutLock<'static>> {
    Printable(Stdout::lock(&stdout()))
}

impl<W: Write> Write for Printable<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let mut pieces = text.split('\u{1b}');
        self.0.write_all(printable(pieces.next().unwrap_or_default()).as_bytes())?;
        for piece in pieces {
            let is_colour = |codes: &str| codes.chars().all(|code| code.is_ascii_digit() || code == ';');
            let colour = piece.strip_prefix('[').and_then(|rest| rest.split_once('m'));
            match colour.filter(|(codes, _)| is_colour(codes)) {
                Some((codes, rest)) => write!(self.0, "\u{1b}[{codes}m{}", printable(rest))?,
                None => self.0.write_all(printable(&format!("\u{1b}{piece}")).as_bytes())?,
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn escaped(text: &str, kept: impl Fn(char) -> bool) -> String {
    let mut printable = String::with_capacity(text.len());
    for character in text.chars() {
        let obeyed = character.is_control()
            || matches!(
                character,
                '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
            );
        if obeyed && !kept(character) {
            printable.extend(character.escape_default());
        } else {
            printable.push(character);
        }
    }
    printable
}

/// A message is so many lines long, and a line so many characters; beyond, a terminal shows nothing else.
const LINES: usize = 400;
const CHARACTERS: usize = 4_000;

/// A message, cut where it is longer than anybody reads; what is left out is counted.
pub(crate) fn cut(text: &str) -> String {
    let mut shown = String::new();
    for (number, line) in text.split('\n').take(LINES).enumerate() {
        if number > 0 {
            shown.push('\n');
        }
        match line.char_indices().nth(CHARACTERS) {
            None => shown.push_str(line),
            Some((end, _)) => {
                let (head, rest) = line.split_at(end);
                shown.push_str(&format!("{head}… ({} more characters)", rest.chars().count()));
            }
        }
    }
    match text.split('\n').count().saturating_sub(LINES) {
        0 => shown,
        more => shown + &format!("\n… ({more} more lines)"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_shown() {
        assert_eq!(printable("a\u{1b}[2Jb\n\u{9b}c"), "a\\u{1b}[2Jb\n\\u{9b}c");
        assert_eq!(printable_line("a\r\n\tb\u{202e}c"), "a\\r\\n\\tb\\u{202e}c");
        assert_eq!(printable("沧州 \u{201c}é\u{201d}"), "沧州 \u{201c}é\u{201d}");
    }

    #[test]
    fn a_stream_lets_colours_through_and_nothing_else() {
        let mut written = Vec::new();
        let mut stream = Printable(&mut written);
        assert!(stream.write_all("\u{1b}[1;31mred\u{1b}[0m a\u{1b}[2Jb\u{1b}]0;c\u{7}\n".as_bytes()).is_ok());
        let expected = "\u{1b}[1;31mred\u{1b}[0m a\\u{1b}[2Jb\\u{1b}]0;c\\u{7}\n";
        assert_eq!(String::from_utf8_lossy(&written), expected);
    }

    #[test]
    fn long_messages_are_cut_and_counted() {
        assert_eq!(cut("a\n  b\n"), "a\n  b\n");
        assert_eq!(
            cut(&"沧".repeat(CHARACTERS + 3)),
            format!("{}… (3 more characters)", "沧".repeat(CHARACTERS))
        );
        assert!(cut(&"x\n".repeat(LINES + 9)).ends_with("x\n… (10 more lines)"));
    }

    proptest! {
        #[test]
        fn nothing_is_obeyed(text in any::<String>()) {
            prop_assert!(!printable(&text).chars().any(|one| one.is_control() && !matches!(one, '\n' | '\t')));
            prop_assert!(!printable_line(&text).chars().any(char::is_control));
        }
    }
}
