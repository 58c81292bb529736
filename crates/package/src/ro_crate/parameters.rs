//! Formal parameters, and the values that they had.

use serde_json::{Value, json};

use super::graph::{Graph, encoded, to};

/// Puts a formal parameter in; its id.
pub(super) fn formal(graph: &mut Graph, of: &str, name: &str, kind: &str) -> String {
    let id = format!("#parameter/{}/{}", encoded(of), encoded(name));
    let profile = "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE";
    graph.put(profile, json!({"@type": "CreativeWork", "name": "FormalParameter", "version": "1.0"}));
    graph.put(
        &id,
        json!({"@type": "FormalParameter", "name": name, "additionalType": kind, "conformsTo": to(profile)}),
    );
    id
}

/// The type of a parameter's values.
pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "Boolean",
        Value::Number(number) if number.is_f64() => "Float",
        Value::Number(_) => "Integer",
        Value::String(_) => "Text",
        _ => "PropertyValue",
    }
}

/// Puts the value of a parameter in; its id. Lists and fields are written as JSON.
pub(super) fn value(graph: &mut Graph, of: &str, name: &str, value: &Value, formal: Option<&str>) -> String {
    let id = format!("#value/{}/{}", encoded(of), encoded(name));
    let value = match value {
        Value::Array(_) | Value::Object(_) => Value::String(value.to_string()),
        plain => plain.clone(),
    };
    graph.put(
        &id,
        json!({
            "@type": "PropertyValue",
            "name": name,
            "value": value,
            "exampleOfWork": formal.map(|id| vec![to(id)]),
        }),
    );
    id
}
