//! The examples make their tables by one command; the numbers are R's, and no word of another paper stands in them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::common::{Workspace, repository};
use crate::pdf::{faults, latex};

/// The examples with their vintages.
const EXAMPLES: [(&str, &str); 4] =
    [("wage-panel", "males"), ("cigarettes", "cigarettes"), ("gun-laws", "guns"), ("publications", "phd")];

/// Whether an example can run here; says what it lacks.
fn can_run(example: &str) -> bool {
    let runs = |arguments: &[&str]| {
        Command::new("Rscript").args(arguments).output().is_ok_and(|output| output.status.success())
    };
    if example == "publications" && !runs(&["-e", "library(MASS)"]) {
        println!("skipped: {example} needs R with the package MASS, which isn't here");
        return false;
    }
    true
}

fn made(example: &str) -> Workspace {
    let workspace = Workspace::of_folder(&format!("examples/{example}"));
    workspace.reproduce(&[]);
    workspace
}

/// A cell of a table in CSV, by the label of its row, how many rows below that it stands, and its column.
fn cell(table: &str, label: &str, below: usize, column: usize) -> String {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(table.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let at = rows.iter().position(|row| &row[0] == label).unwrap_or_else(|| panic!("no row {label}"));
    rows[at + below][column].to_owned()
}

/// R 4.2.2 with plm 2.6-2: `plm(wage ~ …, model = "pooling" / "random" / "within", effect = "twoways")`, printed to three decimals.
#[test]
fn the_wage_panel_is_plm_s() {
    let workspace = made("wage-panel");
    let table = workspace.read("reports/males/table.csv");
    for (label, estimates, errors) in [
        ("Education", ["0.091", "0.092", ""], ["(0.005)", "(0.011)", ""]),
        ("Black", ["-0.139", "-0.139", ""], ["(0.024)", "(0.048)", ""]),
        ("Hispanic", ["0.016", "0.022", ""], ["(0.021)", "(0.043)", ""]),
        ("Experience", ["0.067", "0.106", ""], ["(0.014)", "(0.015)", ""]),
        ("Married", ["0.108", "0.064", "0.047"], ["(0.016)", "(0.017)", "(0.018)"]),
        ("Union member", ["0.182", "0.106", "0.080"], ["(0.017)", "(0.018)", "(0.019)"]),
    ] {
        for column in 0..3 {
            assert_eq!(cell(&table, label, 0, column + 1), estimates[column], "{label}");
            assert_eq!(cell(&table, label, 1, column + 1), errors[column], "{label}");
        }
    }
    let report = workspace.read("reports/males/report.md");
    assert!(
        report.contains("of 17 published coefficients, 17 agree to the printed digits and 17 in sign"),
        "{report}"
    );
    assert!(report.contains("17 of 17 numbers printed beside them agree"), "{report}");
}

/// R 4.2.2 with AER 1.2-10: `lm` and `ivreg` with `vcovHC(type = "HC1")`.
#[test]
fn instruments_stand_beside_least_squares() {
    let workspace = made("cigarettes");
    let table = workspace.read("reports/cigarettes/table.csv");
    for (label, estimates, errors) in [
        ("Log real price", ["-1.407***", "-1.143***", "-1.277***"], ["(0.261)", "(0.372)", "(0.250)"]),
        ("Log real income", ["0.344", "0.215", "0.280"], ["(0.260)", "(0.312)", "(0.254)"]),
        ("Constant", ["10.342***", "9.431***", "9.895***"], ["(0.966)", "(1.259)", "(0.959)"]),
    ] {
        for column in 0..3 {
            assert_eq!(cell(&table, label, 0, column + 1), estimates[column], "{label}");
            assert_eq!(cell(&table, label, 1, column + 1), errors[column], "{label}");
        }
    }
    assert!(workspace.read("reports/cigarettes/report.md").contains("of 6 published coefficients, 6 agree"));
}

/// R 4.2.2: `lm(log(violent) ~ … + state + year)`; errors of clusters as fixest counts them, without the nested effects.
#[test]
fn an_event_study_is_drawn() {
    let workspace = made("gun-laws");
    let table = workspace.read("reports/guns/table.csv");
    let row: Vec<String> = (1..4).map(|column| cell(&table, "Shall-issue law", 0, column)).collect();
    assert_eq!(row, ["0.002", "-0.033", "0.045"]);
    let svg = workspace.read("reports/guns/figures/event-study.svg");
    // Twelve times with an estimate, and the reference.
    assert!(svg.contains("12 estimates, from \u{2212}0.04530 to 0.01984"), "{svg}");
    assert!(svg.contains("reference, zero by definition"));
    let report = workspace.read("reports/guns/report.md");
    assert!(report.contains("](figures/event-study.svg)"), "{report}");
}

/// R 4.2.2: `glm(articles ~ …, poisson)`.
#[test]
fn counts_of_r_stand_beside_our_least_squares() {
    if !can_run("publications") {
        return;
    }
    let workspace = made("publications");
    let table = workspace.read("reports/phd/table.csv");
    for (label, estimate, error) in [
        ("Female", "-0.225***", "(0.055)"),
        ("Married", "0.155**", "(0.061)"),
        ("Young children", "-0.185***", "(0.040)"),
        ("Constant", "0.305***", "(0.103)"),
    ] {
        assert_eq!(cell(&table, label, 0, 2), estimate, "{label}");
        assert_eq!(cell(&table, label, 1, 2), error, "{label}");
    }
    // One row though Vintner and R name the coefficient otherwise.
    assert_eq!(cell(&table, "Female", 0, 1), "-0.381***");
    assert!(workspace.read("reports/phd/report.md").contains("of 6 published coefficients, 6 agree"));
}

/// The first of the environments that CI makes, or the machine's own, whose Python has these modules.
fn python(modules: &str) -> Option<String> {
    let own = repository().join(".tools/replicate/bin/python3").display().to_string();
    let has = |python: &String| {
        let script = format!("import {modules}");
        Command::new(python).args(["-c", &script]).output().is_ok_and(|output| output.status.success())
    };
    let found = [own, "python3".to_owned()].into_iter().find(has);
    if found.is_none() {
        println!("skipped: no python3 with {modules} is here");
    }
    found
}

/// Models of Python's packages as columns beside our own, by the helper that the examples bring: least squares and panels are
/// the same to the last digit that is printed, and Poisson's coefficients are R's.
#[test]
fn models_of_python_are_columns_like_our_own() {
    let Some(python) = python("statsmodels.api, linearmodels") else { return };
    let workspace = Workspace::of_folder("examples/publications");
    let helper = std::fs::read(repository().join("examples/languages/scripts/results.py")).unwrap();
    std::fs::write(workspace.path("scripts/results.py"), helper).unwrap();
    let script = "\
import sys
sys.path.insert(0, 'scripts')
import pandas, statsmodels.formula.api as models
from linearmodels import IV2SLS
from results import write_results
students = pandas.read_csv('inputs/data.csv')
formula = 'articles ~ C(gender, Treatment(\"male\")) + married + kids + prestige + mentor'
write_results({
    'ols': models.ols(formula, students).fit(cov_type='HC1', use_t=True),
    'poisson': models.poisson(formula, students).fit(disp=0),
    'iv': IV2SLS.from_formula('articles ~ 1 + kids + [prestige ~ mentor]', students).fit(cov_type='unadjusted', debiased=True),
}, 'fits.csv')
";
    std::fs::write(workspace.path("scripts/fits.py"), script).unwrap();
    let pipeline = format!(
        "version: 1
name: publications
vintage: phd
stages:
  tidy: {{op: ingest, foreach: sources}}
  students: {{op: assemble, inputs: {{tidy: tidy}}}}
  data: {{op: csv, inputs: {{frame: students}}}}
  ols:
    op: regress
    inputs: {{panel: students}}
    params:
      formula: articles ~ i(gender, ref = \"male\") + married + kids + prestige + mentor
      pooled: {{model: ols, covariance: {{kind: heteroskedastic, type: hc1}}}}
  iv:
    op: iv
    inputs: {{panel: students}}
    params: {{formula: articles ~ kids | prestige ~ mentor}}
  fits:
    run: [{python:?}, scripts/fits.py]
    inputs: {{data: data}}
    files: {{script: scripts/fits.py, results: scripts/results.py}}
    outputs: {{fits: fits.csv}}
  table:
    op: model_table
    inputs: {{ols: ols, iv: iv, fits: fits.fits}}
    params:
      models: [{{fit: ols}}, {{fit: fits, model: ols}}, {{fit: fits, model: poisson}}, {{fit: iv}}, {{fit: fits, model: iv}}]
      digits: 8
    publish: table
"
    );
    std::fs::write(workspace.path("pipeline.yaml"), pipeline).unwrap();
    workspace.reproduce(&[]);
    let table = workspace.read("table.csv");
    for label in ["kids", "prestige", "mentor"] {
        for below in [0, 1] {
            let [ours, theirs, poisson] = [1, 2, 3].map(|column| cell(&table, label, below, column));
            assert_eq!(ours, theirs, "{label}\n{table}");
            assert!(!poisson.is_empty() && poisson != ours, "{label}\n{table}");
        }
    }
    for below in [0, 1] {
        assert_eq!(cell(&table, "prestige", below, 4), cell(&table, "prestige", below, 5), "{table}");
        assert!(!cell(&table, "prestige", below, 4).is_empty());
    }
    // Poisson's coefficients as R's glm has them in the example's table.
    assert!(cell(&table, "kids", 0, 3).starts_with("-0.1848"), "{table}");
}

#[test]
fn no_example_speaks_of_another_paper() {
    let words = regex::Regex::new(r"\b(city|cities|robots?|simultaneous|paper's)\b|城市|地区").unwrap();
    for (example, vintage) in EXAMPLES {
        if !can_run(example) {
            continue;
        }
        let workspace = made(example);
        for file in ["report.md", "report.tex", "report.html", "table.md"] {
            let text = workspace.read(&format!("reports/{vintage}/{file}")).to_lowercase();
            let found: Vec<&str> = words.find_iter(&text).map(|word| word.as_str()).collect();
            assert!(found.is_empty(), "{example}/{file} has {found:?}");
        }
        let latex = workspace.read(&format!("reports/{vintage}/report.tex"));
        assert!(latex.contains("{article}") && !latex.contains("xeCJK"), "{example}");
        // What no stage makes isn't referred to.
        let html = workspace.read(&format!("reports/{vintage}/report.html"));
        for at in html.split("src=\"").skip(1) {
            let file = at.split('"').next().unwrap();
            assert!(workspace.path(&format!("reports/{vintage}/{file}")).is_file(), "{example}: {file}");
        }
    }
}

#[test]
fn pipelines_of_examples_are_short() {
    for (example, _) in EXAMPLES {
        let path = repository().join(format!("examples/{example}/pipeline.yaml"));
        let lines = fs::read_to_string(path).unwrap().lines().count();
        assert!(lines <= 43, "{example}: {lines} lines");
    }
}

#[test]
fn reports_of_examples_compile() {
    if !latex() {
        return;
    }
    for (example, vintage) in EXAMPLES {
        if !can_run(example) {
            continue;
        }
        let workspace = made(example);
        let found = faults(&workspace.path(&format!("reports/{vintage}")), "report.tex");
        assert!(found.is_empty(), "{example}:\n{}", found.join("\n"));
    }
}

/// Each published table of the examples adds up, and one that is altered doesn't.
#[test]
fn published_tables_of_examples_add_up() {
    for example in ["wage-panel", "cigarettes", "publications"] {
        let workspace = Workspace::of_folder(&format!("examples/{example}"));
        let output = workspace.vintner(&["consistency", "--published", "data/published/table.csv"]);
        assert_eq!(output.code, 0, "{example}: {}{}", output.stdout, output.stderr);
    }
    let workspace = Workspace::of_folder("examples/publications");
    workspace.edit("data/published/table.csv", "kids,-0.185,-4.61", "kids,-0.185,4.61");
    // Without the errors t alone says nothing; with them it does.
    let text = workspace.read("data/published/table.csv").replace("statistic\n", "statistic,std_error\n");
    let text = text.replace("kids,-0.185,4.61", "kids,-0.185,4.61,0.040");
    let text: Vec<String> = text
        .lines()
        .map(|line| if line.matches(',').count() == 4 { format!("{line},") } else { line.to_owned() })
        .collect();
    fs::write(workspace.path("data/published/table.csv"), text.join("\n") + "\n").unwrap();
    let output = workspace.vintner(&["consistency", "--published", "data/published/table.csv"]);
    assert_eq!(output.code, 1, "{}{}", output.stdout, output.stderr);
    assert!(
        output
            .stdout
            .contains("table.csv:5: 8, Poisson, kids, statistic: 4.61 is printed, with another sign"),
        "{}",
        output.stdout
    );
}

#[test]
fn a_template_is_ejected_to_be_changed() {
    let workspace = Workspace::of_folder("examples/cigarettes");
    let list = workspace.vintner(&["eject"]);
    assert!(list.stdout.lines().any(|line| line == "labels.en.yaml"), "{}", list.stdout);
    let output = workspace.vintner(&["eject", "labels.en.yml"]);
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("did you mean `labels.en.yaml`?"), "{}", output.stderr);
    assert_eq!(workspace.vintner(&["eject", "labels.en.yaml"]).code, 0);
    assert_eq!(workspace.vintner(&["eject", "labels.en.yaml"]).code, 2);
    // What a workspace holds of labels stands in the place of the program's, the rest stays.
    fs::write(workspace.path("reports/templates/labels.en.yaml"), "verdict: {title: The upshot}\n").unwrap();
    workspace.edit(
        "pipeline.yaml",
        "  report:\n    op: report\n",
        "  report:\n    op: report\n    files: {templates: reports/templates}\n",
    );
    workspace.reproduce(&[]);
    let report = workspace.read("reports/cigarettes/report.md");
    assert!(report.contains("## The upshot") && report.contains("## The data"), "{report}");
    fs::write(workspace.path("reports/templates/labels.en.yaml"), "verdict: {titel: The upshot}\n").unwrap();
    let output = workspace.vintner(&["reproduce"]);
    assert!(
        output.stderr.contains("no template prints a label `verdict.titel`, did you mean `verdict.title`?"),
        "{}",
        output.stderr
    );
}

/// Numbers of an author's own text are those of the table, and what has no address is told with its line.
#[test]
fn numbers_are_woven_into_a_text() {
    let workspace = Workspace::of_folder("examples/wage-panel");
    let text = "Union members earned \\vintner{table/1/unionyes} more in logs\n\
                (\\vintner[percent]{table/3/unionyes}{9%} within men), with an error of 0.019.\n";
    fs::write(workspace.path("paper.tex"), text).unwrap();
    let pipeline = workspace.read("pipeline.yaml");
    let stage = "  text:\n    op: weave\n    inputs: {table: table}\n    files: {text: paper.tex}\n    publish: \"reports/{vintage}/paper\"\n";
    fs::write(workspace.path("pipeline.yaml"), format!("{pipeline}{stage}")).unwrap();
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    let woven = workspace.read("reports/males/paper.tex");
    assert_eq!(
        woven,
        "Union members earned 0.182 more in logs\n(8\\% within men), with an error of 0.019.\n"
    );
    for told in [
        "paper.tex:2: 9% stood for `table/3/unionyes`, which is 8% now",
        "paper.tex:2: 0.019 has no address; `table/3/unionyes/below` is printed so",
    ] {
        assert!(output.stderr.replace("\n  ", " ").contains(told), "{told}: {}", output.stderr);
    }
    assert!(workspace.read("reports/males/paper.macros.tex").contains("vintner@table/1/unionyes@"));
    fs::write(workspace.path("paper.tex"), "\\vintner{table/1/unionyse}\n").unwrap();
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("did you mean `table/1/unionyes`?"), "{}", output.stderr);
}

/// A document for Word has the table's numbers, and is the same bytes each time.
#[test]
fn tables_are_written_for_word() {
    let read = || {
        let workspace = made("cigarettes");
        let bytes = fs::read(workspace.path("reports/cigarettes/table.docx")).unwrap();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes.clone())).unwrap();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut archive.by_name("word/document.xml").unwrap(), &mut text).unwrap();
        (bytes, text)
    };
    let (bytes, text) = read();
    for cell in ["Log real price", "\u{2212}1.143***", "(0.372)", "Two instruments"] {
        assert!(text.contains(&format!(">{cell}</w:t>")), "{cell}: {text}");
    }
    assert_eq!(text.matches("<w:tbl>").count(), 1);
    assert_eq!(bytes, read().0);
}

fn traced(workspace: &Workspace, arguments: &[&str]) -> Value {
    let all: Vec<&str> = ["trace", "--format", "json"].iter().chain(arguments).copied().collect();
    let output = workspace.vintner(&all);
    assert_eq!(output.code, 0, "{arguments:?}: {}", output.stderr);
    serde_json::from_str(&output.stdout).unwrap()
}

/// The numbers of tables that depend on a cell.
fn depending(workspace: &Workspace, cell: &str) -> Vec<String> {
    let value = traced(workspace, &["--cell", cell]);
    let numbers = value["trace"]["numbers"].as_array().unwrap();
    numbers.iter().map(|number| number.as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_number_of_a_table_of_models_leads_to_its_cells() {
    let workspace = made("wage-panel");
    let trace = &traced(&workspace, &["table/3/unionyes"])["trace"];
    assert_eq!(trace["address"], "table/3/unionyes");
    assert_eq!(trace["value"]["kind"], "cell");
    assert_eq!(trace["value"]["printed"], "0.080");
    assert_eq!(trace["value"]["below"], "(0.019)");
    let number = |field: &str| trace["value"]["coefficient"][field].as_f64().unwrap();
    // R 4.2.2, plm: 0.0800018559, 0.0193103.
    assert!((number("estimate") - 0.080_001_855_9).abs() < 1e-9);
    assert!((number("std_error") - 0.019_310_3).abs() < 1e-6);
    assert_eq!(trace["sample"].as_array().unwrap().len(), 4360);
    // Wage, experience, marriage and union of each row.
    assert_eq!(trace["cells"].as_array().unwrap().len(), 4 * 4360);
    let passed: Vec<&str> =
        trace["stages"].as_array().unwrap().iter().map(|stage| stage["output"].as_str().unwrap()).collect();
    assert_eq!(passed, ["table.table", "fixed.fits", "men.panel", "tidy[men].tidy"]);
    // What stands below a coefficient, and further numbers of it, are of the same place.
    for beside in ["below", "published", "std_error", "p_value"] {
        let same = traced(&workspace, &[&format!("table/3/unionyes/{beside}")]);
        assert_eq!(same["trace"]["address"], "table/3/unionyes", "{beside}");
    }
    assert_eq!(traced(&workspace, &["table/1/r_squared_adjusted"])["trace"]["value"]["printed"], "0.187");
    // Pooled least squares are known without each man and each year.
    assert_eq!(
        traced(&workspace, &["table/1/school"])["trace"]["influence"].as_array().unwrap().len(),
        545 + 8
    );
    let all = workspace.vintner(&["trace", "--all"]).stdout;
    for address in ["table/1/ethn::black", "table/2/r_squared_within", "table/3/n_obs"] {
        assert!(all.contains(address), "{address}: {all}");
    }
    // Education is in the first two columns alone.
    let numbers = depending(&workspace, "males.csv!D4");
    assert!(numbers.contains(&"table/1/unionyes".to_owned()), "{numbers:?}");
    assert!(numbers.iter().all(|number| !number.starts_with("table/3/")), "{numbers:?}");
    let unknown = workspace.vintner(&["trace", "table/3/unionyse"]);
    assert_eq!(unknown.code, 2, "{}", unknown.stderr);
    assert!(unknown.stderr.contains("did you mean `table/3/unionyes`?"), "{}", unknown.stderr);
    // By a word of a term, not by the place of another row.
    let unknown = workspace.vintner(&["trace", "table/1/exepr"]);
    assert!(unknown.stderr.contains("did you mean `table/1/exper`?"), "{}", unknown.stderr);
    // The addresses that the documentation shows are there.
    let mut shown = 0;
    for page in fs::read_dir(repository().join("docs")).unwrap() {
        let path = page.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "md") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for part in text
            .split("table/")
            .skip(1)
            .filter(|part| part.starts_with(|letter: char| letter.is_ascii_digit()))
        {
            let ends = |letter: char| !(letter.is_ascii_alphanumeric() || "_/:".contains(letter));
            let address = format!("table/{}", part.split(ends).next().unwrap());
            let found = workspace.vintner(&["trace", &address]);
            assert_eq!(found.code, 0, "{}: {address}: {}", path.display(), found.stderr);
            shown += 1;
        }
    }
    assert!(shown > 3, "{shown}");
}

#[test]
fn texts_traces_and_pages_call_a_number_alike() {
    let workspace = Workspace::of_folder("examples/wage-panel");
    let pipeline = workspace.read("pipeline.yaml");
    let text = "  text:\n    op: weave\n    inputs: {main: table}\n    files: {text: text.md}\n    \
                publish: \"reports/{vintage}/text\"\n";
    let linked =
        pipeline.replace("params: {title: \"Wages of", "params: {trace_links: true, title: \"Wages of");
    assert_ne!(linked, pipeline);
    workspace.write("pipeline.yaml", &format!("{linked}{text}"));
    workspace
        .write("text.md", "Unions: {{vintner table/3/unionyes}}, {{vintner main/3/unionyes/below 2}}.\n");
    workspace.reproduce(&[]);
    assert_eq!(workspace.read("reports/males/text.md"), "Unions: 0.080, 0.02.\n");
    // A text calls the table by its input; so may who traces.
    for address in ["table/3/unionyes", "main/3/unionyes"] {
        assert_eq!(traced(&workspace, &[address])["trace"]["address"], "table/3/unionyes");
    }
    let pages = workspace.vintner(&["audit", "--html"]);
    assert_eq!(pages.code, 0, "{}", pages.stderr);
    let report = workspace.read("reports/males/report.html");
    let link = report.split("href=\"audit/trace/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let (page, place) = link.split_once('#').unwrap();
    let page = workspace.read(&format!("reports/males/audit/trace/{page}"));
    assert!(page.contains(&format!("id=\"{place}\"")), "{link}");
    assert!(page.contains("4360 rows of 545 units"), "{page}");
}

#[test]
fn instruments_chosen_rows_and_several_equations_are_followed() {
    let workspace = made("cigarettes");
    let trace = &traced(&workspace, &["table/3/first_stage_f"])["trace"];
    assert_eq!(trace["sample"].as_array().unwrap().len(), 48);
    let behind = |variable: &str| {
        trace["cells"].as_array().unwrap().iter().filter(|cell| cell["variable"] == variable).count()
    };
    // Both instruments are made of the taxes of 1995.
    assert_eq!([behind("tax"), behind("taxs"), behind("packs")], [48; 3]);
    // A row of 1985 is in no regression.
    assert_eq!(depending(&workspace, "cigarettes.csv!E2"), [""; 0]);
    // Sales taxes are instruments of the second and third column.
    let numbers = depending(&workspace, "cigarettes.csv!I60");
    assert!(numbers.contains(&"table/2/log(rprice)".to_owned()), "{numbers:?}");
    assert!(numbers.iter().all(|number| !number.starts_with("table/1/")), "{numbers:?}");

    let workspace = made("gun-laws");
    assert_eq!(
        depending(&workspace, "guns.csv!D4"),
        ["shall", "n_obs", "n_entities", "clusters", "r_squared", "r_squared_within"]
            .map(|name| format!("table/2/{name}"))
    );
    assert_eq!(traced(&workspace, &["table/2/shall"])["trace"]["value"]["dependent"], "Log murder");
}

#[test]
fn what_r_estimated_may_depend_on_all_that_it_read() {
    if !can_run("publications") {
        return;
    }
    let workspace = made("publications");
    let trace = &traced(&workspace, &["table/2/mentor"])["trace"];
    assert_eq!(trace["opaque"], serde_json::json!(["counts"]));
    assert_eq!(trace["cells"].as_array().unwrap().len(), 6 * 915);
    assert!((trace["value"]["coefficient"]["estimate"].as_f64().unwrap() - 0.025_542_745).abs() < 1e-8);
    let numbers = depending(&workspace, "publications.csv!B4");
    for address in ["table/1/kids", "table/2/mentor", "table/3/n_obs"] {
        assert!(numbers.contains(&address.to_owned()), "{address}: {numbers:?}");
    }
}
