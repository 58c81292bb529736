//! Marks beside values and corrected cells, all the way: from the file through the panel and what is derived from it to
//! the report and the traces.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use crate::common::Workspace;
use serde_json::Value;
use vintner_ingest::Checksum;

const HERE: [&str; 2] = ["-C", "examples/grunfeld"];

/// Grunfeld's data with a provisional value, a misprint, and a variable without what is provisional.
fn workspace() -> Workspace {
    let workspace = Workspace::of_parts(&[
        "examples/grunfeld/pipeline.yaml",
        "examples/grunfeld/data",
        "reports/templates",
    ]);
    let raw = "examples/grunfeld/data/vintages/plm/raw/grunfeld.csv";
    let text = workspace.read(raw).replacen("1,1935,317.6,", "1,1935,317.6p,", 1).replacen(
        "1,1936,391.8,",
        "1,1936,3918,",
        1,
    );
    fs::write(workspace.path(raw), &text).unwrap();
    let manifest = "examples/grunfeld/data/vintages/plm/vintage.yaml";
    let old = "6c29fb41758675cc8280dd89aa440846a1abc6360c5e9f97e0c5f9e737326014";
    workspace.edit(manifest, old, &Checksum::of(text.as_bytes()).to_string());
    workspace.edit(
        manifest,
        "    columns:\n",
        "    numbers: {flags: {p: provisional figure}}\n    corrections:\n      - {cell: C3, old: 3918, new: 391.8, reason: the point is missing, source: the book}\n    columns:\n",
    );
    let pipeline = "examples/grunfeld/pipeline.yaml";
    workspace.edit(
        pipeline,
        "variables: [inv, value, capital]\n\nstages",
        "variables: [inv, value, capital]\n  with_flags: [inv, inv_flag, value, capital]\n\nstages",
    );
    workspace.edit(pipeline, "params: {window: $window, variables: $variables}\n\n  descriptives", "params: {window: $window, variables: $with_flags}\n\n  firm:\n    op: derive\n    inputs: {panel: panel}\n    params:\n      keep: [inv, inv_flag]\n      define: {settled: \"CASE WHEN inv_flag = 'p' THEN NULL ELSE inv END\"}\n    publish: {gaps: \"reports/{vintage}/gaps.parquet\"}\n\n  descriptives");
    workspace
}

fn shown(workspace: &Workspace, what: &str) -> Vec<Value> {
    let output = workspace.vintner(&[HERE[0], HERE[1], "show", what, "--rows", "400", "--format", "json"]);
    let shown: Value = serde_json::from_str(&output.stdout).unwrap_or_else(|_| panic!("{}", output.stderr));
    shown["shown"].as_array().unwrap().clone()
}

#[test]
fn they_reach_the_panel_the_report_and_the_traces() {
    let workspace = workspace();
    let run = workspace.vintner(&[HERE[0], HERE[1], "reproduce"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let panel = shown(&workspace, "panel");
    let of =
        |rows: &[Value], inv: f64| rows.iter().find(|row| row["inv"].as_f64() == Some(inv)).unwrap().clone();
    assert_eq!(of(&panel, 317.6)["inv_flag"], "p");
    assert_eq!(of(&panel, 391.8)["inv_flag"], "");
    let derived = shown(&workspace, "firm");
    assert_eq!(of(&derived, 317.6)["settled"].as_f64(), None);
    assert_eq!(of(&derived, 391.8)["settled"].as_f64(), Some(391.8));
    let report = workspace.read("examples/grunfeld/reports/plm/report.md");
    for text in ["the point is missing", "the book", "3918", "provisional figure"] {
        assert!(report.contains(text), "{text} isn't in the report");
    }
    // Nothing else has changed: the misprint is mended, and the mark isn't a part of the number.
    let estimates = workspace.read("examples/grunfeld/reports/plm/estimates.csv");
    assert!(estimates.contains("0.1155621"), "{estimates}");
    let cell = workspace.vintner(&[HERE[0], HERE[1], "trace", "--cell", "grunfeld.csv!C3"]);
    assert_eq!(cell.code, 0, "{}", cell.stderr);
    assert!(cell.stdout.contains("corrected to 391.8: the point is missing (the book)"), "{}", cell.stdout);
    let marked = workspace.vintner(&[HERE[0], HERE[1], "trace", "--cell", "grunfeld.csv!C2"]);
    assert!(marked.stdout.contains("317.6p"), "{}", marked.stdout);
    // A correction of another file than this is refused.
    workspace.edit("examples/grunfeld/data/vintages/plm/vintage.yaml", "old: 3918", "old: 3919");
    let wrong = workspace.vintner(&[HERE[0], HERE[1], "reproduce"]);
    assert_eq!(wrong.code, 1);
    assert!(wrong.stderr.contains("its correction is of \"3919\""), "{}", wrong.stderr);
}
