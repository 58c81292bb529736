//! Hostile names through the whole way: no text from data becomes markup.

#![allow(clippy::unwrap_used)]

use std::io::Cursor;

use crate::common::{LANGUAGES, bibliography, context_in, label, render_in, small, table_alone, wording};
use calamine::{Data, Reader, Xlsx};
use proptest::prelude::*;
use vintner_reporting::{
    Bibliography, ReportFormat, ReportInputs, ReportSpec, TableContext, TableRow, read_estimates_csv,
    tidy_estimates, write_estimates_csv, write_table_csv, write_workbook,
};

const HOSTILE: [&str; 12] = [
    "A_1 & B%",
    "\\input{/etc/passwd}\\write18{ls}",
    "<script>alert(1)</script>",
    "a|b\n\n# c\r\n\\\\",
    "`code` ![x](http://e.org/x.png) [y](javascript:z)",
    "=cmd|' /C calc'!A0",
    "\\end{longtable} $$ ^^5c ~ # {",
    "{{ title.en }} {% include \"x\" %} << title.en >> <% if %>",
    "[1ex]* *",
    "\u{202e}txt\u{0}\u{7}\u{1b}[31m",
    "--> <!-- @user www.e.org",
    "    - 1. +",
];

/// The small report with a text put wherever text comes from data or a manifest.
fn with_name(name: &str) -> (ReportSpec, ReportInputs) {
    let (mut spec, mut inputs) = small();
    for unit in spec.units.iter_mut().filter(|unit| unit.id == "alpha") {
        unit.label.en = name.into();
        unit.label.zh = Some(format!("{name}甲"));
        unit.printed = Some("甲".into());
    }
    let label = || label(name, &format!("{name}甲"));
    spec.title = label();
    spec.citation = label();
    spec.introduction = vec![label()];
    spec.authors = vec![name.into()];
    spec.translations[0].name = name.into();
    spec.commands = vec![name.into()];
    for table in &mut spec.tables {
        table.note = label();
        table.title = label();
    }
    for source in &mut inputs.vintage.sources {
        source.file = name.into();
        source.sha256 = name.into();
        source.citation = label();
        source.licence = label();
        source.url = name.into();
    }
    inputs.vintage.title = label();
    inputs.vintage.date = name.into();
    inputs.vintage.name = name.into();
    inputs.vintage.notice = Some(crate::common::label(&format!("notice {name}"), &format!("声明{name}")));
    for variable in &mut inputs.variables {
        variable.unit = label();
        variable.definition = label();
        variable.label = label();
    }
    for gap in &mut inputs.gaps {
        gap.reason = name.into();
    }
    (spec, inputs)
}

/// A Markdown page without its code spans, in which nothing is active.
fn without_code(text: &str) -> String {
    let mut out = String::new();
    let (mut in_code, mut escaped) = (false, false);
    for character in text.chars() {
        match character {
            '`' if in_code || !escaped => in_code = !in_code,
            '\n' => {
                assert!(!in_code, "a code span runs over a line's end in {text}");
                out.push('\n');
            }
            _ if in_code => {}
            other => out.push(other),
        }
        escaped = !in_code && !escaped && character == '\\';
    }
    out
}

/// What shapes a Markdown page: how each line begins, how many cells a table's row has, HTML and links.
fn markdown_shape(text: &str) -> Vec<String> {
    without_code(text)
        .lines()
        .map(|line| {
            let mut shape = String::new();
            let mut previous = ' ';
            for (place, character) in line.chars().enumerate() {
                let escaped = previous == '\\';
                match character {
                    '|' | '[' | ']' | '*' | '~' if !escaped => shape.push(character),
                    '#' | '>' | '-' if place == 0 => shape.push(character),
                    _ => {}
                }
                previous = if escaped && character == '\\' { ' ' } else { character };
            }
            shape
        })
        .collect()
}

/// What shapes a LaTeX file: unescaped specials and commands, in order, but for those that escaping
/// itself writes.
fn latex_shape(text: &str) -> String {
    const PLAIN: [&str; 10] = [
        "textbackslash",
        "textasciicircum",
        "textasciitilde",
        "textless",
        "textgreater",
        "textbar",
        "textquotedbl",
        "textasciigrave",
        "allowbreak",
        "_",
    ];
    let mut shape = String::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        match character {
            '\\' => {
                let name: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
                if name.is_empty() {
                    let symbol = rest.chars().next().unwrap_or(' ');
                    if !"{}$&#%_".contains(symbol) {
                        shape.push('\\');
                        shape.push(symbol);
                    }
                    rest = &rest[symbol.len_utf8()..];
                } else {
                    rest = &rest[name.len()..];
                    if PLAIN.contains(&name.as_str()) {
                        rest = rest.strip_prefix("{}").unwrap_or(rest);
                    } else {
                        shape.push('\\');
                        shape.push_str(&name);
                    }
                }
            }
            '-' | '\'' => rest = rest.strip_prefix("{}").unwrap_or(rest),
            '{' if ["[}", "]}", "*}"].iter().any(|end| rest.starts_with(end)) => {
                let end = rest.find('}').unwrap_or(0) + 1;
                rest = &rest[end..];
            }
            '{' | '}' | '&' | '%' | '$' | '#' | '^' | '~' | '_' => shape.push(character),
            _ => {}
        }
    }
    shape
}

/// What shapes an HTML page: its tags with their attributes, in order.
fn html_shape(text: &str) -> Vec<&str> {
    let body = text.split_once("</style>").map_or(text, |(_, body)| body);
    body.split('<').skip(1).map(|tag| tag.split('>').next().unwrap()).collect()
}

fn check(name: &str) -> Result<(), TestCaseError> {
    for language in LANGUAGES {
        check_in(language, name)?;
        check_tables(language, name)?;
    }
    check_bibliography(name)
}

/// A harmless name. What stands between two backquotes is code where people write sentences, in this one, too.
fn plain_as(name: &str) -> String {
    let parts: Vec<&str> = name.split('`').collect();
    let spans = match parts.len().is_multiple_of(2) {
        true => 0,
        false => parts.iter().skip(1).step_by(2).filter(|part| !part.is_empty()).count(),
    };
    format!("{}Plain", "`plain` ".repeat(spans))
}

fn check_in(language: &str, name: &str) -> Result<(), TestCaseError> {
    let (plain_spec, plain_inputs) = with_name(&plain_as(name));
    let (spec, inputs) = with_name(name);
    let markdown = render_in(language, ReportFormat::Markdown, &spec, &inputs);
    let plain = render_in(language, ReportFormat::Markdown, &plain_spec, &plain_inputs);
    prop_assert_eq!(markdown_shape(&markdown), markdown_shape(&plain), "{}", markdown);
    for active in ["<script", "<!--", "http://", "\u{202e}", "\u{0}"] {
        prop_assert!(!without_code(&markdown).contains(active), "{} in {}", active, markdown);
    }
    let latex = render_in(language, ReportFormat::Latex, &spec, &inputs);
    let plain = render_in(language, ReportFormat::Latex, &plain_spec, &plain_inputs);
    prop_assert_eq!(latex_shape(&latex), latex_shape(&plain), "{}", latex);
    prop_assert!(!latex.contains("\\input") && !latex.contains("\\write"));
    let html = render_in(language, ReportFormat::Html, &spec, &inputs);
    let plain = render_in(language, ReportFormat::Html, &plain_spec, &plain_inputs);
    prop_assert_eq!(html_shape(&html), html_shape(&plain), "{}", html);
    for active in ["<script", "<!--", "javascript:alert", "\u{202e}", "\u{0}"] {
        prop_assert!(!html.contains(active), "{} in {}", active, html);
    }
    Ok(())
}

/// The tables alone: as LaTeX, HTML, CSV and a workbook.
fn check_tables(language: &str, name: &str) -> Result<(), TestCaseError> {
    let [plain, hostile] = [&plain_as(name), name].map(|name| {
        let (spec, inputs) = with_name(name);
        context_in(language, &spec, &inputs)
    });
    for view in &hostile.tables {
        let id = &view.name.id;
        let table = TableContext::new(hostile.clone(), id).unwrap();
        let plain = TableContext::new(plain.clone(), id).unwrap();
        let latex = table_alone(language, ReportFormat::Latex, &table);
        let plain_latex = table_alone(language, ReportFormat::Latex, &plain);
        prop_assert_eq!(latex_shape(&latex), latex_shape(&plain_latex), "{}", latex);
        let active = latex.contains("\\input{") || latex.contains("\\write");
        prop_assert!(!active, "{}", latex);
        let html = table_alone(language, ReportFormat::Html, &table);
        let plain_html = table_alone(language, ReportFormat::Html, &plain);
        prop_assert_eq!(html_shape(&html), html_shape(&plain_html), "{}", html);
        prop_assert!(!html.contains("<script") && !html.contains("href="), "{}", html);
        let csv = write_table_csv(&table, &wording(language)).unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
        let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        prop_assert_eq!(records.len(), view.rows.len() + 1);
        for field in records.iter().flat_map(|record| record.iter()) {
            let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
            prop_assert!(!formula || field.parse::<f64>().is_ok(), "{:?} in {}", field, csv);
        }
    }
    let bytes = write_workbook(&hostile, &wording(language)).unwrap();
    prop_assert_eq!(&bytes, &write_workbook(&hostile, &wording(language)).unwrap());
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheets = workbook.sheet_names();
    prop_assert_eq!(sheets.len(), hostile.tables.len());
    for (sheet, view) in sheets.iter().zip(&hostile.tables) {
        let formulas = workbook.worksheet_formula(sheet).unwrap();
        prop_assert!(formulas.used_cells().all(|(_, _, formula)| formula.is_empty()));
        let cells = workbook.worksheet_range(sheet).unwrap();
        let numbers = cells.used_cells().filter(|(_, _, cell)| matches!(cell, Data::Float(_) | Data::Int(_)));
        let figures = |row: &TableRow| {
            let of_cells =
                row.cells.iter().flat_map(|cell| [cell.estimate.is_some(), cell.published.is_some()]);
            of_cells.filter(|there| *there).count() + usize::from(!row.n_obs.is_empty())
        };
        prop_assert_eq!(numbers.count(), view.rows.iter().map(figures).sum::<usize>(), "{}", sheet);
    }
    Ok(())
}

/// What is cited, with the vintage's files, stays BibTeX.
fn check_bibliography(name: &str) -> Result<(), TestCaseError> {
    let (_, inputs) = with_name(name);
    let text = bibliography().write(&["hadri2000".into()], &inputs.vintage);
    let mut again = Bibliography::default();
    again.read("references.bib", &text, true).unwrap();
    let keys: Vec<&str> = again.listed(&[]).iter().map(|work| work.key.as_str()).collect();
    let data: Vec<String> = (1..=inputs.vintage.sources.len()).map(|at| format!("data-{at}")).collect();
    prop_assert_eq!(&keys[..1], ["hadri2000"]);
    prop_assert_eq!(&keys[1..], data, "{}", text);
    Ok(())
}

/// An address that a browser would run is no link.
#[test]
fn only_web_addresses_are_links() {
    for (url, linked) in
        [("javascript:alert(1)", false), ("data:text/html,x", false), ("https://e.org/\"><b>", true)]
    {
        let (spec, mut inputs) = small();
        inputs.vintage.sources[0].url = url.into();
        let html = render_in("en", ReportFormat::Html, &spec, &inputs);
        assert_eq!(html.contains("href=\"https://e.org/"), linked, "{url}");
        assert!(
            !html.contains("href=\"javascript") && !html.contains("href=\"data:") && !html.contains("<b>\"")
        );
    }
}

#[test]
fn hostile_names_leave_the_shape_of_a_report_alone() {
    for name in HOSTILE {
        check(name).unwrap();
    }
}

#[test]
fn hostile_names_survive_the_csv() {
    for name in HOSTILE {
        let (mut spec, inputs) = small();
        for unit in &mut spec.units {
            if unit.id == "alpha" {
                unit.printed = Some(name.into());
            }
        }
        let rows = tidy_estimates(
            &inputs.estimates,
            &spec.tables,
            &spec.units,
            &inputs.published,
            &spec.star_levels,
        )
        .unwrap();
        let text = write_estimates_csv(&rows).unwrap();
        assert_eq!(read_estimates_csv(&text, "estimates.csv").unwrap(), rows, "{name}");
        assert!(!text.contains(",=") && !text.contains("\"="), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_name_leaves_the_shape_alone(name in "[ -~\\n\\té沧]{1,16}") {
        prop_assume!(!name.trim().is_empty());
        check(&name)?;
    }
}
