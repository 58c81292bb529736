//! A program's text to the one that follows its language.

use crate::language::Language;
use crate::scanner::Scanner;
use crate::{makefile, scripts, shell, stata};

/// Follows a program; `path` is its place in the package.
pub(crate) fn follow(scanner: &mut Scanner<'_>, text: &str, path: &str, language: Language) {
    match language {
        Language::Stata => stata::follow(scanner, text),
        Language::R | Language::Python => scripts::follow(scanner, text, path, language),
        Language::Shell => shell::follow(scanner, text),
        Language::Make => makefile::follow(scanner, text),
    }
}
