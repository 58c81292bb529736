//! Claims and what became of them, for templates.

use serde::Serialize;

use crate::claims::{ClaimOutcome, EvaluatedClaim, Verdict};
use crate::name::Name;

/// All claims of a report.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ClaimsView {
    /// The claims, in order.
    pub claims: Vec<ClaimView>,
    /// How they fare by the published tables.
    pub published: ClaimCounts,
    /// How they fare by the vintage.
    pub estimated: ClaimCounts,
    /// Whether anything was published that they were held against.
    pub compared: bool,
}

/// How many claims there are of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ClaimCounts {
    /// That hold.
    pub hold: usize,
    /// That fail.
    pub fail: usize,
    /// That can't be evaluated.
    pub open: usize,
}

/// A claim.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClaimView {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub place: Name,
    /// Its words.
    pub quote: Name,
    /// What it comes to.
    pub statements: Vec<String>,
    /// By the published tables.
    pub published: VerdictView,
    /// By the vintage.
    pub estimated: VerdictView,
    /// What a reader should know; empty for nothing.
    pub note: Name,
}

/// A verdict.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct VerdictView {
    /// `holds`, `fails`, `open`, or empty where there is nothing to hold it against.
    pub verdict: &'static str,
    /// The numbers that decide, or why nothing does.
    pub because: Vec<String>,
}

impl ClaimsView {
    pub(crate) fn new(outcomes: &[ClaimOutcome]) -> Self {
        let counts = |of: &dyn Fn(&ClaimOutcome) -> Option<Verdict>| {
            let count = |wanted| outcomes.iter().filter(|one| of(one) == Some(wanted)).count();
            ClaimCounts {
                hold: count(Verdict::Holds),
                fail: count(Verdict::Fails),
                open: count(Verdict::NotEvaluable),
            }
        };
        let claims = outcomes.iter().map(|outcome| ClaimView {
            id: outcome.claim.id.clone(),
            place: Name::new(&outcome.claim.id, &outcome.claim.place),
            quote: Name::new(&outcome.claim.id, &outcome.claim.quote),
            statements: outcome.claim.statements.clone(),
            published: outcome.published.as_ref().map(verdict).unwrap_or_default(),
            estimated: verdict(&outcome.estimated),
            note: Name::new("note", &outcome.claim.note),
        });
        Self {
            claims: claims.collect(),
            published: counts(&|one| one.published.as_ref().map(|published| published.verdict)),
            estimated: counts(&|one| Some(one.estimated.verdict)),
            compared: outcomes.iter().any(|one| one.published.is_some()),
        }
    }
}

fn verdict(of: &EvaluatedClaim) -> VerdictView {
    VerdictView { verdict: of.verdict.word(), because: of.because.clone() }
}
