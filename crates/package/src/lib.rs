//! Replication packages: what a journal's data editor is given, written from what a pipeline knows.
//!
//! [`write_package`] gathers a vintage's [`Contents`] once, and has each of the parts add its files to one list of
//! [`Files`]; the list is then written as a folder or as a ZIP, the same bytes each time.
//!
//! **Where a further part goes**: a function of the type `parts::Part` into the list in `parts/list.rs`, whose order
//! is that of the writing. It reads [`Contents`] and what earlier parts have put into [`Files`], and puts its own
//! there with a path, bytes and a role. `replicate/` (programs that run without Vintner) goes before the README, which
//! names it if it is there; a description of all files with their digests (`ro-crate-metadata.json`) or a seal on
//! them (a TRO) goes after the README and before the list of checksums, which lists all but itself.

mod check;
mod contents;
mod description;
mod error;
mod examined;
mod files;
mod package;
mod parts;
mod ro_crate;
mod seal;
mod written;

pub use check::{CheckOptions, Checked, CheckedRule, Finding, Verdict, check_package};
pub use contents::{
    ClaimContent, Contents, DataSet, Exhibit, ExhibitKind, Machine, NumberContent, OutputContent,
    RawFileContent, Request, Software, SourceContent, StageContent, ValueType, VariableContent,
    WorkspaceFile,
};
pub use description::{
    Author, Description, NamedExhibit, NotReproduced, Paper, Reproduces, description_schema,
};
pub use error::{PackageError, Result};
pub use files::{Body, Files, PackageFile, Role};
pub use package::{WrittenPackage, write_package, zenodo_metadata};
pub use seal::{Sealed, Signature, Verified, seal_package, verify_package};
