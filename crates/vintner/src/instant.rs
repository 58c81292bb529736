//! Times and durations, for people.

pub(crate) use vintner_site::{day, instant, seconds};

/// A time of a table whose header says that it is of UTC.
pub(crate) fn moment(time: u64) -> String {
    let told = instant(time);
    told.strip_suffix(" UTC").map(str::to_owned).unwrap_or(told)
}
