//! All parts, in the order in which they add their files.

use vintner_pipeline::Store;

use super::{
    access, citation, codebook, data, datapackage, licences, lists, manifest, outputs, programs, readme,
    workspace,
};
use crate::contents::Contents;
use crate::error::Result;
use crate::files::Files;
use crate::ro_crate;

/// Adds its files to the list; the store has the bytes of outputs.
pub(crate) type Part = fn(&Contents, &Store, &mut Files) -> Result<()>;

/// All parts. What runs without Vintner (`replicate/`) goes before the README; what describes or seals all files
/// (RO-Crate, TRO) goes after it and before the list of checksums, which has to be the last.
pub(crate) const PARTS: &[Part] = &[
    workspace::add,
    data::add,
    outputs::add,
    access::add,
    codebook::add,
    lists::add,
    licences::add,
    citation::add,
    datapackage::add,
    programs::add,
    readme::add,
    ro_crate::add,
    manifest::add,
];
