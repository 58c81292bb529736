//! `report`: everything, as Markdown, LaTeX and HTML, in one language.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node, did_you_mean};
use vintner_ingest::{Correction, Manifest, Source};
use vintner_panel::{Gap, Label, gaps_from_frame, shortest_decimal};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};
use vintner_reporting::{
    Bibliography, CorrectionSummary, EquationDiagnostics, FigureAbout, Language, ModelTable, Renderer,
    ReportContext, ReportFormat, ReportInputs, ReportSpec, Robustness, SECTIONS, SectionSpec, SourceSummary,
    TemplateSource, TidyEstimate, Translation, VariableDefinition, VintageSummary, Wording, model_words,
    read_estimates_csv, templates_over_usual, usual_file, with_trace_links, write_model_part,
};

use super::diagnose::Diagnostics;
use super::estimates::{Collected, published};
use super::unit_root::UnitRoots;
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `report`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Report {
    /// The title.
    title: Label,
    /// The authors.
    #[serde(default)]
    authors: Vec<String>,
    /// The publication that is replicated.
    #[serde(default)]
    citation: Label,
    /// Paragraphs under the title.
    #[serde(default)]
    introduction: Vec<Label>,
    /// The sections in their order; the usual ones where none are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sections: Vec<SectionSpec>,
    /// The variables, as the report explains them.
    #[serde(default)]
    variables: Vec<VariableDefinition>,
    /// Commands that make the report again; `{vintage}` is the vintage's name.
    #[serde(default)]
    commands: Vec<String>,
    /// The language: which file of labels the templates take their words from.
    #[serde(default = "english")]
    language: String,
    /// The same report in other languages.
    #[serde(default)]
    translations: Vec<Translation>,
    /// Whether numbers of the HTML report are links to their traces among the pages of an audit.
    #[serde(default)]
    trace_links: bool,
    /// The template of the Markdown report, in the folder of templates.
    #[serde(default = "markdown_template")]
    markdown: String,
    /// The template of the LaTeX report.
    #[serde(default = "latex_template")]
    latex: String,
    /// The template of the HTML report.
    #[serde(default = "html_template")]
    html: String,
}

pub(super) fn english() -> String {
    "en".into()
}

fn markdown_template() -> String {
    "report.md.tera".into()
}

fn latex_template() -> String {
    "report.tex.tera".into()
}

fn html_template() -> String {
    "report.html.tera".into()
}

/// What an `ingest` branch says of its source.
#[derive(Deserialize)]
struct Summary {
    source: String,
    rows_used: usize,
    #[serde(default)]
    flags: BTreeMap<String, BTreeMap<String, usize>>,
    #[serde(default)]
    codes: Vec<Code>,
}

/// A number that is a code for missing values most often.
#[derive(Deserialize)]
struct Code {
    variable: String,
    number: f64,
    count: usize,
}

impl Parameters for Report {
    const NAME: &'static str = "report";
    const SUMMARY: &'static str =
        "renders the report from templates, as Markdown, LaTeX and HTML, in one language";

    fn code() -> Digest {
        // What `estimates` hands over, and what was published, is read by its file.
        let operations = [
            env!("VINTNER_CODE_OPERATION_REPORT"),
            env!("VINTNER_CODE_OPERATION_ESTIMATES"),
            env!("VINTNER_CODE_OPERATION_DIAGNOSE"),
            env!("VINTNER_CODE_OPERATION_UNIT_ROOT"),
        ];
        let crates = [code::PANEL, code::INGEST, code::ESTIMATION, code::REPORTING];
        code::digest(&[&operations[..], &crates].concat())
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        let at = params.get("sections").unwrap_or(params).span;
        for section in &self.sections {
            let SectionSpec::Usual(name) = section else { continue };
            if !SECTIONS.contains(&name.as_str()) {
                let near = did_you_mean(name, SECTIONS);
                let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
                let hint = format!(
                    "{near}there are {}; `{{table: INPUT}}` and `{{figure: INPUT}}` show what an input brings",
                    SECTIONS.join(", ")
                );
                faults.push(document.fault(Some(at), format!("no section is called `{name}`")).hint(hint));
            }
        }
        faults
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let own = self.sections.iter().filter_map(|section| match section {
            SectionSpec::Table { table, .. } => Some(InputDeclaration::json(table)),
            SectionSpec::Figure { figure, .. } => Some(InputDeclaration::json(figure).in_order()),
            SectionSpec::Usual(_) | SectionSpec::Text { .. } => None,
        });
        let mut declared = vec![
            InputDeclaration::json("vintage"),
            InputDeclaration::json("estimates").optional(),
            InputDeclaration::json("descriptives").optional(),
            InputDeclaration::json("granger").optional(),
            InputDeclaration::json("sources").optional().many(),
            InputDeclaration::json("robustness").optional(),
            InputDeclaration::json("unit_roots").optional(),
            InputDeclaration::json("diagnostics").optional().in_order(),
            InputDeclaration::json("system").optional(),
            InputDeclaration::json("claims").optional(),
            InputDeclaration::json("figures").optional(),
            InputDeclaration::file("published").optional(),
            InputDeclaration::file("references").optional(),
            InputDeclaration::file("templates").optional(),
            // An `estimates.csv` that was made before.
            InputDeclaration::file("before").optional(),
        ];
        for one in own {
            if declared.iter().all(|known| known.role != one.role) {
                declared.push(one);
            }
        }
        // Gaps, from whichever stages list them.
        declared.push(InputDeclaration::any(Kind::Frame));
        declared
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        let endings = [("markdown", "md"), ("latex", "tex"), ("html", "html"), ("bibliography", "bib")];
        let texts = endings.map(|(name, ending)| OutputDeclaration::new(name, Kind::Text).extension(ending));
        // All that a report may summarise.
        texts.into_iter().chain([OutputDeclaration::new("gaps", Kind::Text).extension("gaps.csv")]).collect()
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let vintage = vintage(inputs)?;
        let collected: Collected =
            if inputs.has("estimates") { inputs.json("estimates")? } else { Collected::default() };
        let robustness: Option<Robustness> =
            if inputs.has("robustness") { Some(inputs.json("robustness")?) } else { None };
        let report_inputs = ReportInputs {
            unit_roots: if inputs.has("unit_roots") {
                inputs.json::<UnitRoots>("unit_roots")?.tests
            } else {
                Vec::new()
            },
            diagnostics: diagnostics(inputs, robustness.as_ref())?,
            system: if inputs.has("system") { Some(inputs.json("system")?) } else { None },
            variables: self.variables.clone(),
            descriptives: if inputs.has("descriptives") { inputs.json("descriptives")? } else { Vec::new() },
            granger: if inputs.has("granger") { inputs.json("granger")? } else { Vec::new() },
            estimates: collected.rows,
            published: published(inputs)?,
            gaps: gaps(inputs, &self.own_roles())?,
            robustness,
            claims: if inputs.has("claims") { inputs.json("claims")? } else { Vec::new() },
            figures: if inputs.has("figures") { inputs.json("figures")? } else { BTreeMap::new() },
            dropped: collected.dropped,
            models: self.models(inputs)?,
            plots: self.plots(inputs)?,
            before: before(inputs)?,
            vintage,
        };
        let commands =
            self.commands.iter().map(|line| line.replace("{vintage}", &report_inputs.vintage.name));
        let spec = ReportSpec {
            language: self.language.clone(),
            title: self.title.clone(),
            authors: self.authors.clone(),
            citation: self.citation.clone(),
            introduction: self.introduction.clone(),
            translations: self.translations.clone(),
            trace_links: self.trace_links,
            sections: self.sections.clone(),
            tables: collected.tables,
            units: collected.units,
            star_levels: collected.star_levels,
            commands: commands.collect(),
        };
        let context = ReportContext::build(&spec, &report_inputs)?;
        let (wording, templates) = templates(inputs, &self.language)?;
        let words = model_words(if self.language == "zh" { Language::Chinese } else { Language::English })?;
        let works = bibliography(inputs)?;
        let render = |format, template: &str| {
            let parts = report_inputs.models.iter();
            let parts = parts.map(|(name, table)| {
                // Only pages are clicked through.
                let linked = self.trace_links && format == ReportFormat::Html;
                let linked = linked.then(|| with_trace_links(table));
                let table = linked.as_ref().unwrap_or(table);
                Ok((name.clone(), write_model_part(table, format, &words, &templates)?))
            });
            let parts: BTreeMap<String, String> = parts.collect::<Result<_, StagesError>>()?;
            let renderer = Renderer::citing(format, &templates, &wording, &works)?.with_parts(parts);
            let text = renderer.render(template, &context)?;
            Ok::<_, StagesError>((Artifact::Text(text), renderer.cited()))
        };
        let (latex, cited) = render(ReportFormat::Latex, &self.latex)?;
        Ok(Outputs::new()
            .with("markdown", render(ReportFormat::Markdown, &self.markdown)?.0)
            .with("html", render(ReportFormat::Html, &self.html)?.0)
            .with("bibliography", Artifact::Text(works.write(&cited, &report_inputs.vintage)))
            .with("latex", latex)
            .with("gaps", Artifact::Text(gaps_csv(&report_inputs.gaps)?)))
    }
}

impl Report {
    /// The inputs that its own sections show.
    fn own_roles(&self) -> Vec<&str> {
        self.sections
            .iter()
            .filter_map(|section| match section {
                SectionSpec::Table { table: role, .. } | SectionSpec::Figure { figure: role, .. } => {
                    Some(role.as_str())
                }
                SectionSpec::Usual(_) | SectionSpec::Text { .. } => None,
            })
            .collect()
    }

    fn models(&self, inputs: &Inputs) -> Result<BTreeMap<String, ModelTable>, StagesError> {
        let mut models = BTreeMap::new();
        for section in &self.sections {
            if let SectionSpec::Table { table, .. } = section {
                models.insert(table.clone(), inputs.json(table)?);
            }
        }
        Ok(models)
    }

    fn plots(&self, inputs: &Inputs) -> Result<BTreeMap<String, Vec<FigureAbout>>, StagesError> {
        let mut plots = BTreeMap::new();
        for section in &self.sections {
            if let SectionSpec::Figure { figure, .. } = section {
                let all = inputs.jsons(figure)?.into_iter().map(|(_, about)| about).collect();
                plots.insert(figure.clone(), all);
            }
        }
        Ok(plots)
    }
}

/// The estimates that were made before.
fn before(inputs: &Inputs) -> Result<Option<Vec<TidyEstimate>>, StagesError> {
    if !inputs.has("before") {
        return Ok(None);
    }
    let place = inputs.files().find(|file| file.role == "before").and_then(|file| file.place);
    let path = place.map_or_else(|| "before".to_owned(), |place| place.display().to_string());
    Ok(Some(read_estimates_csv(inputs.text("before")?, &path)?))
}

/// What can be cited: the works under the role `references`, which are always listed, and those of the
/// BibTeX files among the templates.
fn bibliography(inputs: &Inputs) -> Result<Bibliography, StagesError> {
    let mut works = Bibliography::default();
    let own = if inputs.has("templates") { inputs.texts("templates")? } else { Vec::new() };
    if let Some(usual) = usual_file(WORKS).filter(|_| own.iter().all(|(name, _)| *name != WORKS)) {
        works.read(WORKS, usual, false)?;
    }
    for (role, always) in [("references", true), ("templates", false)] {
        if inputs.has(role) {
            for (name, text) in inputs.texts(role)? {
                if always || name.ends_with(".bib") {
                    works.read(if name.is_empty() { role } else { name }, text, always)?;
                }
            }
        }
    }
    Ok(works)
}

/// The works on methods, among the templates.
const WORKS: &str = "references.bib";

/// The labels of a language and the templates: the program's own, and those under the role `templates` in their place.
pub(super) fn templates(
    inputs: &Inputs,
    language: &str,
) -> Result<(Wording, Vec<TemplateSource>), StagesError> {
    let files = if inputs.has("templates") { inputs.texts("templates")? } else { Vec::new() };
    let wording = Wording::among(files.iter().copied(), language)?;
    let templates = files
        .into_iter()
        .filter(|(name, _)| name.ends_with(".tera"))
        .map(|(name, text)| TemplateSource { name: name.into(), text: text.into() });
    Ok((wording, templates_over_usual(templates.collect())))
}

pub(super) fn vintage(inputs: &Inputs) -> Result<VintageSummary, StagesError> {
    #[derive(Deserialize)]
    struct Named {
        name: String,
        #[serde(default)]
        review: Vec<usize>,
        #[serde(flatten)]
        manifest: Manifest,
    }
    let Named { name, review, manifest } = inputs.json("vintage")?;
    let read: BTreeMap<String, Summary> = inputs
        .jsons::<Summary>("sources")?
        .into_iter()
        .map(|(_, summary)| (summary.source.clone(), summary))
        .collect();
    let all = manifest.licence.clone().unwrap_or_default();
    let summary = |source: Source| SourceSummary {
        corrections: source.corrections.iter().map(corrected).collect(),
        rows: source.parts().iter().map(|part| read.get(&part.name).map(|summary| summary.rows_used)).sum(),
        flags: flags_in_words(&source, &flags_of(&source, &read)),
        codes: codes_in_words(&source, &read),
        file: source.files_shown().into_owned(),
        sha256: source.checksum_shown(),
        citation: source.citation.unwrap_or_default(),
        licence: source.licence.unwrap_or_else(|| all.clone()),
        url: source.url.unwrap_or_default(),
    };
    Ok(VintageSummary {
        name,
        title: manifest.title,
        kind: serde_json::to_value(manifest.kind)?.as_str().unwrap_or_default().to_owned(),
        date: manifest.date,
        notice: Some(manifest.notice),
        review,
        sources: manifest.sources.into_iter().map(summary).collect(),
    })
}

fn corrected(correction: &Correction) -> CorrectionSummary {
    CorrectionSummary {
        cell: match &correction.part {
            Some(part) => format!("{part}!{}", correction.cell),
            None => correction.cell.clone(),
        },
        old: correction.old.text(),
        new: correction.new_text(),
        reason: correction.reason.clone(),
        source: correction.source.clone(),
    }
}

/// How many values have which flag, over all files of a source.
fn flags_of(source: &Source, read: &BTreeMap<String, Summary>) -> BTreeMap<String, BTreeMap<String, usize>> {
    let mut all: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for summary in source.parts().iter().filter_map(|part| read.get(&part.name)) {
        for (variable, counts) in &summary.flags {
            let own = all.entry(variable.clone()).or_default();
            counts.iter().for_each(|(mark, count)| *own.entry(mark.clone()).or_default() += count);
        }
    }
    all
}

/// Marks beside a source's values with what each means and how many values it is beside.
fn flags_in_words(source: &Source, flags: &BTreeMap<String, BTreeMap<String, usize>>) -> String {
    let meaning = |variable: &str, mark: &str| -> String {
        let column = source.columns.iter().find(|column| column.variable == variable);
        let own = column.and_then(|column| column.numbers.flags.0.get(mark));
        let meaning = own.or_else(|| source.numbers.flags.0.get(mark)).filter(|meaning| !meaning.is_empty());
        meaning.map(|meaning| format!(" ({meaning})")).unwrap_or_default()
    };
    let of = |(variable, counts): (&String, &BTreeMap<String, usize>)| {
        let counts = counts.iter().map(|(mark, count)| format!("{mark}{} {count}", meaning(variable, mark)));
        let counts: Vec<String> = counts.collect();
        format!("{variable}: {}", counts.join(", "))
    };
    let variables: Vec<String> = flags.iter().filter(|(_, counts)| !counts.is_empty()).map(of).collect();
    variables.join("; ")
}

/// Numbers that are codes for missing values most often and were read as numbers, with how many cells hold each, over all
/// files of a source.
fn codes_in_words(source: &Source, read: &BTreeMap<String, Summary>) -> String {
    let mut counts: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let parts = source.parts();
    for code in parts.iter().filter_map(|part| read.get(&part.name)).flat_map(|summary| &summary.codes) {
        *counts.entry((&code.variable, shortest_decimal(code.number))).or_default() += code.count;
    }
    let told = counts.iter().map(|((variable, number), count)| format!("{variable} {number} ({count})"));
    told.collect::<Vec<_>>().join(", ")
}

/// The tests of each equation, under the title that it has elsewhere in the report.
fn diagnostics(
    inputs: &Inputs,
    robustness: Option<&Robustness>,
) -> Result<Vec<EquationDiagnostics>, StagesError> {
    let found: Vec<(String, Diagnostics)> = inputs.jsons("diagnostics")?;
    let equations = robustness.map(|robustness| robustness.equations.as_slice()).unwrap_or_default();
    let of = |(key, found): (String, Diagnostics)| {
        let known = equations.iter().find(|equation| equation.id == key);
        let title = known.map_or_else(|| Label::new(&found.formula.dependent), |one| one.title.clone());
        EquationDiagnostics { equation: key, title, tests: found.tests }
    };
    Ok(found.into_iter().map(of).collect())
}

/// Whether the vintage's data are synthetic.
pub(crate) fn is_synthetic(inputs: &Inputs) -> Result<bool, StagesError> {
    Ok(vintage(inputs)?.is_synthetic())
}

/// All gaps as CSV.
fn gaps_csv(gaps: &[Gap]) -> Result<String, StagesError> {
    let refused = |error: csv::Error| StagesError::CsvNotWritten { message: error.to_string() };
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["variable", "entity", "time", "reason"]).map_err(refused)?;
    for gap in gaps {
        let time = gap.time.map(|time| time.to_string()).unwrap_or_default();
        writer.write_record([gap.variable.as_str(), &gap.entity, &time, &gap.reason]).map_err(refused)?;
    }
    let bytes =
        writer.into_inner().map_err(|error| StagesError::CsvNotWritten { message: error.to_string() })?;
    String::from_utf8(bytes).map_err(|error| StagesError::CsvNotWritten { message: error.to_string() })
}

/// The gaps of all frames given, each once.
fn gaps(inputs: &Inputs, shown: &[&str]) -> Result<Vec<Gap>, StagesError> {
    let named = [
        "vintage",
        "estimates",
        "descriptives",
        "granger",
        "sources",
        "robustness",
        "unit_roots",
        "diagnostics",
        "system",
        "claims",
        "figures",
        "published",
        "references",
        "templates",
        "before",
    ];
    let named: Vec<&str> = named.iter().chain(shown).copied().collect();
    let mut gaps = Vec::new();
    for role in inputs.other_roles(&named) {
        for (_, frame) in inputs.frames(role)? {
            gaps.extend(gaps_from_frame(&frame)?);
        }
    }
    gaps.sort();
    gaps.dedup();
    Ok(gaps)
}
