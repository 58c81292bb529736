//! Rule 8: the programs that make the results are there.

use crate::check::outcome::{Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::parts::EXHIBITS;

pub(in crate::check) const RULE: Rule =
    Rule { id: "dcas-08", title: "programs that make the results", check };

fn check(subject: &Subject<'_>) -> Outcome {
    if !subject.ours {
        return match subject.programs().len() {
            0 => Outcome::fail("there are no programs", "add every program that computes a result"),
            many => Outcome::person(
                format!("{many} programs are there"),
                "see that each table and figure of the paper is made by one of them",
            ),
        };
    }
    let pipeline =
        subject.examined.paths().filter(|path| !path.contains('/')).find(|path| path.ends_with(".lock"));
    let Some(lock) = pipeline else { return Outcome::fail("the pipeline has no lock", "package again") };
    let named = lock.replace(".lock", ".yaml");
    let text = subject.examined.text(&named).unwrap_or_default();
    let mut findings = Vec::new();
    for row in &subject.exhibits {
        let stage = row.get("stage").map(String::as_str).unwrap_or_default();
        let name = stage.split('[').next().unwrap_or(stage);
        if !name.is_empty() && !text.contains(name) {
            let what = row.get("name").cloned().unwrap_or_default();
            findings.push(found(EXHIBITS, format!("{what} is made by stage {stage}, which {named} hasn't")));
        }
    }
    let made =
        format!("each of {} exhibits and claims is made by a stage of {named}", subject.exhibits.len());
    Outcome::unless(findings, &made, "exhibits that no stage makes", "package again")
}
