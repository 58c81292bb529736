//! Data sets and their variables, gathered from the frames that are kept.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;
use vintner_panel::Label;
use vintner_pipeline::{ColumnProfile, Kind, Profile, Store};

use super::data_set::{DataSet, ValueType, VariableContent};
use super::formulas::Formulas;
use super::source::SourceContent;
use super::stage::{OutputContent, StageContent};
use crate::error::{PackageError, Result};

/// The folder of analysis data.
const FOLDER: &str = "data/analysis";

/// So many texts at most are told one by one.
const FEW: usize = 30;

/// What a pipeline's reports say of variables.
#[derive(Debug, Default, Deserialize)]
struct Words {
    id: String,
    #[serde(default)]
    label: Label,
    #[serde(default)]
    unit: Label,
    #[serde(default)]
    definition: Label,
}

/// The frames that results are computed from: the main output of a stage, read by one whose main output is none.
pub(super) fn data_sets(
    stages: &[StageContent],
    sources: &[SourceContent],
    store: &Store,
) -> Result<Vec<DataSet>> {
    let main_frame = |stage: &StageContent| stage.main().is_some_and(|output| output.kind == Kind::Frame);
    let (words, formulas) = (words_of(stages), Formulas::of(stages));
    let mut found = Vec::new();
    for stage in stages.iter().filter(|stage| main_frame(stage)) {
        let Some(output) = stage.main() else { continue };
        let reads = |reader: &&StageContent| {
            !main_frame(reader)
                && reader.reads.iter().any(|read| read.branch == stage.branch && read.output == output.name)
        };
        if !stages.iter().any(|reader| reads(&reader)) {
            continue;
        }
        let what = format!("{}.{}", stage.branch, output.name);
        let profile = profile(store, output, &what, usize::MAX)?;
        let upstream = upstream(stages, &stage.branch);
        let reasons = reasons(&upstream, store)?;
        let own: BTreeSet<&String> = upstream.iter().flat_map(|stage| &stage.sources).collect();
        let own: Vec<&SourceContent> = sources.iter().filter(|source| own.contains(&source.name)).collect();
        let withheld: Vec<String> =
            own.iter().filter(|source| !source.gives_derived()).map(|source| source.name.clone()).collect();
        let variables = profile.columns.iter().enumerate().map(|(at, column)| {
            let texts = profile.first_rows.iter().filter_map(|row| row.get(at)?.as_str());
            variable(column, texts, &words, &formulas, &reasons, sources)
        });
        found.push(DataSet {
            path: format!("{FOLDER}/{}.csv", plain_name(&stage.branch)),
            branch: stage.branch.clone(),
            rows: profile.rows,
            variables: variables.collect(),
            sources: own.iter().map(|source| source.name.clone()).collect(),
            provided: withheld.is_empty(),
            withheld_by: withheld,
            output: what,
            values: profile.first_rows,
        });
    }
    Ok(found)
}

/// What a frame holds, with up to so many rows.
pub(super) fn profile(store: &Store, output: &OutputContent, what: &str, rows: usize) -> Result<Profile> {
    let missing =
        || PackageError::Output { what: what.to_owned(), message: "it isn't in the cache any longer".into() };
    let bytes = store.object(&output.digest).ok_or_else(missing)?;
    Ok(Profile::of_parquet(bytes, rows, what)?)
}

fn upstream<'s>(stages: &'s [StageContent], branch: &str) -> Vec<&'s StageContent> {
    let mut wanted = BTreeSet::from([branch.to_owned()]);
    for stage in stages.iter().rev() {
        if wanted.contains(&stage.branch) {
            wanted.extend(stage.reads.iter().map(|read| read.branch.clone()));
        }
    }
    stages.iter().filter(|stage| wanted.contains(&stage.branch)).collect()
}

/// Why values are missing, by variable: what the last stage says that says anything of it.
fn reasons(upstream: &[&StageContent], store: &Store) -> Result<BTreeMap<String, BTreeMap<String, usize>>> {
    let mut all = BTreeMap::new();
    for stage in upstream {
        let Some(output) =
            stage.outputs.iter().find(|output| output.name == "gaps" && output.kind == Kind::Frame)
        else {
            continue;
        };
        let gaps = profile(store, output, &format!("{}.gaps", stage.branch), usize::MAX)?;
        let column = |name: &str| gaps.columns.iter().position(|column| column.name == name);
        let (Some(variable), Some(reason)) = (column("variable"), column("reason")) else { continue };
        let mut own: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
        for row in &gaps.first_rows {
            let text = |at: usize| row.get(at).and_then(Value::as_str).unwrap_or_default().to_owned();
            *own.entry(text(variable)).or_default().entry(text(reason)).or_default() += 1;
        }
        all.extend(own);
    }
    Ok(all)
}

/// What stages say of variables in words: `variables` with an id each.
fn words_of(stages: &[StageContent]) -> BTreeMap<String, Words> {
    let mut words: BTreeMap<String, Words> = BTreeMap::new();
    for stage in stages {
        for one in stage.params.get("variables").and_then(Value::as_array).into_iter().flatten() {
            if let Ok(told) = serde_json::from_value::<Words>(one.clone()) {
                words.entry(told.id.clone()).or_insert(told);
            }
        }
    }
    // Tables have labels alone; what a report says of a variable is more.
    for stage in stages {
        let labels = stage.params.get("labels").and_then(Value::as_object);
        for (id, label) in labels.into_iter().flatten() {
            if let Ok(label) = serde_json::from_value::<Label>(label.clone()) {
                words.entry(id.clone()).or_insert_with(|| Words {
                    id: id.clone(),
                    label,
                    ..Words::default()
                });
            }
        }
    }
    words
}

fn variable<'t>(
    column: &ColumnProfile,
    texts: impl Iterator<Item = &'t str>,
    words: &BTreeMap<String, Words>,
    formulas: &Formulas,
    reasons: &BTreeMap<String, BTreeMap<String, usize>>,
    sources: &[SourceContent],
) -> VariableContent {
    let name = column.name.as_str();
    let told = words.get(name);
    let said =
        |label: Option<&Label>| label.map(|label| label.en.trim().to_owned()).filter(|text| !text.is_empty());
    let mut raw = sources.iter().flat_map(|source| &source.columns).filter(|column| column.variable == name);
    let raw = raw.next().filter(|_| formulas.get(name).is_none());
    // A variable that is another one under a new name has its unit.
    let other = formulas.get(name).map(str::trim);
    let mut renamed = sources
        .iter()
        .flat_map(|source| &source.columns)
        .filter(|column| Some(column.variable.as_str()) == other);
    let unit_of = raw.or_else(|| renamed.next());
    let key = match name {
        "entity" => Some("The unit of observation"),
        "time" => Some("The period of observation"),
        _ => None,
    };
    let value_type = ValueType::of(&column.data_type);
    let few = value_type == ValueType::String && column.distinct.is_some_and(|distinct| distinct <= FEW);
    let categories: BTreeSet<&str> = if few { texts.collect() } else { BTreeSet::new() };
    VariableContent {
        name: name.to_owned(),
        label: said(told.map(|told| &told.label)).or_else(|| key.map(str::to_owned)),
        unit: said(told.map(|told| &told.unit))
            .or_else(|| unit_of.map(|raw| raw.unit.clone()).filter(|unit| !unit.is_empty())),
        definition: said(told.map(|told| &told.definition)),
        formula: formulas.get(name).map(str::to_owned),
        value_type,
        missing: column.missing,
        missing_reasons: reasons
            .get(name)
            .into_iter()
            .flatten()
            .map(|(why, many)| (why.clone(), *many))
            .collect(),
        distinct: column.distinct,
        min: column.min.clone(),
        mean: column.mean,
        max: column.max.clone(),
        categories: categories.into_iter().map(str::to_owned).collect(),
        allowed: raw.and_then(|raw| raw.range),
        read_from: formulas.read_from(name, sources),
    }
}

/// A branch's name as a file's: brackets and what no system takes become hyphens.
pub(super) fn plain_name(branch: &str) -> String {
    vintner_stages::page_name(branch)
}
