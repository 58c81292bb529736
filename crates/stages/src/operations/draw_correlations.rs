//! `draw_correlations`: the correlations of variables.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node};
use vintner_estimation::correlations;
use vintner_pipeline::{Digest, InputDeclaration, Inputs, OutputDeclaration, Outputs};
use vintner_reporting::{CorrelationMap, VariableDefinition};

use super::figure_shared::{self, drawn};
use super::shared::{ENTITY, TIME, none_named, panel};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `draw_correlations`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DrawCorrelations {
    /// The name of the figure's files, without folder and ending.
    file: String,
    /// The variables that are correlated, in order.
    show: Vec<String>,
    /// The variables' names.
    #[serde(default)]
    variables: Vec<VariableDefinition>,
}

impl Parameters for DrawCorrelations {
    const NAME: &'static str = "draw_correlations";
    const SUMMARY: &'static str = "draws the correlations of variables, over all values and within entities";

    fn code() -> Digest {
        let operation = [env!("VINTNER_CODE_OPERATION_DRAW_CORRELATIONS")];
        let crates = [code::PANEL, code::INGEST, code::ESTIMATION, code::REPORTING];
        code::digest(&[&operation[..], &figure_shared::CODE, &crates].concat())
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        none_named(document, params, "show", &self.show)
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let mut inputs = figure_shared::inputs();
        let columns = [ENTITY, TIME].into_iter().chain(self.show.iter().map(String::as_str));
        inputs.push(InputDeclaration::frame("panel").columns(columns));
        inputs
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        figure_shared::outputs()
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let found = correlations(&panel(inputs, "panel")?, &self.show)?;
        drawn(inputs, &self.file, "", |words, synthetic| {
            CorrelationMap { correlations: &found, variables: &self.variables }.draw(words, synthetic)
        })
    }
}
