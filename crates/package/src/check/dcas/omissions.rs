//! Rule 16: the README says what is left out and why.

use std::collections::BTreeSet;

use crate::check::outcome::{Finding, Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::examined::is_data;

pub(in crate::check) const RULE: Rule = Rule { id: "dcas-16", title: "omissions stated", check };

fn check(subject: &Subject<'_>) -> Outcome {
    if subject.ours {
        let text =
            subject.readme.as_ref().map(|readme| readme.text.clone().unwrap_or_default()).unwrap_or_default();
        let mut findings = subject.unread_manifests();
        let mut left_out = 0;
        for vintage in &subject.vintages {
            let Ok(manifest) = &vintage.manifest else { continue };
            for part in manifest.parts() {
                let path = format!("{}/{}", vintage.raw, part.file);
                if subject.examined.files.contains_key(&path) {
                    continue;
                }
                left_out += 1;
                if !text.contains(&part.sha256) {
                    findings.push(found(path, "it isn't in the package, and the README doesn't say so"));
                }
            }
        }
        return match (findings.is_empty(), left_out) {
            (true, 0) => Outcome::pass("nothing is left out"),
            (true, many) => Outcome::pass(format!("the README names all {many} files that are left out")),
            (false, _) => {
                Outcome::fail(format!("omissions that aren't stated: {}", findings.len()), "package again")
                    .with(findings)
            }
        };
    }
    let findings = read_and_missing(subject);
    let cure = "add these files, or say in the README that they are left out and why";
    match findings.is_empty() {
        true => Outcome::person(
            "every data file that programs name is there, made by a program or named in the README",
            "see that the README states every omission",
        ),
        false => Outcome::fail(
            format!(
                "data that programs read, that aren't there and of which the README says nothing: {}",
                findings.len()
            ),
            cure,
        )
        .with(findings),
    }
}

/// Data files that programs read and that are nowhere: not in the package, written by no program, not in the README.
fn read_and_missing(subject: &Subject<'_>) -> Vec<Finding> {
    let there: BTreeSet<String> = subject.examined.paths().map(name_of).collect();
    let mut written = BTreeSet::new();
    let mut read: Vec<(String, String)> = Vec::new();
    for line in &subject.lines {
        let code = line.code.to_lowercase();
        let writes = [
            "save",
            "export",
            "write",
            "to_csv",
            "to_stata",
            "to_excel",
            "to_parquet",
            "outsheet",
            "esttab",
            "outreg",
            "ggsave",
        ];
        let writes = writes.iter().any(|word| code.contains(word))
            && !code.contains("use \"")
            && !code.contains("read");
        // A module that another language's is called by (`import("pyarrow.parquet")`) is no file.
        if code.contains("import(") {
            continue;
        }
        for text in quoted(&line.code) {
            if !is_data(text) || text.contains(['*', '`', '$', '{', '%']) {
                continue;
            }
            match writes {
                true => {
                    written.insert(name_of(text));
                }
                false => read.push((name_of(text), line.place.clone())),
            }
        }
    }
    let missing = read.into_iter().filter(|(name, _)| {
        !there.contains(name)
            && !written.contains(name)
            && !subject.readme.as_ref().is_some_and(|readme| readme.says(&[name.as_str()]))
    });
    missing
        .map(|(name, place)| found(place, format!("{name} is read here and isn't in the package")))
        .collect()
}

fn name_of(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or(path).to_lowercase()
}

/// Texts within quotes.
fn quoted(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for quote in ['"', '\''] {
        found.extend(code.split(quote).skip(1).step_by(2));
    }
    found
}
