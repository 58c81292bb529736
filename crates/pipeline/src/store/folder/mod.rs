//! Folders that are reached without following links.
//!
//! Whatever the store and the engine write or take away goes through a [`Folder`]: it is opened from one
//! that is trusted, part by part, and a part that is a symbolic link is refused, as what lies behind one
//! may be anybody's. On Unix a folder is held by its descriptor, and files are named by it and their name
//! alone, so that a link that is put in its place meanwhile changes nothing.

mod entry;
mod folder;
// Compiled with the tests of every system, so that it is held to what `unix` is held to.
#[cfg(any(not(unix), test))]
mod portable;
#[cfg(unix)]
mod unix;

pub(crate) use entry::{Entry, EntryKind};
pub(crate) use folder::{Folder, Permissions};

#[cfg(test)]
mod tests;
