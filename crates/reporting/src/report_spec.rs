//! What a pipeline's author says of the report.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::Label;

use crate::report_unit::ReportUnit;
use crate::section_spec::SectionSpec;
use crate::stars::StarLevels;
use crate::table_spec::TableSpec;

/// The parameters of a report: titles, tables, rows. All words about a particular paper come in here
/// or stand in the templates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportSpec {
    /// The language that it is written in, `en` or `zh`.
    #[serde(default = "english")]
    pub language: String,
    /// The title.
    pub title: Label,
    /// The authors; empty for none.
    #[serde(default)]
    pub authors: Vec<String>,
    /// The publication that is replicated; empty for none.
    #[serde(default)]
    pub citation: Label,
    /// Paragraphs under the title.
    #[serde(default)]
    pub introduction: Vec<Label>,
    /// The sections, in order; the usual ones where none are named.
    #[serde(default)]
    pub sections: Vec<SectionSpec>,
    /// The tables, in order.
    pub tables: Vec<TableSpec>,
    /// The rows of the tables, in order; pooled ones are put last.
    pub units: Vec<ReportUnit>,
    /// What earns a star.
    #[serde(default)]
    pub star_levels: StarLevels,
    /// The same report in other languages.
    #[serde(default)]
    pub translations: Vec<Translation>,
    /// Whether numbers are links to their traces among the pages of an audit ([`crate::trace_page`]).
    #[serde(default)]
    pub trace_links: bool,
    /// Commands that make the report again, in order.
    #[serde(default)]
    pub commands: Vec<String>,
}

impl ReportSpec {
    /// A report of that title, in English, with nothing in it.
    pub fn titled(title: Label) -> Self {
        Self {
            language: english(),
            title,
            authors: Vec::new(),
            citation: Label::default(),
            introduction: Vec::new(),
            sections: Vec::new(),
            tables: Vec::new(),
            units: Vec::new(),
            star_levels: StarLevels::default(),
            translations: Vec::new(),
            trace_links: false,
            commands: Vec::new(),
        }
    }
}

fn english() -> String {
    "en".into()
}

/// The same report in another language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Translation {
    /// The language's own code, as HTML has it (`zh-CN`).
    pub language: String,
    /// Its own name for itself.
    pub name: String,
    /// The name of its file, beside this report, without the format's ending (`report.zh`).
    pub file: String,
}
