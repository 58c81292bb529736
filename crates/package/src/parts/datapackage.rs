//! `datapackage.json`: the data files for programs, as Frictionless Data Package describes them
//! (<https://specs.frictionlessdata.io/data-package/>). Tables that are CSV here have a schema; all other data files
//! have their size and digest.

use serde_json::{Map, Value, json};
use vintner_pipeline::Store;

use super::codebook::CODEBOOK_CSV;
use super::licences::DATA_LICENCE;
use super::lists::{EXHIBITS, NUMBERS, STAGES};
use crate::contents::{Contents, DataSet, VariableContent};
use crate::error::{PackageError, Result};
use crate::files::{Files, PackageFile, Role};

/// Its name.
pub(crate) const DATA_PACKAGE: &str = "datapackage.json";

pub(super) fn add(contents: &Contents, _: &Store, files: &mut Files) -> Result<()> {
    let mut resources = Vec::new();
    for file in files.iter() {
        let listed = [CODEBOOK_CSV, EXHIBITS, NUMBERS, STAGES].contains(&file.path.as_str());
        let data = contents.data_sets.iter().find(|data| data.provided && data.path == file.path);
        match (data, file.role) {
            (Some(data), _) => resources.push(of_data(data, file, resources.len())),
            (None, Role::RawData | Role::Input) => resources.push(of_file(contents, file, resources.len())),
            (None, _) if listed => resources.push(of_file(contents, file, resources.len())),
            _ => {}
        }
    }
    // A data package has a resource at least; the README and the licence are there where no data are.
    let mut package = Map::new();
    package.insert("profile".into(), "data-package".into());
    package.insert("name".into(), name(&format!("{}-{}", contents.pipeline, contents.vintage)).into());
    package.insert("title".into(), contents.title.clone().into());
    package.insert("created".into(), format!("{}T00:00:00Z", contents.date).into());
    if let Some(version) = &contents.description.version {
        package.insert("version".into(), version.clone().into());
    }
    if !contents.description.keywords.is_empty() {
        package.insert("keywords".into(), contents.description.keywords.clone().into());
    }
    if let Some(licence) = &contents.description.data_licence {
        package.insert("licenses".into(), json!([{"name": licence, "path": DATA_LICENCE}]));
    }
    let contributors = contents.description.authors.iter().map(|author| {
        let mut fields =
            Map::from_iter([("title".to_owned(), author.name().into()), ("role".into(), "author".into())]);
        if let Some(affiliation) = &author.affiliation {
            fields.insert("organization".into(), affiliation.clone().into());
        }
        Value::Object(fields)
    });
    let contributors: Vec<Value> = contributors.collect();
    if !contributors.is_empty() {
        package.insert("contributors".into(), contributors.into());
    }
    let sources = contents.sources.iter().map(|source| {
        let title = source.citation.clone().unwrap_or_else(|| source.name.clone());
        let mut fields = Map::from_iter([("title".to_owned(), Value::from(title))]);
        if let Some(url) = &source.url {
            fields.insert("path".into(), url.clone().into());
        }
        Value::Object(fields)
    });
    package.insert("sources".into(), sources.collect::<Vec<_>>().into());
    package.insert("resources".into(), resources.into());
    let failed = |error: serde_json::Error| PackageError::Output {
        what: DATA_PACKAGE.into(),
        message: error.to_string(),
    };
    let mut text = serde_json::to_string_pretty(&Value::Object(package)).map_err(failed)?;
    text.push('\n');
    files.put(DATA_PACKAGE, Role::Metadata, text)
}

/// What every resource has.
fn resource(file: &PackageFile, at: usize) -> Map<String, Value> {
    let stem = file.path.rsplit('/').next().unwrap_or(&file.path);
    let ending = stem.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    Map::from_iter([
        // Names of files in other scripts come to nothing, so each resource has its number, too.
        ("name".to_owned(), name(&format!("{}-{stem}", at + 1)).into()),
        ("path".to_owned(), file.path.clone().into()),
        ("format".to_owned(), ending.into()),
        ("bytes".to_owned(), file.bytes.into()),
        ("hash".to_owned(), format!("sha256:{}", file.sha256).into()),
    ])
}

fn of_file(contents: &Contents, file: &PackageFile, at: usize) -> Value {
    let mut fields = resource(file, at);
    fields.insert("type".into(), "file".into());
    let has = |source: &&crate::contents::SourceContent| source.files.iter().any(|own| own.path == file.path);
    if let Some(source) = contents.sources.iter().find(has) {
        fields.insert("title".into(), source.name.clone().into());
        if let Some(licence) = &source.licence {
            fields.insert("description".into(), format!("Terms: {licence}").into());
        }
        if let Some(encoding) = &source.encoding {
            fields.insert("encoding".into(), encoding.clone().into());
        }
    }
    Value::Object(fields)
}

fn of_data(data: &DataSet, file: &PackageFile, at: usize) -> Value {
    let mut fields = resource(file, at);
    fields.insert("type".into(), "table".into());
    fields.insert("profile".into(), "tabular-data-resource".into());
    fields.insert("encoding".into(), "utf-8".into());
    fields.insert("mediatype".into(), "text/csv".into());
    fields.insert("description".into(), format!("made by {}", data.output).into());
    let schema: Vec<Value> = data.variables.iter().map(field).collect();
    fields.insert("schema".into(), json!({"fields": schema, "missingValues": [""]}));
    Value::Object(fields)
}

fn field(variable: &VariableContent) -> Value {
    let mut fields = Map::from_iter([
        ("name".to_owned(), Value::from(variable.name.clone())),
        ("type".to_owned(), variable.value_type.word().into()),
    ]);
    if let Some(label) = &variable.label {
        fields.insert("title".into(), label.clone().into());
    }
    let words = variable.definition.clone().into_iter().chain(variable.formula.clone());
    let words = words.collect::<Vec<_>>().join("; ");
    if !words.is_empty() {
        fields.insert("description".into(), words.into());
    }
    if let Some(unit) = &variable.unit {
        fields.insert("unit".into(), unit.clone().into());
    }
    let mut constraints = Map::new();
    if variable.missing == 0 {
        constraints.insert("required".into(), true.into());
    }
    if let Some([least, most]) = variable.allowed {
        for (word, bound) in [("minimum", least), ("maximum", most)] {
            // Whole numbers have whole bounds.
            let whole = bound.filter(|bound| {
                variable.value_type == crate::contents::ValueType::Integer && bound.fract() == 0.0
            });
            let value = match whole {
                Some(whole) => Some(json!(whole as i64)),
                None => bound.map(|bound| json!(bound)),
            };
            if let Some(value) = value {
                constraints.insert(word.into(), value);
            }
        }
    }
    if !variable.categories.is_empty() {
        constraints.insert("enum".into(), variable.categories.clone().into());
    }
    if !constraints.is_empty() {
        fields.insert("constraints".into(), Value::Object(constraints));
    }
    Value::Object(fields)
}

/// A name as Frictionless takes it: small letters, digits, `-`, `.` and `_`.
fn name(text: &str) -> String {
    let plain = |letter: char| match letter.to_ascii_lowercase() {
        letter if letter.is_ascii_alphanumeric() || "-._".contains(letter) => letter,
        _ => '-',
    };
    text.chars().map(plain).collect()
}
