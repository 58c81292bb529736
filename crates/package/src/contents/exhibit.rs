//! What a paper shows: tables, figures, texts and the numbers in them.

use serde::Serialize;

/// What an exhibit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExhibitKind {
    /// A table.
    Table,
    /// A figure.
    Figure,
    /// A number in a text.
    Number,
    /// A report, or an author's text with its numbers filled in.
    Text,
    /// Values as a file.
    Values,
}

impl ExhibitKind {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Figure => "figure",
            Self::Number => "number",
            Self::Text => "text",
            Self::Values => "values",
        }
    }
}

/// Something that a paper shows, and what makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exhibit {
    /// As the paper calls it.
    pub name: String,
    /// What it is.
    pub kind: ExhibitKind,
    /// Its title.
    pub title: Option<String>,
    /// The branch that writes it.
    pub branch: String,
    /// The branches that compute what it shows.
    pub computed_by: Vec<String>,
    /// Where it stands in a text, as `paper.tex:12`; of numbers.
    pub place: Option<String>,
    /// Its files in the package.
    pub files: Vec<String>,
    /// The sources that it is made from.
    pub sources: Vec<String>,
    /// Whether all of these are in the package.
    pub reproducible: bool,
    /// What a reader should know.
    pub note: Option<String>,
}
