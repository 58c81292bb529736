//! JSON Schemas of the files that people write, for editors that complete and underline.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};
use vintner_pipeline::Spec;

use crate::operations::{ClaimsFile, registry};

/// The schema of `vintage.yaml`.
pub fn vintage_schema() -> Value {
    of::<vintner_ingest::Manifest>().to_value()
}

/// The schema of `claims.yaml`.
pub fn claims_schema() -> Value {
    of::<ClaimsFile>().to_value()
}

/// The schema of `pipeline.yaml`: a stage's parameters are those of its operation.
pub fn pipeline_schema() -> Value {
    let mut schema = of::<Spec>().to_value();
    let mut definitions = Map::new();
    let mut by_operation = Vec::new();
    let mut choices = Vec::new();
    for operation in registry().iter() {
        let name = operation.name();
        let mut params = operation.schema();
        let own = |definition: &str| format!("{name}/{definition}");
        rename(&mut params, &own);
        if let Some(fields) = params.as_object_mut() {
            fields.remove("$schema");
            fields.remove("title");
            if let Some(Value::Object(its)) = fields.remove("$defs") {
                definitions.extend(its.into_iter().map(|(definition, schema)| (own(&definition), schema)));
            }
        }
        definitions.insert(name.to_owned(), params);
        choices.push(json!({"const": name, "description": operation.summary()}));
        by_operation.push(json!({
            "if": {"properties": {"op": {"const": name}}, "required": ["op"]},
            "then": {"properties": {"params": {"$ref": pointer(name)}}}
        }));
    }
    definitions.values_mut().for_each(or_a_name);
    let all = schema.as_object_mut().map(|fields| fields.entry("$defs").or_insert_with(|| json!({})));
    if let Some(Value::Object(all)) = all {
        if let Some(Value::Object(stage)) = all.get_mut("StageSpec") {
            stage.insert("allOf".into(), Value::Array(by_operation));
            // One path may stand for those of all outputs.
            if let Some(publish) = stage.get_mut("properties").and_then(|fields| fields.get_mut("publish")) {
                let each = publish.take();
                *publish = json!({"anyOf": [{"type": "string"}, each]});
            }
            if let Some(Value::Object(op)) =
                stage.get_mut("properties").and_then(|fields| fields.get_mut("op"))
            {
                op.remove("type");
                op.insert("oneOf".into(), Value::Array(choices));
            }
        }
        all.extend(definitions);
    }
    schema
}

fn of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>()
}

/// Where a definition stands.
fn pointer(definition: &str) -> String {
    format!("#/$defs/{}", definition.replace('~', "~0").replace('/', "~1"))
}

/// Gives the definitions that `schema` refers to other names.
fn rename(schema: &mut Value, own: &dyn Fn(&str) -> String) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::String(to)) = fields.get_mut("$ref")
                && let Some(definition) = to.strip_prefix("#/$defs/")
            {
                *to = pointer(&own(definition));
            }
            fields.values_mut().for_each(|field| rename(field, own));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, own)),
        _ => {}
    }
}

/// Lets every field and item also be a name that the pipeline's `params` or the branch's item fill in.
fn or_a_name(schema: &mut Value) {
    let Value::Object(fields) = schema else { return };
    for (name, within) in fields.iter_mut() {
        match (name.as_str(), within) {
            ("properties", Value::Object(properties)) => properties.values_mut().for_each(filled_in),
            ("items" | "additionalProperties", item @ Value::Object(_)) => filled_in(item),
            ("oneOf" | "anyOf" | "prefixItems", Value::Array(forms)) => forms.iter_mut().for_each(or_a_name),
            _ => {}
        }
    }
}

fn filled_in(schema: &mut Value) {
    or_a_name(schema);
    let fixed = schema.get("const").is_some() || schema.get("type") == Some(&json!("string"));
    let Value::Object(fields) = schema else { return };
    if fixed {
        return;
    }
    let mut told = Map::new();
    for word in ["description", "default"] {
        if let Some(value) = fields.remove(word) {
            told.insert(word.into(), value);
        }
    }
    let alone = std::mem::take(fields);
    *fields = told;
    fields.insert("anyOf".into(), json!([alone, {"type": "string", "pattern": "^\\$"}]));
}
