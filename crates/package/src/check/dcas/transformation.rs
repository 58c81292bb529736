//! Rule 7: the programs that make analysis data from raw data are there.

use std::collections::BTreeSet;

use crate::check::outcome::{Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;

pub(in crate::check) const RULE: Rule = Rule { id: "dcas-07", title: "programs that transform data", check };

fn check(subject: &Subject<'_>) -> Outcome {
    if !subject.ours {
        return match subject.programs().len() {
            0 => Outcome::fail(
                "there are no programs",
                "add every program that makes analysis data from raw data",
            ),
            many => Outcome::person(
                format!("{many} programs are there"),
                "see that some of them make each analysis file from raw data",
            ),
        };
    }
    let read: BTreeSet<&str> =
        subject.stages.iter().flat_map(|row| Subject::list(row, "files_read")).collect();
    let missing = read.into_iter().filter(|path| !subject.examined.files.contains_key(*path));
    let findings = missing.map(|path| found(path, "a stage reads it, and it isn't in the package")).collect();
    Outcome::unless(
        findings,
        "the pipeline is there with all files that its stages read",
        "files that stages read and that aren't there",
        "package again",
    )
}
