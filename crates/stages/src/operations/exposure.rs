//! `exposure`: a national series shared out over entities.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_pipeline::{Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};
use vintner_transform::{ShiftShare, exposure, join_exposure};

use super::shared::{ENTITY, TIME, gaps, panel, series, tidy, tidy_input, with_known_variables};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `exposure`: those of [`ShiftShare`].
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Exposure(ShiftShare);

impl Parameters for Exposure {
    const NAME: &'static str = "exposure";
    const SUMMARY: &'static str =
        "shares a national series out over entities by their base-year shares (shift-share)";

    fn code() -> Digest {
        code::digest(&[env!("VINTNER_CODE_OPERATION_EXPOSURE"), code::PANEL, code::TRANSFORM])
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        vec![
            tidy_input([&self.0.shift, &self.0.share]),
            // The panel says which entities and years the exposure is wanted for.
            InputDeclaration::frame("panel").columns([ENTITY, TIME]),
        ]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("series", Kind::Frame), OutputDeclaration::new("gaps", Kind::Frame)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let shared_out =
            exposure(&tidy(inputs)?, &self.0).map_err(|error| with_known_variables(error, inputs))?;
        let joined = join_exposure(&panel(inputs, "panel")?, &shared_out, &self.0.into)?;
        Ok(Outputs::new()
            .with("series", series(&joined.panel, &self.0.into)?)
            .with("gaps", gaps(&joined.gaps)?))
    }
}
