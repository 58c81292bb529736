//! Sources that differ between two manifests.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// The sources of two vintages.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourcesDifference {
    /// Sources that both have and that are the same in every field.
    pub same: usize,
    /// Sources that both have, or that stand in one another's place, and that differ.
    pub changed: Vec<SourceDifference>,
    /// Sources that only the first has.
    pub gone: Vec<String>,
    /// Sources that only the second has.
    pub added: Vec<String>,
}

/// A source that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceDifference {
    /// Its name.
    pub source: String,
    /// Its name after, where it is another one that brings the same variables.
    pub renamed: Option<String>,
    /// The fields of the manifest that differ: `file`, `sha256`, `columns[0].unit`.
    pub fields: Vec<FieldChange>,
}

/// A field of the manifest before and after; none where it isn't there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldChange {
    /// Where it stands in the source.
    pub field: String,
    /// Before.
    pub before: Option<String>,
    /// After.
    pub after: Option<String>,
}

impl SourcesDifference {
    pub(super) fn new(before: &Value, after: &Value) -> Self {
        let (before, after) = (sources(before), sources(after));
        let mut added: Vec<String> =
            after.keys().filter(|name| !before.contains_key(*name)).cloned().collect();
        let mut difference = Self { same: 0, changed: Vec::new(), gone: Vec::new(), added: Vec::new() };
        for (name, one) in &before {
            // A source under another name that brings the same variables stands in its place.
            let other = after.get(name).or_else(|| {
                let is_like =
                    |new: &String| after.get(new).is_some_and(|new| variables(new) == variables(one));
                let place = added.iter().position(is_like)?;
                after.get(&added.remove(place))
            });
            let Some(other) = other else {
                difference.gone.push(name.clone());
                continue;
            };
            let (mut ours, mut theirs) = (BTreeMap::new(), BTreeMap::new());
            flatten("", one, &mut ours);
            flatten("", other, &mut theirs);
            let mut names: Vec<&String> = ours.keys().chain(theirs.keys()).collect();
            names.sort();
            names.dedup();
            let mut fields: Vec<FieldChange> = names
                .into_iter()
                .filter(|field| *field != "name" && ours.get(*field) != theirs.get(*field))
                .map(|field| FieldChange {
                    field: field.clone(),
                    before: ours.get(field).cloned(),
                    after: theirs.get(field).cloned(),
                })
                .collect();
            let own = theirs.get("name").filter(|other| *other != name).cloned();
            // First what a reader looks for first.
            fields.sort_by_key(|change| {
                FIRST.iter().position(|first| *first == change.field).unwrap_or(FIRST.len())
            });
            if fields.is_empty() && own.is_none() {
                difference.same += 1;
            } else {
                difference.changed.push(SourceDifference { source: name.clone(), renamed: own, fields });
            }
        }
        difference.added = added;
        difference
    }
}

fn sources(manifest: &Value) -> BTreeMap<String, &Value> {
    let list = manifest.pointer("/sources").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|source| Some((source.get("name")?.as_str()?.to_owned(), source))).collect()
}

/// The fields that are told before others.
const FIRST: [&str; 3] = ["file", "sha256", "sheet"];

/// The variables that a source brings, sorted.
fn variables(source: &Value) -> Vec<&str> {
    let columns = source.pointer("/columns").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut variables: Vec<&str> =
        columns.iter().filter_map(|column| column.get("variable")?.as_str()).collect();
    variables.sort_unstable();
    variables
}

/// The values of a source by their places in it.
fn flatten(place: &str, value: &Value, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let place = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
                flatten(&place, value, found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                flatten(&format!("{place}[{index}]"), item, found);
            }
        }
        Value::String(text) => {
            found.insert(place.to_owned(), text.clone());
        }
        other => {
            found.insert(place.to_owned(), other.to_string());
        }
    }
}
