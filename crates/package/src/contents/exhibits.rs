//! Exhibits, gathered from what stages publish and from what the authors call them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::exhibit::{Exhibit, ExhibitKind};
use super::source::SourceContent;
use super::stage::StageContent;
use crate::description::Description;

/// What stages publish, in the pipeline's order; tables of coefficients that no stage prints alone among them.
pub(super) fn exhibits(
    stages: &[StageContent],
    sources: &[SourceContent],
    description: &Description,
) -> Vec<Exhibit> {
    let mut found = Vec::new();
    for stage in stages {
        if stage.operation == "estimates" {
            found.extend(unprinted(stage, stages, sources));
        }
        if stage.published().is_empty() {
            continue;
        }
        let named = description.exhibits.iter().find(|named| named.made_by == stage.branch);
        let mut exhibit = Exhibit {
            name: own_name(stage),
            kind: kind(stage),
            title: stage.title.clone(),
            branch: stage.branch.clone(),
            computed_by: computed_by(stage, stages),
            place: None,
            files: stage.published(),
            sources: Vec::new(),
            reproducible: true,
            note: None,
        };
        if let Some(table) = table_of(stage) {
            exhibit.title = title_of_table(stages, &table).or(exhibit.title);
        }
        if let Some(named) = named {
            exhibit.name.clone_from(&named.name);
            exhibit.note.clone_from(&named.note);
        }
        made_from(&mut exhibit, stages, sources);
        found.push(exhibit);
    }
    found
}

/// Names the sources of an exhibit, and whether they are in the package.
pub(super) fn made_from(exhibit: &mut Exhibit, stages: &[StageContent], sources: &[SourceContent]) {
    let own = sources_of(&exhibit.branch, stages);
    let own: Vec<&SourceContent> = sources.iter().filter(|source| own.contains(&source.name)).collect();
    exhibit.reproducible = own.iter().all(|source| source.is_provided());
    exhibit.sources = own.into_iter().map(|source| source.name.clone()).collect();
}

fn sources_of(branch: &str, stages: &[StageContent]) -> BTreeSet<String> {
    let (mut wanted, mut found) = (BTreeSet::from([branch.to_owned()]), BTreeSet::new());
    for stage in stages.iter().rev() {
        if wanted.contains(&stage.branch) {
            wanted.extend(stage.reads.iter().map(|read| read.branch.clone()));
            found.extend(stage.sources.iter().cloned());
        }
    }
    found
}

/// Tables of coefficients that stand in the list of all, and that no stage prints alone.
fn unprinted(estimates: &StageContent, stages: &[StageContent], sources: &[SourceContent]) -> Vec<Exhibit> {
    let printed: BTreeSet<String> = stages.iter().filter_map(table_of).collect();
    let mut found = Vec::new();
    for table in estimates.params.get("tables").and_then(Value::as_array).into_iter().flatten() {
        let Some(id) = text(table, "id").filter(|id| !printed.contains(id)) else { continue };
        let mut exhibit = Exhibit {
            name: format!("Table {id}"),
            kind: ExhibitKind::Table,
            title: label(table.get("title")),
            branch: estimates.branch.clone(),
            computed_by: fits_of(estimates, &id),
            place: None,
            files: estimates.published(),
            sources: Vec::new(),
            reproducible: true,
            note: None,
        };
        made_from(&mut exhibit, stages, sources);
        found.push(exhibit);
    }
    found
}

/// The branches that fitted a table of the list of all coefficients.
fn fits_of(estimates: &StageContent, table: &str) -> Vec<String> {
    let tables = estimates.params.get("tables").and_then(Value::as_array);
    let own = tables.into_iter().flatten().find(|one| text(one, "id").as_deref() == Some(table));
    let role = own.and_then(|one| text(one, "fits"));
    let reads = estimates.reads.iter().filter(|read| Some(&read.role) == role.as_ref());
    reads.map(|read| read.branch.clone()).collect()
}

fn title_of_table(stages: &[StageContent], table: &str) -> Option<String> {
    let lists = stages.iter().filter(|stage| stage.operation == "estimates");
    let mut tables = lists.filter_map(|stage| stage.params.get("tables")?.as_array()).flatten();
    let own = tables.find(|one| text(one, "id").as_deref() == Some(table))?;
    label(own.get("title"))
}

/// The table of the list of coefficients that a stage prints.
fn table_of(stage: &StageContent) -> Option<String> {
    (stage.operation == "table").then(|| text(&stage.params, "table")).flatten()
}

/// What a stage computes its exhibit from: of a table of coefficients what fitted it, of all others what it reads.
fn computed_by(stage: &StageContent, stages: &[StageContent]) -> Vec<String> {
    if let Some(table) = table_of(stage) {
        let lists = stages.iter().filter(|other| other.operation == "estimates");
        let read = lists.filter(|list| stage.reads.iter().any(|read| read.branch == list.branch));
        let fits: Vec<String> = read.flat_map(|list| fits_of(list, &table)).collect();
        if !fits.is_empty() {
            return fits;
        }
    }
    let mut found: Vec<String> = Vec::new();
    for read in &stage.reads {
        if !found.contains(&read.branch) {
            found.push(read.branch.clone());
        }
    }
    found
}

fn own_name(stage: &StageContent) -> String {
    // The same in another language is another file.
    let language = text(&stage.params, "language").filter(|language| language != "en");
    let language = language.map(|language| format!(" ({language})")).unwrap_or_default();
    match (table_of(stage), kind(stage), &stage.item) {
        (Some(table), ..) => format!("Table {table}{language}"),
        (None, ExhibitKind::Table, _) => format!("Table `{}`", stage.branch),
        (None, ExhibitKind::Figure, _) => format!("Figure `{}`", stage.branch),
        (None, ..) => format!("`{}`", stage.branch),
    }
}

/// By the operation; of a command by the files that it writes.
fn kind(stage: &StageContent) -> ExhibitKind {
    match stage.operation.as_str() {
        "table" | "model_table" | "workbook" => ExhibitKind::Table,
        "report" | "weave" => ExhibitKind::Text,
        "specification_curve" | "plot" => ExhibitKind::Figure,
        operation if operation.starts_with("draw_") => ExhibitKind::Figure,
        "run" => by_ending(&stage.published()),
        _ => ExhibitKind::Values,
    }
}

fn by_ending(files: &[String]) -> ExhibitKind {
    let any = |endings: &[&str]| {
        files.iter().any(|file| file.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending)))
    };
    if any(&["svg", "png", "pdf", "eps", "jpg", "tiff", "gph"]) {
        ExhibitKind::Figure
    } else if any(&["tex", "html", "docx", "md", "rtf"]) {
        ExhibitKind::Table
    } else {
        ExhibitKind::Values
    }
}

fn text(value: &Value, field: &str) -> Option<String> {
    match value.get(field)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn label(value: Option<&Value>) -> Option<String> {
    let label: vintner_panel::Label = serde_json::from_value(value?.clone()).ok()?;
    (!label.en.is_empty()).then_some(label.en)
}
