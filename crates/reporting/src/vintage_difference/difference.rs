//! How two vintages differ.

use serde::Serialize;
use serde_json::Value;

use super::claims::ClaimsDifference;
use super::data::DataDifference;
use super::estimates::EstimatesDifference;
use super::sources::SourcesDifference;
use super::vintage_side::VintageSide;
use crate::error::Result;

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
