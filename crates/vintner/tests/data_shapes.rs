//! From a file to a panel without a crosswalk or a window: ids of many digits, text, whole numbers, a trace to a cell.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use vintner_ingest::Checksum;

use crate::common::{Workspace, with_outcome};

const PIPELINE: &str = "\
version: 1
name: persons
vintage: v
stages:
  tidy:
    op: ingest
    foreach: sources
  panel:
    op: assemble
    inputs: {tidy: tidy}
    params: {variables: [wage, hours, sector, employer]}
  hours_alone:
    op: assemble
    inputs: {tidy: tidy}
    params: {variables: [hours]}
";

const MANIFEST: &str = "\
title: {en: Persons}
kind: public
date: 2024-05-01
notice: {en: Made for a test.}
sources:
  - name: persons
    file: persons.csv
    sha256: SUM
    format: csv
    entity: person
    time: year
    missing: [\"-\"]
    columns:
      - {column: wage, variable: wage}
      - {column: hours, variable: hours}
      - {column: sector, variable: sector, type: text}
      - {column: employer, variable: employer, type: integer}
    citation: made for a test
    licence: none needed
";

const PERSONS: &str = "person,year,wage,hours,sector,employer\n\
    9007199254740993002,2001,12.50,40,food,9007199254740993\n\
    9007199254740993002,2002,-,38,steel,9007199254740995\n\
    9007199254740993001,2002,11,35,food,7\n";

const RAW: &str = "data/vintages/v/raw/persons.csv";
const OWN_MANIFEST: &str = "data/vintages/v/vintage.yaml";

fn persons() -> Workspace {
    let workspace = Workspace::of_parts(&[]);
    for (path, text) in [("pipeline.yaml", PIPELINE), (OWN_MANIFEST, MANIFEST), (RAW, PERSONS)] {
        let path = workspace.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    workspace.edit(OWN_MANIFEST, "SUM", &Checksum::of(PERSONS.as_bytes()).to_string());
    workspace
}

#[test]
fn entities_and_years_come_from_the_data() {
    let workspace = persons();
    workspace.reproduce(&[]);
    let shown = workspace.vintner(&["show", "panel", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&shown.stdout).unwrap();
    let (one, two) = ("9007199254740993001", "9007199254740993002");
    let columns = [
        ("entity", "str"),
        ("time", "i32"),
        ("wage", "f64"),
        ("hours", "f64"),
        ("sector", "str"),
        ("employer", "i64"),
    ]
    .map(|(name, kind)| serde_json::json!({"name": name, "type": kind}));
    let expected = serde_json::json!({"rows": 4, "columns": columns, "shown": [
        {"entity": one, "time": 2001, "wage": null, "hours": null, "sector": null, "employer": null},
        {"entity": one, "time": 2002, "wage": 11.0, "hours": 35.0, "sector": "food", "employer": 7},
        {"entity": two, "time": 2001, "wage": 12.5, "hours": 40.0, "sector": "food", "employer": 9_007_199_254_740_993_i64},
        {"entity": two, "time": 2002, "wage": null, "hours": 38.0, "sector": "steel", "employer": 9_007_199_254_740_995_i64},
    ]});
    assert_eq!(value, expected);
    let gaps = workspace.vintner(&["show", "panel.gaps"]).stdout;
    assert!(gaps.contains("missing in persons.csv!C3 (raw \"-\")"), "{gaps}");
    let tidy = workspace.vintner(&["show", "tidy", "--rows", "5"]).stdout;
    let lines: Vec<&str> = tidy.lines().collect();
    assert!(tidy.contains("12 rows in all"), "{tidy}");
    // Each value with the cell that it came from, and the text where the number doesn't write it.
    let first: Vec<&str> = lines[1].split_whitespace().collect();
    assert_eq!(
        first,
        [two, "2001", "-", "wage", "12.5", "-", "12.50", "persons", "persons.csv", "-", "2", "3"]
    );
}

#[test]
fn a_stage_is_made_again_only_when_a_column_that_it_reads_changes() {
    let workspace = persons();
    workspace.reproduce(&[]);
    let change = |from: &str, to: &str| {
        let before = Checksum::of(workspace.read(RAW).as_bytes()).to_string();
        workspace.edit(RAW, from, to);
        let after = Checksum::of(workspace.read(RAW).as_bytes()).to_string();
        workspace.edit(OWN_MANIFEST, &before, &after);
        workspace.reproduce(&[])
    };
    assert_eq!(with_outcome(&change(",11,35,", ",12,35,"), "ran"), ["panel", "tidy[persons]"]);
    assert_eq!(with_outcome(&change(",12,35,", ",12,36,"), "ran"), ["hours_alone", "panel", "tidy[persons]"]);
    // A text that writes the same number is another cell, and only what looks at its text is made again.
    assert_eq!(with_outcome(&change(",12,36,", ",12.0,36,"), "ran"), ["panel", "tidy[persons]"]);
}

#[test]
fn a_cell_is_found_by_its_address() {
    let workspace = persons();
    workspace.reproduce(&[]);
    let traced = workspace.vintner(&["trace", "--cell", "persons.csv!C4", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&traced.stdout).unwrap();
    assert_eq!(value["trace"]["cells"][0]["variable"], "wage", "{}", traced.stdout);
    assert_eq!(value["trace"]["cells"][0]["raw"], "11");
    let key = workspace.vintner(&["trace", "--cell", "persons.csv!A4"]);
    assert!(key.stdout.contains("of its row") && key.stdout.contains("wage, 1 cell"), "{}", key.stdout);
}

/// An equation on numbers and texts, written as one text, is over the rows that have both.
#[test]
fn a_cell_is_followed_through_an_equation_with_texts() {
    let workspace = persons();
    let stages = r"  equation:
    op: regress
    inputs: {panel: panel}
    params:
      formula: hours ~ sector
      pooled: {model: ols, covariance: {kind: classical}}
  described:
    op: describe
    inputs: {panel: panel}
    params: {variables: [wage, sector]}
";
    fs::write(workspace.path("pipeline.yaml"), format!("{PIPELINE}{stages}")).unwrap();
    workspace.reproduce(&[]);
    for (cell, said) in [
        ("persons.csv!D2", "“40”  40.0"),
        ("persons.csv!E2", "“food”  food"),
        ("persons.csv!F2", "“9007199254740993”  9007199254740993\n"),
    ] {
        let traced = workspace.vintner(&["trace", "--cell", cell]);
        assert_eq!(traced.code, 0, "{}", traced.stderr);
        assert!(traced.stdout.contains(said), "{}", traced.stdout);
    }
}
