//! The formats of a report.

use crate::error::{ReportingError, Result};
use crate::escape::{
    escape_html, escape_latex, escape_markdown, html_code, html_number, latex_aligned, latex_code,
    latex_number, markdown_code, markdown_number,
};

/// A format that templates are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReportFormat {
    /// GitHub's Markdown: templates `….md.tera`, tera's own delimiters.
    Markdown,
    /// LaTeX: templates `….tex.tera`, with `<< … >>`, `<% … %>` and `<# … #>` for delimiters, since
    /// braces and `%` are LaTeX's own.
    Latex,
    /// HTML: templates `….html.tera`, tera's own delimiters. Attributes must be in quotes.
    Html,
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
        } else if name.ends_with(".html.tera") {
            Ok(Self::Html)
        } else {
            Err(ReportingError::TemplateFormat { name: name.into() })
        }
    }

    /// Text as it stands.
    pub(crate) fn escape(self, text: &str) -> String {
        match self {
            Self::Markdown => escape_markdown(text),
            Self::Latex => escape_latex(text),
            Self::Html => escape_html(text),
        }
    }

    /// A number's text, with the format's minus sign and powers of ten.
    pub(crate) fn number(self, text: &str) -> String {
        match self {
            Self::Markdown => markdown_number(text),
            Self::Latex => latex_number(text),
            Self::Html => html_number(text),
        }
    }

    /// A number's text in a column that is aligned at the point.
    pub(crate) fn aligned(self, text: &str) -> String {
        match self {
            Self::Markdown | Self::Html => self.number(text),
            Self::Latex => latex_aligned(text),
        }
    }

    /// A file's name, a checksum, a command.
    pub(crate) fn code(self, text: &str) -> String {
        match self {
            Self::Markdown => markdown_code(text),
            Self::Latex => latex_code(text),
            Self::Html => html_code(text),
        }
    }

    /// What begins and ends emphasis.
    pub(crate) fn emphasis(self) -> (&'static str, &'static str) {
        match self {
            Self::Markdown => ("*", "*"),
            Self::Latex => ("\\textit{", "}"),
            Self::Html => ("<em>", "</em>"),
        }
    }
}
