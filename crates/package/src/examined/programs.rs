//! Programs, line by line, with comments taken away.

use super::examined::Examined;
use super::kinds::{Language, ending, language};

/// A line of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProgramLine {
    /// Where it stands: `code/main.do:12`; in a notebook with its cell.
    pub(crate) place: String,
    /// The program.
    pub(crate) path: String,
    /// Its language.
    pub(crate) language: Language,
    /// The line without what is a comment.
    pub(crate) code: String,
}

/// The lines of all programs that can be read, without comments and without what is blank.
pub(crate) fn program_lines(examined: &Examined) -> Vec<ProgramLine> {
    let mut found = Vec::new();
    for path in examined.paths() {
        let Some(language) = language(path) else { continue };
        let Some(text) = examined.text(path) else { continue };
        let mut add = |place: String, code: &str| {
            if !code.trim().is_empty() {
                found.push(ProgramLine { place, path: path.to_owned(), language, code: code.to_owned() });
            }
        };
        if ending(path) == "ipynb" {
            for (cell, source) in cells(&text).into_iter().enumerate() {
                for (at, line) in without_comments(&source, language).iter().enumerate() {
                    add(format!("{path}:cell {}:{}", cell + 1, at + 1), line);
                }
            }
        } else {
            for (at, line) in without_comments(&text, language).iter().enumerate() {
                add(format!("{path}:{}", at + 1), line);
            }
        }
    }
    found
}

/// The code cells of a notebook.
fn cells(text: &str) -> Vec<String> {
    let notebook: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let cells = notebook.get("cells").and_then(|cells| cells.as_array());
    let code =
        cells.into_iter().flatten().filter(|cell| cell.get("cell_type").is_some_and(|kind| kind == "code"));
    code.map(|cell| match cell.get("source") {
        Some(serde_json::Value::Array(lines)) => lines.iter().filter_map(|line| line.as_str()).collect(),
        Some(serde_json::Value::String(text)) => text.clone(),
        _ => String::new(),
    })
    .collect()
}

/// The lines of a program, comments blanked.
fn without_comments(text: &str, language: Language) -> Vec<String> {
    let mut within_block = false;
    text.lines()
        .map(|line| match language {
            Language::Stata | Language::Sas => slashed(line, &mut within_block),
            Language::R | Language::Python | Language::Julia => before_sign(line, '#').to_owned(),
            Language::Matlab => before_sign(line, '%').to_owned(),
            Language::Other => line.to_owned(),
        })
        .collect()
}

/// What stands before a sign that isn't within quotes.
fn before_sign(line: &str, sign: char) -> &str {
    let mut quote = None;
    for (at, letter) in line.char_indices() {
        match quote {
            Some(open) if letter == open => quote = None,
            None if letter == '"' || letter == '\'' => quote = Some(letter),
            None if letter == sign => return line.get(..at).unwrap_or(line),
            _ => {}
        }
    }
    line
}

/// Stata's comments: `*` at a line's begin, `//` after a blank, and `/* … */` over lines.
fn slashed(line: &str, within_block: &mut bool) -> String {
    let (mut code, mut rest) = (String::new(), line);
    if !*within_block && rest.trim_start().starts_with('*') && !rest.trim_start().starts_with("*/") {
        return code;
    }
    loop {
        if *within_block {
            let Some((_, after)) = rest.split_once("*/") else { return code };
            *within_block = false;
            rest = after;
        }
        let block = rest.find("/*");
        let lone = ["//", "///"].iter().filter_map(|sign| comment_at(rest, sign)).min();
        match (block, lone) {
            (Some(block), lone) if lone.is_none_or(|lone| block < lone) => {
                code.push_str(rest.get(..block).unwrap_or_default());
                rest = rest.get(block + 2..).unwrap_or_default();
                *within_block = true;
            }
            (_, Some(lone)) => {
                code.push_str(rest.get(..lone).unwrap_or_default());
                return code;
            }
            _ => {
                code.push_str(rest);
                return code;
            }
        }
    }
}

/// `//` begins a comment at a line's begin or after a blank; in `https://` it doesn't.
fn comment_at(line: &str, sign: &str) -> Option<usize> {
    let at = line.find(sign)?;
    let before = line.get(..at)?.chars().last();
    before.is_none_or(char::is_whitespace).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_no_code() {
        let stata =
            "* use \"C:\\x\"\nuse \"a.dta\" // C:\\y\n/* one\ntwo */ gen x = 1\nurl \"https://a.org\"";
        let found = without_comments(stata, Language::Stata);
        assert_eq!(found, ["", "use \"a.dta\" ", "", " gen x = 1", "url \"https://a.org\""]);
        let r = without_comments("x <- 1 # set.seed(1)\ny <- \"#no\"", Language::R);
        assert_eq!(r, ["x <- 1 ", "y <- \"#no\""]);
    }

    #[test]
    fn a_notebooks_code_is_its_code_cells() {
        let text = r##"{"cells": [{"cell_type": "markdown", "source": ["# t"]}, {"cell_type": "code", "source": ["import os\n", "os.x"]}]}"##;
        assert_eq!(cells(text), ["import os\nos.x"]);
    }
}
