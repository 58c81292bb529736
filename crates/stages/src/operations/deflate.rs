//! `deflate`: a nominal series at the prices of a base year.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_pipeline::{Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};
use vintner_transform::deflate;

use super::shared::{ENTITY, TIME, gaps, panel, series};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `deflate`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Deflate(vintner_transform::Deflate);

impl Parameters for Deflate {
    const NAME: &'static str = "deflate";
    const SUMMARY: &'static str =
        "divides a nominal series by a deflator rebased to 1 in the base year, entity by entity";

    fn code() -> Digest {
        code::digest(&[env!("VINTNER_CODE_OPERATION_DEFLATE"), code::PANEL, code::TRANSFORM])
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let columns = [ENTITY, TIME, &self.0.nominal, &self.0.deflator];
        vec![InputDeclaration::frame("panel").columns(columns)]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("series", Kind::Frame), OutputDeclaration::new("gaps", Kind::Frame)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let deflated = deflate(&panel(inputs, "panel")?, &self.0)?;
        Ok(Outputs::new()
            .with("series", series(&deflated.panel, &self.0.into)?)
            .with("gaps", gaps(&deflated.gaps)?))
    }
}
