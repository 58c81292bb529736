//! What the operations that put out tables alone have in common.

use vintner_panel::Label;
use vintner_pipeline::{Digest, InputDeclaration, Inputs};
use vintner_reporting::{
    ReportContext, ReportInputs, ReportSpec, TableSpec, TemplateSource, VariableDefinition, Wording,
};

use super::estimates::{Collected, published};
use super::report;
use crate::code;
use crate::error::StagesError;

/// The tables with the words to print them.
pub(super) struct Tables {
    pub(super) report: ReportContext,
    pub(super) wording: Wording,
    pub(super) templates: Vec<TemplateSource>,
}

/// The code of an operation, given that of its own file.
pub(super) fn code(operation: &str) -> Digest {
    let operations = [
        operation,
        env!("VINTNER_CODE_OPERATION_TABLES_SHARED"),
        env!("VINTNER_CODE_OPERATION_REPORT"),
        env!("VINTNER_CODE_OPERATION_ESTIMATES"),
    ];
    let crates = [code::PANEL, code::INGEST, code::ESTIMATION, code::REPORTING];
    code::digest(&[&operations[..], &crates].concat())
}

pub(super) fn inputs() -> Vec<InputDeclaration> {
    vec![
        InputDeclaration::json("vintage"),
        InputDeclaration::json("estimates"),
        InputDeclaration::file("published").optional(),
        InputDeclaration::file("templates").optional(),
    ]
}

impl Tables {
    pub(super) fn read(
        inputs: &Inputs,
        language: &str,
        variables: &[VariableDefinition],
    ) -> Result<Self, StagesError> {
        let (wording, templates) = report::templates(inputs, language)?;
        let collected: Collected = inputs.json("estimates")?;
        let report_inputs = ReportInputs {
            variables: variables.to_vec(),
            estimates: collected.rows,
            published: published(inputs)?,
            dropped: collected.dropped,
            ..ReportInputs::of(report::vintage(inputs)?)
        };
        let spec = ReportSpec {
            language: language.to_owned(),
            // Each is asked for by name, also those that the report leaves out.
            tables: collected
                .tables
                .into_iter()
                .map(|table| TableSpec { in_report: true, ..table })
                .collect(),
            units: collected.units,
            star_levels: collected.star_levels,
            ..ReportSpec::titled(Label::default())
        };
        Ok(Self { report: ReportContext::build(&spec, &report_inputs)?, wording, templates })
    }
}
