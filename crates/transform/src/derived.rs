//! What every step on a panel gives back.

use vintner_panel::{Gap, Panel};

/// A panel with its new columns, and the values of these that are missing.
#[derive(Debug, Clone)]
pub struct Derived {
    /// The panel.
    pub panel: Panel,
    /// One gap for each missing value of the new columns, with its reason; sorted.
    pub gaps: Vec<Gap>,
}
