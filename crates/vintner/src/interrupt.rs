//! Ctrl-C, and whatever else asks the program to end.

use std::io::{Write, stderr};

use vintner_pipeline::Cancelled;

use crate::error::Result;

/// Is cancelled when the program is asked to end. Asked twice, it ends at once; what was finished
/// before is kept in any case.
pub(crate) fn cancelled() -> Result<Cancelled> {
    let cancelled = Cancelled::default();
    let clone = cancelled.clone();
    ctrlc::set_handler(move || {
        if clone.is_cancelled() {
            std::process::exit(INTERRUPTED);
        }
        clone.cancel();
        let _ = writeln!(stderr(), "ending: what runs now is given up, what is finished is kept");
    })?;
    Ok(cancelled)
}

/// The exit code of a program that was interrupted.
pub(crate) const INTERRUPTED: i32 = 130;
