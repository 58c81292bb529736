//! Differences between JSON values, by path.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::alignment::blocks;
use super::collector::DifferenceCollector;
use super::difference::Difference;
use super::differences::Differences;
use super::row_pair::{RowPair, pair_block};
use super::shown::{shown_pair, shown_text};
use crate::digest::canonical_json;

/// What changed between two values, up to `limit` differences, each at its path:
/// `fits.甲城.coefficients[2].estimate`.
///
/// Objects in a list are compared with those of the same name, where each has one
/// (`coefficients[term robots].estimate`); other elements are aligned by content, and their number,
/// from 0, is that in the later list, or for one that is gone in the earlier list.
pub fn json_differences(before: &Value, after: &Value, limit: usize) -> Differences {
    let mut walk = Walk { collector: DifferenceCollector::new(limit) };
    walk.compare("", before, after);
    walk.collector.finish()
}

struct Walk {
    collector: DifferenceCollector,
}

impl Walk {
    fn compare(&mut self, path: &str, before: &Value, after: &Value) {
        match (before, after) {
            (Value::Object(old), Value::Object(new)) => self.objects(path, old, new),
            (Value::Array(old), Value::Array(new)) => self.arrays(path, old, new),
            _ if before == after => {}
            _ => self.collector.add(|| {
                let place = if path.is_empty() { "value" } else { path };
                let (old, new) = shown_pair(&written(before), &written(after));
                // 1 and "1", say.
                let kinds = || (format!("{old} ({})", kind(before)), format!("{new} ({})", kind(after)));
                Difference::changed(place, if old == new { kinds() } else { (old.clone(), new.clone()) })
            }),
        }
    }

    fn objects(&mut self, path: &str, old: &Map<String, Value>, new: &Map<String, Value>) {
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for name in names {
            let path = field_path(path, name);
            self.either(&path, old.get(name), new.get(name));
        }
    }

    fn either(&mut self, path: &str, old: Option<&Value>, new: Option<&Value>) {
        match (old, new) {
            (Some(old), Some(new)) => self.compare(path, old, new),
            (Some(old), None) => self.collector.add(|| Difference::gone(path, shown_text(&written(old)))),
            (None, Some(new)) => {
                self.collector.add(|| Difference::new_place(path, shown_text(&written(new))))
            }
            (None, None) => {}
        }
    }

    fn arrays(&mut self, path: &str, old: &[Value], new: &[Value]) {
        if old == new {
            return;
        }
        if let Some(field) = naming_field(old, new) {
            return self.named(path, &field, old, new);
        }
        let digests = |values: &[Value]| -> Vec<blake3::Hash> {
            values.iter().map(|value| blake3::hash(canonical_json(value).as_bytes())).collect()
        };
        let likeness = |one: usize, other: usize| match (old.get(one), new.get(other)) {
            (Some(one), Some(other)) => likeness(one, other),
            _ => 0,
        };
        let mut pairs = Vec::new();
        for block in blocks(&digests(old), &digests(new)) {
            pair_block(&block, &likeness, &mut pairs);
        }
        for pair in pairs {
            let (index, old, new) = match pair {
                RowPair::Both { before, after } => (after, old.get(before), new.get(after)),
                RowPair::Gone(before) => (before, old.get(before), None),
                RowPair::New(after) => (after, None, new.get(after)),
            };
            self.either(&format!("{path}[{index}]"), old, new);
        }
    }

    /// Compares objects that have the same text in `field`.
    fn named(&mut self, path: &str, field: &str, old: &[Value], new: &[Value]) {
        let by_name = |values: &'_ [Value]| -> BTreeMap<String, usize> {
            let names = values.iter().enumerate();
            names.filter_map(|(place, value)| Some((written(value.get(field)?), place))).collect()
        };
        let (olds, news) = (by_name(old), by_name(new));
        let element = |name: &str| format!("{path}[{field} {}]", shown_text(name));
        let mut last = None;
        let mut moved = false;
        for value in new {
            let name = value.get(field).map(written).unwrap_or_default();
            let place = olds.get(&name).copied();
            moved |= place.is_some() && place < last;
            last = place.or(last);
            self.either(&element(&name), place.and_then(|place| old.get(place)), Some(value));
        }
        for value in old {
            let name = value.get(field).map(written).unwrap_or_default();
            if !news.contains_key(&name) {
                self.either(&element(&name), Some(value), None);
            }
        }
        if moved {
            self.collector.note(&format!("{path} stands in another order"));
        }
    }
}

/// Fields whose names say that they name their object, in order of preference.
const NAMING: [&str; 6] = ["id", "name", "key", "code", "label", "title"];

/// The field that tells the objects of both lists apart: each has it, as text or a whole number, and
/// no two the same. Where none is called so, the first in order of name whose texts are nearly the
/// same in both lists.
fn naming_field(old: &[Value], new: &[Value]) -> Option<String> {
    let first = old.first()?.as_object()?;
    let names = |values: &[Value], field: &str| -> Option<BTreeSet<String>> {
        let name = |value: &Value| match value.get(field)? {
            name @ Value::String(_) => Some(written(name)),
            Value::Number(name) if name.is_i64() => Some(name.to_string()),
            _ => None,
        };
        let names: BTreeSet<String> = values.iter().map(name).collect::<Option<_>>()?;
        (names.len() == values.len()).then_some(names)
    };
    if let Some(field) =
        NAMING.into_iter().find(|field| names(old, field).is_some() && names(new, field).is_some())
    {
        return Some(field.to_owned());
    }
    let tells = |field: &&String| {
        let texts =
            old.iter().chain(new).all(|value| value.get(field.as_str()).is_some_and(Value::is_string));
        let both = texts.then(|| Some((names(old, field)?, names(new, field)?))).flatten();
        both.is_some_and(|(old, new)| old.intersection(&new).count() * 2 > old.len().min(new.len()))
    };
    let fields: BTreeSet<&String> = first.keys().collect();
    fields.into_iter().find(tells).cloned()
}

/// How many fields or elements two values share.
fn likeness(one: &Value, other: &Value) -> usize {
    match (one, other) {
        (Value::Object(old), Value::Object(new)) => {
            old.iter().filter(|(name, value)| new.get(*name) == Some(*value)).count()
        }
        (Value::Array(old), Value::Array(new)) => {
            old.iter().zip(new).filter(|(one, other)| one == other).count()
        }
        _ => usize::from(one == other),
    }
}

/// A value in one line; text without its quotation marks.
fn written(value: &Value) -> String {
    match value {
        Value::Null => "(missing)".into(),
        Value::String(text) => text.clone(),
        other => canonical_json(other),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "truth value",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

/// A field's path; a name that would read as more than one step is quoted.
fn field_path(path: &str, name: &str) -> String {
    let plain =
        !name.is_empty() && !name.contains(['.', '[', ']', '"', ' ']) && !name.contains(char::is_control);
    match (plain, path.is_empty()) {
        (true, true) => name.to_owned(),
        (true, false) => format!("{path}.{name}"),
        (false, _) => format!("{path}[{}]", Value::String(name.to_owned())),
    }
}

#[cfg(test)]
mod tests;
