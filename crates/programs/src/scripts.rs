//! Programs in R and Python, word by word.

use crate::calls::{Call, called};
use crate::cursor::{Cursor, Known};
use crate::language::Language;
use crate::paths::{joined, parent};
use crate::scanner::Scanner;
use crate::tokens::{Token, Word, tokens};
use crate::value::Value;

/// Follows a program.
pub(crate) fn follow(scanner: &mut Scanner<'_>, text: &str, program: &str, language: Language) {
    let tokens = tokens(text, language);
    let mut starts = true;
    let (mut open, mut blocks) = (0usize, 0usize);
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1).map(|token| &token.word);
        if let Word::Name(name) = &token.word {
            let before = at.checked_sub(1).and_then(|at| tokens.get(at)).map(|token| &token.word);
            match name.as_str() {
                "for" => in_turn(scanner, &tokens, at, program, language),
                "function" | "def" => parameters(scanner, &tokens, at, language),
                "import" | "from" if language == Language::Python && starts => {
                    imported(scanner, &tokens, at, program);
                }
                _ => {
                    let assigned = match next {
                        Some(Word::Sign("<-" | "<<-")) => language == Language::R,
                        Some(Word::Sign("=")) => starts && (open == 0 || language == Language::R),
                        _ => false,
                    };
                    let part = matches!(before, Some(Word::Sign("." | "$" | "@")));
                    if assigned && !part {
                        let value = evaluated(scanner, &tokens, at + 2, program, language);
                        let value = scanner.settled(name, value, token.line);
                        scanner.values.insert(name.clone(), value);
                        if open == 0 && blocks == 0 {
                            scanner.assigned.insert(name.clone());
                        }
                    }
                    if next == Some(&Word::Sign("(")) {
                        call(scanner, &tokens, at, program, language);
                    }
                }
            }
        }
        match token.word {
            Word::End | Word::Sign(";") => starts = true,
            Word::Sign(brace @ ("{" | "}")) if language == Language::R => {
                blocks = if brace == "{" { blocks + 1 } else { blocks.saturating_sub(1) };
                starts = true;
            }
            Word::Sign("(" | "[" | "{") => {
                open += 1;
                starts = false;
            }
            Word::Sign(")" | "]" | "}") => {
                open = open.saturating_sub(1);
                starts = false;
            }
            _ => starts = false,
        }
    }
}

fn evaluated(scanner: &Scanner<'_>, tokens: &[Token], at: usize, program: &str, language: Language) -> Value {
    Cursor::new(tokens, at, Known { values: &scanner.values, program, language }).expression()
}

/// `for (x in …)`, `for x in …:`
fn in_turn(scanner: &mut Scanner<'_>, tokens: &[Token], at: usize, program: &str, language: Language) {
    let from = if language == Language::R { at + 2 } else { at + 1 };
    let word = |at: usize| tokens.get(at).map(|token| &token.word);
    if let (Some(Word::Name(name)), Some(Word::Name(between))) = (word(from), word(from + 1))
        && between == "in"
    {
        let value = evaluated(scanner, tokens, from + 2, program, language);
        scanner.values.insert(name.clone(), value);
    }
}

/// What a function is given is unknown within it.
fn parameters(scanner: &mut Scanner<'_>, tokens: &[Token], at: usize, language: Language) {
    let from = if language == Language::R { at + 1 } else { at + 2 };
    let mut open = 0usize;
    let mut begins = false;
    for token in tokens.iter().skip(from) {
        match &token.word {
            Word::Sign("(" | "[" | "{") => {
                open += 1;
                begins = open == 1;
            }
            Word::Sign(")" | "]" | "}") => {
                open = open.saturating_sub(1);
                if open == 0 {
                    return;
                }
            }
            Word::Sign(",") if open == 1 => begins = true,
            Word::Name(name) if begins => {
                scanner.values.insert(name.clone(), Value::Unknown);
                begins = false;
            }
            Word::End if open == 0 => return,
            _ => {}
        }
    }
}

/// `import a`, `import a as b`, `from a import b, c`: where `a` is a file of the package, its values are known.
fn imported(scanner: &mut Scanner<'_>, tokens: &[Token], at: usize, program: &str) {
    let from = matches!(tokens.get(at).map(|token| &token.word), Some(Word::Name(word)) if word == "from");
    let statement: Vec<&Word> =
        tokens.iter().skip(at + 1).map(|token| &token.word).take_while(|word| **word != Word::End).collect();
    let mut module = Vec::new();
    let mut rest = statement.iter();
    let mut levels = 0;
    for word in rest.by_ref() {
        match word {
            Word::Name(name) if name == "import" || name == "as" => break,
            Word::Name(name) => module.push(name.as_str()),
            Word::Sign(".") => {
                if module.is_empty() {
                    levels += 1;
                }
            }
            _ => break,
        }
    }
    if module.is_empty() {
        return;
    }
    let names: Vec<&str> = rest
        .filter_map(|word| match word {
            Word::Name(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let ups = "../".repeat(usize::saturating_sub(levels, 1));
    let folders = [parent(program).to_owned(), scanner.folder.clone(), String::new()];
    let candidates = folders.iter().flat_map(|folder| {
        let path = format!("{ups}{}", module.join("/"));
        [joined(folder, &format!("{path}.py")), joined(folder, &format!("{path}/__init__.py"))]
    });
    let Some(file) = candidates.flatten().find(|path| scanner.package.has(path)) else { return };
    let own = std::mem::take(&mut scanner.values);
    scanner.follow(&file, Language::Python, &[], false);
    let theirs = std::mem::replace(&mut scanner.values, own);
    if from {
        for (name, value) in theirs {
            if names.contains(&name.as_str()) || names.is_empty() {
                scanner.values.insert(name, value);
            }
        }
    } else {
        let module = module.join(".");
        let called = names.last().copied().unwrap_or(&module);
        for (name, value) in theirs {
            scanner.values.insert(format!("{called}.{name}"), value);
        }
    }
}

/// A name and an opening bracket.
fn call(scanner: &mut Scanner<'_>, tokens: &[Token], at: usize, program: &str, language: Language) {
    let Some(Token { word: Word::Name(name), line }) = tokens.get(at) else { return };
    if language == Language::R
        && ["library", "require"].contains(&name.as_str())
        && let Some(Word::Name(attached) | Word::Text(attached, _)) =
            tokens.get(at + 2).map(|token| &token.word)
        && !scanner.libraries.contains(attached)
    {
        scanner.libraries.push(attached.clone());
    }
    let known = Known { values: &scanner.values, program, language };
    let arguments = Cursor::new(tokens, at + 1, known).arguments();
    let begin = receiver_start(tokens, at);
    let receiver = match begin < at {
        true => {
            let slice = tokens.get(begin..at.saturating_sub(1)).unwrap_or_default();
            let mut ended = slice.to_vec();
            ended.push(Token { word: Word::End, line: *line });
            Cursor::new(&ended, 0, known).expression()
        }
        false => Value::Unknown,
    };
    let of: String = tokens
        .get(begin..at)
        .unwrap_or_default()
        .iter()
        .filter_map(|token| match &token.word {
            Word::Name(name) => Some(name.as_str()),
            _ => None,
        })
        .collect::<Vec<_>>()
        .join(".");
    called(scanner, &Call { name, of: &of, receiver, arguments, line: *line, language });
}

/// Names of Python before a bracket that call nothing.
const KEYWORDS: [&str; 10] = ["in", "return", "and", "or", "not", "if", "else", "yield", "await", "is"];

/// Where the expression begins of which the name at `at` is a method.
fn receiver_start(tokens: &[Token], at: usize) -> usize {
    let word = |at: usize| tokens.get(at).map(|token| &token.word);
    let mut begin = at;
    while begin >= 2 && word(begin - 1) == Some(&Word::Sign(".")) {
        let mut start = begin - 2;
        let mut open = 0usize;
        loop {
            match word(start) {
                Some(Word::Sign(")" | "]")) => open += 1,
                Some(Word::Sign("(" | "[")) => {
                    open = open.saturating_sub(1);
                    // The function before the bracket belongs to it.
                    let called = start > 0
                        && matches!(word(start - 1), Some(Word::Name(name)) if !KEYWORDS.contains(&name.as_str()));
                    if open == 0 && called {
                        start -= 1;
                        break;
                    }
                }
                Some(Word::End) => return begin,
                _ => {}
            }
            if open == 0 || start == 0 {
                break;
            }
            start -= 1;
        }
        begin = start;
    }
    begin
}
