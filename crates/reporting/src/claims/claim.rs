//! A claim and what became of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::Label;

/// A conclusion as the paper states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Its id.
    pub id: String,
    /// Where it stands in the paper.
    pub place: Label,
    /// The words, in the original and in English.
    pub quote: Label,
    /// The statements that it comes to; all must hold.
    pub statements: Vec<String>,
    /// What a reader should know of how it was put into statements; empty for nothing.
    #[serde(default)]
    pub note: Label,
}

/// Whether something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It does.
    Holds,
    /// It doesn't.
    Fails,
    /// The data don't say.
    NotEvaluable,
}

impl Verdict {
    /// `holds`, `fails` or `open`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
            Self::NotEvaluable => "open",
        }
    }
}

/// A statement, or a whole claim, held against some data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluatedClaim {
    /// Whether it holds.
    pub verdict: Verdict,
    /// The numbers that decide; where it can't be evaluated, why.
    pub because: Vec<String>,
}

/// A claim held against the publication's own tables and against a vintage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimOutcome {
    /// The claim.
    pub claim: Claim,
    /// By the published tables; none where nothing was published.
    pub published: Option<EvaluatedClaim>,
    /// By the estimates of the vintage.
    pub estimated: EvaluatedClaim,
}

impl EvaluatedClaim {
    pub(super) fn new(verdict: Verdict, because: Vec<String>) -> Self {
        Self { verdict, because }
    }

    /// All of several: fails where one does, and can't be evaluated where one can't and none fails. What
    /// decides is said of those that decide.
    pub(super) fn all(parts: Vec<Self>) -> Self {
        let verdict = [Verdict::Fails, Verdict::NotEvaluable]
            .into_iter()
            .find(|verdict| parts.iter().any(|part| part.verdict == *verdict))
            .unwrap_or(Verdict::Holds);
        let mut because: Vec<String> = Vec::new();
        for text in parts.into_iter().filter(|part| part.verdict == verdict).flat_map(|part| part.because) {
            if !because.contains(&text) {
                because.push(text);
            }
        }
        Self { verdict, because }
    }
}
