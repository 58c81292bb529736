//! Rule 9: code is source that can be run or compiled.

use crate::check::outcome::{Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::examined::has_ending;

pub(in crate::check) const RULE: Rule = Rule { id: "dcas-09", title: "code as source", check };

const BINARY: [&str; 13] =
    ["exe", "dll", "so", "dylib", "pyc", "class", "jar", "o", "mexw64", "mexa64", "mexmaci64", "plugin", "p"];

fn check(subject: &Subject<'_>) -> Outcome {
    let binary: Vec<_> = subject
        .examined
        .paths()
        .filter(|path| has_ending(path, &BINARY))
        .map(|path| found(path, "compiled code"))
        .collect();
    if binary.is_empty() && subject.programs().is_empty() && !subject.ours {
        return Outcome::fail("there is no code", "add the programs as source");
    }
    let word_files =
        subject.examined.paths().filter(|path| has_ending(path, &["docx", "pdf", "doc"])).filter(|path| {
            let path = path.to_lowercase();
            path.starts_with("code/") || path.starts_with("programs/")
        });
    let mut findings: Vec<_> = word_files.map(|path| found(path, "a document among programs")).collect();
    findings.extend(binary);
    Outcome::unless(
        findings,
        "all code is source",
        "files that are no source",
        "add the source, and say in the README how it is compiled",
    )
}
