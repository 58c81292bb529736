//! `between_parts`: what all parts of a panel came to, told to each for the second round.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_estimation::{DescribedPart, Part, seek_parts, solve_parts};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::parts::{Gathered, OfPart, Told, parts_of};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `between_parts`: none.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BetweenParts {}

const PARTS: &str = "parts";

impl Parameters for BetweenParts {
    const NAME: &'static str = "between_parts";
    const SUMMARY: &'static str = "tells each part of a panel, for the second round, what all of them came to: coefficients, or where quartiles lie";

    fn code() -> Digest {
        let operations = [env!("VINTNER_CODE_OPERATION_BETWEEN_PARTS"), env!("VINTNER_CODE_OPERATION_PARTS")];
        code::digest(&[&operations[..], &[code::PANEL, code::ESTIMATION]].concat())
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        vec![InputDeclaration::json(PARTS).many()]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("told", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let parts = inputs.jsons::<Gathered>(PARTS)?;
        let described = matches!(parts.first(), Some((_, Gathered { part: OfPart::Description(_), .. })));
        let told = match described {
            true => {
                let expected = "the first round of `describe_part`";
                let parts = parts_of(inputs, PARTS, expected, |name, part| match part {
                    OfPart::Description(description) => Ok(DescribedPart { name, description }),
                    other => Err(other),
                })?;
                Told::Variables(seek_parts(&parts)?)
            }
            false => {
                let expected = "the first round of `regress_part`";
                let parts = parts_of(inputs, PARTS, expected, |name, part| match part {
                    OfPart::Sums(sums) => Ok(Part { name, sums: *sums }),
                    other => Err(other),
                })?;
                Told::Equation(Box::new(solve_parts(&parts)?))
            }
        };
        Ok(Outputs::new().with("told", Artifact::json(&told)?))
    }
}
