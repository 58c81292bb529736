//! What changed from one vintage to another: sources, data, estimates, conclusions.
//!
//! Everything is keyed (a source by its name, a value by entity, time and variable, a coefficient by table,
//! unit and regressor), so that a row that moved is no change. Nothing is computed again: both sides are what
//! their vintage's pipeline has made.

mod claims;
mod data;
mod estimates;
mod sources;

use serde::Serialize;
use serde_json::Value;
use vintner_panel::Panel;

pub use claims::{ClaimChange, ClaimsDifference};
pub use data::{CellChange, DataDifference, VariableDifference};
pub use estimates::{CoefficientChange, EstimatesDifference, Significance};
pub use sources::{FieldChange, SourceDifference, SourcesDifference};

use crate::claims::ClaimOutcome;
use crate::error::Result;
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

/// How two vintages differ, first difference first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VintageDifference {
    /// The vintage before.
    pub before: String,
    /// The vintage after.
    pub after: String,
    /// What is made of either that isn't evidence: `synthetic` vintages among the two.
    pub synthetic: Vec<String>,
    /// Outputs whose bytes differ, in the pipeline's order.
    pub outputs_differing: Vec<String>,
    /// Outputs that both have.
    pub outputs_compared: usize,
    /// The manifests' sources.
    pub sources: SourcesDifference,
    /// The panels' values.
    pub data: DataDifference,
    /// The coefficients.
    pub estimates: EstimatesDifference,
    /// The conclusions.
    pub claims: ClaimsDifference,
}

impl VintageDifference {
    /// Compares two vintages of one pipeline; p-values below `level` are significant.
    ///
    /// # Errors
    /// Where a column of a panel can't be read as numbers.
    pub fn new(before: &VintageSide, after: &VintageSide, level: f64) -> Result<Self> {
        let kind =
            |side: &VintageSide| side.manifest.pointer("/kind").and_then(Value::as_str) == Some("synthetic");
        let shared: Vec<(&String, bool)> = before
            .outputs
            .iter()
            .filter_map(|(name, digest)| {
                let (_, other) = after.outputs.iter().find(|(other, _)| other == name)?;
                Some((name, digest == other))
            })
            .collect();
        Ok(Self {
            before: before.name.clone(),
            after: after.name.clone(),
            synthetic: [before, after]
                .into_iter()
                .filter(|side| kind(side))
                .map(|side| side.name.clone())
                .collect(),
            outputs_compared: shared.len(),
            outputs_differing: shared
                .into_iter()
                .filter(|(_, same)| !same)
                .map(|(name, _)| name.clone())
                .collect(),
            sources: SourcesDifference::new(&before.manifest, &after.manifest),
            data: DataDifference::new(before, after)?,
            estimates: EstimatesDifference::new(&before.estimates, &after.estimates, level),
            claims: ClaimsDifference::new(&before.claims, &after.claims),
        })
    }
}
