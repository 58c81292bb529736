//! `draw_missing`: which values a panel lacks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node};
use vintner_pipeline::{Digest, InputDeclaration, Inputs, OutputDeclaration, Outputs};
use vintner_reporting::MissingMap;

use super::figure_shared::{self, Rows, drawn};
use super::shared::{ENTITY, TIME, none_named, panel};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `draw_missing`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DrawMissing {
    /// The name of the figure's files, without folder and ending.
    file: String,
    /// The variables, in order.
    show: Vec<String>,
}

impl Parameters for DrawMissing {
    const NAME: &'static str = "draw_missing";
    const SUMMARY: &'static str = "draws how many values of each variable are missing, by year and by entity";

    fn code() -> Digest {
        let operation = [env!("VINTNER_CODE_OPERATION_DRAW_MISSING")];
        let crates = [code::PANEL, code::INGEST, code::REPORTING];
        code::digest(&[&operation[..], &figure_shared::CODE, &crates].concat())
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        none_named(document, params, "show", &self.show)
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let mut inputs = figure_shared::inputs();
        let columns = [ENTITY, TIME].into_iter().chain(self.show.iter().map(String::as_str));
        inputs.push(InputDeclaration::frame("panel").columns(columns));
        inputs.push(InputDeclaration::file("crosswalk").optional());
        inputs
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        figure_shared::outputs()
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let panel = panel(inputs, "panel")?;
        let rows = Rows::of(inputs, &panel)?;
        let missing = self
            .show
            .iter()
            .map(|variable| {
                let column = panel.values(variable)?;
                let of_unit = |values: Vec<Option<f64>>| values.iter().map(Option::is_none).collect();
                Ok(rows.values(&column).map(of_unit).collect())
            })
            .collect::<Result<Vec<Vec<Vec<bool>>>, StagesError>>()?;
        drawn(inputs, &self.file, "", |words, synthetic| {
            let map = MissingMap {
                variables: &self.show,
                units: &rows.labels,
                times: &rows.times,
                missing: &missing,
            };
            map.draw(words, synthetic)
        })
    }
}
