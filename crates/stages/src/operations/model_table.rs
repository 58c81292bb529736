//! `model_table`: models as the columns of a table, for a paper.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node, did_you_mean};
use vintner_panel::Label;
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};
use vintner_reporting::{
    Below, Brackets, ColumnSpec, Indicator, Language, ModelTable, ModelTableSpec, PanelSpec, Parts,
    PrintedModels, ReportFormat, StarLevels, StatisticRow, TemplateSource, VariableDefinition, fits_pattern,
    model_words, write_model_csv, write_model_docx, write_model_text, write_model_workbook,
};

use super::model_results::{self, Found, all_models};
use super::report::is_synthetic;
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `model_table`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelTableOf {
    /// Its title.
    #[serde(default)]
    title: Label,
    /// A sentence for its note.
    #[serde(default)]
    note: Label,
    /// The columns, in order; all models of all inputs where none are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    models: Vec<Asked>,
    /// In place of `models`: panels that stand below one another, each with its columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    panels: Vec<AskedPanel>,
    /// Patterns of the coefficients that are shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    keep: Vec<String>,
    /// Patterns of those that aren't.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    drop: Vec<String>,
    /// Patterns of those that come first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    order: Vec<String>,
    /// What coefficients are called.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<String, Label>,
    /// The variables as a report explains them, whose names stand where `labels` has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    variables: Vec<VariableDefinition>,
    /// What stands below a coefficient.
    #[serde(default)]
    below: Below,
    /// What stands around it.
    #[serde(default)]
    brackets: Brackets,
    /// What earns a star; `[]` for none.
    #[serde(default)]
    star_levels: StarLevels,
    /// The statistics under the coefficients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    statistics: Option<Vec<StatisticRow>>,
    /// Rows of yes and no.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    indicators: Vec<Indicator>,
    /// Whether each absorbed effect has such a row.
    #[serde(default = "yes")]
    effects: bool,
    /// Decimals.
    #[serde(default = "three")]
    digits: usize,
    /// Which table of the published ones it is, where their file has several.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    published_table: String,
    /// The level of confidence intervals.
    #[serde(default = "usual_level")]
    confidence_level: f64,
    /// How many columns stand beside one another before the table goes on below.
    #[serde(default)]
    columns_per_part: Parts,
    /// The language of its words.
    #[serde(default)]
    language: Language,
}

/// A column, or several: the models of an input.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Asked {
    All(String),
    Some {
        /// The input.
        fit: String,
        /// Which of its models: an estimator, a unit, an equation, a pattern of them (`"*"`). Where none is named, the
        /// one that has no name (the pooled equation), or else all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        model: Option<String>,
        /// What the column is called.
        #[serde(default)]
        label: Label,
        /// What neighbours have in common, as a heading over them.
        #[serde(default)]
        group: Label,
    },
}

impl Asked {
    fn fit(&self) -> &str {
        match self {
            Self::All(fit) | Self::Some { fit, .. } => fit,
        }
    }
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AskedPanel {
    /// What it is called.
    #[serde(default)]
    title: Label,
    /// Its columns.
    models: Vec<Asked>,
}

fn yes() -> bool {
    true
}

fn three() -> usize {
    3
}

fn usual_level() -> f64 {
    0.95
}

/// More decimals than a double has.
const MOST_DIGITS: usize = 15;

impl ModelTableOf {
    fn asked(&self) -> impl Iterator<Item = &Asked> {
        self.models.iter().chain(self.panels.iter().flat_map(|panel| &panel.models))
    }

    /// The inputs with models: those that are named, or all that are given.
    fn roles<'a>(&'a self, inputs: &'a Inputs) -> Vec<&'a str> {
        if self.asked().next().is_none() {
            return inputs.other_roles(&["vintage", "templates", "published"]).collect();
        }
        let mut roles: Vec<&str> = self.asked().map(Asked::fit).collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    fn columns(
        &self,
        asked: &[Asked],
        found: &BTreeMap<String, Vec<Found>>,
    ) -> Result<Vec<ColumnSpec>, StagesError> {
        let mut columns = Vec::new();
        for one in asked {
            let role = one.fit();
            let (model, label, group) = match one {
                Asked::All(_) => (None, Label::default(), Label::default()),
                Asked::Some { model, label, group, .. } => (model.as_deref(), label.clone(), group.clone()),
            };
            let there = found.get(role).map(Vec::as_slice).unwrap_or_default();
            let unnamed = there.iter().any(|one| one.results.model.is_empty());
            let chosen: Vec<&Found> = there
                .iter()
                .filter(|one| match model {
                    Some(model) => one.is_called(model),
                    // Of a pooled equation and those of entities, the pooled one.
                    None => !unnamed || one.results.model.is_empty(),
                })
                .collect();
            if chosen.is_empty() {
                let names: BTreeSet<String> = there.iter().map(Found::name).collect();
                let near = model.and_then(|model| did_you_mean(model, names.iter().map(String::as_str)));
                return Err(StagesError::NoModelIn {
                    role: role.to_owned(),
                    model: model.unwrap_or_default().to_owned(),
                    suggestion: near.map(str::to_owned),
                    available: names.into_iter().collect(),
                });
            }
            let single = chosen.len() == 1;
            // Equations that differ in what they explain are told apart by that, which stands above their column.
            let dependents: BTreeSet<&str> =
                chosen.iter().map(|one| one.results.dependent().unwrap_or_default()).collect();
            let told_apart =
                dependents.len() == chosen.len() && chosen.iter().all(|one| one.name().contains('~'));
            columns.extend(chosen.into_iter().map(|one| ColumnSpec {
                name: role.to_owned(),
                branch: one.branch.clone(),
                label: if single && !label.is_empty() {
                    label.clone()
                } else if told_apart {
                    Label::default()
                } else {
                    Label::new(one.name())
                },
                group: if single || label.is_empty() { group.clone() } else { label.clone() },
                results: one.results.clone(),
            }));
        }
        Ok(columns)
    }
}

impl ModelTableOf {
    /// What was published of the table.
    fn published(&self, inputs: &Inputs) -> Result<PrintedModels, StagesError> {
        if !inputs.has("published") {
            return Ok(PrintedModels::default());
        }
        let place = inputs.files().find(|file| file.role == "published").and_then(|file| file.place);
        let path = place.map_or_else(|| "published".to_owned(), |place| place.display().to_string());
        Ok(PrintedModels::parse(inputs.text("published")?, &path)?.of_table(&self.published_table)?)
    }
}

impl Found {
    /// What tells the model apart among those of its input.
    fn name(&self) -> String {
        match (self.branch.as_str(), self.results.model.as_str()) {
            ("", model) => model.to_owned(),
            (branch, "") => branch.to_owned(),
            (branch, model) => format!("{branch}: {model}"),
        }
    }

    /// Whether a pattern, in which `*` stands for any letters, names it.
    fn is_called(&self, pattern: &str) -> bool {
        let fits = |name: &str| fits_pattern(pattern, name);
        fits(&self.name()) || fits(&self.results.model) || (!self.branch.is_empty() && fits(&self.branch))
    }
}

impl Parameters for ModelTableOf {
    const NAME: &'static str = "model_table";
    const SUMMARY: &'static str =
        "sets models of any stages as the columns of a table: LaTeX, HTML, Markdown, CSV, Excel, Word";

    fn code() -> Digest {
        let operations = [
            env!("VINTNER_CODE_OPERATION_MODEL_TABLE"),
            env!("VINTNER_CODE_OPERATION_REPORT"),
            code::DIAGNOSTICS,
            code::PANEL,
            code::INGEST,
        ];
        code::digest(&[&operations[..], &model_results::CODE].concat())
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        let at = |field: &str| params.get(field).unwrap_or(params).span;
        let mut fault = |field: &str, message: String, hint: &str| {
            faults.push(document.fault(Some(at(field)), message).hint(hint));
        };
        if !self.models.is_empty() && !self.panels.is_empty() {
            fault("panels", "both `models` and `panels`".into(), "columns stand in one of them");
        }
        if self.panels.iter().any(|panel| panel.models.is_empty()) {
            fault(
                "panels",
                "a panel without models".into(),
                "as in `{title: Men, models: [men_ols, men_fe]}`",
            );
        }
        if self.digits > MOST_DIGITS {
            fault("digits", format!("{} decimals", self.digits), "3 is usual, 15 the most that a number has");
        }
        if !(self.confidence_level > 0.0 && self.confidence_level < 1.0) {
            let message = format!("a confidence level of {}", self.confidence_level);
            fault("confidence_level", message, "it is between 0 and 1, such as 0.95");
        }
        if let Some(level) = self.star_levels.0.iter().find(|level| !(**level > 0.0 && **level < 1.0)) {
            fault(
                "star_levels",
                format!("a level of {level}"),
                "as in [0.1, 0.05, 0.01], or [] for no stars",
            );
        }
        if self.columns_per_part == Parts(0) {
            fault("columns_per_part", "no columns beside one another".into(), "8 is usual");
        }
        for indicator in &self.indicators {
            if indicator.terms.is_empty() && indicator.effects.is_empty() {
                let hint = "`terms: [\"year*\"]` or `effects: [firm]` says what the row stands for";
                fault("indicators", format!("`{}` stands for nothing", indicator.label.en), hint);
            }
        }
        faults
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let named: BTreeSet<&str> = self.asked().map(Asked::fit).collect();
        let models = match named.is_empty() {
            true => vec![InputDeclaration::anything().in_order()],
            // Branches are columns in the order in which the pipeline lists them.
            false => named.into_iter().map(|role| InputDeclaration::whatever(role).in_order()).collect(),
        };
        let further = [
            InputDeclaration::json("vintage"),
            InputDeclaration::file("templates").optional(),
            InputDeclaration::file("published").optional(),
        ];
        further.into_iter().chain(models).collect()
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![
            // What a report shows.
            OutputDeclaration::new("table", Kind::Json),
            OutputDeclaration::new("latex", Kind::Text).extension("tex"),
            OutputDeclaration::new("html", Kind::Text).extension("html"),
            OutputDeclaration::new("markdown", Kind::Text).extension("md"),
            OutputDeclaration::new("csv", Kind::Text).extension("csv"),
            OutputDeclaration::new("xlsx", Kind::File).extension("xlsx"),
            OutputDeclaration::new("docx", Kind::File).extension("docx"),
        ]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let roles = self.roles(inputs);
        let found = all_models(inputs, &roles, self.confidence_level)?;
        let panels: Vec<PanelSpec> = if self.panels.is_empty() {
            let all: Vec<Asked>;
            let asked = match self.models.is_empty() {
                true => {
                    all = roles.iter().map(|role| Asked::All((*role).to_owned())).collect();
                    &all
                }
                false => &self.models,
            };
            vec![PanelSpec { title: Label::default(), columns: self.columns(asked, &found)? }]
        } else {
            let panels = self.panels.iter();
            let panel = |panel: &AskedPanel| {
                Ok(PanelSpec { title: panel.title.clone(), columns: self.columns(&panel.models, &found)? })
            };
            panels.map(panel).collect::<Result<_, StagesError>>()?
        };
        let wording = model_words(self.language)?;
        let variables = self.variables.iter().map(|variable| (variable.id.clone(), variable.label.clone()));
        let spec = ModelTableSpec {
            name: inputs.branch.clone(),
            title: self.title.clone(),
            note: self.note.clone(),
            panels,
            keep: self.keep.clone(),
            drop: self.drop.clone(),
            order: self.order.clone(),
            labels: self.labels.clone(),
            variables: variables.collect(),
            published: self.published(inputs)?,
            below: self.below,
            brackets: self.brackets,
            star_levels: self.star_levels.clone(),
            statistics: self.statistics.clone(),
            indicators: self.indicators.clone(),
            effects: self.effects,
            digits: self.digits,
            confidence_level: self.confidence_level,
            parts: self.columns_per_part,
            synthetic: is_synthetic(inputs)?,
        };
        let table = ModelTable::new(&spec, &wording, self.language)?;
        let own = if inputs.has("templates") { inputs.texts("templates")? } else { Vec::new() };
        let own = own.into_iter().filter(|(name, _)| name.starts_with("models.") && name.ends_with(".tera"));
        let own: Vec<TemplateSource> =
            own.map(|(name, text)| TemplateSource { name: name.into(), text: text.into() }).collect();
        let written = |format| write_model_text(&table, format, &wording, &own).map(Artifact::Text);
        Ok(Outputs::new()
            .with("table", Artifact::json(&table)?)
            .with("latex", written(ReportFormat::Latex)?)
            .with("html", written(ReportFormat::Html)?)
            .with("markdown", written(ReportFormat::Markdown)?)
            .with("csv", Artifact::Text(write_model_csv(&table)?))
            .with("xlsx", Artifact::File(write_model_workbook(&table, &wording)?))
            .with("docx", Artifact::File(write_model_docx(&table, &wording)?)))
    }
}
