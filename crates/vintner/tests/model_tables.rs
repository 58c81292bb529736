//! Models as columns: our own operations' and those that another program estimated, in every format.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};

use crate::common::Workspace;
use crate::pdf;

const HERE: [&str; 2] = ["-C", "examples/grunfeld"];
const REPORTS: &str = "examples/grunfeld/reports/plm";

fn example() -> Workspace {
    Workspace::of_parts(&["examples/grunfeld/pipeline.yaml", "examples/grunfeld/data", "reports/templates"])
}

/// The example with further stages before its report.
fn with_stages(stages: &str) -> Workspace {
    let workspace = example();
    let path = "examples/grunfeld/pipeline.yaml";
    let text = workspace.read(path).replace(
        "  report:\n    title: The report\n",
        &format!("{stages}\n  report:\n    title: The report\n"),
    );
    workspace.write(path, &text);
    workspace
}

#[test]
fn models_stand_side_by_side() {
    let workspace = example();
    workspace.reproduce(&HERE);
    let read = |file: &str| workspace.read(&format!("{REPORTS}/{file}"));
    insta::assert_snapshot!("models_markdown", read("models.md"));
    insta::assert_snapshot!("models_csv", read("models.csv"));
    insta::assert_snapshot!("models_latex", read("models.tex"));
    let html = read("models.html");
    assert!(html.contains("(0.006)") && html.contains("Firm effects"), "{html}");

    let bytes = std::fs::read(workspace.path(&format!("{REPORTS}/models.xlsx"))).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    // R 4.2.2, lm(inv ~ value + capital) of plm's Grunfeld: 0.115562 (0.005836).
    let of = |name: &str| sheet.rows().position(|row| row[0] == Data::String(name.into())).unwrap();
    let at = of("Value of the firm");
    assert_eq!(sheet.get((at, 1)), Some(&Data::Float(0.116)));
    assert_eq!(sheet.get((at + 1, 1)), Some(&Data::Float(0.006)));
    assert_eq!(sheet.get((of("Observations"), 2)), Some(&Data::Float(200.0)));
}

#[test]
fn the_models_of_a_stepwise_list_are_columns() {
    let workspace = with_stages(
        "  steps:\n    op: regress\n    inputs: {panel: panel}\n    params: {formula: 'inv ~ csw(value, capital) | entity', pooled: {model: within}}\n  \
         stepwise:\n    op: model_table\n    inputs: {vintage: vintage, steps: steps}\n    params: {statistics: [n_obs]}\n    \
         publish: {csv: 'reports/{vintage}/steps.csv'}\n",
    );
    workspace.reproduce(&HERE);
    insta::assert_snapshot!("steps_csv", workspace.read(&format!("{REPORTS}/steps.csv")));
}

#[test]
fn the_table_compiles_and_fits_the_page() {
    if !pdf::latex() {
        return;
    }
    let workspace = with_stages(
        "  wide:\n    op: model_table\n    inputs: {vintage: vintage, within: within, ols: ols}\n    params:\n      \
         title: 'Firm by firm, 100 % & more_or_less'\n      below: interval\n      brackets: square\n      columns_per_part: 6\n      \
         models: [ols, {fit: within, model: '*'}]\n    publish: {latex: 'reports/{vintage}/wide.tex'}\n",
    );
    workspace.reproduce(&HERE);
    let document = "\\documentclass{article}\n\\usepackage{booktabs,graphicx,siunitx}\n\\begin{document}\n\
                    \\input{models.tex}\n\\input{wide.tex}\n\\end{document}\n";
    workspace.write(&format!("{REPORTS}/paper.tex"), document);
    let faults = pdf::faults(&workspace.path(REPORTS), "paper.tex");
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn results_of_another_program_stand_beside_our_own() {
    let workspace = with_stages(
        "  poisson:\n    run: [cp, poisson.csv, out.csv]\n    files: {poisson: poisson.csv}\n    outputs: {results: out.csv}\n  \
         mixed:\n    op: model_table\n    inputs: {vintage: vintage, ours: within, theirs: poisson}\n    params:\n      models:\n        \
         - {fit: ours, group: Ours}\n        - {fit: theirs, label: Poisson, group: Theirs}\n      \
         keep: [value, capital]\n      below: statistic\n      indicators: [{label: Trend, terms: [year]}]\n      \
         statistics: [n_obs, {name: deviance, label: Deviance, digits: 1}]\n    publish: {csv: 'reports/{vintage}/mixed.csv'}\n  \
         frame:\n    op: results\n    inputs: {ours: ols, theirs: poisson}\n    publish: {csv: 'reports/{vintage}/results.csv'}\n",
    );
    let given = "\"term\",\"estimate\",\"std.error\",\"statistic\",\"p.value\",\"nobs\",\"deviance\"\n\
                 (Intercept),4.1,0.02,205,0,200,1234.56\nvalue,0.00062,0.00001,62,0.00001,200,1234.56\n\
                 year,0.01,NA,NA,NA,200,1234.56\n";
    workspace.write("examples/grunfeld/poisson.csv", given);
    workspace.reproduce(&HERE);
    insta::assert_snapshot!("mixed_csv", workspace.read(&format!("{REPORTS}/mixed.csv")));
    insta::assert_snapshot!("results_csv", workspace.read(&format!("{REPORTS}/results.csv")));

    // What isn't in the form is a fault with its place, and nothing is printed of it.
    for (wrong, words) in [
        (
            given.replace("0.00062", "often"),
            "input `theirs`, line 3, column `estimate`: `often` is no number",
        ),
        (given.replace("\"term\"", "\"name\""), "there is no column `term`"),
        ("{\"a\": 1}".to_owned(), "these are no results of models"),
    ] {
        workspace.write("examples/grunfeld/poisson.csv", &wrong);
        let output = workspace.vintner(&["-C", "examples/grunfeld", "reproduce"]);
        assert_eq!(output.code, 1, "{}", output.stderr);
        assert!(output.stderr.replace("\n  ", " ").contains(words), "{words}: {}", output.stderr);
    }
}

#[test]
fn what_no_model_has_is_named_with_the_nearest() {
    for (params, words) in [
        ("keep: [valeu]", "`keep` names `valeu`, which fits no coefficient, did you mean `value`?"),
        ("statistics: [nobs]", "`statistics` names `nobs`, which no model has, did you mean `n_obs`?"),
        ("labels: {valu: Value}", "did you mean `value`?"),
        ("models: [{fit: within, model: '11'}]", "the input `within` has no model `11`"),
        ("indicators: [{label: Firms, effects: [firm]}]", "the effect `firm`, which no model absorbs"),
        ("drop: ['*']", "leave no coefficient to show"),
    ] {
        let workspace = with_stages(&format!(
            "  other:\n    op: model_table\n    inputs: {{vintage: vintage, within: within}}\n    params: {{{params}}}\n"
        ));
        let output = workspace.vintner(&["-C", "examples/grunfeld", "reproduce", "--only", "other"]);
        let output = match output.code {
            2 => output,
            _ => workspace.vintner(&["-C", "examples/grunfeld", "reproduce"]),
        };
        assert_ne!(output.code, 0, "{params}");
        let said: Vec<&str> = output.stderr.split_whitespace().collect();
        assert!(said.join(" ").contains(words), "{params}: {}", output.stderr);
    }
    for (params, words) in [
        ("digits: 40", "40 decimals"),
        ("confidence_level: 95", "a confidence level of 95"),
        ("star_levels: [5]", "a level of 5"),
        ("panels: [{title: A, models: []}]", "a panel without models"),
        ("indicators: [{label: Nothing}]", "`Nothing` stands for nothing"),
        ("below: stderr", "std_error"),
    ] {
        let workspace = with_stages(&format!(
            "  other:\n    op: model_table\n    inputs: {{vintage: vintage, within: within}}\n    params: {{{params}}}\n"
        ));
        let output = workspace.vintner(&["-C", "examples/grunfeld", "status"]);
        assert_eq!(output.code, 2, "{params}: {}", output.stderr);
        assert!(output.stderr.contains(words), "{params}: {}", output.stderr);
    }
}
