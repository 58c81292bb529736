//! Logs of runs that ended in an error.

use crate::check::outcome::{Finding, Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::examined::has_ending;

pub(in crate::check) const RULE: Rule = Rule { id: "aea-logs", title: "logs without errors", check };

fn check(subject: &Subject<'_>) -> Outcome {
    let logs: Vec<&str> = subject
        .examined
        .paths()
        .filter(|path| has_ending(path, &["log", "smcl", "out", "rout", "lst"]))
        .collect();
    if logs.is_empty() {
        return Outcome::not_applicable("there are no logs");
    }
    let mut findings: Vec<Finding> = Vec::new();
    for path in &logs {
        let text = subject.examined.text(path).unwrap_or_default();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            // Stata ends a run at a line that holds nothing but its code: `r(601);`.
            let code = line.strip_prefix("r(").and_then(|rest| rest.strip_suffix(");"));
            let stata =
                code.is_some_and(|code| !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit()));
            if stata
                || line == "Execution halted"
                || line.starts_with("Traceback (most recent call last)")
                || line.starts_with("ERROR: LoadError")
            {
                findings.push(found(format!("{path}:{}", at + 1), line.to_owned()));
            }
        }
    }
    let passed = format!("none of {} logs has an error", logs.len());
    Outcome::unless(findings, &passed, "errors in logs", "mend what failed, and run everything anew")
}
