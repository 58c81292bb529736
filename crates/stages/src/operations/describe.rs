//! `describe`: descriptive statistics.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node};
use vintner_estimation::{describe, describe_in_blocks};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::in_blocks::panel_in_blocks;
use super::shared::{ENTITY, TIME, none_named, observations};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `describe`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Describe {
    /// The variables, in the order in which they are shown.
    variables: Vec<String>,
}

impl Parameters for Describe {
    const NAME: &'static str = "describe";
    const SUMMARY: &'static str = "descriptive statistics, overall, between and within entities";

    fn code() -> Digest {
        let operations = [env!("VINTNER_CODE_OPERATION_DESCRIBE"), env!("VINTNER_CODE_OPERATION_IN_BLOCKS")];
        code::digest(&[&operations[..], &[code::PANEL, code::ESTIMATION]].concat())
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        none_named(document, params, "variables", &self.variables)
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let columns = [ENTITY, TIME].into_iter().chain(self.variables.iter().map(String::as_str));
        vec![InputDeclaration::frame("panel").columns(columns).in_blocks()]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("descriptives", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let descriptions = match inputs.fit() {
            true => describe(&observations(inputs, "panel")?, &self.variables)?,
            false => describe_in_blocks(&mut panel_in_blocks(inputs, "panel")?, &self.variables)?,
        };
        Ok(Outputs::new().with("descriptives", Artifact::json(&descriptions)?))
    }
}
