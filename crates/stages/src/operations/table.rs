//! `table`: one table of coefficients as files of its own, for a paper.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};
use vintner_reporting::{Renderer, ReportFormat, TableContext, VariableDefinition, write_table_csv};

use super::tables_shared::{self, Tables};
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `table`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    /// The table, by its id among those of `estimates`.
    table: String,
    /// The language: which file of labels the templates take their words from.
    #[serde(default = "super::report::english")]
    language: String,
    /// The variables, as the report explains them.
    #[serde(default)]
    variables: Vec<VariableDefinition>,
    /// The template of the LaTeX table, in the folder of templates.
    #[serde(default = "latex_template")]
    latex: String,
    /// The template of the HTML table.
    #[serde(default = "html_template")]
    html: String,
}

fn latex_template() -> String {
    "table.tex.tera".into()
}

fn html_template() -> String {
    "table.html.tera".into()
}

impl Parameters for Table {
    const NAME: &'static str = "table";
    const SUMMARY: &'static str =
        "sets one table of coefficients as LaTeX, HTML and CSV, to put into a paper";

    fn code() -> Digest {
        tables_shared::code(env!("VINTNER_CODE_OPERATION_TABLE"))
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        tables_shared::inputs()
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![
            OutputDeclaration::new("latex", Kind::Text).extension("tex"),
            OutputDeclaration::new("html", Kind::Text).extension("html"),
            OutputDeclaration::new("csv", Kind::Text).extension("csv"),
        ]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let Tables { report, wording, templates } = Tables::read(inputs, &self.language, &self.variables)?;
        let context = TableContext::new(report, &self.table)?;
        let render = |format, template: &str| {
            let text = Renderer::new(format, &templates, &wording)?.render(template, &context)?;
            Ok::<_, StagesError>(Artifact::Text(text))
        };
        Ok(Outputs::new()
            .with("latex", render(ReportFormat::Latex, &self.latex)?)
            .with("html", render(ReportFormat::Html, &self.html)?)
            .with("csv", Artifact::Text(write_table_csv(&context, &wording)?)))
    }
}
