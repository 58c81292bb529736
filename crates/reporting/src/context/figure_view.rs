//! Figures that lie in files beside the report, for templates.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Name;
use crate::FigureAbout;

/// A figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FigureView {
    /// The name of its files, without folder and ending. The English ones end in `.svg` and `.tex`, the Chinese
    /// ones in `.zh.svg` and `.zh.tex`.
    pub file: String,
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
        file: about.file.clone(),
        subject: about.subject.clone(),
        title: Name::new(&about.file, &about.title),
        description: Name::new(&about.file, &about.description),
    };
    figures.iter().map(|(kind, all)| (kind.clone(), all.iter().map(view).collect())).collect()
}
