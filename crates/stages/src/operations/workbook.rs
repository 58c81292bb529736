//! `workbook`: all tables of coefficients as one workbook.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};
use vintner_reporting::{VariableDefinition, write_workbook};

use super::tables_shared::{self, Tables};
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `workbook`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Workbook {
    /// The language: which file of labels the words come from.
    #[serde(default = "super::report::english")]
    language: String,
    /// The variables, as the report explains them.
    #[serde(default)]
    variables: Vec<VariableDefinition>,
}

impl Parameters for Workbook {
    const NAME: &'static str = "workbook";
    const SUMMARY: &'static str = "puts all tables of coefficients into one workbook, a sheet each";

    fn code() -> Digest {
        tables_shared::code(env!("VINTNER_CODE_OPERATION_WORKBOOK"))
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        tables_shared::inputs()
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("xlsx", Kind::File).extension("xlsx")]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let tables = Tables::read(inputs, &self.language, &self.variables)?;
        let bytes = write_workbook(&tables.report, &tables.wording)?;
        Ok(Outputs::new().with("xlsx", Artifact::File(bytes)))
    }
}
