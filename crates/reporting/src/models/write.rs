//! Tables of models as text.

use serde::Serialize;

use super::address::with_addresses;
use super::layout::{ModelGroup, ModelTable};
use super::results::{ModelResults, StatisticValue};
use super::statistic::{STATISTICS, TERM_COLUMNS};
use crate::error::{ReportingError, Result};
use crate::estimates_csv::as_text;
use crate::renderer::Renderer;
use crate::report_format::ReportFormat;
use crate::template_source::TemplateSource;
use crate::usual::templates_over_usual;
use crate::wording::Wording;

/// A table as templates see it.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    table: &'a ModelTable,
    /// Whether it stands within a report, and isn't a file of its own.
    within: bool,
}

/// The templates that tables of models are written with.
const PREFIX: &str = "models";

/// A table of models in a format: LaTeX to `\input`, an HTML page whose table can be pasted into a word processor,
/// Markdown. Of `own`, a template named as the usual one (`models.tex.tera`) stands in its place.
///
/// # Errors
/// A template's fault, with its line.
pub fn write_model_text(
    table: &ModelTable,
    format: ReportFormat,
    wording: &Wording,
    own: &[TemplateSource],
) -> Result<String> {
    let name = match format {
        ReportFormat::Latex => "models.tex.tera",
        ReportFormat::Html => "models.html.tera",
        ReportFormat::Markdown => "models.md.tera",
    };
    written_with(name, table, false, format, wording, own)
}

/// A table with its numbers as links to their traces among the pages of an audit.
pub fn with_trace_links(table: &ModelTable) -> ModelTable {
    let mut table = table.clone();
    with_addresses(&mut table);
    table
}

/// The same, to stand within a report of that format.
///
/// # Errors
/// A template's fault, with its line.
pub fn write_model_part(
    table: &ModelTable,
    format: ReportFormat,
    wording: &Wording,
    own: &[TemplateSource],
) -> Result<String> {
    let name = match format {
        ReportFormat::Latex => "models.tex.tera",
        ReportFormat::Html => "models-part.html.tera",
        ReportFormat::Markdown => "models.md.tera",
    };
    Ok(written_with(name, table, true, format, wording, own)?.trim_end().to_owned())
}

/// The table with minus signs in what is words and has numbers in it, such as what was published; numbers get theirs by the
/// filter `number`.
fn with_signs(table: &ModelTable) -> ModelTable {
    let mut table = table.clone();
    let rows = table.panels.iter_mut().flat_map(|panel| &mut panel.rows);
    for cell in rows.flat_map(|row| &mut row.cells).filter(|cell| cell.is_words) {
        *cell = cell.with_signs();
    }
    table
}

fn written_with(
    name: &str,
    table: &ModelTable,
    within: bool,
    format: ReportFormat,
    wording: &Wording,
    own: &[TemplateSource],
) -> Result<String> {
    let sources = templates_over_usual(own.to_vec()).into_iter();
    let sources: Vec<TemplateSource> = sources.filter(|source| source.name.starts_with(PREFIX)).collect();
    let table = &with_signs(table);
    Renderer::new(format, &sources, wording)?.render(name, &Shown { table, within })
}

/// A table of models as CSV (RFC 4180 quoting, `\n` ends a row, UTF-8), laid out as it is printed. Text that a
/// spreadsheet might run as a formula gets an apostrophe before it.
///
/// # Errors
/// Where the writer refuses.
pub fn write_model_csv(table: &ModelTable) -> Result<String> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let refuse = |error: csv::Error| ReportingError::Model(error.to_string());
    for panel in &table.panels {
        if !panel.title.is_empty() {
            writer.write_record([as_text(&panel.title)]).map_err(refuse)?;
        }
        let line = |first: &str, cells: Vec<String>| {
            let cells = cells.iter().map(|cell| as_text(cell));
            [as_text(first)].into_iter().chain(cells).collect::<Vec<String>>()
        };
        if panel.grouped {
            let of_group = |group: &ModelGroup| vec![group.text.clone(); group.count];
            let groups = panel.groups.iter().flat_map(of_group).collect();
            writer.write_record(line("", groups)).map_err(refuse)?;
        }
        let numbers = panel.columns.iter().map(|column| column.number.clone()).collect();
        writer.write_record(line("", numbers)).map_err(refuse)?;
        if panel.labelled {
            let labels = panel.columns.iter().map(|column| column.label.clone()).collect();
            writer.write_record(line("", labels)).map_err(refuse)?;
        }
        let dependents = panel.columns.iter().map(|column| column.dependent.clone()).collect();
        writer.write_record(line(&table.dependent, dependents)).map_err(refuse)?;
        for row in &panel.rows {
            // A number's own minus isn't a formula's.
            let cells = row.cells.iter().map(|cell| match cell.value {
                Some(_) => cell.plain(),
                None => as_text(&cell.plain()),
            });
            let record: Vec<String> = [as_text(&row.name)].into_iter().chain(cells).collect();
            writer.write_record(record).map_err(refuse)?;
        }
    }
    if !table.synthetic.is_empty() {
        writer.write_record([as_text(&table.synthetic)]).map_err(refuse)?;
    }
    text_of(writer)
}

/// Models in the one form of results as CSV: a row a term, the columns of a term, then those of the model. What isn't
/// known is empty.
///
/// # Errors
/// Where the writer refuses.
pub fn write_results_csv(models: &[ModelResults]) -> Result<String> {
    let known = STATISTICS.iter().copied();
    let mut others: Vec<&str> = models
        .iter()
        .flat_map(|model| model.statistics.keys())
        .map(String::as_str)
        .filter(|name| !STATISTICS.contains(name))
        .collect();
    others.sort_unstable();
    others.dedup();
    let used = |name: &&str| models.iter().any(|model| model.statistics.contains_key(*name));
    let columns: Vec<&str> = known.filter(used).chain(others).collect();
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let refuse = |error: csv::Error| ReportingError::Model(error.to_string());
    writer.write_record(TERM_COLUMNS.iter().chain(&columns)).map_err(refuse)?;
    let number = |value: Option<f64>| value.map(written).unwrap_or_default();
    for model in models {
        for term in &model.terms {
            let mut record = vec![as_text(&model.model), as_text(&term.term)];
            record.extend(
                [
                    term.estimate,
                    term.std_error,
                    term.statistic,
                    term.p_value,
                    term.conf_low,
                    term.conf_high,
                    term.df,
                ]
                .map(number),
            );
            record.push(as_text(&term.note));
            record.extend(columns.iter().map(|name| match model.statistics.get(*name) {
                Some(StatisticValue::Number(value)) => written(*value),
                Some(StatisticValue::Text(text)) => as_text(text),
                None => String::new(),
            }));
            writer.write_record(&record).map_err(refuse)?;
        }
    }
    text_of(writer)
}

/// All digits of a number; very small and very large ones with a power of ten.
fn written(value: f64) -> String {
    match value.abs() {
        size if size != 0.0 && !(1e-5..1e16).contains(&size) => format!("{value:e}"),
        _ => value.to_string(),
    }
}

fn text_of(writer: csv::Writer<Vec<u8>>) -> Result<String> {
    let bytes = writer.into_inner().map_err(|error| ReportingError::Model(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| ReportingError::Model(error.to_string()))
}
