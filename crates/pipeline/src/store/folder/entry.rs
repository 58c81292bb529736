//! What is in a folder, as the system says, without following links.

use std::ffi::OsString;

/// Something in a folder.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) name: OsString,
    pub(crate) kind: EntryKind,
    pub(crate) bytes: u64,
    /// Which file it is, where the system says: one with several names has the same under each.
    pub(crate) identity: Option<(u64, u64)>,
    /// How many names it has.
    pub(crate) names: u64,
    /// When it was last written, in seconds since 1970.
    pub(crate) modified: u64,
}

/// What something is. Links aren't followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryKind {
    File,
    Folder,
    Link,
    Other,
}
