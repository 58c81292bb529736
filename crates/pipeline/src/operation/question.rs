//! What a stage depends on beside its inputs, and has to be asked for.

use std::path::PathBuf;

use crate::digest::Digest;

/// A command whose answer counts in a stage's fingerprint, as the version of a program that it calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The command as a shell reads it.
    pub text: String,
    /// The digest of all that is asked: the command, its variables, what it is kept to.
    pub identity: Digest,
    /// The program's file, where it is there. While that stays as it is, so is the answer taken to be where
    /// nothing may be run.
    pub program: Option<PathBuf>,
}
