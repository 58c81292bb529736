//! A package, checked.

use std::path::Path;

use serde::Serialize;

use super::list::RULES;
use super::outcome::{Finding, Verdict};
use super::subject::Subject;
use crate::description::{Description, read_description};
use crate::error::{PackageError, Result};
use crate::examined::{open, program_lines, readme, rows_of, vintages};

/// What is asked for beside the package.
#[derive(Debug, Clone, Copy, Default)]
pub struct CheckOptions<'o> {
    /// The list of checksums of the round before, with which this one is compared.
    pub previous: Option<&'o Path>,
}

/// A verdict for each rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Whether Vintner wrote the package.
    pub written_by_vintner: bool,
    /// How many files it has.
    pub files: usize,
    /// Their size.
    pub bytes: u64,
    /// The rules.
    pub rules: Vec<CheckedRule>,
}

/// A rule with its verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckedRule {
    /// Its id.
    pub id: &'static str,
    /// What it asks for.
    pub title: &'static str,
    /// The verdict.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// What helps, where something does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cure: Option<String>,
    /// What was found, and where.
    pub findings: Vec<Finding>,
}

impl Checked {
    /// The rules that come to a verdict.
    pub fn with(&self, verdict: Verdict) -> impl Iterator<Item = &CheckedRule> {
        self.rules.iter().filter(move |rule| rule.verdict == verdict)
    }

    /// The rule of an id.
    pub fn rule(&self, id: &str) -> Option<&CheckedRule> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}

/// Looks at a package, a folder or a ZIP, by all rules; changes nothing in it.
///
/// # Errors
/// Where it can't be read.
pub fn check_package(path: &Path, options: CheckOptions<'_>) -> Result<Checked> {
    let examined = open(path)?;
    let ours = examined.is_ours();
    let previous = match options.previous {
        Some(list) => Some(
            vintner_guard::read_text(list)
                .map_err(PackageError::io(list, "reading the list of checksums"))?,
        ),
        None => None,
    };
    let mut digests = std::collections::BTreeMap::new();
    for file in examined.paths() {
        digests.insert(file.to_owned(), examined.sha256(file)?);
    }
    let (description, description_fault) = match read_description(&examined.folder) {
        Ok(description) if ours => (description, None),
        Err(error) if ours => (Description::default(), Some(error.to_string())),
        // A file of that name is something else to others.
        _ => (Description::default(), None),
    };
    let subject = Subject {
        ours,
        readme: readme(&examined),
        lines: program_lines(&examined),
        vintages: if ours { vintages(&examined) } else { Vec::new() },
        description,
        description_fault,
        exhibits: if ours { rows_of(&examined, crate::parts::EXHIBITS) } else { Vec::new() },
        stages: if ours { rows_of(&examined, crate::parts::STAGES) } else { Vec::new() },
        examined: &examined,
        previous: previous.as_deref(),
        digests,
    };
    let rules = RULES.iter().map(|rule| {
        let mut outcome = (rule.check)(&subject);
        outcome.findings.sort();
        outcome.findings.dedup();
        CheckedRule {
            id: rule.id,
            title: rule.title,
            verdict: outcome.verdict,
            reason: outcome.reason,
            cure: outcome.cure,
            findings: outcome.findings,
        }
    });
    Ok(Checked {
        written_by_vintner: ours,
        files: examined.files.len(),
        bytes: examined.files.values().sum(),
        rules: rules.collect(),
    })
}
