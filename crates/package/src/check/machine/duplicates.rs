//! Files with equal bytes.

use std::collections::BTreeMap;

use crate::check::outcome::{Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;

pub(in crate::check) const RULE: Rule = Rule { id: "aea-duplicates", title: "files with equal bytes", check };

fn check(subject: &Subject<'_>) -> Outcome {
    let mut by_digest: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (path, digest) in &subject.digests {
        if subject.examined.files.get(path).is_some_and(|bytes| *bytes > 0) {
            by_digest.entry(digest).or_default().push(path);
        }
    }
    let mut findings = Vec::new();
    for paths in by_digest.values().filter(|paths| paths.len() > 1) {
        if let Some((first, others)) = paths.split_first() {
            findings.extend(others.iter().map(|path| found(*path, format!("the same bytes as {first}"))));
        }
    }
    Outcome::asks(
        findings,
        "no two files are the same",
        "files that are there twice",
        "see that each is meant to be there, and take away what isn't",
    )
}
