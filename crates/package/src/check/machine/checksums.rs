//! The list of all files with their SHA-256, and whether they still are these.

use crate::check::outcome::{Finding, Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::examined::checksums;
use crate::files::MANIFEST;

pub(in crate::check) const RULE: Rule =
    Rule { id: "aea-checksums", title: "list of files with SHA-256", check };

fn check(subject: &Subject<'_>) -> Outcome {
    let Some(text) = subject.examined.text(MANIFEST) else {
        return match subject.ours {
            true => Outcome::fail(format!("{MANIFEST} isn't there"), "package again"),
            false => {
                Outcome::not_applicable(format!("there is no {MANIFEST}; the data editor makes such a list"))
            }
        };
    };
    let (listed, odd) = checksums(&text);
    let mut findings: Vec<Finding> = odd
        .into_iter()
        .map(|line| found(format!("{MANIFEST}:{line}"), "no digest and path stand there"))
        .collect();
    for (path, digest) in &listed {
        match subject.digests.get(path) {
            None => findings.push(found(path, "it is listed and isn't there")),
            Some(own) if own != digest => {
                findings.push(found(path, "its bytes aren't those that are listed"))
            }
            Some(_) => {}
        }
    }
    for path in subject.examined.paths().filter(|path| *path != MANIFEST && !listed.contains_key(*path)) {
        findings.push(found(path, "it isn't listed"));
    }
    let passed = format!("all {} files are those that are listed", listed.len());
    Outcome::unless(
        findings,
        &passed,
        "files amiss",
        "restore the files that changed and take away what doesn't belong there, or package again",
    )
}
