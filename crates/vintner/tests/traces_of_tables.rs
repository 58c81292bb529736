//! From cells of tables of models to the rows that they really stand on, each called by its period.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::common::Workspace;

const HERE: [&str; 2] = ["-C", "examples/grunfeld"];

fn trace(workspace: &Workspace, place: &[&str], number: &str) -> Value {
    let all: Vec<&str> = place.iter().chain(&["trace", "--format", "json", number]).copied().collect();
    let output = workspace.vintner(&all);
    assert_eq!(output.code, 0, "{number}: {}", output.stderr);
    let traced: Value = serde_json::from_str(&output.stdout).unwrap();
    traced["trace"].clone()
}

/// Two units over the quarters, or months, from the start of 1990; a value is missing.
fn periods(label: fn(usize) -> String, count: usize) -> String {
    let mut text = String::from("unit,period,y,x\n");
    for (place, unit) in ["north", "south"].iter().enumerate() {
        for at in 0..count {
            let x = (at * (place + 3)) % 7;
            let y = if place == 0 && at == 1 { "NA".to_owned() } else { (2 * x + at % 3).to_string() };
            writeln!(text, "{unit},{},{y},{x}", label(at)).unwrap();
        }
    }
    text
}

fn quarter(at: usize) -> String {
    format!("{}Q{}", 1990 + at / 4, 1 + at % 4)
}

fn month(at: usize) -> String {
    format!("{}-{:02}", 1990 + at / 12, 1 + at % 12)
}

#[test]
fn rows_and_cells_are_called_by_their_periods() {
    for (label, first, second, rest, last, all) in [
        (
            quarter as fn(usize) -> String,
            "1990Q1",
            "1990Q2",
            "11 of 1990Q1-1992Q4",
            "1992Q4",
            "1990Q1-1992Q4",
        ),
        (month, "1990-01", "1990-02", "11 of 1990-01 to 1990-12", "1990-12", "1990-01 to 1990-12"),
    ] {
        let workspace = Workspace::of_parts(&[]);
        workspace.write("data.csv", &periods(label, 12));
        let begun = workspace.vintner(&["init", "paper", "--from", "data.csv", "--formula", "y ~ x"]);
        assert_eq!(begun.code, 0, "{}", begun.stderr);
        let run = workspace.vintner(&["-C", "paper", "reproduce"]);
        assert_eq!(run.code, 0, "{}", run.stderr);

        let traced = trace(&workspace, &["-C", "paper"], "table/1/x");
        assert_eq!(traced["sample"].as_array().unwrap().len(), 23);
        assert_eq!(traced["sample"][0], json!(["north", first]));
        assert_eq!(traced["sample"][22], json!(["south", last]));
        assert_eq!(traced["dropped"], json!([{"entity": "north", "time": second, "missing": ["y"]}]));
        let cell = &traced["cells"].as_array().unwrap()[0];
        assert_eq!((&cell["time"], &cell["period"]), (&json!(first), &json!(first)));

        let told = workspace.vintner(&["-C", "paper", "trace", "table/1/x"]).stdout;
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        for words in
            [format!("Sample: 23 rows: north {rest}, south {all}"), format!("without north {second}: no y")]
        {
            assert!(told.contains(&words), "{words}: {told}");
        }
    }
}

fn dynamics() -> Workspace {
    let workspace = Workspace::of_parts(&[
        "examples/grunfeld/pipeline.yaml",
        "examples/grunfeld/data",
        "reports/templates",
    ]);
    let mut stages = String::from(
        "  means:\n    op: mean_group\n    inputs: {panel: panel}\n    params: {formula: inv ~ value + capital, method: mg}\n  \
         swamy:\n    op: mean_group\n    inputs: {panel: panel}\n    params: {formula: inv ~ value + capital, method: swamy}\n  \
         common:\n    op: mean_group\n    inputs: {panel: panel}\n    params: {formula: inv ~ value + capital, method: cce_pooled}\n",
    );
    let mut inputs = String::from("means: means, swamy: swamy, common: common");
    for (name, params) in [
        ("one", "steps: one"),
        ("plain", "steps: one, covariance: classical"),
        ("two", "steps: two"),
        ("naive", "steps: two, covariance: classical"),
        ("both", "transformation: system"),
    ] {
        writeln!(
            stages,
            "  {name}:\n    op: gmm\n    inputs: {{panel: panel}}\n    params: {{formula: 'inv ~ l(inv) + value | gmm(inv, 2:3)', {params}}}"
        )
        .unwrap();
        write!(inputs, ", {name}: {name}").unwrap();
    }
    for language in ["en", "zh"] {
        writeln!(
            stages,
            "  dynamics_{language}:\n    op: model_table\n    inputs: {{vintage: vintage, {inputs}}}\n    params:\n      language: {language}\n      \
             models: [one, plain, two, naive, both, means, swamy, common]\n      statistics: [n_obs, errors]\n    \
             publish: {{csv: 'reports/{{vintage}}/dynamics.{language}.csv'}}"
        )
        .unwrap();
    }
    let path = "examples/grunfeld/pipeline.yaml";
    let text = workspace.read(path).replace(
        "  report:\n    title: The report\n",
        &format!("{stages}\n  report:\n    title: The report\n"),
    );
    workspace.write(path, &text);
    workspace.reproduce(&HERE);
    workspace
}

#[test]
fn dynamic_panels_say_their_errors_and_their_rows() {
    let workspace = dynamics();
    let row = |language: &str, name: &str| {
        let table = workspace.read(&format!("examples/grunfeld/reports/plm/dynamics.{language}.csv"));
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(table.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let found = rows.iter().find(|row| &row[0] == name).unwrap_or_else(|| panic!("{name}: {table}"));
        found.iter().skip(1).take(8).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        row("en", "Standard errors"),
        [
            "robust, one-step",
            "classical, one-step",
            "robust, two-step (Windmeijer)",
            "uncorrected, two-step",
            "robust, one-step",
            "nonparametric over units (Pesaran and Smith 1995)",
            "GLS (Swamy)",
            "nonparametric over units (Pesaran 2006)",
        ]
    );
    assert_eq!(
        row("zh", "标准误"),
        [
            "稳健，一步",
            "经典，一步",
            "稳健，两步（Windmeijer修正）",
            "未修正，两步",
            "稳健，一步",
            "个体间离散的非参数估计（Pesaran和Smith，1995）",
            "广义最小二乘（Swamy）",
            "个体间离散的非参数估计（Pesaran，2006）",
        ]
    );

    // Differences with a lag begin in the third of 20 years, levels in the second.
    assert_eq!(row("en", "Observations")[..5], ["180", "180", "180", "180", "190"]);
    for (column, rows, lost) in [(1, 180, vec![1935, 1936]), (5, 190, vec![1935]), (6, 200, vec![])] {
        let traced = trace(&workspace, &HERE, &format!("dynamics_en/{column}/n_obs"));
        assert_eq!(traced["sample"].as_array().unwrap().len(), rows, "{column}");
        let dropped = traced["dropped"].as_array().unwrap();
        assert_eq!(dropped.len(), 200 - rows);
        for row in dropped {
            assert!(lost.iter().any(|year| row["time"] == *year), "{row}");
            assert_eq!(row["missing"], json!(["earlier values (lags, differences, instruments)"]));
        }
        // Its lags and instruments read the years before.
        let of = |variable: &str| {
            traced["cells"].as_array().unwrap().iter().filter(|cell| cell["variable"] == variable).count()
        };
        assert_eq!([of("inv"), of("value")], [200; 2], "{column}");
    }
}

#[test]
fn a_woven_text_has_the_form_of_its_file() {
    for (file, params, made, woven) in [
        ("text.md", "", "text.md", "{{vintner models/1/value}}"),
        ("text.qmd", "", "text.qmd", "{{vintner models/1/value}}"),
        ("text.MD", "", "text.md", "{{vintner models/1/value}}"),
        ("text.txt", "params: {form: markdown}", "text.md", "{{vintner models/1/value}}"),
        ("text.qmd", "params: {form: markdown}", "text.md", "{{vintner models/1/value}}"),
        ("text.tex", "", "text.tex", "\\vintner{models/1/value}"),
        ("text.txt", "", "text.tex", "\\vintner{models/1/value}"),
        ("text.md", "params: {form: latex}", "text.tex", "\\vintner{models/1/value}"),
    ] {
        let workspace = Workspace::of_parts(&[
            "examples/grunfeld/pipeline.yaml",
            "examples/grunfeld/data",
            "reports/templates",
        ]);
        let path = "examples/grunfeld/pipeline.yaml";
        let stage = format!(
            "  text:\n    op: weave\n    inputs: {{models: table}}\n    files: {{text: {file}}}\n    {params}\n    publish: \"reports/{{vintage}}/text\"\n"
        );
        workspace.write(path, &format!("{}\n{stage}", workspace.read(path)));
        workspace.write(&format!("examples/grunfeld/{file}"), &format!("Value: {woven}.\n"));
        let output = workspace.vintner(&["-C", "examples/grunfeld", "reproduce"]);
        assert_eq!(output.code, 0, "{file} {params}: {}", output.stderr);
        let made = workspace.read(&format!("examples/grunfeld/reports/plm/{made}"));
        assert_eq!(made, "Value: 0.116.\n", "{file} {params}");
    }
}

/// Values that are read for a row of the sample alone, by a lag or a difference, are behind the number, too: of rows that a
/// condition leaves out, and of those before the first.
#[test]
fn what_lags_read_is_behind_the_number() {
    let text = |first: u32| {
        let mut text = String::from("unit,year,y,x,m\n");
        for (place, unit) in ["a", "b", "c"].iter().enumerate() {
            for at in 0..8 {
                let x = if (place, at) == (0, 0) { first as usize } else { (at * at + 5 * place) % 13 };
                writeln!(text, "{unit},{},{},{x},{}", 2000 + at, (7 * place + 3 * at) % 11, at % 2).unwrap();
            }
        }
        text
    };
    let coefficient = |first: u32, place: &str| {
        let workspace = Workspace::of_parts(&[]);
        workspace.write("data.csv", &text(first));
        let formula = ["--formula", "y ~ l(x, 1)"];
        let begun = workspace.vintner(&[&["init", "paper", "--from", "data.csv"][..], &formula].concat());
        assert_eq!(begun.code, 0, "{}", begun.stderr);
        let pipeline = std::fs::read_to_string(workspace.path("paper/pipeline.yaml")).unwrap();
        let pipeline =
            pipeline.replace("formula: \"y ~ l(x, 1)\"", "formula: \"y ~ l(x, 1)\"\n      where: m = 1");
        assert!(pipeline.contains("where: m = 1"), "{pipeline}");
        workspace.write("paper/pipeline.yaml", &pipeline);
        let run = workspace.vintner(&["-C", "paper", "reproduce"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let cell = workspace.vintner(&["-C", "paper", "trace", "--cell", place]).stdout;
        (trace(&workspace, &["-C", "paper"], "table/1/l(x, 1)")["value"].clone(), cell)
    };
    let (before, listed) = coefficient(4, "data.csv!D2");
    let (after, _) = coefficient(40, "data.csv!D2");
    assert_ne!(before, after);
    assert!(listed.contains("table/1/ l(x, 1)"), "{listed}");
}
