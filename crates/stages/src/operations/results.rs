//! `results`: what models leave, whoever estimated them, as one frame with a row a term.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};
use vintner_reporting::{ModelResults, write_results_csv};

use super::model_results::{self, models_of};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `results`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResultsOf {
    /// The level of confidence intervals.
    #[serde(default = "usual_level")]
    confidence_level: f64,
}

fn usual_level() -> f64 {
    0.95
}

impl Parameters for ResultsOf {
    const NAME: &'static str = "results";
    const SUMMARY: &'static str =
        "puts the coefficients and statistics of models of any stages into one table, a row a term";

    fn code() -> Digest {
        let operations = [env!("VINTNER_CODE_OPERATION_RESULTS")];
        code::digest(&[&operations[..], &model_results::CODE].concat())
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        if !(self.confidence_level > 0.0 && self.confidence_level < 1.0) {
            let place = params.get("confidence_level").unwrap_or(params);
            let message = format!("a confidence level of {}", self.confidence_level);
            faults
                .push(document.fault(Some(place.span), message).hint("it is between 0 and 1, such as 0.95"));
        }
        faults
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        vec![InputDeclaration::anything()]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("csv", Kind::Text).extension("csv")]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let mut models: Vec<ModelResults> = Vec::new();
        let mut refused = Vec::new();
        for role in inputs.other_roles(&[]) {
            for found in models_of(inputs, role, self.confidence_level)? {
                let parts = [role, found.branch.as_str(), found.results.model.as_str()];
                let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                let model = parts.join("/");
                if found.results.terms.is_empty() {
                    refused.push(format!("no coefficients: {model}: {}", found.results.note));
                }
                models.push(ModelResults { model, ..found.results });
            }
        }
        Ok(Outputs::new().with("csv", Artifact::Text(write_results_csv(&models)?)).warn(refused))
    }
}
