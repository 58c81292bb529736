//! Which estimates have diagnostics of rows.

use super::super::estimated::Estimated;
use crate::outcome::Reason;

/// Refuses residuals that are rounding, and those of weighted rows.
pub(super) fn check(estimated: &Estimated) -> Result<(), Reason> {
    if estimated.is_perfect() {
        return Err(Reason::PerfectFit);
    }
    if estimated.sample().formula().weights.is_some() {
        return Err(Reason::NotDefined { what: "diagnostics of rows".into(), model: "weighted rows".into() });
    }
    Ok(())
}
