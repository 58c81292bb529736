//! Rule 13: a README in the form of the Social Science Data Editors' template, with nothing left to be said.

use crate::check::outcome::{Finding, Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::examined::Readme;
use crate::parts::TODO;

pub(in crate::check) const RULE: Rule = Rule { id: "dcas-13", title: "documentation: README", check };

/// What a README has to have, with words of which one has to be there.
const SECTIONS: [(&str, &[&str]); 7] = [
    ("data availability statement", &["data availability", "availability statement"]),
    ("list of data files", &["dataset list", "data files", "list of data", "datafile", "data file"]),
    (
        "software requirements",
        &["software requirement", "computational requirement", "software", "stata", "version"],
    ),
    ("run time", &["runtime", "run time", "run-time", "minutes", "hours", "seconds"]),
    ("memory", &["memory", " ram", "gb"]),
    ("instructions to replicators", &["instructions", "how to run", "to replicate", "to reproduce", "steps"]),
    (
        "list of tables and figures with their programs",
        &["list of tables", "list of figures", "table 1", "table `", "| table", "figure/table"],
    ),
];

fn check(subject: &Subject<'_>) -> Outcome {
    let cure = "write a README after the template of the Social Science Data Editors \
                (https://social-science-data-editors.github.io/template_README/)";
    let Some(readme) = &subject.readme else { return Outcome::fail("there is no README", cure) };
    if readme.text.is_none() {
        return Outcome::person(
            format!("{} can't be read by a program", readme.path),
            "read it; add it as README.md, too",
        );
    }
    let mut findings: Vec<Finding> = SECTIONS
        .iter()
        .filter(|(_, words)| !readme.says(words))
        .map(|(section, _)| found(&readme.path, format!("nothing on: {section}")))
        .collect();
    findings.extend(todos(subject, readme));
    if let Some(fault) = &subject.description_fault {
        findings.push(found("package.yaml", fault.lines().next().unwrap_or_default()));
    }
    Outcome::unless(
        findings,
        "the README has every section of the template, and nothing is left to be said",
        "things that the documentation lacks",
        cure,
    )
}

/// What is left to be said, in the README and beside it.
fn todos(subject: &Subject<'_>, readme: &Readme) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut files = vec![readme.path.as_str()];
    if subject.ours {
        files.extend([
            crate::parts::ACCESS,
            crate::parts::CODE_LICENCE,
            crate::parts::DATA_LICENCE,
            crate::parts::CITATION,
        ]);
    }
    for path in files {
        let text = subject.examined.text(path).unwrap_or_default();
        for (at, line) in
            text.lines().enumerate().filter(|(_, line)| line.contains(TODO) || line.contains("INSTRUCTIONS:"))
        {
            findings.push(found(
                format!("{path}:{}", at + 1),
                line.trim().trim_start_matches(['-', '>', ' ']).to_owned(),
            ));
        }
    }
    findings
}

/// Something that authors say of their research, or that it doesn't apply.
pub(super) fn told(
    subject: &Subject<'_>,
    words: Option<&str>,
    field: &str,
    none: &str,
    what: &str,
    names: &[&str],
    readme_words: &[&str],
) -> Outcome {
    let is_none =
        |text: &str| matches!(text.trim().to_lowercase().as_str(), "none" | "not applicable" | "n/a" | "no");
    if let Some(text) = words {
        return match is_none(text) {
            true => Outcome::not_applicable(format!("the authors say that {none}")),
            false => Outcome::pass(format!("the authors say: {}", text.trim())),
        };
    }
    let files = subject.examined.paths().filter(|path| {
        let path = path.to_lowercase();
        names.iter().any(|name| path.contains(name))
    });
    let findings: Vec<Finding> = files.map(|path| found(path, "may be it")).collect();
    let reason = if !findings.is_empty() {
        "files are there that may be it"
    } else if subject.readme_says(readme_words) {
        "the README speaks of it"
    } else {
        "nothing is said of it"
    };
    let cure = match subject.ours {
        true => format!("write `{field}` into package.yaml: {what}; or `none`"),
        false => format!("where it applies the README has to have {what}"),
    };
    Outcome::person(reason, cure).with(findings)
}
