//! Claims that fare differently on two vintages.

use serde::Serialize;

use crate::claims::{ClaimOutcome, EvaluatedClaim};

/// The claims on two vintages.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClaimsDifference {
    /// Claims with the same verdict on both.
    pub same: usize,
    /// Of these, claims that hold on both.
    pub hold: usize,
    /// Claims with another verdict.
    pub changed: Vec<ClaimChange>,
}

/// A claim with another verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClaimChange {
    /// Its id.
    pub claim: String,
    /// Its words in English.
    pub quote: String,
    /// The verdict before and the numbers that decide.
    pub before: EvaluatedClaim,
    /// The verdict after.
    pub after: EvaluatedClaim,
}

impl ClaimsDifference {
    /// Compares what both have.
    pub fn new(before: &[ClaimOutcome], after: &[ClaimOutcome]) -> Self {
        let mut difference = Self { same: 0, hold: 0, changed: Vec::new() };
        for one in before {
            let Some(other) = after.iter().find(|other| other.claim.id == one.claim.id) else { continue };
            if one.estimated.verdict == other.estimated.verdict {
                difference.same += 1;
                difference.hold += usize::from(one.estimated.verdict == crate::claims::Verdict::Holds);
            } else {
                difference.changed.push(ClaimChange {
                    claim: one.claim.id.clone(),
                    quote: one.claim.quote.en.clone(),
                    before: one.estimated.clone(),
                    after: other.estimated.clone(),
                });
            }
        }
        difference
    }
}
