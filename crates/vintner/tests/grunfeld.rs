//! Another paper is another folder of files: `examples/grunfeld` runs through the same program, and
//! its coefficients are those of R.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;

use crate::common::{Workspace, repository, with_outcome};
use serde_json::Value;

type Row = BTreeMap<String, String>;

fn example() -> Workspace {
    Workspace::of_parts(&["examples/grunfeld/pipeline.yaml", "examples/grunfeld/data", "reports/templates"])
}

const HERE: [&str; 2] = ["-C", "examples/grunfeld"];

/// The record called `id` of a golden file of the estimation crate.
fn golden(file: &str, id: &str) -> Value {
    let path = repository().join("crates/estimation/tests/golden/json").join(file);
    let records: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let records = records["records"].as_array().unwrap();
    records.iter().find(|record| record["id"] == id).unwrap_or_else(|| panic!("no record {id}")).clone()
}

/// The row of a coefficient, and that of R: its place in the record's lists.
fn compare(rows: &[Row], table: &str, unit: &str, expected: &Value, standard_errors: &Value) -> usize {
    let names = expected["names"].as_array().unwrap();
    let mut compared = 0;
    for (at, name) in names.iter().enumerate().filter(|(_, name)| *name != "(Intercept)") {
        let same =
            |row: &&Row| row["table"] == table && row["unit"] == unit && name == row["regressor"].as_str();
        let found: Vec<&Row> = rows.iter().filter(same).collect();
        let [row] = found[..] else { panic!("{} rows for {table}, {unit}, {name}", found.len()) };
        // A clustered record has only the standard errors of the coefficients that are not constants.
        let all = standard_errors.as_array().unwrap();
        let offset = names.len() - all.len();
        for (field, wanted) in [("estimate", &expected["coef"][at]), ("std_error", &all[at - offset])] {
            let (got, wanted): (f64, f64) = (row[field].parse().unwrap(), wanted.as_f64().unwrap());
            assert!(
                (got - wanted).abs() <= 1e-8 * wanted.abs(),
                "{table}, {unit}, {name}: {got}, R has {wanted}"
            );
        }
        compared += 1;
    }
    compared
}

#[test]
fn coefficients_and_standard_errors_are_those_of_r() {
    let workspace = example();
    workspace.reproduce(&HERE);
    let text = workspace.read("examples/grunfeld/reports/plm/estimates.csv");
    let rows: Vec<Row> =
        csv::Reader::from_reader(text.as_bytes()).deserialize().map(|row| row.unwrap()).collect();
    let firms = fs::read_to_string(repository().join("examples/grunfeld/data/crosswalk/firms.csv")).unwrap();
    let firms: Vec<Row> =
        csv::Reader::from_reader(firms.as_bytes()).deserialize().map(|row| row.unwrap()).collect();
    assert_eq!(firms.len(), 10);

    let pooling = golden("r_plm_grunfeld.json", "pooling");
    let within = golden("r_plm_grunfeld.json", "within_individual");
    let clustered = golden("r_plm_grunfeld.json", "within_individual/derived/stata_xtreg_fe_vce_cluster");
    let mut compared = compare(&rows, "2.1-ols", "All firms", &pooling, &pooling["se"]);
    compared += compare(&rows, "2.1-within", "All firms", &within, &within["se"]);
    compared += compare(&rows, "clustered", "All firms", &within, &clustered["se"]);
    for firm in &firms {
        let own = golden("r_hetero_grunfeld.json", &format!("unit_ols/{}", firm["aliases"]));
        compared += compare(&rows, "2.1-within", &firm["en"], &own, &own["se"]);
    }
    // Nothing in the file is left uncompared.
    assert_eq!((compared, rows.len()), (26, 26));
}

#[test]
fn the_published_digits_come_out_and_the_report_says_so() {
    let workspace = example();
    workspace.reproduce(&HERE);
    let report = workspace.read("examples/grunfeld/reports/plm/report.md");
    assert!(report.contains("| **All** | 4 | 4 | **4/4** | **4/4** | 0 |"), "{report}");
    assert!(report.contains("General Motors"));
    assert!(!workspace.path("reports/plm").exists(), "outputs belong to the example's own folder");
}

#[test]
fn a_second_run_does_nothing() {
    let workspace = example();
    workspace.reproduce(&HERE);
    let outcomes = workspace.reproduce(&HERE);
    assert_eq!(with_outcome(&outcomes, "cached").len(), outcomes.len());
}

#[test]
fn a_firm_that_the_crosswalk_lacks_is_a_fault_with_its_cell() {
    let workspace = example();
    workspace.edit("examples/grunfeld/data/crosswalk/firms.csv", "diamond_match,Diamond Match,10\n", "");
    let output = workspace.vintner(&[&HERE[..], &["reproduce"]].concat());
    assert_eq!(output.code, 1, "{}", output.stderr);
    assert!(output.stderr.contains("grunfeld.csv") && output.stderr.contains("10"), "{}", output.stderr);
    assert!(!workspace.path("examples/grunfeld/reports/plm/estimates.csv").exists());
}
