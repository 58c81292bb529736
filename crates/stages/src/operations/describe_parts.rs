//! `describe_parts`: descriptive statistics from what all parts of a panel came to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node};
use vintner_estimation::{DescribedPart, describe_parts};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::describe::Describe;
use super::describe_part::DescribePart;
use super::parts::{FIRST, OfPart, SECOND, parts_of, same_parts};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `describe_parts`: those of its `describe_part`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct DescribeParts(Describe);

impl Parameters for DescribeParts {
    const NAME: &'static str = "describe_parts";
    const SUMMARY: &'static str =
        "makes descriptive statistics of what all parts of a panel came to in both rounds";

    fn code() -> Digest {
        let own = env!("VINTNER_CODE_OPERATION_DESCRIBE_PARTS");
        code::digest(&[own, &DescribePart::code().to_string()])
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        self.0.check(document, params)
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        vec![InputDeclaration::json(FIRST).many(), InputDeclaration::json(SECOND).many()]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("descriptives", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        same_parts(inputs, self.0.rows.as_ref().map(|rows| rows.value.as_str()))?;
        let parts = parts_of(inputs, FIRST, "the first round of `describe_part`", |name, part| match part {
            OfPart::Description(description) => Ok(DescribedPart { name, description }),
            other => Err(other),
        })?;
        let ranks = parts_of(inputs, SECOND, "the second round of `describe_part`", |_, part| match part {
            OfPart::Ranks(ranks) => Ok(ranks),
            other => Err(other),
        })?;
        let descriptions = describe_parts(&parts, &ranks, &self.0.variables)?;
        Ok(Outputs::new().with("descriptives", Artifact::json(&descriptions)?))
    }
}
