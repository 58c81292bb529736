//! A source of many files: keys from names and folders, addresses with the file, one file changed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use serde_json::{Value, json};
use vintner_ingest::Checksum;

use crate::common::{Workspace, with_outcome};

const PIPELINE: &str = "\
version: 1
name: firms
vintage: v
stages:
  tidy:
    op: ingest
    foreach: sources
  panel:
    op: assemble
    inputs: {tidy: tidy}
    params: {variables: [wage]}
  variables:
    op: derive
    inputs: {panel: panel}
    params: {keep: [wage], define: {growth: wage - lag(wage), share: wage / SUM(wage) OVER (PARTITION BY time)}}
";

const MANIFEST: &str = "\
title: {en: Firms}
kind: public
date: 2024-05-01
notice: {en: Made for a test.}
sources:
  - name: firms
    file: PATTERN
    files:
FILES
    format: csv
    entity: firm
    time: year
    columns:
      - {column: wage, variable: wage}
    citation: made for a test
    licence: none needed
";

const OWN_MANIFEST: &str = "data/vintages/v/vintage.yaml";

/// A workspace with raw files and a manifest that lists them.
fn firms(pattern: &str, files: &[(&str, &str)]) -> Workspace {
    let workspace = Workspace::of_parts(&[]);
    let mut listed = String::new();
    for (name, text) in files {
        listed += &format!("      {name}: {}\n", Checksum::of(text.as_bytes()));
        let path = workspace.path(&format!("data/vintages/v/raw/{name}"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let manifest = MANIFEST.replace("PATTERN", &format!("{pattern:?}")).replace("FILES\n", &listed);
    for (path, text) in [("pipeline.yaml", PIPELINE), (OWN_MANIFEST, &manifest)] {
        fs::write(workspace.path(path), text).unwrap();
    }
    workspace
}

const YEARS: [(&str, &str); 3] = [
    ("firms-2001.csv", "firm,wage\na,10\nb,20\n"),
    ("firms-2002.csv", "firm,wage\nb,22\na,11\n"),
    ("firms-2003.csv", "firm,wage\na,13\nb,\n"),
];

fn wages(workspace: &Workspace) -> Value {
    let shown = workspace.vintner(&["show", "panel", "--format", "json"]);
    let value: Value = serde_json::from_str(&shown.stdout).unwrap_or_else(|_| panic!("{}", shown.stderr));
    value["shown"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| json!([row["entity"], row["time"], row["wage"]]))
        .collect()
}

fn expected() -> Value {
    json!([
        ["a", 2001, 10.0],
        ["a", 2002, 11.0],
        ["a", 2003, 13.0],
        ["b", 2001, 20.0],
        ["b", 2002, 22.0],
        ["b", 2003, null]
    ])
}

#[test]
fn years_come_from_the_names_of_files() {
    let workspace = firms("firms-{year}.csv", &YEARS);
    workspace.reproduce(&[]);
    assert_eq!(wages(&workspace), expected());
    let gaps = workspace.vintner(&["show", "panel.gaps"]).stdout;
    assert!(gaps.contains("missing in firms-2003.csv!B3"), "{gaps}");

    // One file changed is read again, and no other.
    let path = "data/vintages/v/raw/firms-2002.csv";
    let before = Checksum::of(YEARS[1].1.as_bytes()).to_string();
    workspace.edit(path, "a,11", "a,12");
    let after = Checksum::of(workspace.read(path).as_bytes()).to_string();
    workspace.edit(OWN_MANIFEST, &before, &after);
    assert_eq!(
        with_outcome(&workspace.reproduce(&[]), "ran"),
        ["panel", "tidy[firms:firms-2002.csv]", "variables"]
    );

    let checked = workspace.vintner(&["vintage", "check"]);
    assert_eq!(checked.code, 0, "{}", checked.stderr);
    assert!(checked.stdout.contains("3 sources as the manifest says, 6 rows"), "{}", checked.stdout);
}

#[test]
fn keys_come_from_partitioned_folders() {
    let files: Vec<(String, &str)> =
        YEARS.iter().map(|(name, text)| (format!("year={}/part.csv", &name[6..10]), *text)).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let workspace = firms("year=*/*.csv", &files);
    workspace.reproduce(&[]);
    assert_eq!(wages(&workspace), expected());

    let traced = workspace.vintner(&["trace", "--cell", "year=2002/part.csv!B3", "--format", "json"]);
    let value: Value = serde_json::from_str(&traced.stdout).unwrap_or_else(|_| panic!("{}", traced.stderr));
    let cell = &value["trace"]["cells"][0];
    assert_eq!((&cell["entity"], &cell["time"], &cell["raw"]), (&json!("a"), &json!(2002), &json!("11")));
    assert_eq!(cell["address"]["file"], "year=2002/part.csv");
    // Although no number of a report stands on them: its own row, its entity's where rows are read across times,
    // all where they are read across the panel.
    assert_eq!(value["trace"]["values"], json!([["growth", 3], ["share", 6], ["wage", 1]]));
}

#[test]
fn files_that_arent_listed_are_told_and_no_two_readings_are_guessed_between() {
    let workspace = firms("firms-{year}.csv", &YEARS);
    let path = workspace.path("data/vintages/v/raw/firms-2004.csv");
    fs::write(path, "firm,wage\na,14\n").unwrap();
    let output = workspace.vintner(&["reproduce"]);
    assert_ne!(output.code, 0);
    assert!(output.stderr.contains("firms-2004.csv"), "{}", output.stderr);
    assert!(output.stderr.contains("doesn't list"), "{}", output.stderr);

    let two = [("a-b-2001.csv", "wage\n1\n")];
    let workspace = firms("{firm}-{year}.csv", &two);
    let output = workspace.vintner(&["reproduce"]);
    let said = output.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    let both =
        "\"a-b-2001.csv\" can be read as firm \"a\", year \"b-2001\" or as firm \"a-b\", year \"2001\"";
    assert!(said.contains(both), "{said}");

    let workspace = firms("firms-{year}.csv", &[("firms-2O01.csv", "firm,wage\na,1\n")]);
    let output = workspace.vintner(&["reproduce"]);
    assert!(output.stderr.contains("text where a year is due: \"2O01\""), "{}", output.stderr);

    // The table's own column and the name's aren't chosen between.
    let workspace = firms("firms-{year}.csv", &[("firms-2001.csv", "firm,year,wage\na,2002,1\n")]);
    let output = workspace.vintner(&["reproduce"]);
    assert!(output.stderr.contains("the table has a column \"year\""), "{}", output.stderr);
}

#[test]
fn years_that_files_promise_together_are_there_or_told() {
    let files = [
        ("north.csv", "firm,year,wage\na,2001,1\na,2002,2\na,2004,4\n"),
        ("south.csv", "firm,year,wage\nb,2001,1\nb,2002,2\nb,2005,3\n"),
    ];
    let workspace = firms("*.csv", &files);
    workspace.edit(OWN_MANIFEST, "    time: year\n", "    time: year\n    covers: [2001, 2005]\n");
    let run = workspace.vintner(&["reproduce"]);
    assert_ne!(run.code, 0);
    let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains(
            "`covers` of source `firms` promises 2001 to 2005, and no row of its 2 files or sheets is of 2003; \
             there are 2001, 2002, 2004, 2005"
        ),
        "{said}"
    );
    assert!(said.contains("`gap_years: [2003]`"), "{said}");
    // What isn't asked for isn't missed.
    workspace.edit(
        "pipeline.yaml",
        "params: {variables: [wage]}",
        "params: {variables: [wage], window: {first: 2001, last: 2002}}",
    );
    workspace.reproduce(&[]);
    workspace.edit(
        "pipeline.yaml",
        "params: {variables: [wage], window: {first: 2001, last: 2002}}",
        "params: {variables: [wage]}",
    );
    workspace.edit(OWN_MANIFEST, "covers: [2001, 2005]\n", "covers: [2001, 2005]\n    gap_years: [2003]\n");
    workspace.reproduce(&[]);
}
