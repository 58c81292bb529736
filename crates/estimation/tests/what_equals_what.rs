//! The table "What equals what" of `docs/methods/covariance.md`, row by row: the options as they are written there, against
//! the program that they are said to equal.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::support::{golden, panel, shared};
use serde_json::Value;
use vintner_estimation::{Covariance, Formula, Model, Sample};

/// The rows of the table whose first cell names records of the reference: options, then records.
fn rows() -> Vec<(String, Vec<String>)> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/methods/covariance.md");
    let text = std::fs::read_to_string(&page).expect("the page");
    let table = text
        .split("## What equals what")
        .nth(1)
        .and_then(|rest| rest.split("\n## ").next())
        .expect("the table");
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()
    };
    table
        .lines()
        .filter(|line| line.starts_with('|') && line.contains("`{kind: "))
        .map(|line| {
            let cells = cells(line);
            let options = cells[1].trim_matches('`').to_owned();
            let records = cells[2].split(", ").map(|record| record.trim_matches('`').to_owned());
            (options, records.collect())
        })
        .collect()
}

/// YAML's flow style as JSON: words get quotation marks.
fn json(options: &str) -> String {
    let mut json = String::new();
    let mut word = String::new();
    for one in options.chars().chain(std::iter::once(' ')) {
        if one.is_alphanumeric() || one == '_' {
            word.push(one);
            continue;
        }
        let plain = word.is_empty() || word.parse::<f64>().is_ok() || word == "true" || word == "false";
        json.push_str(&if plain {
            std::mem::take(&mut word)
        } else {
            format!("\"{}\"", std::mem::take(&mut word))
        });
        json.push(one);
    }
    json
}

fn records(folder: &Path) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for file in
        ["r_plm_grunfeld", "py_pyfixest_grunfeld", "py_linearmodels_grunfeld", "py_statsmodels_grunfeld"]
    {
        let text = std::fs::read_to_string(folder.join(format!("json/{file}.json"))).expect(file);
        let whole: Value = serde_json::from_str(&text).expect(file);
        for record in whole["records"].as_array().expect("records") {
            found.insert(record["id"].as_str().expect("an id").to_owned(), record.clone());
        }
    }
    found
}

#[test]
fn each_row_of_the_table_gives_the_other_programs_numbers() {
    let folder: PathBuf = shared().unwrap_or_else(golden);
    let records = records(&folder);
    let data = panel(&folder.join("data/grunfeld.csv"), "firm", &[]);
    let sample = Sample::new(&data, &Formula::new("inv", &["value", "capital"])).expect("a sample");
    let (mut compared, mut absent) = (0, 0);
    let mut wrong = Vec::new();
    let rows = rows();
    for (options, ids) in &rows {
        let covariance: Covariance =
            serde_json::from_str(&json(options)).unwrap_or_else(|error| panic!("{options}: {error}"));
        for id in ids {
            let Some(record) = records.get(id) else {
                absent += 1;
                continue;
            };
            let model = match id.split('/').next() {
                Some("pooling" | "lsdv_pooled" | "pooled") => Model::Ols,
                Some("within_individual" | "lsdv_individual" | "fe" | "fe_entity") => Model::Within,
                Some("within_time" | "fe_time") => Model::WithinTime,
                Some("within_twoways" | "lsdv_twoways" | "fe_twoway") => Model::WithinTwoWay,
                other => panic!("{id}: {other:?}"),
            };
            let fit = model.estimate(&sample).and_then(|one| one.fit(&covariance)).expect("a fit");
            for (name, expected) in ["value", "capital"].iter().zip(slopes(record)) {
                let found = fit.coefficient(name).and_then(|one| one.std_error).expect("a standard error");
                let apart = (found / expected - 1.0).abs();
                if apart.is_nan() || apart >= 1e-8 {
                    wrong.push(format!("{options}, {id}: {found} for {expected}"));
                }
                compared += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{} rows, {compared} numbers, {absent} records only in the whole reference", rows.len());
    assert!(rows.len() >= 12, "the table has rows with options and records");
    assert!(compared >= 12);
    assert!(absent == 0 || folder == golden(), "{absent} of the records aren't in the whole reference");
}

/// The slopes' standard errors, the last two.
fn slopes(record: &Value) -> Vec<f64> {
    let errors: Vec<f64> = record["se"].as_array().expect("se").iter().filter_map(Value::as_f64).collect();
    errors[errors.len() - 2..].to_vec()
}
