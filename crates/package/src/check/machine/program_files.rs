//! Programs, and which of them runs the others.

use std::collections::BTreeMap;

use crate::check::outcome::{Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::examined::language;

pub(in crate::check) const RULE: Rule =
    Rule { id: "aea-program-files", title: "programs, and a main program", check };

const MAIN: [&str; 9] =
    ["main", "master", "run_all", "runall", "run-all", "00_", "0_", "makefile", "snakefile"];

fn check(subject: &Subject<'_>) -> Outcome {
    let programs = subject.programs();
    let mut by_language: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for path in &programs {
        let Some(language) = language(path) else { continue };
        let lines = subject.examined.text(path).map_or(0, |text| text.lines().count());
        let counts = by_language.entry(language.word()).or_default();
        *counts = (counts.0 + 1, counts.1 + lines);
    }
    let counts =
        by_language.iter().map(|(language, (files, lines))| format!("{files} {language} ({lines} lines)"));
    let counts = counts.collect::<Vec<_>>().join(", ");
    if subject.ours {
        let beside = if counts.is_empty() { String::new() } else { format!(", beside it {counts}") };
        return Outcome::pass(format!("the pipeline is the main program{beside}"));
    }
    if programs.is_empty() {
        return Outcome::fail("there are no programs", "add them");
    }
    let main = programs.iter().find(|path| {
        let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
        MAIN.iter().any(|main| name.starts_with(main))
    });
    match (main, programs.len()) {
        (Some(main), _) => Outcome::pass(format!("{counts}; {main} seems to be the main program")),
        (None, 1) => Outcome::pass(format!("{counts}, which is the main program")),
        (None, _) => Outcome::person(
            format!("{counts}; none is called like a main program"),
            "write one program that runs all others in their order",
        )
        .with(programs.iter().map(|path| found(*path, "a program")).collect()),
    }
}
