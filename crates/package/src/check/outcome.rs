//! What a rule comes to.

use serde::Serialize;

/// Whether a package keeps a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It does.
    Pass,
    /// It doesn't.
    Fail,
    /// The rule doesn't apply.
    NotApplicable,
    /// A person has to look.
    NeedsAPerson,
}

impl Verdict {
    /// As people read it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotApplicable => "not applicable",
            Self::NeedsAPerson => "needs a person",
        }
    }
}

/// Something that was found, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The file, with the line where there is one.
    pub place: String,
    /// What is there.
    pub what: String,
}

/// What a rule comes to, with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    pub(crate) reason: String,
    pub(crate) cure: Option<String>,
    pub(crate) findings: Vec<Finding>,
}

impl Outcome {
    fn new(verdict: Verdict, reason: impl Into<String>) -> Self {
        Self { verdict, reason: reason.into(), cure: None, findings: Vec::new() }
    }

    pub(crate) fn pass(reason: impl Into<String>) -> Self {
        Self::new(Verdict::Pass, reason)
    }

    pub(crate) fn not_applicable(reason: impl Into<String>) -> Self {
        Self::new(Verdict::NotApplicable, reason)
    }

    pub(crate) fn person(reason: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { cure: Some(cure.into()), ..Self::new(Verdict::NeedsAPerson, reason) }
    }

    pub(crate) fn fail(reason: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { cure: Some(cure.into()), ..Self::new(Verdict::Fail, reason) }
    }

    pub(crate) fn with(mut self, findings: Vec<Finding>) -> Self {
        self.findings = findings;
        self
    }

    /// Fails where anything was found, and passes otherwise.
    pub(crate) fn unless(findings: Vec<Finding>, passed: &str, failed: &str, cure: &str) -> Self {
        match findings.len() {
            0 => Self::pass(passed),
            many => Self::fail(format!("{failed}: {many}"), cure).with(findings),
        }
    }

    /// Asks for a person where anything was found, and passes otherwise.
    pub(crate) fn asks(findings: Vec<Finding>, passed: &str, asked: &str, cure: &str) -> Self {
        match findings.len() {
            0 => Self::pass(passed),
            many => Self::person(format!("{asked}: {many}"), cure).with(findings),
        }
    }
}

/// Something found.
pub(crate) fn found(place: impl Into<String>, what: impl Into<String>) -> Finding {
    Finding { place: place.into(), what: what.into() }
}
