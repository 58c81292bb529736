//! Sizes, for people.

pub(crate) use vintner_site::bytes;
