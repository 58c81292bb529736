//! Data of each shape from a raw file to estimates: a quarterly series, a monthly panel, a cross-section without
//! ids, repeated cross-sections, factors that are text, pairs. Held against the same numbers of R as `shapes`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use polars::prelude::*;
use serde_json::json;
use vintner_ingest::Checksum;

use crate::common::Workspace;
use crate::shapes::{
    CROSS_SECTION, MONTHLY, REPEATED, SERIES, assert_as_r, json, months, quarters, repeated_rows, rows, run,
};

/// A frame as CSV, each number by its shortest decimal.
fn csv(frame: &DataFrame) -> String {
    let names: Vec<String> = frame.get_column_names().iter().map(|name| name.to_string()).collect();
    let mut text = format!("{}\n", names.join(","));
    for row in 0..frame.height() {
        let cell = |column: &Column| match column.get(row).unwrap() {
            AnyValue::Null => String::new(),
            AnyValue::Float64(number) => format!("{number}"),
            other => other.to_string().trim_matches('"').to_owned(),
        };
        let cells: Vec<String> = frame.columns().iter().map(cell).collect();
        text += &format!("{}\n", cells.join(","));
    }
    text
}

/// A workspace that reads a file and lays it out as `frame`, which further stages read.
fn workspace(text: &str, source: &str, variables: &str, stages: &str) -> Workspace {
    let workspace = Workspace::of_parts(&[]);
    let sum = Checksum::of(text.as_bytes());
    let manifest = format!(
        "title: {{en: A shape}}\nkind: public\ndate: 2024-05-01\nnotice: {{en: Made for a test.}}\nsources:\n  - name: d\n    \
         file: d.csv\n    sha256: {sum}\n    format: csv\n{source}"
    );
    let pipeline = format!(
        "version: 1\nname: shapes\nvintage: v\nstages:\n  tidy:\n    op: ingest\n    foreach: sources\n  frame:\n    \
         op: assemble\n    inputs: {{tidy: tidy}}\n    params: {{{variables}}}\n{stages}"
    );
    for (path, text) in [
        ("data/vintages/v/raw/d.csv", text),
        ("data/vintages/v/vintage.yaml", &manifest),
        ("pipeline.yaml", &pipeline),
    ] {
        let path = workspace.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    workspace
}

const XY: &str = "    columns:\n      - {column: x, variable: x}\n      - {column: y, variable: y}\n";

const XYZ: &str = "    columns:\n      - {column: region, variable: region, type: text}\n      - {column: x, variable: x}\n      \
                   - {column: z, variable: z}\n      - {column: y, variable: y}\n";

#[test]
fn a_quarterly_series() {
    let source = format!("    time: time\n    period: {{frequency: quarter}}\n{XY}");
    for rows in ["", ", rows: observed"] {
        let workspace = workspace(&csv(&quarters()), &source, &format!("variables: [x, y]{rows}"), SERIES);
        run(&workspace);
        let fits = json(&workspace, "reports/fits.json");
        assert_as_r(&fits["pooled"], "series", "estimate");
        assert_as_r(&fits["pooled"], "series se", "std_error");
        let shown = workspace.vintner(&["show", "frame", "--rows", "30", "--format", "json"]);
        let shown: serde_json::Value = serde_json::from_str(&shown.stdout).unwrap();
        // The quarter that the file hasn't is a row with gaps, unless rows are as observed.
        assert_eq!(shown["rows"], if rows.is_empty() { 24 } else { 23 });
        assert_eq!(shown["shown"][0].get("entity"), None);
    }
}

/// The same series with its time in two columns, each year once over its quarters.
#[test]
fn a_quarterly_series_in_two_columns() {
    let mut last = String::new();
    let text: Vec<String> = csv(&quarters())
        .lines()
        .map(|line| {
            let (time, rest) = line.split_once(',').unwrap();
            let Some((year, quarter)) = time.split_once('Q') else { return format!("year,quarter,{rest}") };
            let shown = if year == last { "" } else { year };
            last = year.to_owned();
            format!("{shown},{quarter},{rest}")
        })
        .collect();
    let source = format!(
        "    time: year\n    within_year: [quarter]\n    period: {{frequency: quarter}}\n    fill: {{year: down}}\n{XY}"
    );
    let workspace = workspace(&(text.join("\n") + "\n"), &source, "variables: [x, y]", SERIES);
    run(&workspace);
    let fits = json(&workspace, "reports/fits.json");
    assert_as_r(&fits["pooled"], "series", "estimate");
    let summary = workspace.vintner(&["show", "tidy[d].summary", "--format", "json"]).stdout;
    assert!(summary.contains("\"filled\""), "{summary}");
    // The cell of a row whose year stands above it.
    let traced = workspace.vintner(&["trace", "--cell", "d.csv!C3", "--format", "json"]);
    let traced: serde_json::Value = serde_json::from_str(&traced.stdout).unwrap();
    let second = quarters().column("time").unwrap().str().unwrap().get(1).unwrap().to_owned();
    assert_eq!(traced["trace"]["cells"][0]["period"], second);
}

#[test]
fn months_down_with_years_across() {
    let text = "Month,2019,2020\nJan,1.5,2.5\nFeb,3.5,4.5\nMar,5.5,\nAverage,3.5,\n";
    let source = "    layout: wide\n    within_year: [Month]\n    period: {frequency: month}\n    not_times: [Average]\n    \
                  columns:\n      - {variable: x}\n";
    let workspace = workspace(text, source, "variables: [x], rows: observed", "");
    run(&workspace);
    let traced = workspace.vintner(&["trace", "--cell", "d.csv!C3", "--format", "json"]);
    let traced: serde_json::Value = serde_json::from_str(&traced.stdout).unwrap();
    assert_eq!(traced["trace"]["cells"][0]["period"], "2020-02");
    assert_eq!(traced["trace"]["cells"][0]["value"], 4.5);
    // The month that isn't there yet is a gap with its cell.
    let gaps = workspace.vintner(&["show", "frame.gaps"]).stdout;
    assert!(gaps.contains("2020-03") && gaps.contains("C4"), "{gaps}");
    let summary = workspace.vintner(&["show", "tidy[d].summary", "--format", "json"]).stdout;
    assert!(summary.contains("\"Average\": 1"), "{summary}");
}

#[test]
fn a_monthly_panel() {
    let source = format!("    entity: entity\n    time: time\n    period: {{frequency: month}}\n{XY}");
    let workspace = workspace(&csv(&months()), &source, "variables: [x, y], rows: observed", MONTHLY);
    run(&workspace);
    let fits = json(&workspace, "reports/fits.json");
    assert_as_r(&fits["pooled"], "panel", "estimate");
    assert_as_r(&fits["pooled"], "panel se", "std_error");
    assert_eq!(fits["pooled"]["dropped"].as_array().unwrap().len(), 5);

    // A cell of a month is followed to what depends on it.
    let traced = workspace.vintner(&["trace", "--cell", "d.csv!C3", "--format", "json"]);
    let traced: serde_json::Value = serde_json::from_str(&traced.stdout).unwrap();
    assert_eq!(traced["trace"]["cells"][0]["period"], "2003-12");
    assert_eq!(traced["trace"]["values"], json!([["x", 1], ["x_before", 18]]));
}

#[test]
fn a_cross_section_without_ids() {
    let workspace = workspace(&csv(&rows()), XYZ, "variables: [region, x, z, y]", CROSS_SECTION);
    let said = run(&workspace);
    let fits = json(&workspace, "reports/fits.json");
    assert_as_r(&fits["pooled"], "cross_section", "estimate");
    assert_as_r(&fits["pooled"], "cross_section se", "std_error");
    assert_as_r(&fits["pooled_under"][1], "cross_section by region", "std_error");
    assert!(said.contains("a cross-section has no time: no errors that are Driscoll-Kraay"), "{said}");
    assert_as_r(&json(&workspace, "reports/iv.json")["fits"][0], "instruments", "estimate");
    // Who is observed goes by the row in the file.
    assert_eq!(fits["pooled"]["dropped"], json!([{"entity": "09", "missing": ["region"]}]));
    let gaps = workspace.vintner(&["show", "frame.gaps"]).stdout;
    assert!(gaps.contains("missing in d.csv!A9 (empty)"), "{gaps}");
    let traced = workspace.vintner(&["trace", "--cell", "d.csv!B9"]);
    assert_eq!(traced.code, 0, "{}", traced.stderr);
    assert!(traced.stdout.contains("x (1 row)"), "{}", traced.stdout);
}

#[test]
fn repeated_cross_sections() {
    let source = format!("    time: time\n    duplicates: keep\n{XYZ}");
    let text = csv(&repeated_rows());
    let workspace = workspace(&text, &source, "variables: [region, x, z, y]", REPEATED);
    run(&workspace);
    let fits = json(&workspace, "reports/fits.json");
    assert_as_r(&fits["pooled"], "repeated", "estimate");
    assert_as_r(&fits["pooled"], "repeated se", "std_error");

    // Several rows of a time aren't taken for observations unless that is said.
    workspace.edit("data/vintages/v/vintage.yaml", "    duplicates: keep\n", "");
    let output = workspace.vintner(&["reproduce"]);
    assert_ne!(output.code, 0);
    let said = output.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("a second value of `x` for 2001; the first is in"), "{said}");
    assert!(said.contains("set `duplicates: keep` where each row is an observation of its own"), "{said}");
}

/// Trade between pairs: the pair is the entity, its ends are columns whose years are absorbed.
#[test]
fn pairs_over_years() {
    let names = ["aa", "bb", "cc", "dd"];
    let mut text = "pair,from,to,year,trade,tariff\n".to_owned();
    let mut at = 0;
    for from in names {
        for to in names.iter().filter(|to| **to != from) {
            for year in 2001..2005 {
                at += 1;
                let tariff = f64::from((at * 7) % 13) / 4.0;
                let trade = 3.0 - 0.5 * tariff + f64::from((at * 5) % 11) / 10.0;
                text += &format!("{from}-{to},{from},{to},{year},{trade},{tariff}\n");
            }
        }
    }
    let columns = "    time: year\n    columns:\n      - {column: from, variable: from, type: text}\n      \
                   - {column: to, variable: to, type: text}\n      - {column: trade, variable: trade}\n      \
                   - {column: tariff, variable: tariff}\n";
    let stages = "  equation:\n    op: regress\n    inputs: {panel: frame}\n    params:\n      dependent: trade\n      \
                  regressors: [tariff]\n      pooled:\n        model: within\n        effects: [entity, from^time, to^time]\n        \
                  covariance: {kind: cluster, by: {column: from}}\n    publish: {fits: reports/fits.json}\n";
    // The pair as a column of its own, and as its two ends.
    for keys in ["    entity: pair\n", "    entity: from\n    entity_with: [to]\n"] {
        let source = format!("{keys}{columns}");
        let workspace = workspace(&text, &source, "variables: [from, to, trade, tariff]", stages);
        run(&workspace);
        let fits = json(&workspace, "reports/fits.json");
        let coefficient = &fits["pooled"]["coefficients"][0];
        // R 4.2.2: lm(trade ~ tariff + factor(pair) + factor(from):factor(year) + factor(to):factor(year)).
        let estimate = coefficient["estimate"].as_f64().unwrap();
        assert!((estimate + 0.409743589743589).abs() < 1e-12, "{fits}");
    }
}

/// Quarters of regions beside years of them: each quarter has its year's value, as where a file has both side by side.
#[test]
fn years_beside_quarters() {
    let (mut accounts, mut merged) =
        ("region,quarter,x,y\n".to_owned(), "region,quarter,x,y,people\n".to_owned());
    let mut census = "region,year,people\n".to_owned();
    for (at, region) in ["north", "south", "west"].into_iter().enumerate() {
        for year in 2000..2003 {
            let people = ((at + 2) * 10) as f64 + f64::from(year - 2000) * (1.0 + at as f64);
            census += &format!("{region},{year},{people}\n");
            for quarter in 1..5 {
                let x = f64::from((year * 7 + quarter * 3) % 11) + at as f64;
                let y = 2.0 * x + 0.5 * people + f64::from((quarter * 5 + year) % 3) / 4.0;
                accounts += &format!("{region},{year}Q{quarter},{x},{y}\n");
                merged += &format!("{region},{year}Q{quarter},{x},{y},{people}\n");
            }
        }
    }
    let sources = [
        ("accounts", "quarter", "    period: {frequency: quarter}\n", &["x", "y"][..], accounts),
        ("census", "year", "", &["people"][..], census),
        ("merged", "quarter", "    period: {frequency: quarter}\n", &["x", "y", "people"][..], merged),
    ];
    let fits = |names: &[&str], repeat: &str| {
        let workspace = Workspace::of_parts(&[]);
        let raw = workspace.path("data/vintages/v/raw");
        fs::create_dir_all(&raw).unwrap();
        let mut manifest =
            "title: {en: T}\nkind: public\ndate: 2024-05-01\nnotice: {en: T.}\nsources:\n".to_owned();
        for (name, time, period, variables, text) in sources.iter().filter(|source| names.contains(&source.0))
        {
            fs::write(raw.join(format!("{name}.csv")), text).unwrap();
            let sum = Checksum::of(text.as_bytes());
            let columns: String = variables
                .iter()
                .map(|variable| format!("      - {{column: {variable}, variable: {variable}}}\n"))
                .collect();
            manifest += &format!(
                "  - name: {name}\n    file: {name}.csv\n    sha256: {sum}\n    format: csv\n    entity: region\n    \
                 time: {time}\n{period}    columns:\n{columns}"
            );
        }
        fs::write(workspace.path("data/vintages/v/vintage.yaml"), manifest).unwrap();
        let pipeline = format!(
            "version: 1\nname: both\nvintage: v\nstages:\n  tidy: {{op: ingest, foreach: sources}}\n  panel: {{op: assemble, \
             inputs: {{tidy: tidy}}, params: {{variables: [x, y, people]{repeat}}}}}\n  fits:\n    op: regress\n    inputs: \
             {{panel: panel}}\n    params: {{dependent: y, regressors: [x, people], pooled: {{model: within, covariance: \
             {{kind: cluster}}}}}}\n    publish: {{fits: reports/fits.json}}\n"
        );
        fs::write(workspace.path("pipeline.yaml"), pipeline).unwrap();
        workspace
    };
    let (both, one) = (fits(&["accounts", "census"], ", repeat: [people]"), fits(&["merged"], ""));
    run(&both);
    run(&one);
    assert_eq!(json(&both, "reports/fits.json")["pooled"]["coefficients"].as_array().unwrap().len(), 2);
    assert_eq!(json(&both, "reports/fits.json")["pooled"], json(&one, "reports/fits.json")["pooled"]);

    // A cell of a year is followed to its four quarters.
    let traced = both.vintner(&["trace", "--cell", "census.csv!C3", "--format", "json"]);
    let traced: serde_json::Value = serde_json::from_str(&traced.stdout).unwrap();
    assert_eq!(traced["trace"]["values"], json!([["people", 4]]));

    let refused = fits(&["accounts", "census"], "").vintner(&["reproduce"]);
    let said = refused.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_ne!(refused.code, 0);
    assert!(said.contains("write `repeat: [people]` if each quarter has the value of the year"), "{said}");
}
