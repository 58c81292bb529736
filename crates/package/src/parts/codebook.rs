//! The codebook: every variable of the analysis data and every variable that is read of raw files, for people and as
//! CSV.

use serde_json::Value;
use vintner_pipeline::Store;
use vintner_stages::significant;

use super::csv_text::csv_text;
use super::words::{cell, code, codes, said, table};
use crate::contents::{Contents, DataSet, SourceContent, VariableContent};
use crate::error::Result;
use crate::files::{Files, Role};

/// The codebook's name.
pub(crate) const CODEBOOK: &str = "codebook/codebook.md";
/// The same as CSV.
pub(super) const CODEBOOK_CSV: &str = "codebook/codebook.csv";

/// Texts that a variable takes are named one by one up to so many.
const NAMED: usize = 12;

pub(super) fn add(contents: &Contents, _: &Store, files: &mut Files) -> Result<()> {
    let mut text = format!(
        "# Codebook\n\nVariables of {}, vintage {}.\n",
        said(&contents.title),
        code(&contents.vintage)
    );
    for data in &contents.data_sets {
        text.push_str(&of_data(data));
    }
    text.push_str("\n## Raw files\n\nThe variables that are read of each, with what the manifest allows.\n");
    for source in &contents.sources {
        text.push_str(&of_source(source));
    }
    files.put(CODEBOOK, Role::Codebook, text)?;
    files.put(CODEBOOK_CSV, Role::Codebook, as_csv(contents)?)
}

fn of_data(data: &DataSet) -> String {
    let mut text = format!("\n## {}\n\n{} rows, made by {}", code(&data.path), data.rows, code(&data.output));
    match data.provided {
        true => text.push_str(".\n\n"),
        false => {
            text.push_str(&format!("; not in this package because of {}.\n\n", codes(&data.withheld_by)))
        }
    }
    let heads = ["Variable", "Label", "Unit", "Type", "Range", "Missing", "Definition", "Read from"];
    let rows = data.variables.iter().map(|variable| {
        vec![
            code(&variable.name),
            variable.label.as_deref().map(cell).unwrap_or_default(),
            variable.unit.as_deref().map(cell).unwrap_or_default(),
            variable.value_type.word().to_owned(),
            cell(&range(variable)),
            cell(&missing(variable)),
            definition(variable),
            variable.read_from.iter().map(|place| cell(place)).collect::<Vec<_>>().join("; "),
        ]
    });
    text.push_str(&table(&heads, rows));
    text
}

fn definition(variable: &VariableContent) -> String {
    let words = variable.definition.as_deref().map(cell);
    let formula = variable.formula.as_deref().map(code);
    words.into_iter().chain(formula).collect::<Vec<_>>().join("; ")
}

/// The least and the greatest value, or the texts that occur.
fn range(variable: &VariableContent) -> String {
    if !variable.categories.is_empty() {
        let named: Vec<&str> = variable.categories.iter().take(NAMED).map(String::as_str).collect();
        let more = variable.categories.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        return format!("{}{more}", named.join(", "));
    }
    match (&variable.min, &variable.max, variable.distinct) {
        (Some(min), Some(max), _) => format!("{} to {}", short(min), short(max)),
        (_, _, Some(distinct)) => format!("{distinct} values"),
        _ => String::new(),
    }
}

fn missing(variable: &VariableContent) -> String {
    if variable.missing == 0 {
        return "none".to_owned();
    }
    let reasons: Vec<String> =
        variable.missing_reasons.iter().map(|(reason, many)| format!("{reason}: {many}")).collect();
    match reasons.is_empty() {
        true => variable.missing.to_string(),
        false => format!("{} ({})", variable.missing, reasons.join("; ")),
    }
}

/// A value for people; the CSV has every digit.
fn short(value: &Value) -> String {
    match value.as_f64().filter(|_| value.is_f64()) {
        Some(number) => significant(number),
        None => plain(value),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn of_source(source: &SourceContent) -> String {
    let mut text =
        format!("\n### {}\n\n{}", said(&source.name), codes(source.files.iter().map(|file| &file.path)));
    let mut keys = Vec::new();
    for (what, column) in [("entities in", &source.entity), ("times in", &source.time)] {
        if let Some(column) = column {
            keys.push(format!("{what} column {}", code(column)));
        }
    }
    if !source.missing.is_empty() {
        keys.push(format!("missing values written as {}", codes(&source.missing)));
    }
    if !keys.is_empty() {
        text.push_str(&format!("; {}", keys.join(", ")));
    }
    text.push_str("\n\n");
    let rows = source.columns.iter().map(|column| {
        let bound = |bound: Option<f64>| bound.map_or_else(|| "any".to_owned(), |bound| bound.to_string());
        let allowed = column.range.map(|[least, most]| format!("{} to {}", bound(least), bound(most)));
        vec![
            code(&column.variable),
            column.column.as_deref().map(code).unwrap_or_default(),
            cell(&column.unit),
            allowed.unwrap_or_default(),
            column.scale.map(|scale| scale.to_string()).unwrap_or_default(),
            codes(&column.missing),
        ]
    });
    text.push_str(&table(
        &["Variable", "Column", "Unit", "Allowed", "Scaled by", "Missing written as"],
        rows,
    ));
    text
}

fn as_csv(contents: &Contents) -> Result<Vec<u8>> {
    let heads = [
        "file",
        "variable",
        "label",
        "unit",
        "type",
        "min",
        "max",
        "mean",
        "distinct",
        "missing",
        "missing_reasons",
        "definition",
        "formula",
        "read_from",
    ];
    let mut rows = Vec::new();
    for data in &contents.data_sets {
        for variable in &data.variables {
            let value = |value: &Option<Value>| value.as_ref().map(plain).unwrap_or_default();
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let reasons = variable.missing_reasons.iter().map(|(reason, many)| format!("{reason}: {many}"));
            rows.push(vec![
                data.path.clone(),
                variable.name.clone(),
                text(&variable.label),
                text(&variable.unit),
                variable.value_type.word().to_owned(),
                value(&variable.min),
                value(&variable.max),
                variable.mean.map(|mean| format!("{mean:?}")).unwrap_or_default(),
                variable.distinct.map(|distinct| distinct.to_string()).unwrap_or_default(),
                variable.missing.to_string(),
                reasons.collect::<Vec<_>>().join("; "),
                text(&variable.definition),
                text(&variable.formula),
                variable.read_from.join("; "),
            ]);
        }
    }
    csv_text(CODEBOOK_CSV, &heads, rows)
}
