//! Files and folders that stages name, names of files that hold any text, and what the file system says of a file.
//!
//! It reads digests and errors. It never writes, and knows neither stages nor the store.

mod file_name;
mod files;
mod ignored;
mod stamp;
mod unicode_form;

pub(crate) use file_name::file_name;
pub(crate) use files::{Listing, dangling, ending, line_not_utf8, list};
pub(crate) use ignored::Ignored;
pub(crate) use stamp::{Identity, Stamp, now};
pub(crate) use unicode_form::{in_other_form, told_apart};
