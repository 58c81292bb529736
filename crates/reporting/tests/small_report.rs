//! A whole report of made-up units, through the repository's own templates.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use crate::common::{
    FORMATS, LANGUAGES, context_in, estimated, label, render, render_in, small, table_alone, templates,
    wording,
};
use vintner_panel::Label;
use vintner_reporting::{
    ReportContext, ReportFormat, ReportSpec, ReportingError, SectionSpec, TableContext, Wording,
    read_estimates_csv, tidy_estimates, write_estimates_csv, write_table_csv,
};

#[test]
fn the_markdown_report() {
    let (spec, inputs) = small();
    insta::assert_snapshot!(render(ReportFormat::Markdown, &spec, &inputs));
}

#[test]
fn the_latex_report() {
    let (spec, inputs) = small();
    insta::assert_snapshot!(render(ReportFormat::Latex, &spec, &inputs));
}

#[test]
fn the_html_report() {
    let (spec, inputs) = small();
    let html = render(ReportFormat::Html, &spec, &inputs);
    let (head, rest) = html.split_once("<style>").unwrap();
    insta::assert_snapshot!(format!("{head}{}", rest.split_once("</style>").unwrap().1));
}

#[test]
fn the_chinese_report() {
    let (spec, inputs) = small();
    insta::assert_snapshot!(render_in("zh", ReportFormat::Markdown, &spec, &inputs));
}

#[test]
fn the_tables_alone() {
    let (spec, inputs) = small();
    let mut all = String::new();
    for language in LANGUAGES {
        let context = context_in(language, &spec, &inputs);
        let table = TableContext::new(context, "1").unwrap();
        let csv = write_table_csv(&table, &wording(language)).unwrap();
        let latex = table_alone(language, ReportFormat::Latex, &table);
        let html = table_alone(language, ReportFormat::Html, &table);
        all.push_str(&format!("== {language}\n{csv}\n{latex}\n{html}\n"));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn a_table_that_is_not_there_is_named() {
    let (spec, inputs) = small();
    let error = TableContext::new(context_in("en", &spec, &inputs), "9").unwrap_err().to_string();
    assert!(error.contains("`9`") && error.contains("1-clustered"), "{error}");
}

/// Each label of the templates is there in every language, each takes the same, and none is left over.
#[test]
fn all_languages_say_the_same() {
    let [english, chinese] = LANGUAGES.map(wording);
    let keys = |wording: &Wording| -> Vec<String> {
        // What stars mean is said star by star in one language and for all at once in the other.
        let takes = |key: &str, takes: Vec<&str>| match key {
            "tables.stars" => String::new(),
            _ => takes.join(", "),
        };
        wording.keys().map(|(key, taken)| format!("{key}({})", takes(key, taken))).collect()
    };
    assert_eq!(keys(&english), keys(&chinese));
    let mut used = BTreeSet::new();
    let mut prefixes = Vec::new();
    // Tables of models have words of their own.
    for template in templates().into_iter().filter(|template| !template.name.starts_with("models")) {
        for (at, _) in template.text.match_indices("| text") {
            let before = template.text[..at].trim_end();
            let Some(before) = before.strip_suffix('"') else { continue };
            used.insert(before.rsplit('"').next().unwrap().to_owned());
        }
        // A key that is put together: `("data.kind." ~ vintage.kind) | text`.
        let parts =
            template.text.match_indices("(\"").map(|(at, _)| template.text[at + 2..].split('"').next());
        prefixes.extend(parts.flatten().filter(|part| part.ends_with('.')).map(str::to_owned));
    }
    let known: BTreeSet<String> = english.keys().map(|(key, _)| key.to_owned()).collect();
    let missing: Vec<&String> = used.difference(&known).collect();
    assert!(missing.is_empty(), "labels that templates print and no file has: {missing:?}");
    let left_over: Vec<&String> = known
        .difference(&used)
        .filter(|key| !prefixes.iter().any(|prefix| key.starts_with(prefix.as_str())))
        .filter(|key| !["list.semicolon", "list.comma", "list.more"].contains(&key.as_str()))
        // How works are named, and the header of a table's CSV.
        .filter(|key| !key.starts_with("cite.") && *key != "columns.vintage")
        // The words in pictures, which no template prints.
        .filter(|key| !key.starts_with("figure_words."))
        .collect();
    assert!(left_over.is_empty(), "labels that no template prints: {left_over:?}");
}

#[test]
fn the_estimates() {
    let (spec, inputs) = small();
    let rows =
        tidy_estimates(&inputs.estimates, &spec.tables, &spec.units, &inputs.published, &spec.star_levels)
            .unwrap();
    let text = write_estimates_csv(&rows).unwrap();
    insta::assert_snapshot!(text);
    assert_eq!(read_estimates_csv(&text, "estimates.csv").unwrap(), rows);
}

#[test]
fn the_order_of_estimates_changes_nothing() {
    let (spec, mut inputs) = small();
    let before = FORMATS.map(|(format, _)| render(format, &spec, &inputs));
    inputs.estimates.reverse();
    inputs.gaps.reverse();
    let after = FORMATS.map(|(format, _)| render(format, &spec, &inputs));
    assert_eq!(before, after);
}

#[test]
fn a_bare_report_has_no_empty_sections() {
    let (spec, mut inputs) = small();
    inputs.granger.clear();
    inputs.descriptives.clear();
    inputs.gaps.clear();
    inputs.dropped.clear();
    inputs.published = Default::default();
    inputs.estimates.retain(|row| row.table == "1");
    inputs.vintage.kind = "public".into();
    inputs.vintage.notice = None;
    let markdown = render(ReportFormat::Markdown, &spec, &inputs);
    for absent in ["Granger", "Descriptive", "WARNING", "published", "Synthetic"] {
        assert!(!markdown.contains(absent), "{absent}");
    }
    assert!(markdown.contains("The panel lacks no value."));
    assert!(markdown.contains("Every coefficient of every table could be estimated."));
    let latex = render(ReportFormat::Latex, &spec, &inputs);
    assert!(!latex.contains("Granger") && !latex.contains("\\noticebox{"));
    let html = render(ReportFormat::Html, &spec, &inputs);
    assert!(!html.contains("Granger") && !html.contains("class=\"notice\""));
}

#[test]
fn synthetic_data_without_a_notice_are_refused() {
    let (spec, mut inputs) = small();
    inputs.vintage.notice = None;
    let error = ReportContext::build(&spec, &inputs).unwrap_err();
    assert!(matches!(error, ReportingError::NoNotice { ref vintage } if vintage == "made-up"), "{error}");
}

#[test]
fn the_report_says_once_in_each_place_that_data_are_synthetic() {
    let (spec, inputs) = small();
    // The notice itself says nothing of it.
    let notice = "Made up for a test";
    let markdown = render(ReportFormat::Markdown, &spec, &inputs);
    let tables = markdown.split("### Table ").skip(1);
    assert!(tables.clone().count() == 3);
    let sections = ["## Descriptive statistics", "## Granger tests", "## Agreement", "## In short"]
        .map(|heading| markdown.split(heading).nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap());
    for section in tables.chain(sections) {
        assert!(section.contains("Synthetic data."), "{section}");
    }
    let latex = render(ReportFormat::Latex, &spec, &inputs);
    let html = render(ReportFormat::Html, &spec, &inputs);
    for text in [markdown, latex, html] {
        // In full at the top, two words elsewhere.
        assert_eq!(text.matches(notice).count(), 1, "{text}");
        assert!(text.matches("Synthetic data.").count() >= 9, "{text}");
    }
    for (format, _) in FORMATS {
        let chinese = render_in("zh", format, &spec, &inputs);
        assert_eq!(chinese.matches("合成数据。仅供测试。").count(), 1, "{chinese}");
        assert!(chinese.matches("合成数据。").count() >= 8, "{chinese}");
    }
}

/// The verdict comes first, and each section has what it says alone; none is there that has nothing to say.
#[test]
fn sections_stand_in_the_order_that_is_asked_for() {
    let (spec, inputs) = small();
    let markdown = render(ReportFormat::Markdown, &spec, &inputs);
    let headings = |text: &str| -> Vec<String> {
        text.lines().filter_map(|line| line.strip_prefix("## ").map(str::to_owned)).collect()
    };
    assert_eq!(headings(&markdown).first().map(String::as_str), Some("In short"), "{markdown}");
    let named = |names: &[&str]| names.iter().map(|name| SectionSpec::Usual((*name).into())).collect();
    let mut asked =
        ReportSpec { sections: named(&["variables", "verdict", "claims", "data"]), ..spec.clone() };
    let text = render(ReportFormat::Markdown, &asked, &inputs);
    assert_eq!(headings(&text), ["Variables", "In short", "The data", "References"]);
    asked.sections.push(SectionSpec::Text { text: vec![label("Own words.", "")], title: label("Own", "") });
    for (format, _) in FORMATS {
        assert!(render(format, &asked, &inputs).contains("Own words."));
    }
    asked.sections =
        vec![SectionSpec::Table { table: "main".into(), title: Label::default(), text: Vec::new() }];
    let error = ReportContext::build(&asked, &inputs).unwrap_err().to_string();
    assert!(error.contains("the table `main`"), "{error}");
}

/// Chinese fonts are loaded where there is anything in Chinese, and a report in Chinese has a class of its own.
#[test]
fn each_language_has_its_document_class() {
    let (spec, mut inputs) = small();
    let class =
        |text: &str| text.lines().find(|line| line.starts_with("\\documentclass")).unwrap().to_owned();
    let english = render(ReportFormat::Latex, &spec, &inputs);
    assert!(class(&english).ends_with("{article}") && english.contains("{xeCJK}"), "{english}");
    let chinese = render_in("zh", ReportFormat::Latex, &spec, &inputs);
    assert!(class(&chinese).ends_with("{ctexart}") && !chinese.contains("{xeCJK}"), "{chinese}");
    let mut plain = ReportSpec { authors: Vec::new(), translations: Vec::new(), ..spec };
    plain.units.iter_mut().for_each(|unit| (unit.label.zh, unit.printed) = (None, None));
    plain.tables.iter_mut().for_each(|table| table.title.zh = None);
    inputs.published = Default::default();
    inputs.variables.iter_mut().for_each(|variable| variable.label.zh = None);
    let english = render(ReportFormat::Latex, &plain, &inputs);
    assert!(!english.contains("{xeCJK}"), "{english}");
}

#[test]
fn estimates_that_fit_no_table_are_refused() {
    let (spec, inputs) = small();
    for (row, message) in [
        (estimated("9", "y", "alpha", "x", 1.0, 1.0, 0.5), "an estimate names the table `9 of y`"),
        (estimated("1", "y", "gamma", "x", 1.0, 1.0, 0.5), "an estimate names the unit `gamma`"),
        (estimated("1", "y", "alpha", "w", 1.0, 1.0, 0.5), "an estimate names the regressor `w`"),
        (estimated("1", "y", "alpha", "x", 1.0, 1.0, 0.5), "table 1, alpha, x was estimated twice"),
    ] {
        let mut inputs = inputs.clone();
        inputs.estimates.push(row);
        let error = ReportContext::build(&spec, &inputs).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }
    let mut infinite = inputs.clone();
    infinite.estimates.pop();
    infinite.estimates.push(estimated("1-clustered", "y", "all", "z", f64::INFINITY, 1.0, 0.5));
    assert!(ReportContext::build(&spec, &infinite).unwrap_err().to_string().contains("the estimate is inf"));
}

#[test]
fn a_published_coefficient_that_was_not_estimated_is_listed() {
    let (spec, mut inputs) = small();
    inputs.estimates.retain(|row| row.unit != "alpha");
    let context = ReportContext::build(&spec, &inputs).unwrap();
    assert_eq!((context.agreement.overall.published, context.agreement.overall.not_estimable), (9, 4));
    let unit = context.not_estimable.first().unwrap();
    assert_eq!(unit.unit.en, "Alpha");
    assert_eq!(unit.tables.len(), 2);
    assert!(unit.reason.starts_with("published, but not estimated"));
}
