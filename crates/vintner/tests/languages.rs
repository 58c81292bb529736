//! Stages in R and in Python: `examples/languages` from raw file to estimates, each program where it
//! is installed with what its script needs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::process::Command;

use crate::common::{Workspace, with_outcome};
use serde_json::Value;

/// Whether a command succeeds; says what is skipped where it doesn't.
fn is_here(what: &str, program: &str, arguments: &[&str]) -> bool {
    let output = Command::new(program).args(arguments).output();
    let here = output.as_ref().is_ok_and(|output| output.status.success());
    if !here {
        let said = output.map_or_else(
            |error| error.to_string(),
            |output| String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_owned(),
        );
        println!("skipped: {what} isn't here: {said}");
    }
    here
}

fn python() -> bool {
    is_here("python3 with pyarrow", "python3", &["-c", "import pyarrow.parquet"])
}

fn r() -> bool {
    let script = "reticulate::use_python(Sys.which('python3'), required = TRUE); \
                  invisible(reticulate::import('pyarrow.parquet')); invisible(jsonlite::fromJSON('1'))";
    is_here("Rscript with reticulate and pyarrow", "Rscript", &["--vanilla", "-e", script])
}

/// The rows of an output, by entity in the order of time.
fn rows(workspace: &Workspace, output: &str) -> BTreeMap<String, Vec<Value>> {
    let shown = workspace.vintner(&["show", output, "--rows", "1000", "--format", "json"]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    let shown: Value = serde_json::from_str(&shown.stdout).unwrap();
    let mut entities: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for row in shown["shown"].as_array().unwrap() {
        entities.entry(row["entity"].as_str().unwrap().to_owned()).or_default().push(row.clone());
    }
    entities
}

fn numbers(rows: &[Value], column: &str) -> Vec<Option<f64>> {
    rows.iter().map(|row| row[column].as_f64()).collect()
}

/// The raw values of a vineyard, by year; none where the cell is empty.
fn raw(workspace: &Workspace, column: usize) -> BTreeMap<String, Vec<Option<f64>>> {
    let text = workspace.read("data/vintages/invented/raw/vineyards.csv");
    let mut vineyards: BTreeMap<String, Vec<Option<f64>>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        vineyards.entry(cells[0].to_lowercase()).or_default().push(cells[column].parse().ok());
    }
    assert_eq!(vineyards.len(), 5);
    vineyards
}

fn assert_close(found: &[Option<f64>], expected: &[Option<f64>], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        match (found, expected) {
            (Some(found), Some(expected)) => {
                assert!((found - expected).abs() < 1e-9, "{what}: {found} for {expected}");
            }
            _ => assert_eq!(found, expected, "{what}"),
        }
    }
}

/// Residuals of a straight line, by the textbook.
fn detrended(values: &[Option<f64>]) -> Vec<Option<f64>> {
    let known: Vec<(f64, f64)> =
        values.iter().enumerate().filter_map(|(year, value)| Some((year as f64, (*value)?))).collect();
    let count = known.len() as f64;
    let (x, y) = known.iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.0 / count, sum.1 + one.1 / count));
    let slope = known.iter().map(|one| (one.0 - x) * (one.1 - y)).sum::<f64>()
        / known.iter().map(|one| (one.0 - x).powi(2)).sum::<f64>();
    let residual = |(year, value): (usize, &Option<f64>)| Some((*value)? - y - slope * (year as f64 - x));
    values.iter().enumerate().map(residual).collect()
}

/// Deviations from the mean in standard deviations.
fn anomalies(values: &[Option<f64>]) -> Vec<Option<f64>> {
    let known: Vec<f64> = values.iter().flatten().copied().collect();
    let mean = known.iter().sum::<f64>() / known.len() as f64;
    let square = known.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    let deviation = (square / (known.len() as f64 - 1.0)).sqrt();
    values.iter().map(|value| Some((*value)? - mean).map(|centred| centred / deviation)).collect()
}

#[test]
fn a_stage_in_r_reads_a_frame_and_writes_one() {
    if !r() {
        return;
    }
    let workspace = Workspace::of_folder("examples/languages");
    workspace.reproduce(&["--until", "detrended"]);
    let found = rows(&workspace, "detrended");
    let mut missing = 0;
    for (vineyard, harvests) in raw(&workspace, 3) {
        missing += harvests.iter().filter(|value| value.is_none()).count();
        let found = numbers(&found[&vineyard], "harvest_deviation");
        assert_close(&found, &detrended(&harvests), &vineyard);
    }
    assert_eq!(missing, 2, "missing values go both ways");
}

#[test]
fn a_stage_in_python_reads_a_frame_and_writes_one() {
    if !python() {
        return;
    }
    let workspace = Workspace::of_folder("examples/languages");
    workspace.reproduce(&["--until", "anomalies"]);
    let found = rows(&workspace, "anomalies");
    for (vineyard, rain) in raw(&workspace, 2) {
        assert_close(&numbers(&found[&vineyard], "rain_anomaly"), &anomalies(&rain), &vineyard);
    }
}

#[test]
fn what_they_make_is_read_by_vintners_own_stages() {
    if !(python() && r()) {
        return;
    }
    let workspace = Workspace::of_folder("examples/languages");
    let outcomes = workspace.reproduce(&[]);
    assert_eq!(with_outcome(&outcomes, "ran").len(), 6);
    let variables = rows(&workspace, "variables");
    for (vineyard, rain) in raw(&workspace, 2) {
        let mut before = vec![None];
        before.extend(anomalies(&rain));
        before.pop();
        assert_close(&numbers(&variables[&vineyard], "rain_anomaly_before"), &before, &vineyard);
    }
    let effect: Value = serde_json::from_str(&workspace.read("reports/invented/effect.json")).unwrap();
    // 100 less the two missing harvests and each vineyard's first year, which has no year before.
    assert_eq!(effect["pooled"]["n_obs"], 93, "{effect:#}");

    // What a comment changes is read again by its own program, and by no other: what came out is equal.
    workspace.edit(
        "scripts/anomalies.py",
        "known = defaultdict(list)\n",
        "known = defaultdict(list)  # all\n",
    );
    let outcomes = workspace.reproduce(&[]);
    assert_eq!(with_outcome(&outcomes, "ran"), ["anomalies"]);
    // Another parameter changes what comes out of R, and all that reads it.
    let outcomes = workspace.reproduce(&["--set", "stages.detrended.params.degree=2"]);
    assert_eq!(with_outcome(&outcomes, "ran"), ["detrended", "effect", "variables"]);
    let outcomes = workspace.reproduce(&[]);
    assert_eq!(with_outcome(&outcomes, "cached").len(), 6);
}
