//! `draw_paths`: the path of a variable in each entity.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_pipeline::{Digest, InputDeclaration, Inputs, OutputDeclaration, Outputs};
use vintner_reporting::{PathPanels, UnitPath, VariableDefinition, figure_file};

use super::figure_shared::{self, Rows, drawn};
use super::shared::{ENTITY, TIME, panel};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `draw_paths`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DrawPaths {
    /// The name of the figure's files, without folder and ending; `paths-` and the variable's id where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// The variable.
    variable: String,
    /// The variables' names.
    #[serde(default)]
    variables: Vec<VariableDefinition>,
}

impl Parameters for DrawPaths {
    const NAME: &'static str = "draw_paths";
    const SUMMARY: &'static str = "draws a variable's path in each entity, gaps as gaps";

    fn code() -> Digest {
        let operation = [env!("VINTNER_CODE_OPERATION_DRAW_PATHS")];
        let crates = [code::PANEL, code::INGEST, code::REPORTING];
        code::digest(&[&operation[..], &figure_shared::CODE, &crates].concat())
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let mut inputs = figure_shared::inputs();
        inputs.push(InputDeclaration::frame("panel").columns([ENTITY, TIME, &self.variable]));
        inputs.push(InputDeclaration::file("crosswalk"));
        inputs
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        figure_shared::outputs()
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let panel = panel(inputs, "panel")?;
        let rows = Rows::of(inputs, &panel)?;
        let column = panel.values(&self.variable)?;
        let units: Vec<UnitPath> = rows
            .labels
            .iter()
            .zip(rows.values(&column))
            .map(|(label, values)| UnitPath { label: label.clone(), values })
            .collect();
        let known = self.variables.iter().find(|variable| variable.id == self.variable);
        let variable = known.cloned().unwrap_or_else(|| VariableDefinition::unnamed(&self.variable));
        let file = self.file.clone().unwrap_or_else(|| figure_file(&["paths", &self.variable]));
        drawn(inputs, &file, &self.variable, |words, synthetic| {
            PathPanels { variable: &variable, times: &rows.times, units: &units }.draw(words, synthetic)
        })
    }
}
