//! A branch that an executor has.

use crate::fingerprint::Cause;
use crate::plan::BranchAt;

/// A branch that an executor has.
#[derive(Debug)]
pub(crate) struct Away {
    pub(crate) at: BranchAt,
    pub(crate) causes: Vec<Cause>,
}
