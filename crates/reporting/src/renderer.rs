//! Puts a report through its templates.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};

use serde::Serialize;
use tera::{Context, Delimiters, ErrorKind, Tera};

use crate::bibliography::Bibliography;
use crate::error::{ReportingError, Result};
use crate::filters;
use crate::filters::Works;
use crate::reference_view::ReferenceView;
use crate::report_format::ReportFormat;
use crate::template_source::TemplateSource;
use crate::wording::Wording;

/// Templates of one format, parsed and checked.
///
/// Whatever a template prints is escaped for its format, in every template; there is no way to turn
/// that off (`safe` is refused). What it says in words are labels, printed by the filter `text` from the
/// [`Wording`] of one language; beside the report's own names it has
/// `language` and `references`, the works that it cites. Two filters say how a
/// text is meant: `number` (a minus sign, a power of ten) and `code` (a file's name, a checksum, a
/// command). Printing something undefined is an error with the template's line, and so are a label and a
/// name that aren't there.
pub struct Renderer {
    tera: Tera,
    format: ReportFormat,
    sources: Vec<TemplateSource>,
    language: String,
    works: Works,
    /// How many figures have been numbered.
    counted: Arc<AtomicUsize>,
}

impl Renderer {
    /// Parses the templates of `format` among `sources`; others are left alone.
    ///
    /// # Errors
    /// A template's fault, with its file name and line.
    pub fn new(format: ReportFormat, sources: &[TemplateSource], wording: &Wording) -> Result<Self> {
        Self::citing(format, sources, wording, &Bibliography::default())
    }

    /// The same, for templates that cite works of a bibliography.
    ///
    /// # Errors
    /// A template's fault, with its file name and line.
    pub fn citing(
        format: ReportFormat,
        sources: &[TemplateSource],
        wording: &Wording,
        bibliography: &Bibliography,
    ) -> Result<Self> {
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
            ReportFormat::Markdown => tera.set_escape_fn(write_markdown),
            ReportFormat::Latex => tera.set_escape_fn(write_latex),
            ReportFormat::Html => tera.set_escape_fn(write_html),
        }
        let works = Works { bibliography: Arc::new(bibliography.clone()), cited: Arc::default() };
        let counted = Arc::new(AtomicUsize::new(0));
        let words = Arc::new(wording.clone());
        filters::register(&mut tera, format, &words, &works);
        filters::register_counted(&mut tera, format, &words, &counted);
        let mut names = BTreeSet::new();
        for source in &kept {
            if !names.insert(source.name.as_str()) {
                return Err(ReportingError::DuplicateName { kind: "template", name: source.name.clone() });
            }
        }
        tera.add_raw_templates(kept.iter().map(|source| (source.name.as_str(), source.text.as_str())))
            .map_err(|error| fault(&error, "", &kept))?;
        Ok(Self { tera, format, sources: kept, language: wording.language().to_owned(), works, counted })
    }

    /// The same with texts that are set for the format already: the filter `part` prints them by their names.
    pub fn with_parts(mut self, parts: BTreeMap<String, String>) -> Self {
        filters::register_parts(&mut self.tera, parts);
        self
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
        let mut context =
            Context::from_serialize(model).map_err(|error| ReportingError::Model(error.to_string()))?;
        context.insert("language", &self.language);
        context.insert("has_chinese", &false);
        // What is listed is known once everything that cites has been rendered.
        let mut listed = self.listed();
        context.insert("references", &listed);
        self.check_names(name, &context)?;
        let render = |context: &Context| {
            self.counted.store(0, Ordering::Relaxed);
            self.tera.render(name, context).map_err(|error| fault(&error, name, &self.sources))
        };
        let mut text = render(&context)?;
        if self.listed() != listed {
            listed = self.listed();
            context.insert("references", &listed);
            text = render(&context)?;
        }
        // English needs no Chinese fonts unless a name is in Chinese.
        if self.format == ReportFormat::Latex && text.contains(|letter| matches!(letter, '一'..='鿿')) {
            context.insert("has_chinese", &true);
            text = render(&context)?;
        }
        let text = if self.language == "zh" { closed_up(&text) } else { text };
        Ok(format!("{}\n", text.trim_end()))
    }

    /// The keys of the works that were cited by what was rendered.
    pub fn cited(&self) -> Vec<String> {
        self.works.cited.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn listed(&self) -> Vec<ReferenceView> {
        self.works.bibliography.listed(&self.cited()).into_iter().map(ReferenceView::new).collect()
    }

    /// Refuses names that the context doesn't have: tera itself takes them for false in a condition.
    fn check_names(&self, name: &str, context: &Context) -> Result<()> {
        let used =
            self.tera.get_template_variables(name).map_err(|error| fault(&error, name, &self.sources))?;
        let missing: BTreeSet<&str> =
            used.into_iter().filter(|name| context.get(name).is_none() && !self.is_bound(name)).collect();
        let Some(variable) = missing.first() else { return Ok(()) };
        let (template, line, column) = self.first_use(variable).unwrap_or((name, 1, 1));
        Err(ReportingError::Template {
            template: template.into(),
            line,
            column,
            message: format!("the report has no `{variable}`"),
        })
    }

    /// Whether a template gives a value to that name itself, which those that it includes may use.
    fn is_bound(&self, variable: &str) -> bool {
        let bound = |text: &str, word: &str| {
            text.match_indices(word).any(|(at, _)| {
                let rest = text.get(at + word.len()..).and_then(|rest| rest.strip_prefix(variable));
                rest.is_some_and(|rest| rest.starts_with([' ', ',', '=', '%']))
            })
        };
        self.sources.iter().any(|source| {
            ["set ", "for "].into_iter().any(|word| {
                bound(&source.text, &format!("% {word}")) || bound(&source.text, &format!("%- {word}"))
            })
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

/// Chinese has no blank after its punctuation: those that templates leave between labels go, whatever follows but the end of
/// a cell or of a line.
fn closed_up(text: &str) -> String {
    let mut closed = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        let after = rest.as_str();
        let ends =
            after.is_empty() || after.starts_with([' ', '\n', '|', '&', '#']) || after.starts_with("\\\\");
        let between = character == ' '
            && closed.ends_with(['。', '；', '：', '，', '、', '）', '》', '”', '？', '！'])
            && !ends;
        if !between {
            closed.push(character);
        }
    }
    closed
}

fn write_markdown(text: &str, output: &mut dyn Write) -> std::io::Result<()> {
    output.write_all(ReportFormat::Markdown.escape(text).as_bytes())
}

fn write_latex(text: &str, output: &mut dyn Write) -> std::io::Result<()> {
    output.write_all(ReportFormat::Latex.escape(text).as_bytes())
}

fn write_html(text: &str, output: &mut dyn Write) -> std::io::Result<()> {
    output.write_all(ReportFormat::Html.escape(text).as_bytes())
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

    use serde_json::{Value, json};

    use super::*;

    fn source(name: &str, text: &str) -> TemplateSource {
        TemplateSource { name: name.into(), text: text.into() }
    }

    fn model() -> BTreeMap<&'static str, Value> {
        let city = json!({"id": "c", "en": "C<", "zh": "丙", "both": "C< 丙"});
        BTreeMap::from([
            ("city", json!("A_1 & B%")),
            ("value", json!("-0.5")),
            ("file", json!("a_b.csv")),
            ("one", city.clone()),
            ("all", json!([city.clone(), city])),
            ("reason", json!("3 observations, 5 parameters")),
        ])
    }

    fn wording(language: &str) -> Wording {
        let text = "found: '*p* < {level} in {what}'\nlist: {comma: 、}\nphrases: {'{n} observations, {k} parameters': '观测值{n}个，参数{k}个'}\n";
        Wording::parse(&Wording::file_name(language), text).unwrap()
    }

    fn renderer(sources: &[TemplateSource]) -> Result<Renderer> {
        Renderer::new(ReportFormat::of_template(&sources[0].name)?, sources, &wording("zh"))
    }

    fn rendered(name: &str, text: &str) -> Result<String> {
        renderer(&[source(name, text)])?.render(name, &model())
    }

    #[test]
    fn each_format_escapes_and_marks_numbers_and_code() {
        let markdown = rendered("r.md.tera", "{{ city }} {{ value | number }} {{ file | code }}").unwrap();
        assert_eq!(markdown, "A\\_1 &amp; B% −0.5 `a_b.csv`\n");
        let latex =
            rendered("r.tex.tera", "\\textbf{<< city >>} << value|number >> << file|code >>").unwrap();
        assert_eq!(
            latex,
            "\\textbf{A\\_1 \\& B\\%} $-$0.5 \\texttt{a\\_\\allowbreak{}b.\\allowbreak{}csv}\n"
        );
        let html = rendered(
            "r.html.tera",
            "<p title=\"{{ one.en }}\">{{ city }} {{ value | number }} {{ file | code }}</p>",
        )
        .unwrap();
        assert_eq!(html, "<p title=\"C&lt;\">A_1 &amp; B% −0.5 <code>a_b.csv</code></p>\n");
    }

    #[test]
    fn labels_take_what_templates_give() {
        let text = "{% set bold %}**{{ city }}**{% endset %}{{ \"found\" | text(level=value, what=bold) }}";
        assert_eq!(rendered("r.md.tera", text).unwrap(), "*p* &lt; -0.5 in **A\\_1 &amp; B%**\n");
        let text = "<< \"found\" | text(level=value|number, what=city) >>";
        let latex = "\\textit{p} \\textless{} $-$0.5 in A\\_1 \\& B\\%\n";
        assert_eq!(rendered("r.tex.tera", text).unwrap(), latex);
    }

    #[test]
    fn names_and_sentences_are_in_the_language() {
        let text = "{{ one | name }} {{ one | both }} {{ all | names }} {{ all | ids }} {{ reason | said }} {{ [reason, city] | said }} {{ language }}";
        assert_eq!(
            rendered("r.html.tera", text).unwrap(),
            "丙 丙 丙、丙 c、c 观测值3个，参数5个 观测值3个，参数5个; A_1 &amp; B% zh\n"
        );
        let english =
            Renderer::new(ReportFormat::Html, &[source("r.html.tera", text)], &wording("en")).unwrap();
        let english = english.render("r.html.tera", &model()).unwrap();
        assert!(english.starts_with("C&lt; C&lt; 丙 C&lt; 丙、C&lt; 丙 c、c "), "{english}");
    }

    fn citing(name: &str, text: &str) -> Result<(String, Vec<String>)> {
        const WORKS: &str = "@book{one, author={Drei, C. & D}, title={B}, year={1999}, keywords={CD test; LM test}}\n\
                             @book{two, author={A, B and C, D}, title={C}, year={2000}, keywords={Other}}\n";
        let mut works = Bibliography::default();
        works.read("works.bib", WORKS, false).unwrap();
        let labels = "list: {semicolon: '; '}\ncite: {two: '{first} and {second}', more: '{first} et al.', year: '{names} ({year})'}\n";
        let wording = Wording::parse("labels.en.yaml", labels).unwrap();
        let sources = [source(name, text)];
        let renderer = Renderer::citing(ReportFormat::of_template(name)?, &sources, &wording, &works)?;
        let model =
            BTreeMap::from([("tests", json!([{"name": "CD test"}, {"name": {"en": "Other"}}, {"of": 1}]))]);
        Ok((renderer.render(name, &model)?, renderer.cited()))
    }

    #[test]
    fn works_are_cited_and_listed() {
        let list = "{% for work in references %}[{{ work.key }}]{% endfor %}";
        let (text, cited) = citing("r.md.tera", &format!("{list} {{{{ \"two\" | cite }}}}")).unwrap();
        assert_eq!((text.as_str(), cited), ("[two] A and C (2000)\n", vec!["two".to_owned()]));
        let (text, _) = citing("r.html.tera", "{{ tests | works(at=\"name\") }}").unwrap();
        assert_eq!(text, "<a href=\"#ref-one\">Drei</a> (1999); <a href=\"#ref-two\">A and C</a> (2000)\n");
        let (text, _) = citing("r.tex.tera", "<< \"LM test\" | works >><< \"none\" | works >>").unwrap();
        assert_eq!(text, "\\hyperlink{ref-one}{Drei} (1999)\n");
    }

    #[test]
    fn a_work_that_is_missing_is_named_at_its_line() {
        for name in ["r.md.tera", "r.html.tera"] {
            let message = citing(name, "a\nb {{ \"tow\" | cite }}").unwrap_err().to_string();
            assert!(message.starts_with(&format!("{name}:2:")), "{message}");
            assert!(message.contains("works.bib has no `tow`; did you mean `two`?"), "{message}");
        }
        let message = rendered("r.html.tera", "{{ \"x\" | cite }}").unwrap_err().to_string();
        assert!(message.contains("there is no file of references that could have `x`"), "{message}");
    }

    #[test]
    fn what_a_template_sets_reaches_those_it_includes() {
        let sources = [
            source("r.md.tera", "{% set own = city %}{% if own %}{% include \"p.md.tera\" %}{% endif %}"),
            source("p.md.tera", "{% if own %}{{ own }}{% endif %}"),
        ];
        assert_eq!(renderer(&sources).unwrap().render("r.md.tera", &model()).unwrap(), "A\\_1 &amp; B%\n");
    }

    #[test]
    fn chinese_sentences_are_closed_up() {
        assert_eq!(closed_up("甲。 乙； x 甲 乙\n。\n 丙 | 。 |"), "甲。乙；x 甲 乙\n。\n 丙 | 。 |");
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
        let renderer = renderer(&sources).unwrap();
        assert_eq!(renderer.render("r.md.tera", &model()).unwrap(), "A\\_1 &amp; B% A\\_1 &amp; B%\n");
    }

    #[test]
    fn escaping_cannot_be_turned_off() {
        for filter in ["safe", "escape_html", "escape_xml", "newlines_to_br"] {
            for name in ["r.md.tera", "r.html.tera"] {
                let message =
                    rendered(name, &format!("a\n{{{{ city | {filter} }}}}")).unwrap_err().to_string();
                assert!(message.starts_with(&format!("{name}:2:")), "{message}");
                assert!(message.contains("isn't allowed"), "{message}");
            }
        }
    }

    #[test]
    fn a_template_fault_is_shown_at_its_line() {
        let faults = [
            ("one\n{{ absent }}", "2:4: the report has no `absent`"),
            ("one\n{% if absent %}{% endif %}", "2:7: the report has no `absent`"),
            ("\n\n{{ city.name }}", "3:"),
            ("one\n{% for %}", "2:"),
            ("one\ntwo {{ city | unheard_of }}", "2:"),
            ("one\n{{ city | name }}", "2:"),
            ("{% include \"none.md.tera\" %}", "1:"),
        ];
        for (text, place) in faults {
            for name in ["r.md.tera", "r.html.tera"] {
                let message = rendered(name, text).unwrap_err().to_string();
                assert!(message.starts_with(&format!("{name}:{place}")), "{message}");
            }
        }
    }

    #[test]
    fn a_label_that_is_missing_is_named_at_its_line() {
        let message = rendered("r.html.tera", "one\n<p>{{ \"fond\" | text }}").unwrap_err().to_string();
        assert!(message.starts_with("r.html.tera:2:"), "{message}");
        assert!(message.contains("labels.zh.yaml has no label `fond`; did you mean `found`?"), "{message}");
        let message = rendered("r.md.tera", "{{ \"found\" | text(level=1) }}").unwrap_err().to_string();
        assert!(message.contains("the label `found` of labels.zh.yaml takes `what`"), "{message}");
    }

    #[test]
    fn an_absent_template_names_those_there_are() {
        let sources = [source("r.md.tera", "")];
        assert_eq!(
            renderer(&sources).unwrap().render("report.md.tera", &model()).unwrap_err().to_string(),
            "no template `report.md.tera`; there are r.md.tera"
        );
        let unknown = [source("r.txt.tera", "")];
        assert!(Renderer::new(ReportFormat::Markdown, &unknown, &wording("en")).is_err());
    }
}
