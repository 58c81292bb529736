//! A list of files as a folder or as a ZIP. It reads files and errors; what is no package of ours is never replaced.

mod archive;
mod folder;
mod target;

pub(crate) use target::write;
