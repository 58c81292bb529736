//! What changed since the round before: its list of checksums against this package.

use crate::check::outcome::{Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::examined::checksums;

pub(in crate::check) const RULE: Rule =
    Rule { id: "aea-changed-since", title: "changes since the last round", check };

fn check(subject: &Subject<'_>) -> Outcome {
    let Some(previous) = subject.previous else {
        return Outcome::not_applicable("no list of the round before was named with --previous");
    };
    let (before, _) = checksums(previous);
    let mut findings = Vec::new();
    for (path, digest) in &subject.digests {
        match before.get(path) {
            None => findings.push(found(path, "new")),
            Some(own) if own != digest => findings.push(found(path, "changed")),
            Some(_) => {}
        }
    }
    findings.extend(
        before.keys().filter(|path| !subject.digests.contains_key(*path)).map(|path| found(path, "gone")),
    );
    Outcome::asks(
        findings,
        "nothing changed since the round before",
        "files that changed since the round before",
        "see that each change is one that was asked for",
    )
}
