//! `describe`: descriptive statistics.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node};
use vintner_estimation::describe;
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

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
        code::digest(&[env!("VINTNER_CODE_OPERATION_DESCRIBE"), code::PANEL, code::ESTIMATION])
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        none_named(document, params, "variables", &self.variables)
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let columns = [ENTITY, TIME].into_iter().chain(self.variables.iter().map(String::as_str));
        vec![InputDeclaration::frame("panel").columns(columns)]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("descriptives", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let descriptions = describe(&observations(inputs, "panel")?, &self.variables)?;
        Ok(Outputs::new().with("descriptives", Artifact::json(&descriptions)?))
    }
}
