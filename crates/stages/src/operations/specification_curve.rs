//! `specification_curve`: the figure of one coefficient under all specifications.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::did_you_mean;
use vintner_pipeline::{Digest, InputDeclaration, Inputs, OutputDeclaration, Outputs};
use vintner_reporting::{Robustness, figure_file};

use super::figure_shared::{self, drawn};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `specification_curve`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Curve {
    /// The equation's id.
    equation: String,
    /// The regressor.
    regressor: String,
}

impl Parameters for Curve {
    const NAME: &'static str = "specification_curve";
    const SUMMARY: &'static str = "draws one coefficient under all specifications, as SVG and as TikZ";

    fn code() -> Digest {
        let operation = [env!("VINTNER_CODE_OPERATION_SPECIFICATION_CURVE")];
        let crates = [code::PANEL, code::INGEST, code::ESTIMATION, code::REPORTING];
        code::digest(&[&operation[..], &figure_shared::CODE, &crates].concat())
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let mut inputs = figure_shared::inputs();
        inputs.push(InputDeclaration::json("robustness"));
        inputs
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        figure_shared::outputs()
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let robustness: Robustness = inputs.json("robustness")?;
        let file = figure_file(&["curve", &self.equation, &self.regressor]);
        let found = robustness.finding(&self.equation, &self.regressor);
        let Some((finding, equation)) = found.zip(robustness.equation(&self.equation)) else {
            let known: Vec<String> = robustness
                .findings
                .iter()
                .map(|finding| format!("{}/{}", finding.equation, finding.regressor))
                .collect();
            let asked = format!("{}/{}", self.equation, self.regressor);
            return Err(StagesError::NoFinding {
                suggestion: did_you_mean(&asked, known.iter().map(String::as_str)).map(str::to_owned),
                asked,
                available: known,
            });
        };
        drawn(inputs, &file, &self.equation, |words, synthetic| {
            robustness.curve(finding, equation, words, synthetic)
        })
    }
}
