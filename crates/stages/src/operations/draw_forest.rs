//! `draw_forest`: the coefficients of a table with their intervals.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::did_you_mean;
use vintner_pipeline::{Digest, InputDeclaration, Inputs, OutputDeclaration, Outputs};
use vintner_reporting::{Forest, VariableDefinition, figure_file};

use super::estimates::{Collected, published};
use super::figure_shared::{self, drawn};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `draw_forest`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DrawForest {
    /// The name of the figure's files, without folder and ending; `forest-` and the table's id where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// The table's id.
    table: String,
    /// The variables' names.
    #[serde(default)]
    variables: Vec<VariableDefinition>,
}

impl Parameters for DrawForest {
    const NAME: &'static str = "draw_forest";
    const SUMMARY: &'static str =
        "draws a table's coefficients with intervals of three levels and the published values";

    fn code() -> Digest {
        let operation = [env!("VINTNER_CODE_OPERATION_DRAW_FOREST")];
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
        let Some(table) = collected.tables.iter().find(|table| table.id == self.table) else {
            let known: Vec<String> = collected.tables.iter().map(|table| table.id.clone()).collect();
            return Err(StagesError::NoTable {
                suggestion: did_you_mean(&self.table, known.iter().map(String::as_str)).map(str::to_owned),
                table: self.table.clone(),
                available: known,
            });
        };
        let published = published(inputs)?;
        let file = self.file.clone().unwrap_or_else(|| figure_file(&["forest", &self.table]));
        drawn(inputs, &file, &self.table, |words, synthetic| {
            let forest = Forest {
                table,
                rows: &collected.rows,
                units: &collected.units,
                published: &published,
                variables: &self.variables,
            };
            forest.draw(words, synthetic)
        })
    }
}
