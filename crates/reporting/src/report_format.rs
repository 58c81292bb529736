//! The formats of a report.

use crate::{ReportingError, Result};

/// A format that templates are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReportFormat {
    /// GitHub's Markdown: templates `….md.tera`, tera's own delimiters.
    Markdown,
    /// LaTeX: templates `….tex.tera`, with `<< … >>`, `<% … %>` and `<# … #>` for delimiters, since
    /// braces and `%` are LaTeX's own.
    Latex,
}

impl ReportFormat {
    /// The format that a template's file name says.
    ///
    /// # Errors
    /// Where it says none.
    pub fn of_template(name: &str) -> Result<Self> {
        if name.ends_with(".md.tera") {
            Ok(Self::Markdown)
        } else if name.ends_with(".tex.tera") {
            Ok(Self::Latex)
        } else {
            Err(ReportingError::TemplateFormat { name: name.into() })
        }
    }
}
