//! The files of a package: a path each, bytes, a role and a digest. It reads errors alone and writes nothing.

mod digest;
mod list;
mod package_file;

pub(crate) use digest::{sha256, sha256_of, sha256_of_file};
pub use list::{Files, MANIFEST};
pub use package_file::{Body, PackageFile, Role};
