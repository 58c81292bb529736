//! `describe_part`: what one part of a panel contributes to descriptive statistics.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node};
use vintner_estimation::{part_description, part_ranks};
use vintner_panel::PanelBlocks;
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::describe::Describe;
use super::parts::{Gathered, OfPart, OneBlock, TOLD, Told};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `describe_part`: those of `describe`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct DescribePart(pub(super) Describe);

impl Parameters for DescribePart {
    const NAME: &'static str = "describe_part";
    const SUMMARY: &'static str = "gathers what one part of a panel contributes to descriptive statistics; in a second round, to quartiles";

    fn code() -> Digest {
        let operations = [env!("VINTNER_CODE_OPERATION_DESCRIBE_PART"), env!("VINTNER_CODE_OPERATION_PARTS")];
        code::digest(&[&operations[..], &[&Describe::code().to_string()]].concat())
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        self.0.check(document, params)
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let mut inputs = self.0.inputs();
        inputs.push(InputDeclaration::json(TOLD).optional());
        inputs
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("part", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let mut panel: Box<dyn PanelBlocks> = match inputs.fit() {
            true => Box::new(OneBlock(self.0.of_part(inputs)?)),
            false => Box::new(self.0.in_blocks(inputs)?),
        };
        let part = match inputs.has(TOLD) {
            false => OfPart::Description(part_description(panel.as_mut(), &self.0.variables)?),
            true => match inputs.json(TOLD)? {
                Told::Variables(brackets) => OfPart::Ranks(part_ranks(panel.as_mut(), &brackets)?),
                Told::Equation(_) => return Err(StagesError::OtherTold { expected: "describe_part" }),
            },
        };
        let rows = self.0.rows.as_ref().map(|rows| rows.value.clone());
        Ok(Outputs::new().with("part", Artifact::json(&Gathered { rows, part })?))
    }
}
