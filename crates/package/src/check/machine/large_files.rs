//! Files of more than 100 MB, which version control and repositories handle apart.

use crate::check::outcome::{Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;

pub(in crate::check) const RULE: Rule = Rule { id: "aea-large-files", title: "files over 100 MB", check };

const LIMIT: u64 = 100 << 20;

fn check(subject: &Subject<'_>) -> Outcome {
    let large = subject.examined.files.iter().filter(|(_, bytes)| **bytes > LIMIT);
    let findings = large.map(|(path, bytes)| found(path, format!("{} MB", bytes >> 20))).collect();
    Outcome::asks(
        findings,
        "no file is larger than 100 MB",
        "files larger than 100 MB",
        "see that each is needed; compress it in a format that its readers open, or deposit it apart and name it in the README",
    )
}
