//! `clients/python` and `clients/r`: the real programs read what a pipeline has made, and get the same values.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::common::towns::small;
use crate::common::{Workspace, repository};

/// What a program with the built `vintner` prints, if the program is here.
fn run(workspace: &Workspace, program: &str, arguments: &[&str], here: &Path) -> Option<Output> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(here);
    command.env("VINTNER", env!("CARGO_BIN_EXE_vintner")).env_remove("VINTNER_DATA_ROOT");
    command.env("PYTHONPATH", repository().join("clients/python/src")).env("PYTHONDONTWRITEBYTECODE", "1");
    command.env("VINTNER_CLIENTS", repository().join("clients").canonicalize().unwrap());
    command.env("VINTNER_SCRATCH", workspace.path(".."));
    match command.output() {
        Ok(output) => Some(output),
        Err(error) => {
            println!("skipped: {program} isn't here: {error}");
            None
        }
    }
}

fn value_of(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}{said}", String::from_utf8_lossy(&output.stdout)))
}

/// The towns with a stage that publishes coefficients, made; a text that looks like a number is in the panel.
fn made() -> Workspace {
    let workspace = small();
    let stages = "  estimates:\n    op: estimates\n    inputs: {equation: equation}\n    files: {crosswalk: \
                  data/crosswalk/towns.csv}\n    params: {pooled: {en: All towns}, tables: [{id: rain, fits: equation, title: {en: Rain}}]}\n";
    let pipeline = workspace.read("pipeline.yaml");
    fs::write(workspace.path("pipeline.yaml"), format!("{pipeline}{stages}")).unwrap();
    workspace.reproduce(&[]);
    workspace
}

/// What the program itself shows of a table.
fn shown(workspace: &Workspace, output: &str) -> Value {
    let shown = workspace.vintner(&["show", output, "--rows", "1000", "--format", "json"]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    serde_json::from_str(&shown.stdout).unwrap()
}

/// The column of a table in rows.
fn column(rows: &Value, name: &str) -> Vec<Value> {
    rows.as_array().unwrap().iter().map(|row| row[name].clone()).collect()
}

/// Asserts that two columns are there and hold the same: texts and missing values exactly, numbers to the last digits.
fn assert_same(found: &[Value], expected: &[Value], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    assert!(expected.iter().any(|value| !value.is_null()), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        match (found.as_f64(), expected.as_f64()) {
            (Some(one), Some(other)) => {
                assert!((one - other).abs() <= 1e-14 * other.abs(), "{what}: {one} for {other}")
            }
            _ => assert_eq!(found, expected, "{what}"),
        }
    }
}

const PYTHON: &str = r#"
import json, vintner
def plain(rows):
    return [{k: v for k, v in row.items()} for row in rows]
results = vintner.read_results(frame="rows")
address = results[0]["trace"]
try:
    vintner.read("nothing")
    fault = None
except vintner.VintnerError as error:
    fault = [error.kind, "nothing" in str(error)]
answer = {
    "rows": vintner.read("variables", frame="rows"),
    "value": vintner.read("equation"),
    "results": results,
    "traced": vintner.trace(address)["value"]["estimate"],
    "fault": fault,
    "frames": {},
}
for library in ("pandas", "polars", "pyarrow"):
    try:
        frame = vintner.read("variables", frame=library)
    except vintner.VintnerError as error:
        assert "isn't installed" in str(error), error
        continue
    values = frame["ln_income"].to_pylist() if library == "pyarrow" else frame["ln_income"].to_list()
    answer["frames"][library] = [None if value is None or value != value else value for value in values]
print(json.dumps(answer))
"#;

#[test]
fn python_reads_tables_values_results_and_traces() {
    let workspace = made();
    // In a folder below, from which the workspace is found.
    let Some(output) = run(&workspace, "python3", &["-c", PYTHON], &workspace.path("data")) else { return };
    let answer = value_of(&output);
    let expected = shown(&workspace, "variables");
    for name in ["entity", "time", "ln_rain", "ln_income"] {
        assert_same(&column(&answer["rows"], name), &column(&expected["shown"], name), name);
    }
    for (library, values) in answer["frames"].as_object().unwrap() {
        assert_same(values.as_array().unwrap(), &column(&expected["shown"], "ln_income"), library);
    }
    let value = workspace.vintner(&["show", "equation", "--format", "json"]);
    assert_eq!(answer["value"], serde_json::from_str::<Value>(&value.stdout).unwrap());
    let first = &answer["results"][0];
    assert_eq!(first["regressor"], "ln_rain");
    assert_same(&[answer["traced"].clone()], &[first["estimate"].clone()], "traced");
    assert_eq!(answer["fault"], json!(["unknown", true]));
}

const R: &str = r#"
for (file in list.files(file.path(Sys.getenv("VINTNER_CLIENTS"), "r/R"), full.names = TRUE)) source(file, encoding = "UTF-8")
rows <- vintner_read("variables")
results <- vintner_results()
fault <- tryCatch({ vintner_read("nothing"); NULL }, error = function(error) conditionMessage(error))
answer <- list(
  entity = rows$entity, time = rows$time, ln_rain = rows$ln_rain, ln_income = rows$ln_income,
  value = names(vintner_read("equation")),
  estimate = results$estimate, regressor = results$regressor, published = results$published,
  traced = vintner_trace(results$trace[[1]])$value$estimate, fault = fault
)
writeLines(enc2utf8(jsonlite::toJSON(answer, digits = NA, na = "null", null = "null")), useBytes = TRUE)
"#;

#[test]
fn r_reads_tables_values_results_and_traces() {
    let workspace = made();
    let here =
        Command::new("Rscript").args(["--vanilla", "-e", "invisible(jsonlite::fromJSON('1'))"]).output();
    if !here.is_ok_and(|output| output.status.success()) {
        println!("skipped: Rscript with jsonlite isn't here");
        return;
    }
    fs::write(workspace.path("data/read.R"), R).unwrap();
    let Some(output) = run(&workspace, "Rscript", &["--vanilla", "read.R"], &workspace.path("data")) else {
        return;
    };
    let answer = value_of(&output);
    let expected = shown(&workspace, "variables");
    for name in ["entity", "time", "ln_rain", "ln_income"] {
        let found = answer[name].as_array().unwrap();
        assert_same(found, &column(&expected["shown"], name), name);
    }
    let value = workspace.vintner(&["show", "equation", "--format", "json"]);
    let value: Value = serde_json::from_str(&value.stdout).unwrap();
    let names: Vec<&str> = answer["value"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(names.len(), value.as_object().unwrap().len());
    assert_eq!(answer["regressor"][0], "ln_rain");
    assert!(answer["published"][0].is_null());
    let traced = [answer["traced"][0].clone()];
    assert_same(&traced, &[answer["estimate"][0].clone()], "traced");
    assert!(answer["fault"][0].as_str().unwrap().contains("nothing"), "{}", answer["fault"]);
}

#[test]
fn the_path_of_an_output_is_a_file_with_its_bytes() {
    let workspace = made();
    let path = |output: &str| {
        let shown = workspace.vintner(&["show", output, "--path"]);
        assert_eq!(shown.code, 0, "{}", shown.stderr);
        shown.stdout.trim_end().to_owned()
    };
    let table = path("variables");
    assert!(table.ends_with("variables/panel.parquet") || table.ends_with(".parquet"), "{table}");
    let bytes = fs::read(workspace.path(&table)).unwrap();
    assert_eq!((&bytes[..4], &bytes[bytes.len() - 4..]), (&b"PAR1"[..], &b"PAR1"[..]));
    let value = workspace.vintner(&["show", "equation"]).stdout;
    assert_eq!(fs::read_to_string(workspace.path(&path("equation"))).unwrap(), value);
    let told = workspace.vintner(&["show", "equation", "--path", "--format", "json"]);
    let told: Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!((told["kind"].as_str(), told["bytes"].as_u64()), (Some("json"), Some(value.len() as u64)));

    // Under the readable name something else may have been put: then the path is that of the kept bytes.
    let shown = workspace.path(&table);
    fs::remove_file(&shown).unwrap();
    fs::write(&shown, "mine").unwrap();
    assert_eq!(fs::read(workspace.path(&path("variables"))).unwrap(), bytes);

    // What isn't as things are now has no path.
    workspace.edit("pipeline.yaml", "ln_rain: ln(rain)", "ln_rain: ln(rain) + 1");
    let output = workspace.vintner(&["show", "variables", "--path"]);
    assert_eq!((output.code, output.stdout.as_str()), (1, ""));
    assert!(output.stderr.contains("`vintner reproduce` makes it"), "{}", output.stderr);
}

#[test]
fn a_table_as_csv_has_all_rows_and_every_digit() {
    let workspace = made();
    let csv = workspace.vintner(&["show", "variables", "--format", "csv"]);
    assert_eq!(csv.code, 0, "{}", csv.stderr);
    let expected = shown(&workspace, "variables");
    let mut reader = csv::Reader::from_reader(csv.stdout.as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let told: Vec<&str> = expected["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, told);
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len() as u64, expected["rows"].as_u64().unwrap());
    assert_eq!(rows.len(), 24, "more than a screen has");
    for (row, expected) in rows.iter().zip(expected["shown"].as_array().unwrap()) {
        for (cell, name) in row.iter().zip(&names) {
            match &expected[name] {
                Value::Null => assert_eq!(cell, ""),
                Value::Number(number) => assert_eq!(cell.parse::<f64>().ok(), number.as_f64(), "{name}"),
                other => assert_eq!(Some(cell), other.as_str()),
            }
        }
    }
    let two = workspace.vintner(&["show", "variables", "--format", "csv", "--rows", "2"]);
    assert_eq!(two.stdout.lines().count(), 3);
    let value = workspace.vintner(&["show", "equation", "--format", "csv"]);
    assert_eq!(value.code, 2);
    assert!(value.stderr.contains("only a table can be written as CSV"), "{}", value.stderr);
}
