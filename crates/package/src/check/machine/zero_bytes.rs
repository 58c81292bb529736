//! Files without a byte.

use crate::check::outcome::{Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;

pub(in crate::check) const RULE: Rule = Rule { id: "aea-zero-bytes", title: "files of zero bytes", check };

fn check(subject: &Subject<'_>) -> Outcome {
    // Python's packages are marked by files that may be empty.
    let empty =
        subject.examined.files.iter().filter(|(path, bytes)| **bytes == 0 && !path.ends_with("__init__.py"));
    let findings = empty.map(|(path, _)| found(path, "zero bytes")).collect();
    Outcome::unless(
        findings,
        "no file is empty",
        "files of zero bytes",
        "put there what is meant to be there, or take them away",
    )
}
