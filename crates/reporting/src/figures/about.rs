//! What a report has to know of a figure that lies in files beside it.

use serde::{Deserialize, Serialize};
use vintner_panel::Label;

use crate::figures::{Drawing, FigureWords};
use crate::language::Language;

/// A figure's files and words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureAbout {
    /// The name of its files, without folder and ending.
    pub file: String,
    /// What it is about: a variable's or a table's id; empty for a figure of several.
    pub subject: String,
    /// Its title.
    pub title: Label,
    /// What it shows, in words.
    pub description: Label,
}

impl FigureAbout {
    /// Of the same figure in each language, in the order of [`Language::ALL`].
    pub fn new(file: &str, subject: &str, drawings: &[Drawing; 2]) -> Self {
        let [english, chinese] = drawings;
        let label = |of: fn(&Drawing) -> &str| Label { en: of(english).into(), zh: Some(of(chinese).into()) };
        Self {
            file: file.into(),
            subject: subject.into(),
            title: label(Drawing::title),
            description: label(Drawing::description),
        }
    }

    /// The usual words in each language.
    pub fn usual_words() -> [FigureWords; 2] {
        Language::ALL.map(FigureWords::new)
    }
}
