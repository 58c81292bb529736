//! Effects in levels.

/// The effects of entities and times, fixed or predicted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Levels {
    /// Of entities, in the sample's order. With fixed effects of both the first time's is zero.
    pub(crate) entity: Vec<f64>,
    /// Of times, in order of time.
    pub(crate) time: Vec<f64>,
}
