//! Folders without anything in them, which archives and repositories lose.

use crate::check::outcome::{Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;

pub(in crate::check) const RULE: Rule = Rule { id: "aea-empty-folders", title: "empty folders", check };

fn check(subject: &Subject<'_>) -> Outcome {
    let findings = subject.examined.empty_folders.iter().map(|path| found(path, "an empty folder")).collect();
    Outcome::unless(
        findings,
        "no folder is empty",
        "empty folders",
        "have programs make the folders that they write into, and take these away",
    )
}
