//! `specification_curve`: the figure of one coefficient under all specifications.

use serde::{Deserialize, Serialize};
use vintner_diagnostics::did_you_mean;
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};
use vintner_reporting::{Robustness, SYNTHETIC_NOTICE};

use super::report::is_synthetic;
use crate::params::Parameters;
use crate::{StagesError, code};

/// Parameters of `specification_curve`.
#[derive(Debug, Serialize, Deserialize)]
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
        let operations =
            [env!("VINTNER_CODE_OPERATION_SPECIFICATION_CURVE"), env!("VINTNER_CODE_OPERATION_REPORT")];
        let crates = [code::PANEL, code::INGEST, code::ESTIMATION, code::REPORTING];
        code::digest(&[&operations[..], &crates].concat())
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        vec![InputDeclaration::json("vintage"), InputDeclaration::json("robustness")]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![
            OutputDeclaration::new("svg", Kind::Text).extension("svg"),
            OutputDeclaration::new("tikz", Kind::Text).extension("tex"),
        ]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let robustness: Robustness = inputs.json("robustness")?;
        let notice = if is_synthetic(inputs)? { SYNTHETIC_NOTICE } else { "" };
        let finding = robustness.finding(&self.equation, &self.regressor);
        let Some(drawing) = finding.and_then(|finding| robustness.curve(finding, notice)) else {
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
        Ok(Outputs::new()
            .with("svg", Artifact::Text(drawing.svg()))
            .with("tikz", Artifact::Text(drawing.tikz())))
    }
}
