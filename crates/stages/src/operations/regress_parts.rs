//! `regress_parts`: an equation from what all parts of a panel came to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node};
use vintner_estimation::{Part, estimate_parts};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::parts::{FIRST, OfPart, SECOND, parts_of, same_parts};
use super::regress::Regress;
use super::regress_part::{RegressPart, refused};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `regress_parts`: those of its `regress_part`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct RegressParts(Regress);

impl Parameters for RegressParts {
    const NAME: &'static str = "regress_parts";
    const SUMMARY: &'static str =
        "estimates an equation from what all parts of a panel came to in both rounds";

    fn code() -> Digest {
        let own = env!("VINTNER_CODE_OPERATION_REGRESS_PARTS");
        code::digest(&[own, &RegressPart::code().to_string()])
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        refused(&self.0, document, params)
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        vec![InputDeclaration::json(FIRST).many(), InputDeclaration::json(SECOND).many()]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("fits", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let stage = &self.0;
        let Some(pooled) = &stage.pooled else { return Ok(Outputs::new()) };
        same_parts(inputs, stage.written().rows.map(|rows| rows.value.as_str()))?;
        let parts = parts_of(inputs, FIRST, "the first round of `regress_part`", |name, part| match part {
            OfPart::Sums(sums) => Ok(Part { name, sums: *sums }),
            other => Err(other),
        })?;
        let residuals =
            parts_of(inputs, SECOND, "the second round of `regress_part`", |_, part| match part {
                OfPart::Residuals(residuals) => Ok(residuals),
                other => Err(other),
            })?;
        let residuals: Vec<_> = residuals.into_iter().flatten().collect();
        // Terms are called alike whatever rows they are made of: what isn't has no parts.
        let outline = stage.written().outline();
        let formula = stage.pooled_formula(&outline)?;
        let mut found = Vec::new();
        for covariance in &stage.pooled_covariances() {
            found.push(estimate_parts(&parts, &residuals, &formula, pooled.model, covariance)?);
        }
        let (fits, warnings) = stage.fits_of(&outline, found, false)?;
        Ok(Outputs::new().with("fits", Artifact::json(&fits)?).warn(warnings))
    }
}
