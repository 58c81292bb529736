//! Checks of a window of years that need no data.

use vintner_diagnostics::{Document, Faults, Node};

/// The fault of a window that ends before it begins, at its place in the spec.
pub(crate) fn check_window(document: &Document, params: &Node, first: i32, last: i32) -> Faults {
    let mut faults = Faults::new();
    if first > last {
        let place = params.get("window").unwrap_or(params);
        let fault = document.fault(Some(place.span), format!("the window {first} to {last} runs backwards"));
        faults.push(fault.hint(format!("write the first year first: {{first: {last}, last: {first}}}")));
    }
    faults
}
