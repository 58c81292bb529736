//! Data that aren't a panel of years, from a frame to estimates: a quarterly series, a monthly panel, a
//! cross-section without ids, repeated cross-sections, and regressors that are text. Held against R's `lm`
//! (`golden/shapes.R`, which makes the same data).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs::{self, File};

use crate::common::Workspace;
use crate::common::towns::{MANIFEST_PATH, TOWNS, small, write_sums};
use polars::prelude::*;
use serde_json::Value;

/// A workspace whose one frame is read by the stages that follow.
fn workspace(mut frame: DataFrame, stages: &str) -> Workspace {
    let workspace = small();
    ParquetWriter::new(File::create(workspace.path("data/frame.parquet")).unwrap())
        .finish(&mut frame)
        .unwrap();
    let pipeline = format!(
        "version: 1
name: shapes
vintage: small
stages:
  frame:
    run: [cp, data/frame.parquet, frame.parquet]
    files: {{source: data/frame.parquet}}
    outputs: {{frame: frame.parquet}}
{stages}"
    );
    fs::write(workspace.path("pipeline.yaml"), pipeline).unwrap();
    workspace
}

pub(crate) fn run(workspace: &Workspace) -> String {
    let output = workspace.vintner(&["reproduce", "-v"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    format!("{}{}", output.stdout, output.stderr)
}

pub(crate) fn json(workspace: &Workspace, path: &str) -> Value {
    serde_json::from_str(&workspace.read(path)).unwrap()
}

/// Holds a fit's coefficients, or with `what` their standard errors, against R's, in R's order.
pub(crate) fn assert_as_r(fit: &Value, golden: &str, what: &str) {
    let all: Value = serde_json::from_str(include_str!("golden/shapes.json")).unwrap();
    let coefficients = fit["coefficients"].as_array().unwrap_or_else(|| panic!("{golden}: {fit}"));
    let expected = all[golden].as_object().unwrap();
    for (name, value) in expected {
        let own = coefficients.iter().find(|one| one["name"] == *name);
        let own = own.unwrap_or_else(|| panic!("{golden}: no {name} in {fit}"))[what].as_f64().unwrap();
        let value = value.as_f64().unwrap();
        assert!((own - value).abs() <= 1e-10 * value.abs().max(1e-3), "{golden} {name}: {own}, R {value}");
    }
}

pub(crate) fn quarters() -> DataFrame {
    let kept: Vec<i32> = (0..24).filter(|t| 1998 * 4 + 2 + t != 2001 * 4).collect();
    let quarter = |t: &i32| format!("{}Q{}", (1998 * 4 + 2 + t) / 4, (1998 * 4 + 2 + t) % 4 + 1);
    let x = |t: &i32| f64::from((t * 7) % 11) / 4.0 + f64::from(*t) / 10.0;
    let y = |t: &i32| 2.0 + x(t) / 2.0 + f64::from((t * 5) % 7 - 3) / 5.0;
    df!(
        "time" => kept.iter().map(quarter).collect::<Vec<String>>(),
        "x" => kept.iter().map(x).collect::<Vec<f64>>(),
        "y" => kept.iter().map(y).collect::<Vec<f64>>()
    )
    .unwrap()
}

pub(crate) const SERIES: &str = "  variables:
    op: derive
    inputs: {panel: frame}
    params:
      keep: [x, y]
      define:
        x_before: lag(x)
        x_year: diff(x, 4)
        era: CASE WHEN time >= '2001q2' THEN 'late' ELSE 'early' END
    publish: {gaps: reports/gaps.parquet}
  equation:
    op: regress
    inputs: {panel: variables}
    params:
      dependent: y
      regressors: [x, x_before, x_year, era]
      pooled: {model: ols}
    publish: {fits: reports/fits.json}
  summary:
    op: describe
    inputs: {panel: variables}
    params: {variables: [x, era]}
    publish: {descriptives: reports/summary.json}
";

#[test]
fn a_quarterly_series_goes_to_estimates() {
    let workspace = workspace(quarters(), SERIES);
    run(&workspace);
    let fits = json(&workspace, "reports/fits.json");
    assert_as_r(&fits["pooled"], "series", "estimate");
    assert_as_r(&fits["pooled"], "series se", "std_error");
    // The rows after the hole, and those at the start, are told by their quarters.
    let dropped = fits["pooled"]["dropped"].as_array().unwrap();
    let told: Vec<String> =
        dropped.iter().map(|row| format!("{} {}", row["time"].as_str().unwrap(), row["missing"])).collect();
    assert_eq!(told[0], "1998Q3 [\"x_before\",\"x_year\"]");
    assert!(told.contains(&"2001Q2 [\"x_before\"]".to_owned()), "{told:?}");
    assert!(told.contains(&"2002Q1 [\"x_year\"]".to_owned()), "{told:?}");
    let gaps =
        ParquetReader::new(File::open(workspace.path("reports/gaps.parquet")).unwrap()).finish().unwrap();
    let times: Vec<Option<&str>> = gaps.column("time").unwrap().str().unwrap().iter().collect();
    assert_eq!(times[0], Some("1998Q3"));

    let summary = json(&workspace, "reports/summary.json");
    let categories = &summary[1]["categories"];
    assert_eq!(summary[1]["n"], 23);
    assert_eq!((&categories[0]["category"], &categories[0]["n"]), (&"early".into(), &10.into()));
    assert!((categories[1]["share"].as_f64().unwrap() - 13.0 / 23.0).abs() < 1e-15);

    // What needs entities says what there are.
    workspace.edit("pipeline.yaml", "pooled: {model: ols}", "pooled: {model: within}");
    let said = run(&workspace);
    assert!(said.contains("a time series has no entities: no fixed effects of entities"), "{said}");
    workspace.edit("pipeline.yaml", "op: regress", "op: mean_group");
    workspace.edit("pipeline.yaml", "pooled: {model: within}", "method: mg");
    workspace.edit("pipeline.yaml", "{fits: reports/fits.json}", "{fit: reports/fit.json}");
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 1, "{}", output.stderr);
    let said = output.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = "the input `panel` has no column `entity`: a time series has no entities, and this operation needs a panel";
    assert!(said.contains(told), "{said}");
}

pub(crate) fn months() -> DataFrame {
    let keys: Vec<(i32, i32)> = (0..4)
        .flat_map(|firm| (0..18).map(move |month| (firm, month)))
        .filter(|key| *key != (2, 7))
        .collect();
    let month =
        |(_, month): &(i32, i32)| format!("{}-{:02}", (2003 * 12 + 10 + month) / 12, (10 + month) % 12 + 1);
    let x = |(firm, month): &(i32, i32)| f64::from((month * 5 + firm * 3) % 13) / 3.0 + f64::from(*firm);
    let y =
        |key: &(i32, i32)| x(key) * 0.7 + f64::from(key.0) + f64::from((key.1 * 7 + key.0 * 11) % 17) / 6.0;
    df!(
        "entity" => keys.iter().map(|key| ["alpha", "beta", "gamma", "delta"][key.0 as usize]).collect::<Vec<_>>(),
        "time" => keys.iter().map(month).collect::<Vec<String>>(),
        "x" => keys.iter().map(x).collect::<Vec<f64>>(),
        "y" => keys.iter().map(y).collect::<Vec<f64>>()
    )
    .unwrap()
}

pub(crate) const MONTHLY: &str = "  variables:
    op: derive
    inputs: {panel: frame}
    params: {keep: [x, y], define: {x_before: lag(x)}}
  equation:
    op: regress
    inputs: {panel: variables}
    params:
      dependent: y
      regressors: [x, x_before]
      pooled: {model: within, effects: [entity, time]}
    publish: {fits: reports/fits.json}
";

#[test]
fn a_monthly_panel_goes_to_estimates() {
    let workspace = workspace(months(), MONTHLY);
    run(&workspace);
    let fits = json(&workspace, "reports/fits.json");
    assert_as_r(&fits["pooled"], "panel", "estimate");
    assert_as_r(&fits["pooled"], "panel se", "std_error");
    let dropped = fits["pooled"]["dropped"].as_array().unwrap();
    let told: Vec<String> = dropped
        .iter()
        .map(|row| format!("{} {}", row["entity"].as_str().unwrap(), row["time"].as_str().unwrap()))
        .collect();
    assert_eq!(told, ["alpha 2003-11", "beta 2003-11", "delta 2003-11", "gamma 2003-11", "gamma 2004-07"]);
}

pub(crate) fn rows() -> DataFrame {
    let all = 0..40;
    let region = |i: i32| {
        let names = ["west", "north", "south", "north", "south"];
        (i != 7).then(|| names[((i * 3) % 5) as usize])
    };
    df!(
        "region" => all.clone().map(region).collect::<Vec<_>>(),
        "x" => all.clone().map(|i| f64::from((i * 11) % 17) / 4.0).collect::<Vec<_>>(),
        "z" => all.clone().map(|i| f64::from((i * 5) % 23) + f64::from((i * 11) % 17)).collect::<Vec<_>>(),
        "y" => all.map(|i| f64::from((i * 11) % 17) / 3.0 + f64::from((i * 13) % 19) / 5.0).collect::<Vec<_>>()
    )
    .unwrap()
}

pub(crate) const CROSS_SECTION: &str = "  equation:
    op: regress
    inputs: {panel: frame}
    params:
      dependent: y
      regressors: [x, region]
      factors: {region: south}
      pooled:
        model: ols
        covariances:
          - {kind: heteroskedastic, type: hc1}
          - {kind: cluster, by: {column: region}, small_sample: none}
          - {kind: driscoll_kraay}
    publish: {fits: reports/fits.json}
  instrumented:
    op: iv
    inputs: {panel: frame}
    params:
      dependent: y
      regressors: [x, region]
      endogenous: [x]
      instruments: [z]
      factors: {region: south}
      estimators: [{kind: 2sls}]
    publish: {results: reports/iv.json}
  summary:
    op: describe
    inputs: {panel: frame}
    params: {variables: [region]}
    publish: {descriptives: reports/summary.json}
";

#[test]
fn a_cross_section_without_ids_goes_to_estimates() {
    let workspace = workspace(rows(), CROSS_SECTION);
    let said = run(&workspace);
    let fits = json(&workspace, "reports/fits.json");
    assert_eq!(fits["formula"]["regressors"], serde_json::json!(["x", "regionnorth", "regionwest"]));
    assert_as_r(&fits["pooled"], "cross_section", "estimate");
    assert_as_r(&fits["pooled"], "cross_section se", "std_error");
    assert_as_r(&fits["pooled_under"][0], "cross_section hc1", "std_error");
    assert_as_r(&fits["pooled_under"][1], "cross_section by region", "std_error");
    assert!(said.contains("a cross-section has no time: no errors that are Driscoll-Kraay"), "{said}");
    let results = json(&workspace, "reports/iv.json");
    assert_as_r(&results["fits"][0], "instruments", "estimate");
    assert_as_r(&results["fits"][0], "instruments se", "std_error");
    let dropped = &fits["pooled"]["dropped"];
    assert_eq!(*dropped, serde_json::json!([{"entity": "08", "missing": ["region"]}]));
    let summary = json(&workspace, "reports/summary.json");
    assert_eq!((&summary[0]["n"], &summary[0]["missing"]), (&39.into(), &1.into()));
    assert_eq!(
        summary[0]["categories"][2],
        serde_json::json!({"category": "west", "n": 8, "share": 8.0 / 39.0})
    );

    // A reference that there isn't is told with those that there are.
    workspace.edit(
        "pipeline.yaml",
        "factors: {region: south}\n      pooled",
        "factors: {region: east}\n      pooled",
    );
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 1);
    assert!(
        output.stderr.contains("the factor `region` has no category `east`; it has north, south, west"),
        "{}",
        output.stderr
    );
    workspace.edit("pipeline.yaml", "factors: {region: east}", "factors: {province: null}");
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 2);
    assert!(
        output.stderr.contains("`province` is named as a factor but isn't a regressor"),
        "{}",
        output.stderr
    );
}

pub(crate) fn repeated_rows() -> DataFrame {
    let mut frame = rows();
    let times: Vec<i32> = (0..40).map(|i| 2001 + i % 3).collect();
    frame.with_column(Column::new("time".into(), times)).unwrap();
    frame
}

pub(crate) const REPEATED: &str = "  equation:
    op: regress
    inputs: {panel: frame}
    params:
      dependent: y
      regressors: [x, region]
      factors: {region: south}
      pooled: {model: within, effects: [time]}
    publish: {fits: reports/fits.json}
";

#[test]
fn repeated_cross_sections_have_effects_of_times() {
    let frame = repeated_rows();
    let workspace = workspace(frame, REPEATED);
    run(&workspace);
    let fits = json(&workspace, "reports/fits.json");
    assert_as_r(&fits["pooled"], "repeated", "estimate");
    assert_as_r(&fits["pooled"], "repeated se", "std_error");
    assert_eq!(fits["pooled"]["dropped"][0]["time"], 2002);

    workspace.edit("pipeline.yaml", "effects: [time]", "effects: [entity]");
    let said = run(&workspace);
    assert!(
        said.contains("repeated cross-sections have no entity twice: no fixed effects of entities"),
        "{said}"
    );
}

#[test]
fn times_of_two_lengths_are_told_with_their_rows() {
    let mut frame = quarters();
    let times: Vec<&str> =
        (0..frame.height()).map(|row| if row == 3 { "1999-06" } else { "1999Q1" }).collect();
    frame.with_column(Column::new("time".into(), times)).unwrap();
    let output = workspace(frame, SERIES).vintner(&["reproduce"]);
    assert_eq!(output.code, 1);
    assert!(output.stderr.replace("\n    ", " ").contains("the month 1999-06 in row 4"), "{}", output.stderr);
}

const QUARTERS: &str = "version: 1
name: quarters
vintage: small
params:
  window: {first: 2001Q2, last: 2002q1}
stages:
  tidy:
    op: ingest
    foreach: sources
    files: {crosswalk: data/crosswalk/towns.csv}
    params: {window: $window}
  panel:
    op: assemble
    inputs: {tidy: tidy}
    files: {crosswalk: data/crosswalk/towns.csv}
    params: {window: $window, variables: [income, rain]}
    publish: {panel: reports/panel.parquet}
";

#[test]
fn a_window_of_quarters_is_read_from_a_file_and_laid_out() {
    let workspace = small();
    let line =
        |town: &str, at: i32| format!("{town},Q{} {},{},{}\n", at % 4 + 1, 2001 + at / 4, 100 + at, 600 + at);
    let lines: String = ["Ashby", "Burton"].iter().flat_map(|town| (0..8).map(|at| line(town, at))).collect();
    fs::write(workspace.path(TOWNS), format!("town,when,income,rain\n{lines}")).unwrap();
    workspace.edit(
        MANIFEST_PATH,
        "time: year\n    covers: [2001, 2008]\n",
        "time: when\n    period: {frequency: quarter}\n",
    );
    fs::write(workspace.path("pipeline.yaml"), QUARTERS).unwrap();
    write_sums(&workspace);
    run(&workspace);
    let panel =
        ParquetReader::new(File::open(workspace.path("reports/panel.parquet")).unwrap()).finish().unwrap();
    let times: Vec<Option<&str>> = panel.column("time").unwrap().str().unwrap().iter().collect();
    assert_eq!(
        times,
        ["2001Q2", "2001Q3", "2001Q4", "2002Q1"].repeat(3).into_iter().map(Some).collect::<Vec<_>>()
    );
    let income: Vec<Option<f64>> = panel.column("income").unwrap().f64().unwrap().iter().take(4).collect();
    assert_eq!(income, [101.0, 102.0, 103.0, 104.0].map(Some));

    workspace.edit("pipeline.yaml", "last: 2002q1", "last: 2001q1");
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("the window 2001Q2 to 2001Q1 runs backwards"), "{}", output.stderr);
    let cure = "write the first quarter first: {first: 2001Q1, last: 2001Q2}";
    assert!(output.stderr.contains(cure), "{}", output.stderr);
}
