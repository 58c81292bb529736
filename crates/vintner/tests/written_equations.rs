//! Equations as one text, from a pipeline to results, and faults at their place in the text.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs::File;

use crate::common::Workspace;
use crate::common::towns::small;
use polars::prelude::{DataType, ParquetReader, SerReader};
use serde_json::Value;

const PARAMS: &str = "      dependent: ln_income
      regressors: [ln_rain]
      by_entity: {covariance: {kind: classical}}
      pooled: {model: within, covariance: {kind: classical}}
";

/// The small paper with other parameters of its equation, whose variables come without logarithms.
fn with(params: &str) -> Workspace {
    let workspace = small();
    workspace.edit("pipeline.yaml", PARAMS, params);
    workspace.edit(
        "pipeline.yaml",
        "        ln_rain: ln(rain)\n",
        "        ln_rain: ln(rain)\n        income_of: real_income\n        rain_of: rain\n",
    );
    workspace
}

fn fits(params: &str) -> Value {
    let workspace = with(&format!("{params}    publish: {{fits: \"reports/fits.json\"}}\n"));
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    serde_json::from_str(&workspace.read("reports/fits.json")).unwrap()
}

#[test]
fn a_text_says_what_lists_say() {
    let lists = fits(PARAMS);
    let text = fits(
        "      formula: log(income_of) ~ log(rain_of) | entity
      by_entity: {covariance: {kind: classical}}
      pooled: {model: within, covariance: {kind: classical}}
",
    );
    assert_eq!(text["pooled"]["formula"]["dependent"], "log(income_of)");
    assert_eq!(text["pooled"]["coefficients"][0]["name"], "log(rain_of)");
    for number in ["estimate", "std_error", "p_value"] {
        let (one, other) =
            (&text["pooled"]["coefficients"][0][number], &lists["pooled"]["coefficients"][0][number]);
        let (one, other) = (one.as_f64().unwrap(), other.as_f64().unwrap());
        assert!((one / other - 1.0).abs() < 1e-9, "{number}: {one} {other}");
    }
    assert_eq!(text["by_entity"].as_array().unwrap().len(), lists["by_entity"].as_array().unwrap().len());
}

#[test]
fn where_chooses_rows_after_lags_are_taken() {
    let of = |further: &str| {
        fits(&format!("      formula: ln_income ~ ln_rain\n{further}      pooled: {{model: ols}}\n"))["pooled"]["n_obs"]
            .as_u64()
            .unwrap()
    };
    assert!(of("      where: ln_rain > 0 AND NOT (ln_rain > 6.5)\n") < of(""));
}

#[test]
fn faults_are_told_under_their_place() {
    let told = |params: &str| {
        let output = with(params).vintner(&["reproduce"]);
        assert_eq!(output.code, 2, "{}", output.stderr);
        output.stderr
    };
    let caret = |said: &str| -> usize {
        let line = said.lines().find(|line| line.contains('^')).expect("a caret");
        line.chars().position(|one| one == '^').unwrap()
    };
    let text = "      formula: ln_income ~ ln_rain + ln(rain_of)\n      pooled: {model: ols}\n";
    let said = told(text);
    assert!(
        said.contains("there is no function `ln`") && said.contains("the natural logarithm is `log(x)`"),
        "{said}"
    );
    let line = said.lines().find(|line| line.contains("formula: ln_income")).unwrap();
    let place = line.find("ln(rain_of)").unwrap();
    assert_eq!(caret(&said), place, "{said}");

    let both =
        told("      formula: ln_income ~ ln_rain\n      dependent: ln_income\n      pooled: {model: ols}\n");
    assert!(both.contains("`formula` says what `dependent` is"), "{both}");
    let neither = told("      pooled: {model: ols}\n");
    assert!(
        neither.contains("missing field `dependent`") && neither.contains("missing field `regressors`"),
        "{neither}"
    );
    let instruments =
        told("      formula: ln_income ~ ln_rain | rain_of ~ income_of\n      pooled: {model: ols}\n");
    assert!(
        instruments.contains("`regress` has no instruments") && instruments.contains("op: iv"),
        "{instruments}"
    );
    let condition =
        told("      formula: ln_income ~ ln_rain\n      where: rain_of > > 1\n      pooled: {model: ols}\n");
    assert!(condition.contains("`where`"), "{condition}");
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn several_equations_are_several_models() {
    let of = |text: &str| {
        fits(&format!("      formula: {text}\n      pooled: {{model: ols, hypotheses: [\"ln_rain = 1\"]}}\n"))
    };
    let several = of("ln_income ~ sw0(ln_rain, log(rain_of) + income_of)");
    let models = several["models"].as_array().unwrap();
    let names: Vec<&str> = models.iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["ln_income ~ 1", "ln_income ~ ln_rain", "ln_income ~ log(rain_of) + income_of"]);
    assert_eq!(models[1]["rhs"], "ln_rain");
    let one = of("ln_income ~ ln_rain");
    assert_eq!(models[1]["result"], one);
    // What one of them hasn't got is a reason there and no fault of the others.
    let asked = &models[0]["result"]["inference"]["hypotheses"][0];
    assert_eq!(asked["reason"]["kind"], "no_such_coefficient", "{asked}");
}

/// One of each part of the sample, with the numbers of a stage that chooses the part.
#[test]
fn by_splits_the_sample() {
    let split = fits(
        "      formula: ln_income ~ ln_rain + l(ln_rain)\n      by: entity\n      pooled: {model: ols}\n",
    );
    let models = split["models"].as_array().unwrap();
    assert_eq!(models.len(), 3);
    assert_eq!(models[1]["name"], "entity: burton");
    assert_eq!(models[1]["sample"], serde_json::json!({"column": "entity", "value": "burton"}));
    let chosen = fits(
        "      formula: ln_income ~ ln_rain + l(ln_rain)\n      where: entity = 'burton'\n      pooled: {model: ols}\n",
    );
    assert_eq!(models[1]["result"], chosen);
    let years = fits(
        "      dependent: ln_income\n      regressors: [ln_rain]\n      by: time\n      pooled: {model: ols}\n",
    );
    let years = years["models"].as_array().unwrap();
    assert_eq!((years.len(), years[7]["name"].as_str()), (8, Some("time: 2008")));
}

/// The tables of `estimates` are of one model each.
#[test]
fn a_table_names_its_model() {
    let stages = |model: &str| {
        format!(
            "      formula: ln_income ~ csw(ln_rain, rain_of)\n      pooled: {{model: ols}}\n  coefficients:
    op: estimates
    inputs: {{equation: equation}}
    files: {{crosswalk: data/crosswalk/towns.csv}}
    params:
      tables: [{{id: one, fits: equation, title: {{en: One}}{model}}}]
      pooled: {{en: All}}
    publish: {{csv: reports/estimates.csv}}\n"
        )
    };
    let named = with(&stages(", model: \"ln_income ~ ln_rain + rain_of\""));
    let output = named.vintner(&["reproduce"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(named.read("reports/estimates.csv").contains("rain_of"));
    let traced = named.vintner(&["trace", "one/All/rain_of"]);
    assert_eq!(traced.code, 0, "{}", traced.stderr);
    let unnamed = with(&stages("")).vintner(&["reproduce"]);
    assert_eq!(unnamed.code, 1, "{}", unnamed.stderr);
    assert!(unnamed.stderr.contains("say which with `model`"), "{}", unnamed.stderr);
    assert!(unnamed.stderr.contains("ln_income ~ ln_rain + rain_of"), "{}", unnamed.stderr);
}

/// Frames of rows and of effects, with the keys that the panel has.
#[test]
fn rows_and_levels_are_frames() {
    let workspace = with(
        "      formula: ln_income ~ ln_rain + l(ln_rain)
      pooled: {model: within, rows: true, levels: true}
    publish: {rows: reports/rows.parquet, levels: reports/levels.parquet}\n",
    );
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let frame = |path: &str| ParquetReader::new(File::open(workspace.path(path)).unwrap()).finish().unwrap();
    let rows = frame("reports/rows.parquet");
    let names: Vec<&str> = rows.get_column_names().into_iter().map(|name| name.as_str()).collect();
    assert_eq!(names, ["entity", "time", "observed", "fitted", "residual", "leverage", "cooks_distance"]);
    // The first year has no lag.
    assert_eq!(rows.height(), 21);
    let times = rows.column("time").unwrap().cast(&DataType::Int32).unwrap();
    let first = times.i32().unwrap().iter().flatten().min();
    assert_eq!(first, Some(2002));
    let value = |column: &str, row: usize| rows.column(column).unwrap().f64().unwrap().get(row).unwrap();
    let total: f64 = (0..21).map(|row| value("leverage", row)).sum();
    // Two slopes and three effects.
    assert!((total - 5.0).abs() < 1e-9, "{total}");
    for row in 0..21 {
        assert!((value("observed", row) - value("fitted", row) - value("residual", row)).abs() < 1e-12);
    }
    let levels = frame("reports/levels.parquet");
    assert_eq!(levels.height(), 3);
    assert_eq!(levels.column("std_error").unwrap().null_count(), 0);
}

#[test]
fn entities_are_asked_under_each_covariance() {
    let found = fits(
        "      formula: ln_income ~ ln_rain
      by_entity: {covariances: [{kind: heteroskedastic}], hypotheses: [\"ln_rain = 0\"]}
      pooled: {model: ols, covariances: [{kind: cluster}], hypotheses: [\"ln_rain = 0\"]}
",
    );
    let units = found["by_entity_inference"].as_array().unwrap();
    assert_eq!((units.len(), units[0]["under"].as_array().unwrap().len()), (3, 2));
    for (at, unit) in units.iter().enumerate() {
        for (under, fits) in
            unit["under"].as_array().unwrap().iter().zip([&found["by_entity"], &found["by_entity_under"][0]])
        {
            let t = number(&fits[at]["outcome"]["coefficients"][1]["statistic"]);
            let f = number(&under["hypotheses"][0]["test"]["statistic"]);
            assert!((f / (t * t) - 1.0).abs() < 1e-9, "{f} {t}");
        }
    }
    let t = number(&found["pooled_under"][0]["coefficients"][1]["statistic"]);
    let f = number(&found["inference_under"][0]["hypotheses"][0]["test"]["statistic"]);
    assert!((f / (t * t) - 1.0).abs() < 1e-9, "{f} {t}");
}

/// What `granger` and `system` read as text is what their lists say.
#[test]
fn tests_of_causes_and_systems_read_the_same_texts() {
    let workspace = with(&format!(
        "{PARAMS}  causes:
    op: granger
    inputs: {{panel: variables}}
    params: {{formula: log(rain_of) ~ ln_income, pooled: {{covariance: {{kind: cluster}}}}}}
    publish: {{tests: reports/causes.json}}
  listed:
    op: granger
    inputs: {{panel: variables}}
    params: {{variables: [ln_income, ln_rain]}}
    publish: {{tests: reports/listed.json}}
  written:
    op: system
    inputs: {{panel: variables}}
    params:
      equations:
        - {{name: one, formula: \"log(income_of) ~ rain_of | ln_rain ~ l(ln_rain)\"}}
      estimators: [2sls]
    publish: {{results: reports/written.json}}
  roots:
    op: unit_root
    inputs: {{panel: variables}}
    params: {{variables: [ln_income], tests: [], by_entity: [kpss, phillips_perron], long_run: {{kernel: parzen, bandwidth: {{lags: 3}}}}}}
    publish: {{tests: reports/roots.json}}
"
    ));
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let read = |path: &str| -> Value { serde_json::from_str(&workspace.read(path)).unwrap() };
    let roots = read("reports/roots.json");
    for test in roots["by_entity"].as_array().unwrap() {
        let told = serde_json::to_string(&test["test"]).unwrap();
        assert!(told.contains("parzen"), "{told}");
        assert_eq!(test["units"][0]["outcome"]["result"]["bandwidth"], 3, "{test}");
    }
    let (causes, listed) = (read("reports/causes.json"), read("reports/listed.json"));
    let pooled = &causes[0]["pooled"]["Ok"];
    assert!(number(&pooled["test"]["f"]) > 0.0 && number(&pooled["test"]["p_value"]) < 1.0, "{pooled}");
    let (one, other) = (number(&causes[0]["w_bar"]), number(&listed[0]["w_bar"]));
    assert!((one / other - 1.0).abs() < 1e-9, "{one} {other}");
    let system = read("reports/written.json");
    assert_eq!(system["endogenous"], serde_json::json!(["log(income_of)", "ln_rain"]));
    assert_eq!(
        system["system"]["equations"][0]["instruments"],
        serde_json::json!(["rain_of", "l(ln_rain, 1)"])
    );
}

/// What `gmm`, `mean_group`, `fama_macbeth`, `cointegration` read as text is what their lists say, and `where` chooses their
/// rows, and those of `granger`, `unit_root` and `system`.
#[test]
fn every_operation_reads_texts_and_chooses_rows() {
    let listed = "dependent: ln_income, regressors: [ln_rain]";
    let stage = |name: &str, op: &str, output: &str, params: &str| {
        format!(
            "  {name}:\n    op: {op}\n    inputs: {{panel: variables}}\n    params: {{{params}}}\n    publish: {{{output}: reports/{name}.json}}\n"
        )
    };
    let dynamic = "dependent: ln_income, regressors: [{variable: ln_income, lags: [1]}, {variable: ln_rain}], \
                   gmm: [{variable: ln_income, last: 3, collapse: true}], instruments: [{variable: ln_rain}]";
    let written =
        |of: &str| format!("formula: \"{of} ~ l({of}) + ln_rain | gmm({of}, 2:3, collapse) + iv(ln_rain)\"");
    let years = "where: time >= 2003";
    let stages = [
        stage("gmm_listed", "gmm", "fit", dynamic),
        stage("gmm_written", "gmm", "fit", &written("ln_income")),
        stage("gmm_logs", "gmm", "fit", &written("log(income_of)")),
        stage("gmm_years", "gmm", "fit", &format!("{dynamic}, {years}")),
        stage("mg_listed", "mean_group", "fit", &format!("{listed}, method: mg")),
        stage("mg_written", "mean_group", "fit", "formula: ln_income ~ ln_rain, method: mg"),
        stage("mg_years", "mean_group", "fit", &format!("{listed}, method: mg, {years}")),
        stage("fm_listed", "fama_macbeth", "means", listed),
        stage("fm_written", "fama_macbeth", "means", "formula: ln_income ~ ln_rain"),
        stage("kao_listed", "cointegration", "tests", listed),
        stage("kao_written", "cointegration", "tests", &format!("formula: ln_income ~ ln_rain, {years}")),
        stage("causes", "granger", "tests", &format!("variables: [ln_income, ln_rain], {years}")),
        stage(
            "roots",
            "unit_root",
            "tests",
            &format!("variables: [ln_income], tests: [], by_entity: [kpss], {years}"),
        ),
        stage(
            "system",
            "system",
            "results",
            &format!(
                "equations: [{{name: one, formula: ln_income ~ l(ln_rain)}}], estimators: [ols], {years}"
            ),
        ),
        stage(
            "tests_of_towns",
            "diagnose",
            "tests",
            "formula: ln_income ~ ln_rain, tests: [], by_entity: [white, {reset: {powers: [2]}}]",
        ),
    ];
    let workspace = with(&format!("{PARAMS}{}", stages.concat()));
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let read = |name: &str| -> Value {
        serde_json::from_str(&workspace.read(&format!("reports/{name}.json"))).unwrap()
    };
    assert_eq!(read("gmm_listed"), read("gmm_written"));
    assert_eq!(read("mg_listed"), read("mg_written"));
    assert_eq!(read("fm_listed"), read("fm_written"));
    let names = read("gmm_logs")["coefficients"][0]["name"].clone();
    assert_eq!(names, "lag(log(income_of), 1)", "{}", read("gmm_logs"));
    // Three towns over eight years, of which six are chosen.
    let differences = |name: &str| read(name)["n_differences"].as_u64();
    assert_eq!((differences("gmm_listed"), differences("gmm_years")), (Some(18), Some(12)));
    assert_eq!(read("mg_listed")["n_obs"], 24);
    assert_eq!(read("mg_years")["n_obs"], 18);
    assert_ne!(read("kao_listed"), read("kao_written"));
    assert_eq!(read("roots")["by_entity"][0]["units"][0]["outcome"]["result"]["periods"], 6);
    // The lag of the first chosen year is there.
    assert_eq!(read("system")["n_obs"], 18);
    let towns = read("tests_of_towns");
    assert_eq!(towns["tests"], serde_json::json!([]));
    assert_eq!(towns["by_entity"].as_array().map(Vec::len), Some(3));
    assert_eq!(towns["by_entity"][0]["tests"][1]["key"], "reset");
    assert!(read("causes")[0]["w_bar"].is_number(), "{}", read("causes"));

    let none =
        with(&format!("{PARAMS}{}", stage("none", "gmm", "fit", &format!("{dynamic}, where: time > 3000"))));
    let said = none.vintner(&["reproduce"]);
    assert_eq!(said.code, 1, "{}", said.stderr);
    assert!(said.stderr.contains("`where: time > 3000` holds for none of 24 rows"), "{}", said.stderr);
    let broken = with(&format!(
        "{PARAMS}{}",
        stage("none", "gmm", "fit", "formula: \"ln_income ~ l(ln_income) | entity\"")
    ));
    let said = broken.vintner(&["reproduce"]);
    assert_eq!(said.code, 2, "{}", said.stderr);
    assert!(said.stderr.contains("after the bar stand instruments, and `entity` is none"), "{}", said.stderr);
}
