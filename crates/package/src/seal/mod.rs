//! The seal of a package: a Transparent Research Object (TRACE, vocabulary 0.1) beside it, which says the digest of every
//! file, and a signature by a key of the user's; and what tells whether a package is still what was sealed.
//!
//! The seal lies beside the package and not in it (`paper.zip`, `paper.jsonld`, `paper.sig`, as `tro-utils` has it),
//! since it covers every file, the list of checksums too. Data that the package doesn't hold are in it by their digests
//! alone, so that it can be checked without them. It reads contents, files and errors. Signing is done by `gpg` or
//! `openssl` with a key that they have; this program keeps none.

mod beside;
mod listed;
mod object;
mod python_json;
mod seal;
mod verify;

pub use seal::{Sealed, seal_package};
pub use verify::{Signature, Verified, verify_package};
