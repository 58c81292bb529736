//! Rule 4: data are in formats that common software reads.

use crate::check::outcome::{Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::examined::{has_ending, is_data};

pub(in crate::check) const RULE: Rule = Rule { id: "dcas-04", title: "data format", check };

/// Formats that need a program that few have.
const CLOSED: [&str; 8] = ["mdb", "accdb", "bak", "fp7", "fmp12", "wk1", "jmp", "pzfx"];
/// Formats of one maker's program that others read, too.
const PROPRIETARY: [&str; 9] = ["dta", "xls", "xlsb", "sav", "por", "sas7bdat", "mat", "pkl", "rda"];

fn check(subject: &Subject<'_>) -> Outcome {
    let of = |endings: &[&str], what: &str| {
        subject
            .examined
            .paths()
            .filter(|path| has_ending(path, endings))
            .map(|path| found(path, what))
            .collect::<Vec<_>>()
    };
    let closed = of(&CLOSED, "a format that common statistical software doesn't read");
    if !closed.is_empty() {
        return Outcome::fail(format!("{} files are in closed formats", closed.len()), "save them as CSV")
            .with(closed);
    }
    if !subject.examined.paths().any(is_data) {
        return Outcome::not_applicable("there are no data files");
    }
    let proprietary = of(&PROPRIETARY, "a proprietary format that others read, too");
    match proprietary.len() {
        0 => Outcome::pass("all data are in open formats"),
        many => Outcome::pass(format!(
            "common software reads all data; {many} files aren't in open formats, which some journals ask for"
        ))
        .with(proprietary),
    }
}
