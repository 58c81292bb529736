//! A work that a report lists, for templates.

use serde::Serialize;

use crate::bibliography::BibliographyEntry;
use crate::error::Result;
use crate::wording::Wording;

/// A work; texts are empty where there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct ReferenceView {
    /// Its key.
    key: String,
    /// Its authors, surnames first.
    authors: String,
    /// The year.
    year: String,
    /// The title.
    title: String,
    /// The journal or book that it stands in.
    container: String,
    /// The volume.
    volume: String,
    /// The number within the volume.
    number: String,
    /// The pages.
    pages: String,
    /// The publisher.
    publisher: String,
    /// Its DOI.
    doi: String,
    /// What else is said of it.
    note: String,
}

impl ReferenceView {
    pub(crate) fn new(entry: &BibliographyEntry) -> Self {
        let field = |name: &str| entry.field(name).to_owned();
        Self {
            key: entry.key.clone(),
            authors: entry.field("author").split(" and ").map(str::trim).collect::<Vec<_>>().join("; "),
            year: field("year"),
            title: field("title"),
            container: [field("journal"), field("booktitle")]
                .into_iter()
                .find(|text| !text.is_empty())
                .unwrap_or_default(),
            volume: field("volume"),
            number: field("number"),
            pages: field("pages"),
            publisher: field("publisher"),
            doi: field("doi"),
            note: field("note"),
        }
    }
}

/// A work's authors as the text names them, or its title where it has none.
pub(crate) fn authors(entry: &BibliographyEntry, wording: &Wording) -> Result<String> {
    match entry.surnames().as_slice() {
        [] => Ok(entry.field("title").to_owned()),
        [one] => Ok((*one).to_owned()),
        [first, second] => wording.line("cite.two", &[("first", first), ("second", second)]),
        [first, ..] => wording.line("cite.more", &[("first", first)]),
    }
}
