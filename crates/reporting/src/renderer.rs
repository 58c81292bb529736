//! Puts a report through its templates.

use std::collections::BTreeSet;
use std::io::Write;

use serde::Serialize;
use tera::{Context, Delimiters, ErrorKind, Kwargs, State, Tera, Value};

use crate::escape::{escape_latex, escape_markdown, latex_code, latex_number, markdown_code};
use crate::{ReportFormat, ReportingError, Result, TemplateSource};

/// Templates of one format, parsed and checked.
///
/// Whatever a template prints is escaped for its format, in every template; there is no way to turn
/// that off (`safe` is refused). Two filters say how a text is meant: `number` (a minus sign, a power
/// of ten) and `code` (a file's name, a checksum, a command). Printing something undefined is an error
/// with the template's line, and so is a name that the report doesn't have, wherever it is used.
pub struct Renderer {
    tera: Tera,
    format: ReportFormat,
    sources: Vec<TemplateSource>,
}

impl Renderer {
    /// Parses the templates of `format` among `sources`; others are left alone.
    ///
    /// # Errors
    /// A template's fault, with its file name and line.
    pub fn new(format: ReportFormat, sources: &[TemplateSource]) -> Result<Self> {
        let mut kept = Vec::new();
        for source in sources {
            if ReportFormat::of_template(&source.name)? == format {
                kept.push(source.clone());
            }
        }
        let mut tera = Tera::new();
        if format == ReportFormat::Latex {
            let delimiters = Delimiters {
                block_start: "<%".into(),
                block_end: "%>".into(),
                variable_start: "<<".into(),
                variable_end: ">>".into(),
                comment_start: "<#".into(),
                comment_end: "#>".into(),
            };
            tera.set_delimiters(delimiters).map_err(|error| ReportingError::Model(error.to_string()))?;
        }
        // The empty suffix is one that every name has.
        tera.autoescape_on([""]);
        match format {
            ReportFormat::Markdown => {
                tera.set_escape_fn(write_markdown);
                tera.register_filter("number", |text: &str, _: Kwargs, _: &State| {
                    Value::safe_string(&escape_markdown(text))
                });
                tera.register_filter("code", |text: &str, _: Kwargs, _: &State| {
                    Value::safe_string(&markdown_code(text))
                });
            }
            ReportFormat::Latex => {
                tera.set_escape_fn(write_latex);
                tera.register_filter("number", |text: &str, _: Kwargs, _: &State| {
                    Value::safe_string(&latex_number(text))
                });
                tera.register_filter("code", |text: &str, _: Kwargs, _: &State| {
                    Value::safe_string(&latex_code(text))
                });
            }
        }
        for filter in ["safe", "escape_html", "escape_xml", "newlines_to_br"] {
            tera.register_filter(filter, move |_: &Value, _: Kwargs, _: &State| -> tera::TeraResult<Value> {
                Err(tera::Error::message(format!(
                    "the filter `{filter}` isn't allowed: what a template prints is escaped for its format"
                )))
            });
        }
        let mut names = BTreeSet::new();
        for source in &kept {
            if !names.insert(source.name.as_str()) {
                return Err(ReportingError::DuplicateName { kind: "template", name: source.name.clone() });
            }
        }
        tera.add_raw_templates(kept.iter().map(|source| (source.name.as_str(), source.text.as_str())))
            .map_err(|error| fault(&error, "", &kept))?;
        Ok(Self { tera, format, sources: kept })
    }

    /// The format of these templates.
    pub fn format(&self) -> ReportFormat {
        self.format
    }

    /// Renders the template `name` with a report (or any other serialisable map). The text ends with
    /// one newline.
    ///
    /// # Errors
    /// Where there is no such template, or with the template's line where it names what isn't there.
    pub fn render(&self, name: &str, model: &impl Serialize) -> Result<String> {
        if !self.sources.iter().any(|source| source.name == name) {
            let available = self.sources.iter().map(|source| source.name.clone()).collect();
            return Err(ReportingError::NoTemplate { name: name.into(), available });
        }
        let context =
            Context::from_serialize(model).map_err(|error| ReportingError::Model(error.to_string()))?;
        self.check_names(name, &context)?;
        let text = self.tera.render(name, &context).map_err(|error| fault(&error, name, &self.sources))?;
        Ok(format!("{}\n", text.trim_end()))
    }

    /// Refuses names that the context doesn't have: tera itself takes them for false in a condition.
    fn check_names(&self, name: &str, context: &Context) -> Result<()> {
        let used =
            self.tera.get_template_variables(name).map_err(|error| fault(&error, name, &self.sources))?;
        let missing: BTreeSet<&str> =
            used.into_iter().filter(|variable| context.get(variable).is_none()).collect();
        let Some(variable) = missing.first() else { return Ok(()) };
        let (template, line, column) = self.first_use(variable).unwrap_or((name, 1, 1));
        Err(ReportingError::Template {
            template: template.into(),
            line,
            column,
            message: format!("the report has no `{variable}`"),
        })
    }

    fn first_use(&self, variable: &str) -> Option<(&str, usize, usize)> {
        let part_of_name =
            |character: char| character.is_alphanumeric() || character == '_' || character == '.';
        self.sources.iter().find_map(|source| {
            source.text.lines().enumerate().find_map(|(row, line)| {
                line.match_indices(variable)
                    .find(|(start, _)| {
                        let before = line.get(..*start).and_then(|text| text.chars().next_back());
                        let after = line.get(start + variable.len()..).and_then(|text| text.chars().next());
                        !before.is_some_and(part_of_name)
                            && !after.is_some_and(|next| next.is_alphanumeric() || next == '_')
                    })
                    .map(|(start, _)| {
                        let column = line.get(..start).map_or(0, |text| text.chars().count()) + 1;
                        (source.name.as_str(), row + 1, column)
                    })
            })
        })
    }
}

fn write_markdown(text: &str, output: &mut dyn Write) -> std::io::Result<()> {
    output.write_all(escape_markdown(text).as_bytes())
}

fn write_latex(text: &str, output: &mut dyn Write) -> std::io::Result<()> {
    output.write_all(escape_latex(text).as_bytes())
}

/// A tera error with its place. Where tera says it only in words, it is read from them.
fn fault(error: &tera::Error, asked_for: &str, sources: &[TemplateSource]) -> ReportingError {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => ReportingError::Template {
            template: report.filename().into(),
            line: report.span().start_line,
            column: report.span().start_col + 1,
            message: report.message().into(),
        },
        other => {
            let words = other.to_string();
            let message = words.lines().next().unwrap_or_default();
            let message = message.strip_prefix("error: ").unwrap_or(message).to_owned();
            let (template, line, column) =
                words.lines().find_map(|line| place(line, sources)).unwrap_or((asked_for.into(), 1, 1));
            ReportingError::Template { template, line, column, message }
        }
    }
}

/// Reads ` --> report.md.tera:3:5`.
fn place(line: &str, sources: &[TemplateSource]) -> Option<(String, usize, usize)> {
    let (_, place) = line.split_once("--> ")?;
    let mut parts = place.rsplitn(3, ':');
    let column = parts.next()?.trim().parse().ok()?;
    let row = parts.next()?.parse().ok()?;
    let name = parts.next()?;
    sources.iter().any(|source| source.name == name).then(|| (name.to_owned(), row, column))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn source(name: &str, text: &str) -> TemplateSource {
        TemplateSource { name: name.into(), text: text.into() }
    }

    fn model() -> BTreeMap<&'static str, &'static str> {
        BTreeMap::from([("city", "A_1 & B%"), ("value", "-0.5"), ("file", "a_b.csv")])
    }

    fn rendered(name: &str, text: &str) -> Result<String> {
        let renderer = Renderer::new(ReportFormat::of_template(name)?, &[source(name, text)])?;
        renderer.render(name, &model())
    }

    #[test]
    fn each_format_escapes_and_marks_numbers_and_code() {
        let markdown = rendered("r.md.tera", "{{ city }} {{ value | number }} {{ file | code }}").unwrap();
        assert_eq!(markdown, "A\\_1 &amp; B% -0.5 `a_b.csv`\n");
        let latex =
            rendered("r.tex.tera", "\\textbf{<< city >>} << value|number >> << file|code >>").unwrap();
        assert_eq!(
            latex,
            "\\textbf{A\\_1 \\& B\\%} $-$0.5 \\texttt{a\\_\\allowbreak{}b.\\allowbreak{}csv}\n"
        );
    }

    #[test]
    fn text_is_escaped_once_through_sets_and_includes() {
        let sources = [
            source(
                "r.md.tera",
                "{% set twice %}{{ city }}{% endset %}{{ twice }} {% include \"p.md.tera\" %}",
            ),
            source("p.md.tera", "{{ city }}"),
        ];
        let renderer = Renderer::new(ReportFormat::Markdown, &sources).unwrap();
        assert_eq!(renderer.render("r.md.tera", &model()).unwrap(), "A\\_1 &amp; B% A\\_1 &amp; B%\n");
    }

    #[test]
    fn escaping_cannot_be_turned_off() {
        for filter in ["safe", "escape_html", "escape_xml", "newlines_to_br"] {
            let message =
                rendered("r.md.tera", &format!("a\n{{{{ city | {filter} }}}}")).unwrap_err().to_string();
            assert!(message.starts_with("r.md.tera:2:"), "{message}");
            assert!(message.contains("isn't allowed"), "{message}");
        }
    }

    #[test]
    fn a_template_fault_is_shown_at_its_line() {
        let faults = [
            ("one\n{{ absent }}", "r.md.tera:2:4: the report has no `absent`"),
            ("one\n{% if absent %}{% endif %}", "r.md.tera:2:7: the report has no `absent`"),
            ("\n\n{{ city.name }}", "r.md.tera:3:"),
            ("one\n{% for %}", "r.md.tera:2:"),
            ("one\ntwo {{ city | unheard_of }}", "r.md.tera:2:"),
            ("{% include \"none.md.tera\" %}", "r.md.tera:1:"),
        ];
        for (text, start) in faults {
            let message = rendered("r.md.tera", text).unwrap_err().to_string();
            assert!(message.starts_with(start), "{message}");
        }
    }

    #[test]
    fn an_absent_template_names_those_there_are() {
        let renderer = Renderer::new(ReportFormat::Markdown, &[source("r.md.tera", "")]).unwrap();
        assert_eq!(
            renderer.render("report.md.tera", &model()).unwrap_err().to_string(),
            "no template `report.md.tera`; there are r.md.tera"
        );
        assert!(Renderer::new(ReportFormat::Markdown, &[source("r.html.tera", "")]).is_err());
    }
}
