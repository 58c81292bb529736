//! A work that is cited.

/// A work with its fields as plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BibliographyEntry {
    /// The key that it is cited by.
    pub key: String,
    /// Its kind (`article`, `book`, …), in small letters.
    pub kind: String,
    /// Its fields in the order of the file: name in small letters, text as written and as plain text.
    pub(super) fields: Vec<Field>,
}

/// A field of a work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) written: String,
    pub(super) plain: String,
}

impl BibliographyEntry {
    /// A field's text, without braces; empty where there is none.
    pub fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|field| field.name == name).map_or("", |field| field.plain.as_str())
    }

    /// The surnames of the authors: what stands before the comma, else the last word.
    pub fn surnames(&self) -> Vec<&str> {
        let authors = self.field("author");
        let surname = |author: &'_ str| -> usize {
            author.split_once(',').map_or(author.len(), |(surname, _)| surname.len())
        };
        authors
            .split(" and ")
            .map(str::trim)
            .filter(|author| !author.is_empty())
            .map(|author| match author.get(..surname(author)).unwrap_or(author) {
                whole if whole.len() == author.len() => author.rsplit(' ').next().unwrap_or(author),
                surname => surname,
            })
            .collect()
    }

    /// The work in BibTeX.
    pub(super) fn write(&self) -> String {
        let fields: String =
            self.fields.iter().map(|field| format!("  {} = {{{}}},\n", field.name, field.written)).collect();
        format!("@{}{{{},\n{fields}}}\n", self.kind, self.key)
    }
}
