//! What stands between files that somebody else made and this program.
//!
//! A reader of a binary format trusts what the bytes say of themselves: a count of strings is memory asked for,
//! an offset is a place to go on. [`Guarded`] is the one way in which such a reader is run: in a process of its own,
//! whose memory and time are bounded, so that whatever the bytes make of the reader comes back as [`Ended`], a fault
//! like any other. [`read_regular`] is the one way in which such files are opened: a pipe or a device is refused
//! where it would be waited for.
//!
//! The crate knows no format. Which program has the readers is said once, by [`isolate`]; that program hands its
//! arguments to [`serve`] before it does anything else.

mod bytes;
mod child;
mod ended;
mod guarded;
mod limits;
mod panics;
mod regular_file;
mod serve;

pub use bytes::in_words;
pub use ended::Ended;
pub use guarded::{Guarded, isolate, isolate_in};
pub use limits::{Limits, Packing};
pub use panics::quietly;
pub use regular_file::{check_regular, read_regular, read_text};
pub use serve::serve;
