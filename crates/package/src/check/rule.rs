//! A rule.

use super::outcome::Outcome;
use super::subject::Subject;

/// A rule, and how it is looked at.
pub(crate) struct Rule {
    /// Its id: the standard, its number there or a word.
    pub(crate) id: &'static str,
    /// What it asks for, in a few words.
    pub(crate) title: &'static str,
    /// Its look.
    pub(crate) check: fn(&Subject<'_>) -> Outcome,
}
