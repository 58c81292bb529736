//! `draw_directions`: which dependent variable moves which, entity by entity.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_pipeline::{Digest, InputDeclaration, Inputs, OutputDeclaration, Outputs};
use vintner_reporting::{Directions, VariableDefinition};

use super::estimates::Collected;
use super::figure_shared::{self, drawn, tidy};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `draw_directions`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DrawDirections {
    /// The name of the figure's files, without folder and ending.
    file: String,
    /// The variables' names.
    #[serde(default)]
    variables: Vec<VariableDefinition>,
}

impl Parameters for DrawDirections {
    const NAME: &'static str = "draw_directions";
    const SUMMARY: &'static str =
        "draws which dependent variables move which, by entity, held against the publication";

    fn code() -> Digest {
        let operation = [env!("VINTNER_CODE_OPERATION_DRAW_DIRECTIONS")];
        let crates = [code::PANEL, code::INGEST, code::ESTIMATION, code::REPORTING];
        code::digest(&[&operation[..], &figure_shared::CODE, &crates].concat())
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let mut inputs = figure_shared::inputs();
        inputs.push(InputDeclaration::json("estimates"));
        inputs.push(InputDeclaration::file("published").optional());
        inputs
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        figure_shared::outputs()
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let collected: Collected = inputs.json("estimates")?;
        let rows = tidy(inputs, &collected)?;
        drawn(inputs, &self.file, "", |words, synthetic| {
            let directions = Directions {
                tables: &collected.tables,
                rows: &rows,
                units: &collected.units,
                star_levels: &collected.star_levels,
                variables: &self.variables,
            };
            directions.draw(words, synthetic)
        })
    }
}
