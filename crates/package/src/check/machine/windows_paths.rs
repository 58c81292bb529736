//! Paths with backslashes, which run on Windows alone.

use crate::check::outcome::{Finding, Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;

pub(in crate::check) const RULE: Rule = Rule { id: "aea-windows-paths", title: "paths of Windows", check };

fn check(subject: &Subject<'_>) -> Outcome {
    if subject.lines.is_empty() {
        return Outcome::not_applicable("there are no programs");
    }
    let mut findings: Vec<Finding> = Vec::new();
    for line in &subject.lines {
        if let Some(path) = backslashed(&line.code) {
            findings.push(found(&line.place, format!("`{path}`")));
        }
    }
    Outcome::unless(
        findings,
        "no program has a path with backslashes",
        "lines with paths of Windows",
        "write paths with `/`, which every system reads",
    )
}

/// The first text within quotes that is a path with backslashes: names on both sides of one, and no pattern, escape
/// or command of LaTeX.
fn backslashed(code: &str) -> Option<&str> {
    for quote in ['"', '\''] {
        for text in code.split(quote).skip(1).step_by(2) {
            let parts: Vec<&str> = text.split('\\').filter(|part| !part.is_empty()).collect();
            let is_name = |part: &&str| {
                part.chars().all(|letter| letter.is_alphanumeric() || " ._-:$`{}'".contains(letter))
            };
            let is_path = parts.len() >= 2 && parts.iter().all(is_name);
            // `\n`, `\t` and the like are escapes; a path ends in a file or has a folder of more than one letter.
            let escapes = text.split('\\').skip(1).all(|part| {
                let is_letter = part.chars().next().is_none_or(|letter| "ntrs0dw".contains(letter));
                let is_byte = part.strip_prefix('x').is_some_and(|digits| {
                    digits.len() == 2 && digits.chars().all(|digit| digit.is_ascii_hexdigit())
                });
                is_byte || is_letter && part.chars().count() <= 2
            });
            let latex = text.contains(['{', '&']) && !text.contains('.');
            if is_path && !escapes && !latex {
                return Some(text);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_from_escapes_and_latex() {
        assert_eq!(backslashed(r#"use "data\raw\cps.dta""#), Some(r"data\raw\cps.dta"));
        assert_eq!(backslashed(r#"cd "C:\Users\me\paper""#), Some(r"C:\Users\me\paper"));
        for code in [
            r#"print("a\nb")"#,
            r#"esttab, title("\textbf{x}")"#,
            r#"gsub("\\s+", "", x)"#,
            "y = a / b",
            r#"head == b"\x1f\x8b""#,
        ] {
            assert_eq!(backslashed(code), None, "{code}");
        }
    }
}
