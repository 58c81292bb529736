//! From the text of a manifest to the manifest, with every fault of it.

use std::path::Path;

use vintner_diagnostics::{Document, Faults};

use crate::error::{IngestError, Result};
use crate::manifest::Manifest;
use crate::manifest_check;
use crate::review_marks::review_lines;

impl Manifest {
    /// Reads a manifest from a file.
    ///
    /// # Errors
    /// Where the file can't be read, and as [`Manifest::parse`].
    pub fn read(path: &Path) -> Result<Self> {
        Ok(Self::read_with_marks(path)?.0)
    }

    /// The same with the lines of guesses that are still marked `REVIEW`.
    pub(crate) fn read_with_marks(path: &Path) -> Result<(Self, Vec<usize>)> {
        let text = vintner_guard::read_text(path)
            .map_err(|problem| IngestError::Io { path: path.to_owned(), problem })?;
        let manifest = Self::parse(&path.display().to_string(), &text).map_err(IngestError::Manifest)?;
        Ok((manifest, review_lines(&text)))
    }

    /// Reads a manifest from text; `file` is the name that faults give.
    ///
    /// # Errors
    /// Every unknown field, wrong type and missing field; where there are none of these, everything
    /// that doesn't go together (a wide table with a column of years, an encoding that doesn't
    /// exist, a name that comes twice).
    pub fn parse(file: &str, text: &str) -> std::result::Result<Self, Faults> {
        let document = Document::parse(file, text)?;
        let manifest: Self = document.decode()?;
        manifest_check::check(&manifest, &document).or(manifest)
    }
}
