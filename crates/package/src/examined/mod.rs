//! A package as it is found, ours or another's: its files, what can be read of them, and what is known of a package of
//! ours. It reads files, formats of data and errors, and judges nothing.

mod data;
mod examined;
mod kinds;
mod lists;
mod open;
mod programs;
mod readme;
mod vintages;

pub(crate) use data::data_columns;
pub(crate) use examined::Examined;
pub(crate) use kinds::{Language, has_ending, is_data, language};
pub(crate) use lists::{Row, checksums, rows_of};
pub(crate) use open::open;
pub(crate) use programs::{ProgramLine, program_lines};
pub(crate) use readme::{Readme, readme};
pub(crate) use vintages::{FoundVintage, vintages};
