//! Digests of the code behind each operation, taken when the program is built.

use vintner_pipeline::Digest;

/// The digest of an operation's own file, of what operations share, and of the crates that it calls.
pub(crate) fn digest(parts: &[&str]) -> Digest {
    Digest::of([&[SHARED], parts].concat().join("\n").as_bytes())
}

const SHARED: &str = env!("VINTNER_CODE_OPERATION_SHARED");
pub(crate) const DIAGNOSTICS: &str = env!("VINTNER_CODE_DIAGNOSTICS");
pub(crate) const PANEL: &str = env!("VINTNER_CODE_PANEL");
pub(crate) const INGEST: &str = env!("VINTNER_CODE_INGEST");
pub(crate) const TRANSFORM: &str = env!("VINTNER_CODE_TRANSFORM");
pub(crate) const ESTIMATION: &str = env!("VINTNER_CODE_ESTIMATION");
pub(crate) const REPORTING: &str = env!("VINTNER_CODE_REPORTING");
