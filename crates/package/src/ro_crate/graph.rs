//! Entities and how they are called.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// All entities, by their ids.
#[derive(Debug, Default)]
pub(super) struct Graph {
    entities: BTreeMap<String, Map<String, Value>>,
}

impl Graph {
    /// Puts an entity in. Fields that say nothing are left out; of two of one id the lists of what they are examples of
    /// become one, and else the first stays.
    pub(super) fn put(&mut self, id: &str, fields: Value) {
        let Value::Object(fields) = fields else { return };
        let entity = self.entities.entry(id.to_owned()).or_default();
        for (name, value) in fields {
            if is_empty(&value) {
                continue;
            }
            match (entity.get_mut(&name), value) {
                (None, value) => {
                    entity.insert(name, value);
                }
                (Some(Value::Array(known)), Value::Array(more)) if name == "exampleOfWork" => {
                    for one in more {
                        if !known.contains(&one) {
                            known.push(one);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Whether there is an entity of that id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.entities.contains_key(id)
    }

    /// Says of an entity anew what it is, and what it is called.
    pub(super) fn retype(&mut self, id: &str, types: &[&str], name: &str) {
        if let Some(entity) = self.entities.get_mut(id) {
            entity.insert("@type".to_owned(), json!(types));
            entity.insert("name".to_owned(), json!(name));
        }
    }

    /// The ids of all entities of a type.
    pub(super) fn of_type(&self, wanted: &str) -> Vec<String> {
        let is = |entity: &Map<String, Value>| match entity.get("@type") {
            Some(Value::String(one)) => one == wanted,
            Some(Value::Array(several)) => several.iter().any(|one| one == wanted),
            _ => false,
        };
        self.entities.iter().filter(|(_, entity)| is(entity)).map(|(id, _)| id.clone()).collect()
    }

    /// The document.
    pub(super) fn document(self) -> Value {
        let own = "https://w3id.org/ro/terms/workflow-run#";
        let terms: Map<String, Value> =
            ["ParameterConnection", "connection", "environment", "resourceUsage", "sha256"]
                .iter()
                .map(|term| ((*term).to_owned(), json!(format!("{own}{term}"))))
                .collect();
        let graph: Vec<Value> = self
            .entities
            .into_iter()
            .map(|(id, mut entity)| {
                for value in entity.values_mut() {
                    alone(value);
                }
                entity.insert("@id".to_owned(), Value::String(id));
                Value::Object(entity)
            })
            .collect();
        json!({"@context": ["https://w3id.org/ro/crate/1.1/context", terms], "@graph": graph})
    }
}

/// A list of one is that one.
fn alone(value: &mut Value) {
    if let Value::Array(items) = value
        && items.len() == 1
        && let Some(one) = items.pop()
    {
        *value = one;
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// A reference to an entity.
pub(super) fn to(id: &str) -> Value {
    json!({"@id": id})
}

/// References to entities.
pub(super) fn to_all<'i>(ids: impl IntoIterator<Item = &'i String>) -> Value {
    Value::Array(ids.into_iter().map(|id| to(id)).collect())
}

/// A text as a part of an id: what no address may hold is written in percent.
pub(super) fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                encoded.push(char::from(byte))
            }
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_null_and_ids_are_addresses() {
        let mut graph = Graph::default();
        graph.put("a", json!({"name": null, "value": 1, "exampleOfWork": [to("#x")]}));
        graph.put("a", json!({"value": 2, "exampleOfWork": [to("#y"), to("#x")]}));
        let document = graph.document();
        assert_eq!(
            document["@graph"],
            json!([{"@id": "a", "value": 1, "exampleOfWork": [{"@id": "#x"}, {"@id": "#y"}]}])
        );
        assert_eq!(encoded("raw/沧 x[1].csv"), "raw/%E6%B2%A7%20x%5B1%5D.csv");
    }
}
