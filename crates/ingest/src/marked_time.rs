//! Times with what is written beside them.

use vintner_panel::Period;

/// A time as a number among those of its frequency, and what is written beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MarkedTime {
    pub(crate) time: i32,
    /// A mark such as the `p` of 2020Q1p.
    pub(crate) mark: Option<String>,
}

/// A period, and what is written beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MarkedPeriod {
    pub(crate) period: Period,
    pub(crate) mark: Option<String>,
}
