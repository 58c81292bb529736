//! The sections of a report, as a pipeline names them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::Label;

/// A section: one of the usual ones by its name, a table or a figure by the input that brings it, or words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum SectionSpec {
    /// One of [`SECTIONS`].
    Usual(String),
    /// A table whose columns are models.
    Table {
        /// The input.
        table: String,
        /// A heading over it; none where it is empty.
        #[serde(default)]
        title: Label,
        /// Paragraphs before it.
        #[serde(default)]
        text: Vec<Label>,
    },
    /// A figure, or several of one stage.
    Figure {
        /// The input.
        figure: String,
        /// A heading over it; none where it is empty.
        #[serde(default)]
        title: Label,
        /// Paragraphs before it.
        #[serde(default)]
        text: Vec<Label>,
    },
    /// Paragraphs.
    Text {
        /// The paragraphs.
        text: Vec<Label>,
        /// A heading over them; none where it is empty.
        #[serde(default)]
        title: Label,
    },
}

/// The usual sections, in the order in which a report that names none has them.
pub const SECTIONS: [&str; 18] = [
    "verdict",
    "reading",
    "tables",
    "models",
    "plots",
    "claims",
    "agreement",
    "robustness",
    "variables",
    "descriptives",
    "figures",
    "granger",
    "before",
    "tests",
    "system",
    "data",
    "gaps",
    "reproduce",
];
