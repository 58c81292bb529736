//! The lines of a scaffolded manifest.

use super::names::quoted;

/// Lines, and how many of them ask for a person.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) text: String,
    pub(super) reviews: usize,
}

impl Lines {
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A line with a note of what was seen.
    pub(super) fn guess(&mut self, line: &str, seen: &str) {
        self.line(&format!("{line}  # guess: {seen}"));
    }

    /// A line with a note of what a person has to decide.
    pub(super) fn review(&mut self, line: &str, question: &str) {
        self.reviews += 1;
        let between = if line.trim().is_empty() { "" } else { "  " };
        self.line(&format!("{line}{between}# REVIEW: {question}"));
    }

    pub(super) fn append(&mut self, other: &Self) {
        self.text.push_str(&other.text);
        self.reviews += other.reviews;
    }

    /// What stands before the sources.
    pub(super) fn head(&mut self, name: &str, date: &str) {
        self.line("# Made by `vintner vintage new` from the files alone. `guess:` says what was seen; `REVIEW:` wants your eye or your hand.");
        self.line("# `vintner vintage check` reads everything as this file says, and shows what is wrong.");
        self.review(&format!("title: {{en: {}}}", quoted(name)), "say what the vintage is");
        self.review("kind: public", "public, licensed or synthetic");
        self.guess(&format!("date: {date}"), "the newest file's");
        self.review("notice: {en: \"Not reviewed yet.\"}", "what everything made from it must say");
        self.line("\nsources:");
    }
}
