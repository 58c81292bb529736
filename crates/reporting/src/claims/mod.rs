//! What a paper concludes, as statements over coefficients and tests that can be held against its own
//! tables and against any vintage.
//!
//! A statement is one line of text:
//!
//! ```text
//! positive and significant: lnAI in (2), pooled
//! positive and significant: lnEG in (1), in exactly {沧州, 邢台}
//! negative and significant at 5%: lnAI in (1), in {唐山}
//! not significant: lnEG in (1), in every unit but {沧州, 邢台}
//! bidirectional(lnEG, lnCO2) at 10% in exactly {沧州, 邢台}
//! not bidirectional(lnAI, lnCO2), pooled
//! Granger(lnAI -> lnCO2)
//! not Granger-bidirectional(lnCO2, lnEG)
//! larger: lnEG in (1), 邢台 > 沧州
//! value: lnAI in (1), 唐山 = -0.257
//! ```
//!
//! `lnAI in (2)` is the coefficient of lnAI in the equation of Table 2. Two variables are bidirectional where
//! each is significant in the other's equation. A level stands after what it is about; without one the
//! loosest level that earns a star counts.

mod claim;
mod evaluate;
mod evidence;
mod ground;
mod parse;
mod statement;

pub use claim::{Claim, ClaimOutcome, EvaluatedClaim, Nuance, OtherReading, UnderErrors, Verdict};
pub use evaluate::evaluate;
pub use evidence::{Evidence, Known};
pub use ground::{Ground, Part, Stance};
pub use parse::StatementFault;
pub use statement::{Effect as ClaimedEffect, Scope, Statement};
