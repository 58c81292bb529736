//! The parts of a package: each reads what the package is about and the files that are there already, and adds its
//! own. They read contents, files and errors, and write nothing outside the list of files.

mod access;
mod citation;
mod codebook;
mod csv_text;
mod data;
mod datapackage;
mod licences;
mod list;
mod lists;
mod manifest;
mod outputs;
mod programs;
mod readme;
mod words;
mod workspace;
mod zenodo;

pub(crate) use access::ACCESS;
pub(crate) use citation::CITATION;
pub(crate) use codebook::CODEBOOK;
pub(crate) use datapackage::DATA_PACKAGE;
pub(crate) use licences::{CODE_LICENCE, DATA_LICENCE};
pub(crate) use list::PARTS;
pub(crate) use lists::{EXHIBITS, STAGES};
pub(crate) use words::TODO;
pub(crate) use zenodo::metadata;
