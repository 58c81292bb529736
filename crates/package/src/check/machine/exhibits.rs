//! Every table and figure has a program that makes it.

use std::collections::BTreeSet;

use crate::check::outcome::{Finding, Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::examined::has_ending;
use crate::parts::EXHIBITS;

pub(in crate::check) const RULE: Rule =
    Rule { id: "aea-exhibits", title: "tables and figures with their programs", check };

const OUTPUT: [&str; 12] =
    ["tex", "png", "pdf", "eps", "svg", "gph", "jpg", "jpeg", "tif", "tiff", "rtf", "emf"];
const FOLDERS: [&str; 8] = ["output", "result", "table", "figure", "fig", "graph", "tab", "report"];

fn check(subject: &Subject<'_>) -> Outcome {
    if subject.ours { of_ours(subject) } else { of_others(subject) }
}

fn of_ours(subject: &Subject<'_>) -> Outcome {
    let listed: BTreeSet<&str> =
        subject.exhibits.iter().flat_map(|row| Subject::list(row, "files")).collect();
    let readme = subject.readme.as_ref().and_then(|readme| readme.text.clone()).unwrap_or_default();
    let mut findings: Vec<Finding> = Vec::new();
    for path in &listed {
        if !subject.examined.files.contains_key(*path) {
            findings.push(found(*path, format!("{EXHIBITS} lists it, and it isn't there")));
        } else if !readme.contains(*path)
            && subject.exhibits.iter().any(|row| {
                row.get("kind").is_some_and(|kind| kind != "claim")
                    && Subject::list(row, "files").contains(path)
            })
        {
            findings.push(found(*path, "the README's list of tables and figures hasn't it"));
        }
    }
    let own = |path: &str| ["codebook/", "data/", "replicate/"].iter().any(|folder| path.starts_with(folder));
    let included = &subject.description.include;
    let published: BTreeSet<&str> =
        subject.stages.iter().flat_map(|row| Subject::list(row, "published")).collect();
    let read: BTreeSet<&str> =
        subject.stages.iter().flat_map(|row| Subject::list(row, "files_read")).collect();
    let shown = |path: &str| has_ending(path, &OUTPUT) || has_ending(path, &["html", "docx", "xlsx", "csv"]);
    for path in subject.examined.paths().filter(|path| shown(path) && !own(path)) {
        let known = listed.contains(path) || published.contains(path) || read.contains(path);
        if !known && !included.iter().any(|included| included == path) {
            findings.push(found(path, "no stage makes it, and no list has it"));
        }
    }
    let passed =
        format!("each of {} exhibits and claims is listed with what makes it", subject.exhibits.len());
    Outcome::unless(
        findings,
        &passed,
        "tables and figures amiss",
        "publish it from a stage, or take it out, and package again",
    )
}

fn of_others(subject: &Subject<'_>) -> Outcome {
    let outputs: Vec<&str> = subject
        .examined
        .paths()
        .filter(|path| has_ending(path, &OUTPUT) || has_ending(path, &["xlsx", "csv", "html", "docx"]))
        .filter(|path| {
            let folders =
                path.rsplit_once('/').map(|(folders, _)| folders.to_lowercase()).unwrap_or_default();
            folders.split('/').any(|folder| FOLDERS.iter().any(|word| folder.starts_with(word)))
        })
        .collect();
    let orphans: Vec<Finding> = outputs
        .iter()
        .filter(|path| !in_program(subject, path))
        .map(|path| found(*path, "no program names it"))
        .collect();
    let cure = "name in the README for each table and figure the program and the line that makes it";
    if !orphans.is_empty() {
        return Outcome::fail(format!("tables and figures without a program: {}", orphans.len()), cure)
            .with(orphans);
    }
    let maps = subject.readme_says(&["list of tables", "figure/table", "table 1", "figure 1"]);
    match (maps, outputs.len()) {
        (true, many) => Outcome::person(
            format!("the README lists tables and figures; programs name all {many} files of output"),
            "see that the list has every table, figure and number of the paper",
        ),
        (false, _) if subject.readme_is_unreadable() => Outcome::person(
            "the README can't be read by a program",
            "look there for a list of tables and figures with their programs",
        ),
        (false, _) => Outcome::fail("the README has no list of tables and figures with their programs", cure),
    }
}

/// Whether a program has the name of a file of output, or its stem of more than two letters.
fn in_program(subject: &Subject<'_>, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    subject.lines.iter().any(|line| {
        let code = line.code.to_lowercase();
        code.contains(&name) || stem.len() >= 3 && code.contains(stem)
    })
}
