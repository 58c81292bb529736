//! The sections of a report that have something to say, for templates.

use std::collections::BTreeMap;

use serde::Serialize;

use super::FigureView;
use crate::error::{ReportingError, Result};
use crate::models::ModelTable;
use crate::name::Name;
use crate::section_spec::{SECTIONS, SectionSpec};

/// A section.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SectionView {
    /// What it is: one of [`SECTIONS`], `table`, `figure` or `text`.
    pub kind: String,
    /// What links to it name.
    pub id: String,
    /// The heading that a pipeline gives it; empty for the usual one, or for none.
    pub title: Name,
    /// Its paragraphs.
    pub text: Vec<Name>,
    /// Its tables.
    pub tables: Vec<TableReference>,
    /// Its figures.
    pub figures: Vec<FigureView>,
}

/// A table whose columns are models, which the filter `part` prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableReference {
    /// The input that brings it.
    pub id: String,
    /// Its title; empty for none.
    pub title: String,
}

/// What a report was given for sections of a pipeline's own.
pub(crate) struct Given<'a> {
    /// Tables whose columns are models, by their inputs.
    pub(crate) models: &'a BTreeMap<String, ModelTable>,
    /// Figures, by their inputs.
    pub(crate) plots: &'a BTreeMap<String, Vec<FigureView>>,
}

/// The sections asked for, or the usual ones, in order; those of which `has` says that there is nothing are left out.
///
/// # Errors
/// [`ReportingError::Unknown`] for a table or a figure that no input brings.
pub(crate) fn section_views(
    asked: &[SectionSpec],
    given: &Given<'_>,
    has: impl Fn(&str) -> bool,
) -> Result<Vec<SectionView>> {
    let usual: Vec<SectionSpec>;
    let asked = match asked.is_empty() {
        true => {
            usual = SECTIONS.iter().map(|name| SectionSpec::Usual((*name).into())).collect();
            &usual
        }
        false => asked,
    };
    let shown =
        |wanted: fn(&SectionSpec) -> Option<&str>| -> Vec<&str> { asked.iter().filter_map(wanted).collect() };
    let tables = shown(|one| match one {
        SectionSpec::Table { table, .. } => Some(table),
        _ => None,
    });
    let figures = shown(|one| match one {
        SectionSpec::Figure { figure, .. } => Some(figure),
        _ => None,
    });
    let mut views = Vec::new();
    for section in asked {
        let texts = |text: &[vintner_panel::Label]| text.iter().map(|one| Name::new("text", one)).collect();
        let view = match section {
            SectionSpec::Usual(name) => {
                // All tables and figures that stand nowhere else.
                let left = SectionView {
                    tables: match name.as_str() {
                        "models" => others(given.models, &tables)
                            .iter()
                            .map(|(id, table)| reference(id, table))
                            .collect(),
                        _ => Vec::new(),
                    },
                    figures: match name.as_str() {
                        "plots" => others(given.plots, &figures)
                            .into_iter()
                            .flat_map(|(_, one)| one.clone())
                            .collect(),
                        _ => Vec::new(),
                    },
                    ..SectionView::of(name, name)
                };
                let is_empty = match name.as_str() {
                    "models" => left.tables.is_empty(),
                    "plots" => left.figures.is_empty(),
                    name => !has(name),
                };
                if is_empty {
                    continue;
                }
                left
            }
            SectionSpec::Table { table, title, text } => SectionView {
                title: Name::new(table, title),
                text: texts(text),
                tables: vec![reference(table, found(given.models, "table", table)?)],
                ..SectionView::of("table", table)
            },
            SectionSpec::Figure { figure, title, text } => SectionView {
                title: Name::new(figure, title),
                text: texts(text),
                figures: found(given.plots, "figure", figure)?.clone(),
                ..SectionView::of("figure", figure)
            },
            SectionSpec::Text { text, title } => SectionView {
                title: Name::new("text", title),
                text: texts(text),
                ..SectionView::of("text", &format!("text-{}", views.len() + 1))
            },
        };
        views.push(view);
    }
    Ok(views)
}

impl SectionView {
    fn of(kind: &str, id: &str) -> Self {
        Self {
            kind: kind.into(),
            id: id.into(),
            title: Name::new("title", &vintner_panel::Label::default()),
            text: Vec::new(),
            tables: Vec::new(),
            figures: Vec::new(),
        }
    }
}

fn reference(id: &str, table: &ModelTable) -> TableReference {
    TableReference { id: id.into(), title: table.title.clone() }
}

fn others<'a, T>(all: &'a BTreeMap<String, T>, shown: &[&str]) -> Vec<(&'a String, &'a T)> {
    all.iter().filter(|(name, _)| !shown.contains(&name.as_str())).collect()
}

fn found<'a, T>(all: &'a BTreeMap<String, T>, kind: &'static str, name: &str) -> Result<&'a T> {
    all.get(name).ok_or_else(|| ReportingError::Unknown {
        kind,
        found: name.into(),
        available: all.keys().cloned().collect(),
    })
}
