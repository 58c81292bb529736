//! A claim and what became of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::Label;

use super::ground::Ground;

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
    /// What it comes to where it is read in another way, as where a text names two units and doesn't say "only".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub or_read_as: Vec<String>,
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

/// What makes a failure less than a contradiction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nuance {
    /// All that is said of signs and significance holds; a number that the text names is another one.
    SizeDiffers,
    /// An effect that is claimed isn't significant here: the data don't bear it out, and don't contradict it.
    NotSupported,
}

impl Nuance {
    /// `size_differs` or `not_supported`: what labels are found by.
    pub fn key(self) -> &'static str {
        match self {
            Self::SizeDiffers => "size_differs",
            Self::NotSupported => "not_supported",
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::SizeDiffers => "direction holds, size differs",
            Self::NotSupported => "not supported",
        }
    }
}

/// A statement, or a whole claim, held against some data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluatedClaim {
    /// Whether it holds.
    pub verdict: Verdict,
    /// What makes its failure less than a contradiction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nuance: Option<Nuance>,
    /// The numbers that decide; where it can't be evaluated, why.
    pub because: Vec<String>,
    /// The same sentences with the units and coefficients that they are about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grounds: Vec<Ground>,
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
    /// By the same estimates under other standard errors, where these speak of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub under: Vec<UnderErrors>,
    /// How it fares where it is read in the other way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_reading: Option<OtherReading>,
}

/// A claim held against estimates with other standard errors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnderErrors {
    /// The standard errors.
    pub label: Label,
    /// How it fares under them.
    pub estimated: EvaluatedClaim,
}

/// A claim that is read in the other of two ways.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherReading {
    /// By the published tables; none where nothing was published.
    pub published: Option<EvaluatedClaim>,
    /// By the estimates of the vintage.
    pub estimated: EvaluatedClaim,
}

impl EvaluatedClaim {
    pub(super) fn new(verdict: Verdict, grounds: Vec<Ground>) -> Self {
        Self { verdict, nuance: None, because: grounds.iter().map(Ground::printed).collect(), grounds }
    }

    /// A failure that is less than a contradiction.
    pub(super) fn short_of(nuance: Nuance, grounds: Vec<Ground>) -> Self {
        Self { nuance: Some(nuance), ..Self::new(Verdict::Fails, grounds) }
    }

    /// The verdict with its nuance: `holds`, `fails`, `direction holds, size differs`, `not supported` or `open`.
    pub fn words(&self) -> &'static str {
        self.nuance.map_or(self.verdict.word(), Nuance::words)
    }

    /// All of several: fails where one does, and can't be evaluated where one can't and none fails. What
    /// decides is said of those that decide, each number once. The failure of all is as grave as the gravest.
    pub(super) fn all(parts: Vec<Self>) -> Self {
        let verdict = [Verdict::Fails, Verdict::NotEvaluable]
            .into_iter()
            .find(|verdict| parts.iter().any(|part| part.verdict == *verdict))
            .unwrap_or(Verdict::Holds);
        let deciding: Vec<Self> = parts.into_iter().filter(|part| part.verdict == verdict).collect();
        let is_all = |wanted: &[Nuance]| {
            deciding.iter().all(|part| part.nuance.is_some_and(|nuance| wanted.contains(&nuance)))
        };
        let nuance = match verdict {
            Verdict::Fails if is_all(&[Nuance::SizeDiffers]) => Some(Nuance::SizeDiffers),
            Verdict::Fails if is_all(&[Nuance::SizeDiffers, Nuance::NotSupported]) => {
                Some(Nuance::NotSupported)
            }
            _ => None,
        };
        let mut grounds: Vec<Ground> = Vec::new();
        for ground in deciding.into_iter().flat_map(|part| part.grounds) {
            // "also A: …", "not A: …" and "A: …" are the same numbers.
            if !grounds.iter().any(|told| told.says_the_same(&ground)) {
                grounds.push(ground);
            }
        }
        Self { nuance, ..Self::new(verdict, grounds) }
    }
}
