//! Files and folders that stages name, and names of files that hold any text.
//!
//! It reads digests and errors. It never writes, and knows neither stages nor the store.

mod file_name;
mod files;

pub(crate) use file_name::file_name;
pub(crate) use files::{ending, files_below, line_not_utf8, walk};
