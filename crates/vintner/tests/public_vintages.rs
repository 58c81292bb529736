//! The public vintages, where their raw files are found, against an independent computation in
//! Python (`golden/public_vintages.py` reads the same spreadsheets with other tools).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::Path;

use crate::common::Workspace;
use serde_json::Value;

/// Relative.
const TOLERANCE: f64 = 1e-8;
const VINTAGES: [&str; 2] = ["public-2025", "public-2025-edgar"];

type Row = BTreeMap<String, String>;

fn golden() -> Value {
    serde_json::from_str(include_str!("golden/public_vintages.json")).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Records compared field by field; what differs is collected, so that one run shows it all.
#[derive(Default)]
struct Comparison {
    compared: usize,
    differences: Vec<String>,
}

impl Comparison {
    /// Compares `actual` with `expected`: reals within the tolerance, all else literally.
    fn field(&mut self, place: &str, expected: &Value, actual: &str) {
        self.compared += 1;
        let same = match expected.as_f64() {
            Some(number) if expected.is_f64() => actual.parse::<f64>().is_ok_and(|actual| {
                (actual - number).abs() <= TOLERANCE * number.abs().max(f64::MIN_POSITIVE)
            }),
            _ => actual == text(expected),
        };
        if !same {
            self.differences.push(format!("{place}: expected {expected}, found {actual}"));
        }
    }

    /// Compares the fields of `expected` named in `fields`.
    fn fields(&mut self, place: &str, fields: &[&str], expected: &Value, actual: &Value) {
        for field in fields {
            self.field(&format!("{place}, {field}"), &expected[*field], &text(&actual[*field]));
        }
    }

    fn finish(self, at_least: usize) {
        let Self { compared, differences } = self;
        assert!(
            differences.is_empty(),
            "{} of {compared} differ:\n{}",
            differences.len(),
            differences.join("\n")
        );
        assert!(compared >= at_least, "{compared} compared, of at least {at_least}");
    }
}

/// The paper's workspace with both vintages made, or nothing where the raw files aren't.
fn reproduced() -> Option<(Workspace, String)> {
    let shared = crate::common::shared_vintages()?;
    let root = shared.to_str().unwrap().to_owned();
    let workspace = Workspace::of_paper();
    for vintage in VINTAGES {
        workspace.reproduce(&["--data-root", &root, "--vintage", vintage]);
    }
    Some((workspace, root))
}

fn estimates(workspace: &Workspace, vintage: &str) -> Vec<Row> {
    let path = Path::new("reports").join(vintage).join("estimates.csv");
    let content = workspace.read(path.to_str().unwrap());
    csv::Reader::from_reader(content.as_bytes()).deserialize().map(|row| row.unwrap()).collect()
}

fn shown(workspace: &Workspace, root: &str, vintage: &str, output: &str) -> Vec<Value> {
    let printed = workspace.vintner(&["--data-root", root, "show", output, "--vintage", vintage]);
    assert_eq!(printed.code, 0, "{}", printed.stderr);
    serde_json::from_str(&printed.stdout).unwrap()
}

/// One record of a list by the value of some fields.
fn find<'a>(records: &'a [Value], of: &Value, fields: &[&str]) -> &'a Value {
    let mut found = records.iter().filter(|record| fields.iter().all(|field| record[field] == of[field]));
    let record = found.next().unwrap_or_else(|| panic!("nothing like {of}"));
    assert!(found.next().is_none(), "several like {of}");
    record
}

#[test]
fn every_estimate_agrees_with_python() {
    let Some((workspace, _)) = reproduced() else { return };
    let golden = golden();
    let mut comparison = Comparison::default();
    for vintage in VINTAGES {
        crate::common::chinese::assert_chinese(&workspace, vintage);
        let rows = estimates(&workspace, vintage);
        let expected = golden["vintages"][vintage]["estimates"].as_array().unwrap();
        assert_eq!(rows.len(), expected.len(), "{vintage}");
        let key = ["table", "dependent", "unit", "regressor"];
        let by_key: BTreeMap<Vec<String>, &Row> =
            rows.iter().map(|row| (key.map(|field| row[field].clone()).to_vec(), row)).collect();
        assert_eq!(by_key.len(), rows.len(), "{vintage}: a row for each key");
        for record in expected {
            let wanted = key.map(|field| text(&record[field])).to_vec();
            let row = by_key.get(&wanted).unwrap_or_else(|| panic!("{vintage}: no row {wanted:?}"));
            let place = format!("{vintage}, {}", wanted.join(", "));
            if record["not_estimable"] == true {
                let numbers = ["estimate", "std_error", "statistic", "p_value", "stars", "df_resid"];
                for field in numbers {
                    comparison.field(&format!("{place}, {field}"), &"".into(), &row[field]);
                }
                let reason = format!("{} observations, {} parameters", record["n_obs"], record["parameters"]);
                comparison.field(&format!("{place}, note"), &reason.into(), &row["note"]);
                comparison.field(&format!("{place}, n_obs"), &record["n_obs"], &row["n_obs"]);
            } else {
                let fields = ["estimate", "std_error", "statistic", "p_value", "stars", "n_obs", "df_resid"];
                for field in fields {
                    comparison.field(&format!("{place}, {field}"), &record[field], &row[field]);
                }
            }
        }
    }
    // 2 vintages, 208 coefficients, 7 fields or (13 of them, not estimable) 8.
    comparison.finish(2 * 208 * 7);
}

#[test]
fn every_granger_test_agrees_with_python() {
    let Some((workspace, root)) = reproduced() else { return };
    let golden = golden();
    let mut comparison = Comparison::default();
    for vintage in VINTAGES {
        let tests = shown(&workspace, &root, vintage, "granger");
        let expected = golden["vintages"][vintage]["granger"].as_array().unwrap();
        assert_eq!((tests.len(), expected.len()), (6, 6));
        for wanted in expected {
            let test = find(&tests, wanted, &["cause", "effect"]);
            let pair = format!("{vintage}, {} to {}", text(&wanted["cause"]), text(&wanted["effect"]));
            let units = test["units"].as_array().unwrap();
            let expected_units = wanted["units"].as_array().unwrap();
            assert_eq!(units.len(), expected_units.len(), "{pair}");
            for unit in expected_units {
                let outcome = &find(units, unit, &["unit"])["outcome"];
                let place = format!("{pair}, {}", text(&unit["unit"]));
                if unit["not_estimable"] == true {
                    comparison.field(&place, &"not_estimable".into(), &text(&outcome["outcome"]));
                    let reason = &outcome["reason"];
                    comparison.field(&place, &unit["n_obs"], &text(&reason["observations"]));
                    comparison.fields(&place, &["parameters"], unit, reason);
                    continue;
                }
                let fields = [
                    "n_obs",
                    "order",
                    "f",
                    "df_numerator",
                    "df_denominator",
                    "f_p_value",
                    "chi_squared",
                    "chi_squared_p_value",
                ];
                comparison.fields(&place, &fields, unit, outcome);
            }

            let left_out = wanted["left_out"].as_array().unwrap();
            if !left_out.is_empty() && test.get("left_out").is_none() {
                // The pipeline asks for no panel statistic without these units: none is given.
                comparison.field(&pair, &Value::Null, &text(&test["w_bar"]));
                for statistic in ["z_bar", "z_tilde", "fisher"] {
                    let reason = &test[statistic]["reason"];
                    comparison.field(&format!("{pair}, {statistic}"), &left_out[0], &text(&reason["entity"]));
                }
                continue;
            }
            if !left_out.is_empty() {
                comparison.fields(&pair, &["left_out"], wanted, test);
            }
            comparison.fields(&pair, &["w_bar"], wanted, test);
            for statistic in ["z_bar", "z_tilde", "fisher"] {
                let place = format!("{pair}, {statistic}");
                let (wanted, found) = (&wanted[statistic], &test[statistic]);
                if wanted["not_estimable"] == true {
                    comparison.field(&place, &"not_estimable".into(), &text(&found["outcome"]));
                } else {
                    comparison.fields(&place, &["statistic", "p_value"], wanted, found);
                }
            }
        }
    }
    // 2 vintages, 6 pairs, 14 cities with 8 fields less 4 without a test of theirs.
    comparison.finish((2 * 6 * 14 - 4) * 8);
}

/// The moments; minima and quantiles of a logarithm are raw cells, which aren't committed.
#[test]
fn every_descriptive_moment_agrees_with_python() {
    let Some((workspace, root)) = reproduced() else { return };
    let golden = golden();
    let mut comparison = Comparison::default();
    for vintage in VINTAGES {
        let summaries = shown(&workspace, &root, vintage, "descriptives");
        let expected = golden["vintages"][vintage]["descriptives"].as_array().unwrap();
        assert_eq!((summaries.len(), expected.len()), (7, 7));
        for wanted in expected {
            let summary = find(&summaries, wanted, &["variable"]);
            let place = format!("{vintage}, {}", text(&wanted["variable"]));
            let fields: Vec<&str> = wanted.as_object().unwrap().keys().map(String::as_str).collect();
            comparison.fields(&place, &fields, wanted, summary);
        }
    }
    comparison.finish(2 * 7 * 8);
}

#[test]
fn a_city_with_three_years_has_a_reason_and_no_number() {
    let Some((workspace, _)) = reproduced() else { return };
    let of_city = |vintage: &str| -> Vec<Row> {
        estimates(&workspace, vintage).into_iter().filter(|row| row["unit"] == "承德").collect()
    };
    let ceads = of_city("public-2025");
    assert_eq!(ceads.len(), 4 + 4 + 5);
    for row in &ceads {
        let parameters = if row["table"] == "3" { 6 } else { 5 };
        assert_eq!(row["note"], format!("3 observations, {parameters} parameters"), "{row:?}");
        assert_eq!((row["estimate"].as_str(), row["stars"].as_str()), ("", ""), "{row:?}");
        assert_ne!(row["published"], "", "{row:?}");
    }
    let report = workspace.read("reports/public-2025/report.md");
    assert!(
        report.contains("3 observations, 5 parameters") && report.contains("3 observations, 6 parameters")
    );
    // All its years are on EDGAR.
    for row in of_city("public-2025-edgar") {
        assert_eq!((row["n_obs"].as_str(), row["note"].as_str()), ("12", ""), "{row:?}");
        assert!(row["estimate"].parse::<f64>().is_ok(), "{row:?}");
    }
}
