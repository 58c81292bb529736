//! Figures that lie in files beside the report, for templates.

use std::collections::BTreeMap;

use serde::Serialize;
use vintner_panel::Label;

use crate::figures::FigureAbout;
use crate::name::Name;

/// A figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FigureView {
    /// The name of its files in each language, without folder and ending: `forest-1`, `forest-1.zh`.
    pub file: Name,
    /// What it is about: a variable's or a table's id; empty for a figure of several.
    pub subject: String,
    /// Its title.
    pub title: Name,
    /// What it shows, in words.
    pub description: Name,
}

pub(crate) fn figure_views(
    figures: &BTreeMap<String, Vec<FigureAbout>>,
) -> BTreeMap<String, Vec<FigureView>> {
    let view = |about: &FigureAbout| FigureView {
        file: file_name(&about.file),
        subject: about.subject.clone(),
        title: Name::new(&about.file, &about.title),
        description: Name::new(&about.file, &about.description),
    };
    figures.iter().map(|(kind, all)| (kind.clone(), all.iter().map(view).collect())).collect()
}

/// The name of a figure's files in each language.
pub(crate) fn file_name(file: &str) -> Name {
    Name::new(file, &Label { en: file.into(), zh: Some(format!("{file}.zh")) })
}
