//! The README in the form of the Social Science Data Editors' template: the same sections in the same order, each
//! filled from what is known. What nobody has said is a `TODO` that names who has to say it.

mod availability;
mod computing;
mod data_list;
mod exhibits;
mod instructions;
mod overview;
mod programs;
mod references;

use vintner_pipeline::Store;

use crate::contents::Contents;
use crate::error::Result;
use crate::files::{Files, Role};

pub(super) use overview::bare_doi;

/// The README's name.
const README: &str = "README.md";

pub(super) fn add(contents: &Contents, _: &Store, files: &mut Files) -> Result<()> {
    let sections = [
        overview::section(contents, files),
        availability::section(contents),
        data_list::section(contents),
        computing::section(contents, files),
        programs::section(contents, files),
        instructions::section(contents, files),
        exhibits::section(contents),
        references::section(contents),
    ];
    files.put(README, Role::Readme, sections.join("\n"))
}
