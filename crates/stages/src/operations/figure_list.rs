//! `figure_list`: all figures of a report, by what they are.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};
use vintner_reporting::FigureAbout;

use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `figure_list`: none. The roles of its inputs are the names under which templates find them.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FigureList {}

impl Parameters for FigureList {
    const NAME: &'static str = "figure_list";
    const SUMMARY: &'static str = "gathers what the report says of its figures";

    fn code() -> Digest {
        code::digest(&[env!("VINTNER_CODE_OPERATION_FIGURE_LIST"), code::PANEL, code::REPORTING])
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        vec![InputDeclaration::any(Kind::Json).in_order()]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("figures", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let mut figures: BTreeMap<&str, Vec<FigureAbout>> = BTreeMap::new();
        for role in inputs.other_roles(&[]) {
            let all = inputs.jsons(role)?;
            figures.insert(role, all.into_iter().map(|(_, about)| about).collect());
        }
        Ok(Outputs::new().with("figures", Artifact::json(&figures)?))
    }
}
