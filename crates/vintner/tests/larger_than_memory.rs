//! Panels that are more than a stage may hold: read, assembled, derived, described and estimated in blocks, with the
//! numbers that they have in memory.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use polars::prelude::*;
use serde_json::Value;
use vintner_ingest::Checksum;

use crate::common::Workspace;

const STAGES: &str = "stages:
  tidy:
    op: ingest
    foreach: sources
  panel:
    op: assemble
    inputs: {tidy: tidy}
    params: {variables: [wage, hours, age, region]}
  variables:
    op: derive
    inputs: {panel: panel}
    params:
      keep: [wage, hours, age, region]
      define:
        log_wage: ln(wage)
        growth: log_wage - lag(log_wage)
        mean_hours: AVG(hours) OVER (PARTITION BY entity)
        size: CASE WHEN hours > 40 THEN 'long' ELSE 'short' END
  described:
    op: describe
    inputs: {panel: variables}
    params: {variables: [wage, growth, mean_hours, size, region]}
    publish: {descriptives: reports/described.json}
  ols:
    op: regress
    inputs: {panel: variables}
    params:
      formula: log(wage) ~ hours + hours:age + l(age)
      where: hours > 10
      pooled: {model: ols, hypotheses: [hours = 0]}
    publish: {fits: reports/ols.json}
  within:
    op: regress
    inputs: {panel: variables}
    params:
      dependent: log_wage
      regressors: [hours, age]
      pooled: {model: within, covariance: {kind: cluster}, covariances: [{kind: classical}]}
    publish: {fits: reports/within.json}
  both:
    op: regress
    inputs: {panel: variables}
    params: {dependent: log_wage, regressors: [hours, mean_hours, growth], pooled: {model: within, effects: [entity, time], covariance: {kind: cluster}}}
    publish: {fits: reports/both.json}
";

const PERSONS: usize = 400;
const YEARS: i32 = 8;

/// The persons of a year, in an order of their own, some missing.
fn year(year: i32) -> DataFrame {
    let draw = |person: usize, salt: usize| (person * 7919 + year as usize * 104_729 + salt * 613) % 1009;
    let mut persons: Vec<usize> = (0..PERSONS).filter(|person| draw(*person, 1) % 13 != 0).collect();
    persons.sort_by_key(|person| draw(*person, 2));
    let number = |salt: usize, scale: f64| -> Vec<f64> {
        persons.iter().map(|person| 1.0 + draw(*person, salt) as f64 * scale).collect()
    };
    let wage: Vec<Option<f64>> = persons
        .iter()
        .zip(number(3, 0.01))
        .map(|(person, wage)| (draw(*person, 7) % 17 != 0).then_some(wage + (person % 5) as f64))
        .collect();
    df!(
        "id" => persons.iter().map(|person| format!("p{person:04}")).collect::<Vec<_>>(),
        "year" => vec![i64::from(year); persons.len()],
        "wage" => wage,
        "hours" => number(4, 0.05),
        "age" => number(5, 0.06),
        "region" => persons.iter().map(|person| ["north", "south", "west"][person % 3]).collect::<Vec<_>>(),
    )
    .unwrap()
}

pub(crate) fn parquet(frame: &mut DataFrame) -> Vec<u8> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).with_row_group_size(Some(500)).finish(frame).unwrap();
    bytes
}

fn csv(frame: &DataFrame) -> Vec<u8> {
    let names: Vec<String> = frame.get_column_names().iter().map(|name| name.to_string()).collect();
    let mut text = format!("{}\n", names.join(","));
    for row in 0..frame.height() {
        let cells: Vec<String> = frame
            .columns()
            .iter()
            .map(|column| match column.get(row).unwrap() {
                AnyValue::Null => String::new(),
                AnyValue::Float64(number) => format!("{number}"),
                other => other.to_string().trim_matches('"').to_owned(),
            })
            .collect();
        text += &format!("{}\n", cells.join(","));
    }
    text.into_bytes()
}

/// A workspace with these files, which `pattern` names.
fn workspace(pattern: &str, format: &str, files: &[(String, Vec<u8>)], memory: &str) -> Workspace {
    let workspace = Workspace::of_parts(&[]);
    let mut listed = String::new();
    for (name, bytes) in files {
        listed += &format!("\n      {name}: {}", Checksum::of(bytes));
        let path = workspace.path(&format!("data/vintages/v/raw/{name}"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let checked = match files {
        [(_, bytes)] => format!("sha256: {}", Checksum::of(bytes)),
        _ => format!("files:{listed}"),
    };
    let manifest = format!(
        "title: {{en: Wages}}\nkind: public\ndate: 2024-05-01\nnotice: {{en: Made for a test.}}\nsources:\n  - name: wages\n    \
         file: {pattern:?}\n    {checked}\n    format: {format}\n    entity: id\n    time: year\n    columns:\n      \
         - {{column: wage, variable: wage}}\n      - {{column: hours, variable: hours}}\n      - {{column: age, variable: age}}\n      \
         - {{column: region, variable: region, type: text}}\n    citation: made\n    licence: none\n"
    );
    let pipeline = format!("version: 1\nname: wages\nvintage: v\n{memory}{STAGES}");
    fs::write(workspace.path("data/vintages/v/vintage.yaml"), manifest).unwrap();
    fs::write(workspace.path("pipeline.yaml"), pipeline).unwrap();
    workspace
}

fn yearly(format: &str) -> Vec<(String, Vec<u8>)> {
    (2001..2001 + YEARS)
        .map(|own| {
            // The year stands in the folder's name.
            let mut frame = year(own).drop("year").unwrap();
            let bytes = if format == "csv" { csv(&frame) } else { parquet(&mut frame) };
            (format!("year={own}/part.{format}"), bytes)
        })
        .collect()
}

pub(crate) fn together() -> DataFrame {
    let mut all = year(2001);
    for own in 2002..2001 + YEARS {
        all.vstack_mut(&year(own)).unwrap();
    }
    all.rechunk_mut();
    all
}

pub(crate) fn json(workspace: &Workspace, path: &str) -> Value {
    serde_json::from_str(&workspace.read(path)).unwrap()
}

fn output(workspace: &Workspace, name: &str) -> DataFrame {
    let path = workspace.path(&format!(".vintner/outputs/wages/v/{name}.parquet"));
    ParquetReader::new(fs::File::open(path).unwrap()).finish().unwrap()
}

/// What differs between two results beyond the last digits, but for fields that chunks leave out.
pub(crate) fn assert_near(one: &Value, other: &Value, at: &str) {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            assert!((a - b).abs() <= 1e-10 * b.abs().max(1e-6), "{at}: {a} {b}");
        }
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{at}");
            a.iter()
                .zip(b)
                .enumerate()
                .for_each(|(place, (a, b))| assert_near(a, b, &format!("{at}[{place}]")));
        }
        (Value::Object(a), Value::Object(b)) => {
            for (name, b) in b {
                // Rows are counted, not listed; what needs fitted values at all rows isn't made.
                let of_fitted = name.starts_with("correlation_") || name.starts_with("r2_");
                if name == "dropped" || (of_fitted && a.get(name).is_none_or(Value::is_null)) {
                    continue;
                }
                assert_near(a.get(name).unwrap_or(&Value::Null), b, &format!("{at}.{name}"));
            }
        }
        (a, b) => assert_eq!(a, b, "{at}"),
    }
}

const REPORTS: [&str; 4] =
    ["reports/described.json", "reports/ols.json", "reports/within.json", "reports/both.json"];

fn assert_same_numbers(inside: &Workspace, blocks: &Workspace) {
    for name in ["panel/panel", "panel/gaps", "variables/panel", "variables/gaps"] {
        let (own, known) = (output(blocks, name), output(inside, name));
        assert!(own.equals_missing(&known), "{name}: {own} {known}");
    }
    for path in REPORTS {
        assert_near(&json(blocks, path), &json(inside, path), path);
    }
}

#[test]
fn many_files_in_blocks_are_as_in_memory() {
    for format in ["parquet", "csv"] {
        let files = yearly(format);
        let pattern = format!("year=*/part.{format}");
        let inside = workspace(&pattern, format, &files, "");
        inside.reproduce(&[]);
        let blocks = workspace(&pattern, format, &files, "memory: 400kB\n");
        blocks.reproduce(&[]);
        assert_same_numbers(&inside, &blocks);
        // They really went by blocks: the panel has several row groups.
        let path = blocks.path(".vintner/outputs/wages/v/variables/panel.parquet");
        let mut reader = ParquetReader::new(fs::File::open(path).unwrap());
        assert!(reader.get_metadata().unwrap().row_groups.len() > 5);
        let shown = blocks.vintner(&["show", "within", "--format", "json"]);
        assert_eq!(shown.code, 0, "{}", shown.stderr);
        assert!(blocks.vintner(&["status"]).code == 0);
        // Nothing is made again, and the same digests make nothing stale when more may be held.
        let again = blocks.reproduce(&[]);
        assert!(crate::common::with_outcome(&again, "ran").is_empty(), "{again:?}");
    }
}

#[test]
fn one_large_file_in_blocks_is_as_in_memory() {
    // Quoted, so that where a record ends has to be looked for; a mark of the byte order before all.
    let text = String::from_utf8(csv(&together())).unwrap().replace("south", "\"south\"");
    let text = format!("\u{feff}{text}");
    for (format, bytes) in [("parquet", parquet(&mut together())), ("csv", text.into_bytes())] {
        let name = format!("wages.{format}");
        let files = [(name.clone(), bytes)];
        let inside = workspace(&name, format, &files, "");
        inside.reproduce(&[]);
        let blocks = workspace(&name, format, &files, "memory: 400kB\n");
        blocks.reproduce(&[]);
        assert_same_numbers(&inside, &blocks);
        let rows =
            |workspace: &Workspace| json(workspace, ".vintner/outputs/wages/v/tidy/wages/summary.json");
        assert_eq!(rows(&blocks), rows(&inside));
        // Followed to its cell all the same.
        let cell = format!("{name}!D1500");
        let traced = blocks.vintner(&["trace", "--cell", &cell, "--format", "json"]);
        assert_eq!(traced.code, 0, "{}", traced.stderr);
        let value: Value = serde_json::from_str(&traced.stdout).unwrap();
        let other = inside.vintner(&["trace", "--cell", &cell, "--format", "json"]);
        assert_eq!(
            value["trace"]["cells"],
            serde_json::from_str::<Value>(&other.stdout).unwrap()["trace"]["cells"]
        );
    }
}

/// Rows that lie in the order of their entities are read where they lie, to the same panel.
#[test]
fn a_file_in_the_order_of_entities_is_as_in_memory() {
    let in_order = || together().sort(["id", "year"], SortMultipleOptions::default()).unwrap();
    let (name, text) = ("wages.csv".to_owned(), csv(&in_order()));
    let files = [(name.clone(), text)];
    let inside = workspace(&name, "csv", &files, "");
    inside.reproduce(&[]);
    let blocks = workspace(&name, "csv", &files, "memory: 400kB\n");
    blocks.reproduce(&[]);
    assert_same_numbers(&inside, &blocks);
}

/// What is wrong in a text that is read piece by piece is told at its line, and so is what of it needs the whole.
#[test]
fn faults_of_a_large_text_are_told_at_their_lines() {
    let text = String::from_utf8(csv(&together())).unwrap();
    let said = |text: Vec<u8>, change: (&str, &str)| {
        let files = [("wages.csv".to_owned(), text)];
        let blocks = workspace("wages.csv", "csv", &files, "memory: 400kB\n");
        if !change.0.is_empty() {
            blocks.edit("data/vintages/v/vintage.yaml", change.0, change.1);
        }
        let output = blocks.vintner(&["reproduce"]);
        assert_ne!(output.code, 0);
        output.stderr.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let mut lines: Vec<Vec<u8>> = text.lines().map(|line| line.as_bytes().to_vec()).collect();
    let line = lines.get_mut(2499).unwrap();
    line.extend_from_slice(&[0xE9]);
    let told = said(lines.join(&b'\n'), ("", ""));
    assert!(told.contains("wages.csv!A2500") && told.contains("not valid UTF-8 from byte"), "{told}");

    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.get_mut(2499).unwrap().push_str(",too,many");
    let told = said(lines.join("\n").into_bytes(), ("", ""));
    assert!(told.contains("wages.csv!G2500"), "{told}");

    let told = said(text.into_bytes(), ("    entity: id", "    encoding: utf-16le\n    entity: id"));
    assert!(told.contains("text in utf-16le is read whole"), "{told}");
}

#[test]
fn a_key_in_two_blocks_and_what_needs_all_rows_are_told() {
    let mut all = together();

    let first = all.slice(0, 1);
    let twice = all.vstack(&first).unwrap();
    all = twice;
    let files = [("wages.parquet".to_owned(), parquet(&mut all))];
    let blocks = workspace("wages.parquet", "parquet", &files, "memory: 400kB\n");
    let output = blocks.vintner(&["reproduce"]);
    assert_ne!(output.code, 0);
    assert!(output.stderr.contains("wages.parquet!"), "{}", output.stderr);

    let files = yearly("parquet");
    let blocks = workspace("year=*/part.parquet", "parquet", &files, "memory: 400kB\n");
    blocks.edit(
        "pipeline.yaml",
        "AVG(hours) OVER (PARTITION BY entity)",
        "AVG(hours) OVER (PARTITION BY time)",
    );
    let output = blocks.vintner(&["reproduce"]);
    assert_ne!(output.code, 0);
    assert!(
        output.stderr.contains("`mean_hours` reads rows of other entities")
            && output.stderr.contains("`memory` allows 400 kB"),
        "{}",
        output.stderr
    );
    blocks.edit(
        "pipeline.yaml",
        "AVG(hours) OVER (PARTITION BY time)",
        "AVG(hours) OVER (PARTITION BY entity)",
    );
    blocks.edit("pipeline.yaml", "{model: within, covariance: {kind: cluster}, ", "{model: between, ");
    let output = blocks.vintner(&["reproduce"]);
    assert!(output.stderr.contains("panel whole"), "{}", output.stderr);

    blocks.edit("pipeline.yaml", "memory: 400kB", "memory: much");
    let output = blocks.vintner(&["status"]);
    assert!(output.stderr.contains("`much` is no size"), "{}", output.stderr);
}
