//! What a workspace is asked: what would run and why, what was made of what, what is in it, and
//! whether it is still what it was.
//!
//! It reads runs and all below. It never makes or changes a result: only `rebuild` runs anything, in a
//! store that is thrown away.

mod audit;
mod histogram;
mod lineage;
mod profile;
mod rebuild;
mod status;
mod survey;
mod verification;
mod why;

pub use audit::{Audit, OutputAudit, RawFile, RunFacts};
pub use histogram::Histogram;
pub use lineage::{BranchReads, OutputRead};
pub use profile::{ColumnProfile, Profile};
pub use rebuild::{Rebuild, Rebuilt, rebuild};
pub use status::{StageStatus, State};
pub use survey::{Survey, status};
pub use verification::{Mismatch, Verification};
pub use why::{LastRun, Reason, Why, why};
