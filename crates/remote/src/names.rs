//! Under which names a shared store keeps what.
//!
//! ```text
//! v1/objects/ab/ab34…   bytes, named by their BLAKE3 digest
//! v1/index/cd56…        a part of the index: records, in batches that may be signed; named by its digest
//! v1/index.json         the parts of the index, for readers of web servers, which list nothing
//! ```

use vintner_pipeline::{Digest, FORMAT};

/// What names of objects begin with.
pub(crate) fn objects() -> String {
    format!("v{FORMAT}/objects/")
}

/// What names of objects begin with whose digests begin like this one.
pub(crate) fn objects_like(digest: &Digest) -> String {
    format!("{}{}/", objects(), digest.as_str().get(..2).unwrap_or("__"))
}

pub(crate) fn object(digest: &Digest) -> String {
    format!("{}{digest}", objects_like(digest))
}

/// What names of parts of the index begin with.
pub(crate) fn parts() -> String {
    format!("v{FORMAT}/index/")
}

pub(crate) fn part(digest: &Digest) -> String {
    format!("{}{digest}", parts())
}

/// The list of these parts.
pub(crate) fn list_of_parts() -> String {
    format!("v{FORMAT}/index.json")
}

/// The digest that a name ends in.
pub(crate) fn digest_of(name: &str) -> Option<Digest> {
    Digest::parse(name.rsplit('/').next()?)
}
