//! `draw_agreement`: published coefficients against those of the vintage.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_pipeline::{Digest, InputDeclaration, Inputs, OutputDeclaration, Outputs};
use vintner_reporting::AgreementScatter;

use super::estimates::Collected;
use super::figure_shared::{self, drawn, tidy};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `draw_agreement`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DrawAgreement {
    /// The name of the figure's files, without folder and ending.
    file: String,
    /// The tables' ids, in order; all of them where none is named.
    #[serde(default)]
    tables: Vec<String>,
}

impl Parameters for DrawAgreement {
    const NAME: &'static str = "draw_agreement";
    const SUMMARY: &'static str = "draws published coefficients against those of the vintage";

    fn code() -> Digest {
        let operation = [env!("VINTNER_CODE_OPERATION_DRAW_AGREEMENT")];
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
        let tables = match self.tables.as_slice() {
            [] => collected.tables.iter().map(|table| table.id.clone()).collect(),
            named => named.to_vec(),
        };
        drawn(inputs, &self.file, "", |words, synthetic| {
            AgreementScatter { tables: &tables, rows: &rows, units: &collected.units }.draw(words, synthetic)
        })
    }
}
