//! Times and durations, for people.

pub(crate) use vintner_site::{day, instant, seconds};
