//! Every operation has words, an example that runs, and its page in `docs/operations`; the schemas hold for the files
//! that are here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{Workspace, repository};
use serde_json::Value;
use vintner_stages::{operation_page, operation_words, registry};

/// Where a page differs `VINTNER_WRITE_DOCS=1 cargo test --workspace --test cli operations` writes it.
#[test]
fn every_operation_has_its_page() {
    let folder = repository().join("docs/operations");
    let mut index = String::from(
        "# Operations\n\nWhat a stage's `op` can be. Each page is made from the code; `vintner operations NAME` prints the same.\n\n| | |\n|:--|:--|\n",
    );
    let mut pages = Vec::new();
    for operation in registry().iter() {
        let words = operation_words(operation.name()).unwrap();
        index += &format!("| [`{0}`]({0}.md) | {1} |\n", operation.name(), operation.summary());
        pages.push((format!("{}.md", operation.name()), operation_page(&words)));
    }
    pages.push(("README.md".into(), index));
    if std::env::var_os("VINTNER_WRITE_DOCS").is_some() {
        fs::create_dir_all(&folder).unwrap();
        for (name, page) in &pages {
            fs::write(folder.join(name), page).unwrap();
        }
    }
    for (name, page) in &pages {
        let there = fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert_eq!(there, *page, "docs/operations/{name}: VINTNER_WRITE_DOCS=1 writes it");
    }
    for entry in fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(pages.iter().any(|(page, _)| *page == name), "docs/operations/{name} is of no operation");
    }
}

#[test]
fn every_parameter_has_words_and_every_operation_an_example() {
    let mut silent = Vec::new();
    for operation in registry().iter() {
        let words = operation_words(operation.name()).unwrap();
        // Its page begins "It": a verb follows.
        let verb = operation.summary().split(' ').next().unwrap_or_default();
        if !(verb.ends_with('s') && verb.chars().all(char::is_lowercase)) {
            silent.push(format!("{}: `{}` says in no verb what it does", words.name, operation.summary()));
        }
        if words.example.is_empty() || words.outputs.is_empty() {
            silent.push(format!("{}: examples/operations/pipeline.yaml has no stage of it", words.name));
        }
        for section in &words.sections {
            let nameless = section.rows.iter().filter(|row| row.words.is_empty() && !row.kind.is_empty());
            // A form without a name is told by what can stand there.
            silent.extend(
                nameless
                    .filter(|row| !row.name.is_empty())
                    .map(|row| format!("{}: {}.{}", words.name, section.title, row.name)),
            );
        }
    }
    assert!(silent.is_empty(), "without words:\n{}", silent.join("\n"));
}

#[test]
fn all_examples_run() {
    let workspace = Workspace::of_parts(&[
        "examples/operations/pipeline.yaml",
        "examples/operations/data",
        "reports/templates",
    ]);
    let run = workspace.vintner(&["-C", "examples/operations", "reproduce"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn an_operation_is_told_in_a_terminal_and_as_json() {
    let workspace = Workspace::of_parts(&[]);
    let told = workspace.vintner(&["operations", "deflate"]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    for line in
        ["deflate: divides a nominal series", "  nominal: text (needed)", "  panel  frame", "op: deflate"]
    {
        assert!(told.stdout.contains(line), "{line}: {}", told.stdout);
    }
    let json = workspace.vintner(&["operations", "describe", "--format", "json"]);
    let told: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(told["params"]["properties"]["variables"]["type"], "array");
    let unknown = workspace.vintner(&["operations", "deflat"]);
    assert_eq!(unknown.code, 2, "{}", unknown.stderr);
    assert!(unknown.stderr.contains("no operation is called `deflat`") && unknown.stderr.contains("deflate"));
}

/// What is wrong with a value by a schema; as much of JSON Schema as the schemas here use.
fn faults(schema: &Value, value: &Value, root: &Value, place: &str) -> Vec<String> {
    let mut found = Vec::new();
    let fields = match schema {
        Value::Object(fields) => fields,
        Value::Bool(true) => return found,
        _ => return vec![format!("{place}: nothing may stand here")],
    };
    let within = |schema: &Value, value: &Value, place: &str| faults(schema, value, root, place);
    if let Some(to) = fields.get("$ref").and_then(Value::as_str) {
        let target = root.pointer(to.trim_start_matches('#')).unwrap_or_else(|| panic!("{to} is nowhere"));
        found.extend(within(target, value, place));
    }
    if let Some(kinds) = fields.get("type") {
        let kinds: Vec<&str> = kinds.as_array().map_or_else(
            || vec![kinds.as_str().unwrap()],
            |kinds| kinds.iter().map(|kind| kind.as_str().unwrap()).collect(),
        );
        let is = |kind: &str| match kind {
            "null" => value.is_null(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            other => panic!("type {other}"),
        };
        if !kinds.into_iter().any(is) {
            found.push(format!("{place}: {value} isn't {}", fields["type"]));
        }
    }
    if let Some(only) = fields.get("const")
        && only != value
    {
        found.push(format!("{place}: {value} isn't {only}"));
    }
    if let Some(words) = fields.get("enum").and_then(Value::as_array)
        && !words.contains(value)
    {
        found.push(format!("{place}: {value} is none of {words:?}"));
    }
    if let Some(pattern) = fields.get("pattern").and_then(Value::as_str)
        && let Some(text) = value.as_str()
        && !regex::Regex::new(pattern).unwrap().is_match(text)
    {
        found.push(format!("{place}: {text} isn't {pattern}"));
    }
    for (forms, exactly) in [("anyOf", false), ("oneOf", true)] {
        let Some(forms) = fields.get(forms).and_then(Value::as_array) else { continue };
        let tried: Vec<Vec<String>> = forms.iter().map(|form| within(form, value, place)).collect();
        let right = tried.iter().filter(|faults| faults.is_empty()).count();
        if right == 0 || exactly && right > 1 {
            found.push(format!("{place}: {right} forms fit {value}: {tried:?}"));
        }
    }
    for part in fields.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        found.extend(within(part, value, place));
    }
    if let Some(condition) = fields.get("if")
        && within(condition, value, place).is_empty()
    {
        found.extend(within(&fields["then"], value, place));
    }
    if let Some(given) = value.as_object() {
        let known = fields.get("properties").and_then(Value::as_object);
        for (name, value) in given {
            let place = format!("{place}/{name}");
            match (known.and_then(|known| known.get(name)), fields.get("additionalProperties")) {
                (Some(schema), _) | (None, Some(schema)) => found.extend(within(schema, value, &place)),
                (None, None) => {}
            }
        }
        for name in fields.get("required").and_then(Value::as_array).into_iter().flatten() {
            if !given.contains_key(name.as_str().unwrap()) {
                found.push(format!("{place}: {name} is missing"));
            }
        }
    }
    if let (Some(items), Some(schema)) = (value.as_array(), fields.get("items")) {
        let each =
            items.iter().enumerate().flat_map(|(at, item)| within(schema, item, &format!("{place}/{at}")));
        found.extend(each);
    }
    found
}

fn schema(workspace: &Workspace, file: &str) -> Value {
    let printed = workspace.vintner(&["schema", file]);
    assert_eq!(printed.code, 0, "{}", printed.stderr);
    serde_json::from_str(&printed.stdout).unwrap()
}

fn yaml(text: &str) -> Value {
    serde_json::to_value(vintner_diagnostics::Document::parse("a.yaml", text).unwrap().root()).unwrap()
}

/// The files whose paths end in `name`, in folders that may be called anything where it says `*`.
fn files(folder: &Path, name: &str) -> Vec<PathBuf> {
    let Some((first, rest)) = name.split_once('/') else {
        return [folder.join(name)].into_iter().filter(|path| path.is_file()).collect();
    };
    if first != "*" {
        return files(&folder.join(first), rest);
    }
    let mut below: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    below.sort();
    below.iter().filter(|path| path.is_dir()).flat_map(|path| files(path, rest)).collect()
}

#[test]
fn the_schemas_hold_for_what_is_here_and_not_for_slips() {
    let workspace = Workspace::of_parts(&[]);
    let root = repository();
    let mut checked = 0;
    for (kind, paths) in [
        ("pipeline", vec!["pipeline.yaml", "examples/*/pipeline.yaml"]),
        ("vintage", vec!["data/vintages/*/vintage.yaml", "examples/*/data/vintages/*/vintage.yaml"]),
        ("claims", vec!["data/published/claims.yaml", "examples/*/data/published/claims.yaml"]),
    ] {
        let schema = schema(&workspace, kind);
        for pattern in paths {
            for path in files(&root, pattern) {
                let wrong = faults(&schema, &yaml(&fs::read_to_string(&path).unwrap()), &schema, "");
                assert!(wrong.is_empty(), "{}:\n{}", path.display(), wrong.join("\n"));
                checked += 1;
            }
        }
    }
    assert!(checked >= 8, "{checked} files");
    let schema = schema(&workspace, "pipeline");
    let text = fs::read_to_string(root.join("examples/operations/pipeline.yaml")).unwrap();
    for (right, slip) in [
        ("nominal: value", "nominl: value"),
        ("op: deflate", "op: deflat"),
        ("kind: cluster, by", "kind: clutser, by"),
        ("replications: 999", "replications: many"),
    ] {
        assert!(text.contains(right), "{right}");
        let value = yaml(&text.replace(right, slip));
        assert!(!faults(&schema, &value, &schema, "").is_empty(), "{slip} is seen");
    }
}
