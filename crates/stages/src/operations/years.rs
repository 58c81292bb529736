//! Checks of a window of years that need no data.

use vintner_diagnostics::{Document, Faults, Node};

/// A window has so many years at most; a panel has a row for each of them and each entity.
const YEARS: u32 = 5_000;

/// The fault of a window that ends before it begins or never seems to end, at its place in the spec.
pub(crate) fn check_window(document: &Document, params: &Node, first: i32, last: i32) -> Faults {
    let mut faults = Faults::new();
    if first > last {
        let place = params.get("window").unwrap_or(params);
        let fault = document.fault(Some(place.span), format!("the window {first} to {last} runs backwards"));
        faults.push(fault.hint(format!("write the first year first: {{first: {last}, last: {first}}}")));
    } else if first.abs_diff(last) >= YEARS {
        let place = params.get("window").unwrap_or(params);
        let years = u64::from(first.abs_diff(last)) + 1;
        let fault =
            document.fault(Some(place.span), format!("a window of {years} years; up to {YEARS} are read"));
        faults.push(fault.hint("mend its first or its last year"));
    }
    faults
}
