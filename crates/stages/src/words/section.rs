//! Parameters as tables of words, from their JSON Schema.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Map, Value};

/// Some parameters that stand together, or the choices for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The parameter that these belong to; empty for the operation's own.
    pub title: String,
    /// What is said of all.
    pub words: String,
    /// One parameter, or one choice, each.
    pub rows: Vec<Row>,
}

/// A parameter, or a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// How it is written; empty for a form that has no name.
    pub name: String,
    /// What can stand there; empty for a choice.
    pub kind: String,
    /// What holds where it is left out; nothing where it can't be or where that says nothing.
    pub default: Option<String>,
    /// Whether it has to be given.
    pub required: bool,
    /// What it means.
    pub words: String,
}

/// The sections of a schema, the operation's own parameters first, each part where it is first named.
pub(super) fn sections(schema: &Value) -> Vec<Section> {
    let none = Map::new();
    let definitions = schema.get("$defs").and_then(Value::as_object).unwrap_or(&none);
    let mut walk = Walk { definitions, titles: BTreeMap::new(), waiting: VecDeque::new() };
    // Parameters that are those of another crate's type stand behind a reference.
    let own = reference(schema).and_then(|name| definitions.get(name)).unwrap_or(schema);
    let mut sections = vec![walk.section(String::new(), own)];
    // Of the parameters themselves the operation's summary tells.
    if let Some(own) = sections.first_mut() {
        own.words.clear();
    }
    let mut seen = BTreeSet::new();
    while let Some((title, name)) = walk.waiting.pop_front() {
        if seen.insert(name.clone())
            && let Some(definition) = definitions.get(&name)
        {
            let section = walk.section(title, definition);
            sections.push(section);
        }
    }
    sections
}

/// Definitions and under which title each is told.
struct Walk<'a> {
    definitions: &'a Map<String, Value>,
    titles: BTreeMap<String, String>,
    waiting: VecDeque<(String, String)>,
}

impl Walk<'_> {
    fn section(&mut self, title: String, schema: &Value) -> Section {
        let mut rows = self.fields(&title, schema);
        for form in forms(schema) {
            self.form(&title, form, &mut rows);
        }
        Section { words: description(schema), title, rows }
    }

    /// The fields of an object.
    fn fields(&mut self, title: &str, schema: &Value) -> Vec<Row> {
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return Vec::new() };
        let required = names(schema.get("required"));
        let mut rows: Vec<Row> = properties
            .iter()
            .map(|(name, property)| Row {
                name: name.clone(),
                kind: self.kind(&joined(title, name), property),
                default: default(property),
                required: required.contains(&name.as_str()),
                words: description(property),
            })
            .collect();
        rows.sort_by_key(|row| !row.required);
        rows
    }

    /// One of several forms: a word, several words, or fields.
    fn form(&mut self, title: &str, form: &Value, rows: &mut Vec<Row>) {
        let choice = |name: String, kind: String, words: String| Row {
            name,
            kind,
            default: None,
            required: false,
            words,
        };
        if let Some(word) = form.get("const") {
            return rows.push(choice(text(word), String::new(), description(form)));
        }
        if let Some(words) = form.get("enum").and_then(Value::as_array) {
            return rows
                .extend(words.iter().map(|word| choice(text(word), String::new(), description(form))));
        }
        let fields = self.fields(title, form);
        let Some(properties) = form.get("properties").and_then(Value::as_object) else {
            return rows.push(choice(String::new(), self.kind(title, form), description(form)));
        };
        // A field with one possible value tells which form it is; its other fields go with it.
        let tag = properties.iter().find_map(|(name, property)| Some((name, property.get("const")?)));
        let Some((tag, value)) = tag else {
            let [field] = fields.as_slice() else { return rows.extend(fields) };
            // The form's own words are those of its one field.
            let words = if field.words.is_empty() { description(form) } else { field.words.clone() };
            return rows.push(Row { words, required: false, ..field.clone() });
        };
        let others: Vec<Row> = fields.into_iter().filter(|field| field.name != *tag).collect();
        let with: Vec<String> = others.iter().map(|field| format!("`{}`", field.name)).collect();
        let mut words = description(form);
        if !with.is_empty() {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(&format!("With {}.", with.join(", ")));
        }
        rows.push(choice(format!("{tag}: {}", text(value)), String::new(), words));
        for field in others {
            if !rows.iter().any(|row| row.name == field.name) {
                rows.push(field);
            }
        }
    }

    /// What can stand where `schema` holds, in words.
    fn kind(&mut self, title: &str, schema: &Value) -> String {
        if let Some(name) = reference(schema) {
            return self.named(title, name);
        }
        if let Some(word) = schema.get("const") {
            return format!("`{}`", text(word));
        }
        if let Some(words) = schema.get("enum").and_then(Value::as_array) {
            return one_of(words.iter());
        }
        let several = forms(schema);
        if !several.is_empty() {
            if several.iter().all(|form| form.get("const").is_some()) {
                return one_of(several.iter().filter_map(|form| form.get("const")));
            }
            let kinds: Vec<String> = several.iter().map(|form| self.kind(title, form)).collect();
            return kinds.join(", or ");
        }
        let kinds: Vec<&str> = names(schema.get("type")).into_iter().filter(|kind| *kind != "null").collect();
        let kinds: Vec<String> = kinds.into_iter().map(|kind| self.plain(title, kind, schema)).collect();
        if kinds.is_empty() { "anything".into() } else { kinds.join(" or ") }
    }

    fn plain(&mut self, title: &str, kind: &str, schema: &Value) -> String {
        match kind {
            "string" => "text".into(),
            "integer" => "whole number".into(),
            "number" => "number".into(),
            "boolean" => "`true` or `false`".into(),
            "array" => match (schema.get("items"), schema.get("prefixItems").and_then(Value::as_array)) {
                (_, Some(parts)) => {
                    let parts: Vec<String> = parts.iter().map(|part| self.kind(title, part)).collect();
                    format!("[{}]", parts.join(", "))
                }
                (Some(items), None) => format!("list of: {}", self.kind(title, items)),
                (None, None) => "list".into(),
            },
            "object" => match (schema.get("properties"), schema.get("additionalProperties")) {
                (Some(_), _) => {
                    let fields = self.fields(title, schema);
                    let fields: Vec<String> =
                        fields.iter().map(|field| format!("`{}` ({})", field.name, field.kind)).collect();
                    format!("fields {}", fields.join(", "))
                }
                (None, Some(value @ Value::Object(_))) => {
                    format!("names, each with: {}", self.kind(title, value))
                }
                _ => "fields".into(),
            },
            other => other.into(),
        }
    }

    /// A definition by the title of its section, or in place where it is a word or two.
    fn named(&mut self, title: &str, name: &str) -> String {
        let Some(definition) = self.definitions.get(name) else { return "anything".into() };
        if !has_section(definition) {
            return self.kind(title, definition);
        }
        if !self.titles.contains_key(name) {
            let short = title.rsplit('.').next().unwrap_or(title).to_owned();
            let taken = self.titles.values().any(|other| *other == short);
            let title = if taken { title.to_owned() } else { short };
            self.titles.insert(name.to_owned(), title.clone());
            self.waiting.push_back((title, name.to_owned()));
        }
        let title = self.titles.get(name).map_or("", String::as_str);
        format!("see `{title}` below")
    }
}

/// Whether there is more to tell of it than a list of words.
fn has_section(schema: &Value) -> bool {
    let told = |form: &&Value| form.get("description").is_some() || form.get("properties").is_some();
    schema.get("properties").is_some() || forms(schema).iter().any(told)
}

/// The forms that it may have, but for nothing at all.
fn forms(schema: &Value) -> Vec<&Value> {
    let several = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array);
    let is_nothing = |form: &Value| form.get("type").and_then(Value::as_str) == Some("null");
    several.into_iter().flatten().filter(|form| !is_nothing(form)).collect()
}

fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")
}

fn description(schema: &Value) -> String {
    let words = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    without_links(&words)
}

/// Words in which `` [`Formula::effects`] ``, a link for readers of the code, is `` `effects` ``.
fn without_links(words: &str) -> String {
    let mut plain = String::new();
    let mut rest = words;
    while let Some((before, linked)) = rest.split_once("[`") {
        plain.push_str(before);
        let Some((name, after)) = linked.split_once("`]") else {
            plain.push_str("[`");
            rest = linked;
            continue;
        };
        let name = name.rsplit("::").next().unwrap_or(name);
        plain.push_str(&format!("`{name}`"));
        // The place that it leads to.
        rest = match after.strip_prefix('(').and_then(|place| place.split_once(')')) {
            Some((_, after)) => after,
            None => after,
        };
    }
    plain + rest
}

fn default(schema: &Value) -> Option<String> {
    let Some(default) = schema.get("default") else {
        // A default that isn't written out when it holds isn't in the schema either.
        return (schema.get("type").and_then(Value::as_str) == Some("boolean")).then(|| "false".into());
    };
    match default {
        Value::Null => None,
        Value::Array(items) if items.is_empty() => None,
        Value::Object(fields) if fields.is_empty() => None,
        Value::String(empty) if empty.is_empty() => None,
        value => Some(text(value)),
    }
}

fn one_of<'a>(words: impl Iterator<Item = &'a Value>) -> String {
    let words: Vec<String> =
        words.filter(|word| !word.is_null()).map(|word| format!("`{}`", text(word))).collect();
    words.join(", ")
}

/// A value as it is written in YAML.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name}: {}", text(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

fn names(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn joined(title: &str, name: &str) -> String {
    if title.is_empty() { name.to_owned() } else { format!("{title}.{name}") }
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(name: &str, kind: &str, words: &str) -> Row {
        Row { name: name.into(), kind: kind.into(), default: None, required: false, words: words.into() }
    }

    #[test]
    fn fields_are_told_with_defaults_and_required_ones_first() {
        let schema = json!({
            "properties": {
                "all": {"type": "boolean", "default": true, "description": "Whether all\n are."},
                "by": {"$ref": "#/$defs/By", "description": "By what."},
                "names": {"type": ["array", "null"], "items": {"type": "string"}, "default": null}
            },
            "required": ["by"],
            "$defs": {"By": {"oneOf": [
                {"const": "entity", "description": "Whose."},
                {"properties": {"column": {"type": "string", "description": "A column."}}}
            ]}}
        });
        let [own, by] = &sections(&schema)[..] else { panic!("{:?}", sections(&schema)) };
        assert_eq!(own.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["by", "all", "names"]);
        assert!(own.rows[0].required);
        assert_eq!(own.rows[0].kind, "see `by` below");
        assert_eq!(own.rows[1].default.as_deref(), Some("true"));
        assert_eq!(own.rows[1].words, "Whether all are.");
        assert_eq!((own.rows[2].kind.as_str(), own.rows[2].default.as_deref()), ("list of: text", None));
        assert_eq!(by.title, "by");
        assert_eq!(by.rows, [row("entity", "", "Whose."), row("column", "text", "A column.")]);
    }

    #[test]
    fn forms_with_a_tag_name_their_fields() {
        let schema = json!({"oneOf": [
            {"properties": {"kind": {"const": "a"}, "lags": {"type": "integer"}}, "description": "A."},
            {"properties": {"kind": {"const": "b"}, "lags": {"type": "integer"}}}
        ]});
        let [own] = &sections(&schema)[..] else { panic!() };
        assert_eq!(
            own.rows,
            [
                row("kind: a", "", "A. With `lags`."),
                row("lags", "whole number", ""),
                row("kind: b", "", "With `lags`."),
            ]
        );
    }

    #[test]
    fn links_of_the_code_are_names() {
        assert_eq!(
            without_links("As [`Formula::effects`] and [`A`](crate::A) say [x]."),
            "As `effects` and `A` say [x]."
        );
        assert_eq!(without_links("Open [`here."), "Open [`here.");
    }

    /// A definition that holds itself is told once.
    #[test]
    fn a_circle_ends() {
        let schema = json!({
            "properties": {"of": {"$ref": "#/$defs/Tree"}},
            "$defs": {"Tree": {"properties": {"of": {"$ref": "#/$defs/Tree"}}}}
        });
        assert_eq!(sections(&schema).len(), 2);
    }
}
