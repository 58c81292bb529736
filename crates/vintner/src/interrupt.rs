//! Ctrl-C, and whatever else asks the program to end.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use vintner_pipeline::Cancelled;

use crate::error::Result;
use crate::terminal;

/// Is cancelled when the program is asked to end. Asked twice, it kills what still runs and ends at
/// once; what was finished before is kept in any case.
pub(crate) fn cancelled() -> Result<Cancelled> {
    // One handler for all runs of a process: `watch` makes several.
    static KNOWN: Mutex<Option<Cancelled>> = Mutex::new(None);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(cancelled) = &*known {
        return Ok(cancelled.clone());
    }
    let cancelled = Cancelled::default();
    let clone = cancelled.clone();
    ctrlc::set_handler(move || {
        if clone.is_cancelled() {
            clone.cancel_at_once(LONGEST_KILL);
            terminal::take_away();
            std::process::exit(INTERRUPTED);
        }
        clone.cancel();
        terminal::take_away();
        terminal::say("ending: what runs now is given up, what is finished is kept");
    })?;
    *known = Some(cancelled.clone());
    Ok(cancelled)
}

/// How long killed commands may take to be gone.
const LONGEST_KILL: Duration = Duration::from_secs(2);

/// The exit code of a program that was interrupted.
pub(crate) const INTERRUPTED: i32 = 130;
