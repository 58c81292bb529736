//! Checks of a window that need no data.

use vintner_diagnostics::{Document, Faults, Node};
use vintner_panel::{Frequency, PeriodWindow};

/// A window has so many years at most; a panel has a row for each of them and each entity.
const YEARS: usize = 5_000;
/// And so many shorter periods, some centuries of days.
const PERIODS: usize = 200_000;

/// The fault of a window that ends before it begins or never seems to end, at its place in the spec.
pub(crate) fn check_window(document: &Document, params: &Node, window: PeriodWindow) -> Faults {
    let mut faults = Faults::new();
    let PeriodWindow { first, last } = window;
    let place = params.get("window").unwrap_or(params);
    if window.is_backwards() {
        let fault = document.fault(Some(place.span), format!("the window {first} to {last} runs backwards"));
        faults.push(
            fault.hint(format!(
                "write the first {} first: {{first: {last}, last: {first}}}",
                first.frequency()
            )),
        );
        return faults;
    }
    // Years are whole whatever the other end is.
    let frequency = first.frequency().max(last.frequency());
    let limit = if frequency == Frequency::Year { YEARS } else { PERIODS };
    let Some(ordinals) = window.ordinals(frequency) else {
        let message =
            format!("the window {first} to {last} has a {} and a {}", first.frequency(), last.frequency());
        faults
            .push(document.fault(Some(place.span), message).hint("write both ends as periods of one length"));
        return faults;
    };
    let periods = (i64::from(*ordinals.end()) - i64::from(*ordinals.start()) + 1).unsigned_abs();
    if periods > limit as u64 {
        let periods_of = frequency.plural();
        let fault = document
            .fault(Some(place.span), format!("a window of {periods} {periods_of}; up to {limit} are read"));
        faults.push(fault.hint(format!("mend its first or its last {frequency}")));
    }
    faults
}
