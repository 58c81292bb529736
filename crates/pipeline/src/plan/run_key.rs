//! Which runs belong together.

/// A pipeline and a vintage: of their runs the latest is remembered and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunKey<'a> {
    /// The pipeline's name.
    pub pipeline: &'a str,
    /// The vintage's.
    pub vintage: &'a str,
}
