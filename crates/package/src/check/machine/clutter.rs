//! What belongs to version control, an editor or a system, and links that lead out of the package.

use crate::check::outcome::{Finding, Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;

pub(in crate::check) const RULE: Rule =
    Rule { id: "aea-clutter", title: "files of systems and version control", check };

fn check(subject: &Subject<'_>) -> Outcome {
    let own = subject
        .examined
        .clutter
        .iter()
        .map(|path| found(path, "belongs to a system, an editor or version control"));
    let mut findings: Vec<Finding> = own.collect();
    findings.extend(
        subject
            .examined
            .links
            .iter()
            .map(|path| found(path, "a link, which others get without what it leads to")),
    );
    Outcome::unless(
        findings,
        "nothing is there that doesn't belong there",
        "things that don't belong there",
        "take them out of the package",
    )
}
