//! What a stage makes.

use super::kind::Kind;

/// An output of a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputDeclaration {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// Of a frame, the column of texts by which its readers may choose rows.
    pub grouped_by: Option<String>,
    /// The ending of its file's name, where it isn't that of its kind.
    pub extension: Option<String>,
}

impl OutputDeclaration {
    /// An output of a kind.
    pub fn new(name: impl Into<String>, kind: Kind) -> Self {
        Self { name: name.into(), kind, grouped_by: None, extension: None }
    }

    /// This output, whose file's name ends in `.extension`.
    #[must_use]
    pub fn extension(mut self, extension: impl Into<String>) -> Self {
        self.extension = Some(extension.into());
        self
    }

    /// This frame, of which a stage may read the rows with certain texts in `column` and be made
    /// again only when these change.
    #[must_use]
    pub fn grouped_by(mut self, column: impl Into<String>) -> Self {
        self.grouped_by = Some(column.into());
        self
    }
}
