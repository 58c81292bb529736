//! A vintage and what was made of it.

use serde_json::Value;
use vintner_panel::Panel;

use crate::claims::ClaimOutcome;
use crate::report_unit::ReportUnit;
use crate::tidy_estimate::TidyEstimate;

/// A vintage and what was made of it.
#[derive(Debug, Clone)]
pub struct VintageSide {
    /// Its name.
    pub name: String,
    /// Its manifest as JSON.
    pub manifest: Value,
    /// Its units, which names are told by.
    pub units: Vec<ReportUnit>,
    /// Its panels by the output that each is, in the pipeline's order.
    pub panels: Vec<(String, Panel)>,
    /// Its coefficients.
    pub estimates: Vec<TidyEstimate>,
    /// The paper's claims held against it.
    pub claims: Vec<ClaimOutcome>,
    /// Every output with its digest, in the pipeline's order.
    pub outputs: Vec<(String, String)>,
}
