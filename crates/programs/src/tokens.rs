//! R and Python in words: names, texts, numbers, signs and ends of lines.

use crate::language::Language;

/// A word of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Word {
    /// A name; in R it may hold points.
    Name(String),
    /// A text, without its quotes; whether names in braces are filled in.
    Text(String, bool),
    /// A number, as written.
    Number(String),
    /// A sign.
    Sign(&'static str),
    /// The end of a statement's line.
    End,
}

/// A word and its line, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) word: Word,
    pub(crate) line: usize,
}

/// Signs of more than one character first.
const SIGNS: [&str; 32] = [
    "<<-", "%>%", "%in%", "<-", "->", "|>", "::", "==", "!=", "<=", ">=", "**", "//", "+=", ":=", "(", ")",
    "[", "]", "{", "}", ",", "=", "+", "-", "/", "*", ":", ".", "$", ";", "@",
];

/// The words of a program.
pub(crate) fn tokens(text: &str, language: Language) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut open: Vec<char> = Vec::new();
    let mut line = 1;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let mut taken = first.len_utf8();
        let mut push = |word| tokens.push(Token { word, line });
        if first == '\n' {
            // Within brackets a line goes on; within R's braces it doesn't.
            if open.last().is_none_or(|last| *last == '{' && language == Language::R) {
                push(Word::End);
            }
            line += 1;
        } else if first == '\\' && rest.starts_with("\\\n") {
            taken = 2;
            line += 1;
        } else if first.is_whitespace() {
        } else if first == '#' {
            taken = rest.find('\n').unwrap_or(rest.len());
        } else if let Some((text, filled, length)) = quoted(rest, language) {
            let lines = rest.get(..length).unwrap_or_default().matches('\n').count();
            push(Word::Text(text, filled));
            line += lines;
            taken = length;
        } else if first.is_ascii_digit() {
            taken = length_of(rest, |c| c.is_ascii_alphanumeric() || c == '.');
            push(Word::Number(rest.get(..taken).unwrap_or_default().trim_end_matches('L').to_owned()));
        } else if is_name_start(first, rest, language) {
            let pointed = language == Language::R;
            taken = length_of(rest, |c| c.is_alphanumeric() || c == '_' || (pointed && c == '.'));
            push(Word::Name(rest.get(..taken).unwrap_or_default().to_owned()));
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            taken = sign.len();
            match first {
                '(' | '[' | '{' => open.push(first),
                ')' | ']' | '}' => {
                    open.pop();
                }
                _ => {}
            }
            push(Word::Sign(sign));
        } else {
            push(Word::Sign("?"));
        }
        rest = rest.get(taken..).unwrap_or_default();
    }
    tokens.push(Token { word: Word::End, line });
    tokens
}

fn is_name_start(first: char, rest: &str, language: Language) -> bool {
    let point = language == Language::R
        && first == '.'
        && rest.chars().nth(1).is_some_and(|next| next.is_alphabetic() || next == '_');
    first.is_alphabetic() || first == '_' || point
}

fn length_of(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_part(c)).unwrap_or(text.len())
}

/// A text in quotes at the beginning: what it says, whether names are filled in, and how long it is with all quotes.
fn quoted(rest: &str, language: Language) -> Option<(String, bool, usize)> {
    let prefix = rest.find(['"', '\'']).filter(|at| *at <= 2)?;
    let (before, from) = rest.split_at(prefix);
    let letters = before.to_lowercase();
    let known = match language {
        Language::Python => letters.chars().all(|letter| "rbfu".contains(letter)),
        _ => letters.is_empty() || letters == "r",
    };
    if !known {
        return None;
    }
    let raw = letters.contains('r');
    let quote = from.chars().next()?;
    let long: String = std::iter::repeat_n(quote, 3).collect();
    let (opened, closing) = if language == Language::Python && from.starts_with(&long) {
        (3, long)
    } else if language == Language::R && raw {
        // r"(…)", with as many dashes on either side.
        let dashes = from.get(1..)?.chars().take_while(|c| *c == '-').count();
        let bracket = from.get(1 + dashes..)?.chars().next()?;
        let close = match bracket {
            '(' => ')',
            '[' => ']',
            '{' => '}',
            _ => return None,
        };
        (2 + dashes, format!("{close}{}{quote}", "-".repeat(dashes)))
    } else {
        (1, quote.to_string())
    };
    let mut said = String::new();
    let mut at = opened;
    loop {
        let here = from.get(at..)?;
        if here.starts_with(&closing) {
            return Some((said, letters.contains('f'), prefix + at + closing.len()));
        }
        let first = here.chars().next()?;
        at += first.len_utf8();
        if first == '\\' && !raw {
            let next = from.get(at..)?.chars().next()?;
            at += next.len_utf8();
            match next {
                'n' => said.push('\n'),
                't' => said.push('\t'),
                next => said.push(next),
            }
        } else {
            said.push(first);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, language: Language) -> Vec<Word> {
        tokens(text, language).into_iter().map(|token| token.word).collect()
    }

    #[test]
    fn comments_texts_and_lines() {
        let name = |text: &str| Word::Name(text.into());
        let text = |text: &str| Word::Text(text.into(), false);
        let found = words("x <- file.path(\"a\", # \"no\"\n 'b.csv')\ny", Language::R);
        let expected = [
            name("x"),
            Word::Sign("<-"),
            name("file.path"),
            Word::Sign("("),
            text("a"),
            Word::Sign(","),
            text("b.csv"),
            Word::Sign(")"),
            Word::End,
            name("y"),
            Word::End,
        ];
        assert_eq!(found, expected);
        assert_eq!(words("r\"(C:\\x)\"", Language::R), [text("C:\\x"), Word::End]);
        assert_eq!(
            words("f'{a}/b' \"\"\"two\nlines\"\"\"", Language::Python),
            [Word::Text("{a}/b".into(), true), text("two\nlines"), Word::End]
        );
        assert_eq!(
            tokens("\"\"\"two\nlines\"\"\"\nx", Language::Python).get(2).map(|token| token.line),
            Some(3)
        );
        assert_eq!(words("\"never closed", Language::R).last(), Some(&Word::End));
    }
}
