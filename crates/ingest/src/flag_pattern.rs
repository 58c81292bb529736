//! Marks beside a number: patterns of them, and taking them off a text.

use crate::fold::fold;

/// A pattern of a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FlagPattern {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// Some of these characters, as many as there are up to a number.
    Some(Class, usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Digits,
    Letter,
    Raised,
}

impl Class {
    fn holds(self, character: char) -> bool {
        match self {
            Class::Digits => character.is_ascii_digit(),
            Class::Letter => character.is_ascii_alphabetic(),
            Class::Raised => is_raised(character),
        }
    }
}

/// Whether a character is a raised digit or letter.
pub(crate) fn is_raised(character: char) -> bool {
    matches!(character, '¹' | '²' | '³' | 'ª' | 'º' | '\u{2070}'..='\u{207f}' | '\u{1d2c}'..='\u{1d6a}' | '\u{2b0}'..='\u{2b8}')
}

const CLASSES: [(&str, Class, usize); 3] =
    [("{digits}", Class::Digits, 3), ("{letter}", Class::Letter, 1), ("{raised}", Class::Raised, 3)];

impl FlagPattern {
    /// The pattern that a text writes.
    pub(crate) fn of(text: &str) -> Self {
        let text = fold(text);
        let mut rest = text.as_str();
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            let class = CLASSES.iter().find_map(|class| Some((class, rest.strip_prefix(class.0)?)));
            if let Some(((_, class, most), after)) = class {
                pieces.push(Piece::Some(*class, *most));
                rest = after;
                continue;
            }
            let next = CLASSES.iter().filter_map(|(name, ..)| rest.find(name)).min().unwrap_or(rest.len());
            let (plain, after) = rest.split_at(next);
            pieces.push(Piece::Text(plain.to_owned()));
            rest = after;
        }
        Self { pieces }
    }

    /// How long a mark is that begins a text; nothing where none does.
    fn before(&self, text: &str) -> Option<usize> {
        let mut at = 0;
        for piece in &self.pieces {
            let rest = text.get(at..)?;
            at += match piece {
                Piece::Text(plain) => rest.starts_with(plain.as_str()).then_some(plain.len())?,
                Piece::Some(class, most) => {
                    let held = rest.chars().take(*most).take_while(|character| class.holds(*character));
                    held.map(char::len_utf8).sum::<usize>().checked_sub(1)? + 1
                }
            };
        }
        Some(at).filter(|at| *at > 0)
    }

    /// Where a mark begins that ends a text; nothing where none does.
    fn after(&self, text: &str) -> Option<usize> {
        let mut end = text.len();
        for piece in self.pieces.iter().rev() {
            let rest = text.get(..end)?;
            end -= match piece {
                Piece::Text(plain) => rest.ends_with(plain.as_str()).then_some(plain.len())?,
                Piece::Some(class, most) => {
                    let held = rest.chars().rev().take(*most).take_while(|character| class.holds(*character));
                    held.map(char::len_utf8).sum::<usize>().checked_sub(1)? + 1
                }
            };
        }
        Some(end).filter(|end| *end < text.len())
    }
}

/// A text with the marks at one of its ends taken off one by one: what is left after each, and the marks so far.
///
/// A mark that begins with a digit has to be set off from the number before it by a space: 12.31) may be 12.3 with the
/// mark 1), and may be 12.31 with another.
pub(crate) fn without_flags<'t>(text: &'t str, patterns: &[FlagPattern]) -> Vec<(&'t str, String)> {
    let mut found: Vec<(&str, String)> = Vec::new();
    let (mut rest, mut flags) = (text, Vec::<&str>::new());
    loop {
        // Marks may be divided by spaces and commas.
        let trimmed = rest.trim_end_matches([' ', ',']);
        let longest = patterns.iter().filter_map(|pattern| pattern.after(trimmed)).filter(|at| {
            let (before, mark) = trimmed.split_at_checked(*at).unwrap_or((trimmed, ""));
            !(mark.starts_with(|character: char| character.is_ascii_digit())
                && before.ends_with(|character: char| character.is_ascii_digit() || ".,".contains(character)))
        });
        let Some(at) = longest.min() else { break };
        let (before, mark) = trimmed.split_at_checked(at).unwrap_or((trimmed, ""));
        flags.insert(0, mark);
        rest = before.trim_end_matches(' ');
        found.push((rest, joined(&flags)));
    }
    // Then before what is left, and before the whole.
    let starts: Vec<(&str, String)> =
        std::iter::once((text, String::new())).chain(found.iter().cloned()).collect();
    for (start, after) in starts {
        let (mut rest, mut before) = (start, Vec::<&str>::new());
        while let Some(length) = patterns.iter().filter_map(|pattern| pattern.before(rest)).max() {
            let (mark, left) = rest.split_at_checked(length).unwrap_or((rest, ""));
            let runs_on = |a: &str, b: &str| {
                a.ends_with(|character: char| character.is_ascii_digit())
                    && b.starts_with(|character: char| character.is_ascii_digit())
            };
            if runs_on(mark, left) {
                break;
            }
            before.push(mark);
            rest = left.trim_start_matches([' ', ',']);
            let all: Vec<&str> = before
                .iter()
                .copied()
                .chain(std::iter::once(after.as_str()))
                .filter(|mark| !mark.is_empty())
                .collect();
            found.push((rest, joined(&all)));
        }
    }
    found
}

/// Marks as one text: letters beside one another, others divided by a space.
fn joined(flags: &[&str]) -> String {
    let mut text = String::new();
    for flag in flags {
        let letters = |text: &str| text.chars().all(char::is_alphanumeric);
        if !(text.is_empty() || letters(&text) && letters(flag)) {
            text.push(' ');
        }
        text.push_str(flag);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &str, patterns: &[&str]) -> Vec<(String, String)> {
        let patterns: Vec<FlagPattern> = patterns.iter().map(|pattern| FlagPattern::of(pattern)).collect();
        without_flags(text, &patterns).into_iter().map(|(rest, flags)| (rest.to_owned(), flags)).collect()
    }

    fn one(rest: &str, flag: &str) -> (String, String) {
        (rest.to_owned(), flag.to_owned())
    }

    #[test]
    fn marks_after_a_number() {
        assert_eq!(taken("341902187p", &["p", "e"]), [one("341902187", "p")]);
        assert_eq!(taken("12.3 bp", &["b", "p"]), [one("12.3 b", "p"), one("12.3", "bp")]);
        assert_eq!(taken("12.3 b,p", &["b", "p"]).last(), Some(&one("12.3", "bp")));
        assert_eq!(taken(": c", &["c"]), [one(":", "c")]);
        assert_eq!(taken("12.3¹", &["{raised}"]), [one("12.3", "¹")]);
        assert_eq!(taken("12.3 [14]", &["[{digits}]"]), [one("12.3", "[14]")]);
        assert_eq!(taken("12.3†*", &["*", "†"]).last(), Some(&one("12.3", "† *")));
        assert_eq!(taken("12.3x", &["p"]), []);
    }

    #[test]
    fn a_mark_of_digits_is_set_off_or_none() {
        assert_eq!(taken("12.31)", &["{digits})"]), []);
        assert_eq!(taken("12.3 1)", &["{digits})"]), [one("12.3", "1)")]);
    }

    #[test]
    fn marks_before_a_number() {
        assert_eq!(taken("*12.3", &["*"]), [one("12.3", "*")]);
        assert_eq!(taken("e 12.3 *", &["*", "e"]).last(), Some(&one("12.3", "e *")));
    }
}
