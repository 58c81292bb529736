//! The first pipeline of a workspace, from what a vintage's manifest says.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use vintner_estimation::WrittenEquation;
use vintner_ingest::{Manifest, Source, ValueKind, VintageFolders};

use crate::error::StagesError;

/// A pipeline, as text, and what is to be said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstPipeline {
    /// `pipeline.yaml`.
    pub text: String,
    /// The equation as it stands there; keys are called `entity` and `time` in it, whatever the file calls them.
    pub formula: Option<String>,
    /// Names in the equation that are no variable of the manifest.
    pub unknown: Vec<String>,
    /// The variables that there are.
    pub variables: Vec<String>,
}

/// A pipeline that reads all sources of a vintage into one panel, describes its numbers, estimates `formula` where there
/// is one, and reports.
///
/// # Errors
/// Where the formula can't be read, in words.
pub fn first_pipeline(
    name: &str,
    vintage: &str,
    manifest: &Manifest,
    formula: Option<&str>,
) -> Result<FirstPipeline, String> {
    let columns = || manifest.sources.iter().flat_map(|source| &source.columns);
    let mut seen = BTreeSet::new();
    let variables: Vec<String> = columns()
        .map(|column| column.variable.clone())
        .filter(|variable| seen.insert(variable.clone()))
        .collect();
    let numbers: Vec<&str> = variables
        .iter()
        .map(String::as_str)
        .filter(|variable| {
            columns().any(|column| column.variable == *variable && column.kind != ValueKind::Text)
        })
        .collect();
    let equation = formula.map(|formula| Equation::read(formula, manifest)).transpose()?;
    let unknown = equation.as_ref().map(|equation| equation.unknown(&variables)).unwrap_or_default();

    let mut text = String::new();
    // Writing into a text doesn't fail.
    let _ = write!(
        text,
        "# What is made, from what, and how. `vintner operations` lists what `op` can be, `vintner graph` draws it.\n\
         version: 1\nname: {}\nvintage: {}\n\nstages:\n",
        quoted(name),
        quoted(vintage)
    );
    text.push_str("  tidy: {op: ingest, foreach: sources}\n\n");
    text.push_str("  panel: {op: assemble, inputs: {tidy: tidy}}\n");
    if !numbers.is_empty() {
        let listed: Vec<String> = numbers.iter().map(|name| quoted(name)).collect();
        let _ = write!(
            text,
            "\n  descriptives:\n    op: describe\n    inputs: {{panel: panel}}\n    params: {{variables: [{}]}}\n",
            listed.join(", ")
        );
    }
    if let Some(equation) = &equation {
        text.push_str(&equation.stage());
        let _ = write!(
            text,
            "\n  table:\n    op: model_table\n    inputs: {{vintage: vintage, model: model}}\n    params: {{title: {}}}\n    \
             publish: \"reports/{{vintage}}/table\"\n",
            quoted(&equation.dependent)
        );
    }
    let described = if numbers.is_empty() { "" } else { ", descriptives: descriptives" };
    let table = if equation.is_some() { ", table: table" } else { "" };
    let shown = if equation.is_some() { "{table: table}, " } else { "" };
    let _ = write!(
        text,
        "\n  report:\n    op: report\n    \
         inputs: {{vintage: vintage, sources: tidy.summary{described}, panel_gaps: panel.gaps{table}}}\n    \
         params: {{title: {}, sections: [{shown}descriptives, data, gaps]}}\n    publish: \"reports/{{vintage}}/report\"\n",
        quoted(&words(name))
    );
    Ok(FirstPipeline { text, formula: equation.map(|equation| equation.text), unknown, variables })
}

/// The manifest of a workspace's vintage.
///
/// # Errors
/// Where there is no such vintage, or its manifest can't be read.
pub fn vintage_manifest(workspace: &Path, vintage: &str) -> Result<Manifest, StagesError> {
    Ok(VintageFolders::new(None, workspace).locate(vintage)?.manifest)
}

/// An equation, and how its stage is written.
struct Equation {
    text: String,
    dependent: String,
    reads: Vec<String>,
    instrumented: bool,
    effects: bool,
    /// Whether there are several rows of one entity.
    panel: bool,
}

impl Equation {
    fn read(formula: &str, manifest: &Manifest) -> Result<Self, String> {
        let text = with_keys(formula.trim(), &manifest.sources);
        let written: WrittenEquation = text.parse().map_err(|error| format!("{error}"))?;
        let keyed =
            |source: &Source| source.entity.is_some() && (source.time.is_some() || source.year.is_some());
        Ok(Self {
            dependent: written.dependent_name(),
            reads: written.columns(),
            instrumented: written.is_instrumented(),
            effects: !written.effects().is_empty(),
            panel: manifest.sources.iter().any(keyed),
            text,
        })
    }

    fn unknown(&self, variables: &[String]) -> Vec<String> {
        let key = |name: &str| name == "entity" || name == "time";
        self.reads.iter().filter(|name| !key(name) && !variables.contains(name)).cloned().collect()
    }

    fn stage(&self) -> String {
        let formula = quoted(&self.text);
        if self.instrumented {
            let errors = if self.panel { "{kind: cluster, by: entity}" } else { "{kind: robust}" };
            return format!(
                "\n  model:\n    op: iv\n    inputs: {{panel: panel}}\n    params:\n      formula: {formula}\n      \
                 covariance: {{errors: {errors}}}\n"
            );
        }
        let model = if self.effects { "within" } else { "ols" };
        let covariance = if self.panel { "{kind: cluster}" } else { "{kind: heteroskedastic, type: hc1}" };
        format!(
            "\n  model:\n    op: regress\n    inputs: {{panel: panel}}\n    params:\n      formula: {formula}\n      \
             pooled: {{model: {model}, covariance: {covariance}}}\n"
        )
    }
}

/// The formula, in which headers are the panel's names for their columns.
fn with_keys(formula: &str, sources: &[Source]) -> String {
    let mut written = String::new();
    let mut word = String::new();
    let finish = |word: &mut String, written: &mut String| {
        let is = |key: fn(&Source) -> &Option<String>| {
            sources.iter().any(|source| key(source).as_deref() == Some(word.as_str()))
        };
        let columns = || sources.iter().flat_map(|source| &source.columns);
        let taken = columns().any(|column| column.variable == *word);
        let headed: BTreeSet<&str> = columns()
            .filter(|column| column.column.as_deref() == Some(word.as_str()))
            .map(|column| column.variable.as_str())
            .collect();
        match (word.as_str(), headed.first()) {
            ("", _) => {}
            _ if !taken && is(|source| &source.entity) => written.push_str("entity"),
            _ if !taken && is(|source| &source.time) => written.push_str("time"),
            (_, Some(variable)) if !taken && headed.len() == 1 => written.push_str(variable),
            _ => written.push_str(word),
        }
        word.clear();
    };
    let mut quote = None;
    for character in formula.chars() {
        if quote.is_none() && (character.is_alphanumeric() || character == '_' || character == '.') {
            word.push(character);
            continue;
        }
        if quote.is_none() {
            finish(&mut word, &mut written);
        }
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
        written.push(character);
    }
    finish(&mut word, &mut written);
    written
}

/// A text as YAML, in quotes where it would be read as something else.
fn quoted(text: &str) -> String {
    let plain = |character: char| character.is_alphanumeric() || character == '_' || character == '-';
    let word = text.starts_with(|first: char| first.is_alphabetic()) && text.chars().all(plain);
    let meant = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    if word && !meant.contains(&text.to_lowercase().as_str()) {
        return text.to_owned();
    }
    serde_json::Value::String(text.to_owned()).to_string()
}

/// A name of a folder as words: `union-wages` is `Union wages`.
fn words(name: &str) -> String {
    let spaced = name.replace(['-', '_'], " ");
    let mut letters = spaced.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        serde_json::from_value(serde_json::json!({
            "title": "Wages", "kind": "public", "date": "2026-01-01", "notice": "",
            "sources": [{
                "name": "wages", "file": "wages.csv", "format": "csv", "entity": "nr", "time": "year",
                "columns": [
                    {"column": "wage", "variable": "wage"},
                    {"column": "union", "variable": "union"},
                    {"column": "region", "variable": "region", "type": "text"}
                ]
            }]
        }))
        .unwrap_or_else(|error| unreachable!("{error}"))
    }

    #[test]
    fn keys_go_by_the_panels_names() -> Result<(), String> {
        let made = first_pipeline(
            "union-wages",
            "first",
            &manifest(),
            Some("wage ~ union + i(region, ref = \"year\") | nr + year"),
        )?;
        assert_eq!(made.formula.as_deref(), Some("wage ~ union + i(region, ref = \"year\") | entity + time"));
        assert!(made.unknown.is_empty());
        assert!(made.text.contains("variables: [wage, union]"), "{}", made.text);
        assert!(made.text.contains("pooled: {model: within, covariance: {kind: cluster}}"), "{}", made.text);
        assert!(made.text.contains("title: \"Union wages\""), "{}", made.text);
        Ok(())
    }

    #[test]
    fn what_no_column_is_called_is_told() -> Result<(), String> {
        let made = first_pipeline("a", "first", &manifest(), Some("wage ~ educ"))?;
        assert_eq!(made.unknown, ["educ"]);
        assert!(first_pipeline("a", "first", &manifest(), Some("wage ~ ~ educ")).is_err());
        Ok(())
    }

    #[test]
    fn instruments_make_another_operation() -> Result<(), String> {
        let made = first_pipeline("a", "first", &manifest(), Some("wage ~ 1 | union ~ region"))?;
        assert!(made.text.contains("op: iv"), "{}", made.text);
        Ok(())
    }
}
