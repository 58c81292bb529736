//! Packages that programs of a language use, and whether anything says which.

use std::collections::BTreeMap;

use crate::check::outcome::{Finding, Outcome, found};
use crate::check::subject::Subject;
use crate::examined::Language;

/// Fails where packages are used that neither the README nor a file of requirements names.
pub(super) fn judged(
    subject: &Subject<'_>,
    language: Language,
    used: impl Fn(&str) -> Vec<String>,
    lists: &[&str],
    cure: &str,
) -> Outcome {
    let mut first: BTreeMap<String, String> = BTreeMap::new();
    let mut any = false;
    for line in subject.lines.iter().filter(|line| line.language == language) {
        any = true;
        for package in used(&line.code) {
            first.entry(package).or_insert_with(|| line.place.clone());
        }
    }
    if !any {
        return Outcome::not_applicable(format!("there are no {} programs", language.word()));
    }
    if first.is_empty() {
        return Outcome::pass("no package is used beside the language's own");
    }
    let is_list = |path: &&str| {
        let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
        lists.iter().any(|list| name.contains(list))
    };
    let mut named: String = subject.readme.as_ref().map(|readme| readme.lower()).unwrap_or_default();
    for path in subject.examined.paths().filter(is_list) {
        named.push_str(&subject.examined.text(path).unwrap_or_default().to_lowercase());
    }
    let unnamed: Vec<Finding> = first
        .iter()
        .filter(|(package, _)| !has_word(&named, &package.to_lowercase()))
        .map(|(package, place)| {
            found(place, format!("`{package}` is used, and no README or list names it with its version"))
        })
        .collect();
    let all = first.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    Outcome::unless(unnamed, &format!("packages are named: {all}"), "packages that nothing names", cure)
}

/// Whether a word is in a text, whole.
fn has_word(text: &str, word: &str) -> bool {
    let inner = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().last());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(inner) && !after.is_some_and(inner)
    })
}
