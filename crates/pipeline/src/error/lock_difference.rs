//! What isn't as `pipeline.lock` says.

use std::fmt;

use serde::Serialize;

use crate::digest::Digest;

/// Something that isn't as it was locked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LockDifference {
    /// A source, a file or an output.
    pub kind: LockedKind,
    /// Which.
    pub name: String,
    /// Its digest in the lock; nothing where it is new.
    pub locked: Option<Digest>,
    /// Its digest now; nothing where it is gone.
    pub found: Option<Digest>,
}

/// What a line of the lock is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LockedKind {
    /// A raw file of the vintage.
    Source,
    /// A file of the workspace.
    File,
    /// An output of a stage.
    Output,
}

impl fmt::Display for LockDifference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            LockedKind::Source => "source ",
            LockedKind::File | LockedKind::Output => "",
        };
        write!(formatter, "{kind}{}: ", self.name)?;
        match (&self.locked, &self.found) {
            (Some(locked), Some(found)) => {
                write!(formatter, "locked as {}, now {}", locked.short(), found.short())
            }
            (None, _) => formatter.write_str("isn't in the lock"),
            (Some(_), None) => formatter.write_str("is in the lock, and there is none any longer"),
        }
    }
}
