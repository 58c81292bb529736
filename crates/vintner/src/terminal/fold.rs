//! Lines that fit: folded between words.
//!
//! Widths are those of a terminal: a Chinese character takes two columns, an escape sequence none. Between
//! Chinese characters a line may be folded too, but for the marks that no line begins or ends with.

use unicode_width::UnicodeWidthChar;

use super::excerpt::excerpt;

/// No line begins with these.
const CLOSING: &str = "，。、；：！？）】》」』％";
/// No line ends with these.
const OPENING: &str = "（【《「『";

/// How many columns a text takes.
pub(crate) fn width(text: &str) -> usize {
    pieces(text).iter().map(|piece| piece.width).sum()
}

/// The lines of a text, each of at most so many columns but for words that are longer. What is folded goes
/// on under its line, a little moved in.
pub(crate) fn fold(text: &str, columns: usize) -> String {
    let mut folded_lines: Vec<String> = Vec::new();
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        match lines.peek().and_then(|marks| excerpt(line, marks, columns)) {
            Some(excerpt) => {
                lines.next();
                folded_lines.extend(excerpt);
            }
            None => folded_lines.push(folded(line, columns)),
        }
    }
    folded_lines.join("\n")
}

/// What isn't parted, and how many columns it takes.
#[derive(Debug, Default, PartialEq)]
struct Piece<'a> {
    text: &'a str,
    width: usize,
    is_blank: bool,
}

/// The pieces of a line.
fn pieces(line: &str) -> Vec<Piece<'_>> {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let (mut begins, mut before) = (0, ' ');
    let mut characters = line.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let mut takes = character.width().unwrap_or(0);
        if character == '\u{1b}' {
            takes = 0;
            // The letter that ends it.
            while characters.next_if(|(_, one)| !one.is_ascii_alphabetic()).is_some() {}
            characters.next();
        }
        let ends = characters.peek().map_or(line.len(), |(at, _)| *at);
        let is_wide = |one: char| one.width() == Some(2);
        let goes_on = match (before, character) {
            _ if takes == 0 => true,
            (' ', ' ') => true,
            (' ', _) | (_, ' ') => false,
            (before, _) if OPENING.contains(before) => true,
            (_, character) if CLOSING.contains(character) => true,
            (before, character) => !is_wide(before) && !is_wide(character),
        };
        match pieces.last_mut().filter(|_| goes_on) {
            Some(piece) => {
                piece.text = &line[begins..ends];
                piece.width += takes;
            }
            None => {
                begins = at;
                let is_blank = character == ' ';
                pieces.push(Piece { text: &line[at..ends], width: takes, is_blank });
            }
        }
        if takes > 0 {
            before = character;
        }
    }
    pieces
}

fn folded(line: &str, columns: usize) -> String {
    let margin = " ".repeat(hanging(line).min(columns / 3));
    let lines = parted(line, columns, columns.saturating_sub(margin.len()));
    lines.join(&format!("\n{margin}"))
}

/// The lines of a text, each of at most so many columns but for words that are longer.
pub(crate) fn fold_words(text: &str, columns: usize) -> Vec<String> {
    parted(text, columns, columns)
}

/// A line in parts: the first of so many columns, the others of so many.
fn parted(line: &str, first: usize, others: usize) -> Vec<String> {
    let pieces = pieces(line);
    if pieces.iter().map(|piece| piece.width).sum::<usize>() <= first {
        return vec![line.to_owned()];
    }
    let (mut lines, mut part) = (Vec::new(), String::new());
    let (mut taken, mut blank) = (0, Piece::default());
    let mut has_word = false;
    for piece in pieces {
        if piece.is_blank && has_word {
            blank = piece;
            continue;
        }
        let columns = if lines.is_empty() { first } else { others };
        if has_word && taken + blank.width + piece.width > columns {
            lines.push(std::mem::take(&mut part));
            taken = 0;
        } else {
            part.push_str(blank.text);
            taken += blank.width;
        }
        blank = Piece::default();
        part.push_str(piece.text);
        taken += piece.width;
        has_word |= !piece.is_blank;
    }
    lines.push(part);
    lines
}

/// How far the lines under a folded one are moved in.
fn hanging(line: &str) -> usize {
    let text = line.trim_start_matches(' ');
    line.len() - text.len() + 2
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_folded_between_words() {
        assert_eq!(fold("error: a few words\n  and more", 12), "error: a few\n  words\n  and more");
        assert_eq!(fold("      = put it somewhere", 20), "      = put it\n      somewhere");
        assert_eq!(fold("short", 12), "short");
        assert_eq!(fold("a /very/long/path/to/a/file it is", 10), "a\n  /very/long/path/to/a/file\n  it is");
    }

    #[test]
    fn chinese_is_folded_between_characters_but_for_marks() {
        assert_eq!(fold("北京天津石家庄", 8), "北京天津\n  石家庄");
        assert_eq!(fold("北京天津，石家庄", 8), "北京天\n  津，石\n  家庄");
        assert_eq!(width("北京 a"), 6);
    }

    #[test]
    fn escapes_take_no_columns() {
        assert_eq!(width("\u{1b}[31m\u{1b}[1merror:\u{1b}[0m x"), 8);
        assert_eq!(fold("\u{1b}[31mred\u{1b}[0m and more", 8), "\u{1b}[31mred\u{1b}[0m and\n  more");
    }

    #[test]
    fn lines_of_files_stay() {
        let message = "f.yaml:2:7: this isn't known here\n   12 | kind: publik\n      |       ^^^^^^";
        assert_eq!(
            fold(message, 20),
            "f.yaml:2:7: this\n  isn't known here\n   12 | kind: publik\n      |       ^^^^^^"
        );
    }

    proptest! {
        #[test]
        fn nothing_but_blanks_is_lost_and_only_long_words_stand_out(
            words in prop::collection::vec("[a-z]{1,8}|[北京，。（）]{1,6}", 1..20), columns in 16_usize..60
        ) {
            let line = words.join(" ");
            let folded = fold(&line, columns);
            prop_assert_eq!(folded.replace(['\n', ' '], ""), line.replace(' ', ""));
            for line in folded.split('\n') {
                prop_assert!(width(line) <= columns, "{:?} of {}", line, columns);
            }
        }
    }
}
