//! The parts of a package: each reads what the package is about and the files that are there already, and adds its
//! own. They read contents, files and errors, and write nothing outside the list of files.

mod data;
mod list;
mod manifest;
mod outputs;
mod workspace;

pub(crate) use list::PARTS;
