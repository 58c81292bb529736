//! The whole way from raw files to the report, on the reconstructed vintage.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::common::{Workspace, with_outcome};

/// The stages that put out tables alone, which follow the estimates.
const TABLES: [&str; 16] = [
    "panel_table",
    "panel_table_zh",
    "tables[1-clustered]",
    "tables[1]",
    "tables[2-clustered]",
    "tables[2]",
    "tables[3-clustered]",
    "tables[3]",
    "tables_zh[1-clustered]",
    "tables_zh[1]",
    "tables_zh[2-clustered]",
    "tables_zh[2]",
    "tables_zh[3-clustered]",
    "tables_zh[3]",
    "workbook",
    "workbook_zh",
];

/// Those stages with others, sorted.
fn with_tables<'a>(others: &[&'a str]) -> Vec<&'a str> {
    let mut all = [others, &TABLES].concat();
    all.sort_unstable();
    all
}

type Row = BTreeMap<String, String>;

fn rows(text: &str) -> Vec<Row> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(|row| row.unwrap()).collect()
}

/// `number` rounded to as many decimals as `printed` has, as text; the decimal expansion of the
/// number decides, not arithmetic on it.
fn rounded(number: f64, printed: &str) -> String {
    let decimals = printed.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    format!("{number:.decimals$}")
}

#[test]
fn every_published_coefficient_and_star_comes_out() {
    let workspace = Workspace::of_paper();
    workspace.reproduce(&[]);
    let estimates = rows(&workspace.read("reports/reconstructed/estimates.csv"));
    let published =
        rows(&fs::read_to_string(crate::common::repository().join("data/published/tables.csv")).unwrap());
    assert_eq!(published.len(), 195);

    let key = |row: &Row| ["table", "dependent", "unit", "regressor"].map(|field| row[field].clone());
    let by_key: BTreeMap<_, &Row> = estimates.iter().map(|row| (key(row), row)).collect();
    for printed in &published {
        let row = by_key.get(&key(printed)).unwrap_or_else(|| panic!("no estimate of {printed:?}"));
        let estimate: f64 = row["estimate"].parse().unwrap();
        assert_eq!(rounded(estimate, &printed["coefficient"]), printed["coefficient"], "{:?}", key(printed));
        let stars = "*".repeat(printed["stars"].parse().unwrap());
        assert_eq!(row["stars"], stars, "{:?}", key(printed));
        // Stars follow from the p-value, not from the published ones.
        let p: f64 = row["p_value"].parse().unwrap();
        assert_eq!([0.10, 0.05, 0.01].iter().filter(|level| p < **level).count(), stars.len());
        assert_eq!((&row["published"], &row["published_stars"]), (&printed["coefficient"], &stars));
    }
    let report = workspace.read("reports/reconstructed/report.md");
    assert!(report.contains("Synthetic data"), "the report says that the data are synthetic");
    assert!(workspace.read("reports/reconstructed/report.tex").contains("Synthetic data"));
    for format in ["md", "tex", "html"] {
        let chinese = workspace.read(&format!("reports/reconstructed/report.zh.{format}"));
        assert!(chinese.contains("合成数据"), "the Chinese report says so too, in {format}");
    }
    crate::common::chinese::assert_chinese(&workspace, "reconstructed");
}

#[test]
fn the_committed_reports_are_what_the_pipeline_makes() {
    let workspace = Workspace::of_paper();
    workspace.reproduce(&[]);
    let made = workspace.files("reports/reconstructed");
    for part in
        ["report.zh.html", "estimates.csv", "references.bib", "tables/table-1.zh.tex", "tables/tables.xlsx"]
    {
        assert!(made.contains_key(&Path::new("reports/reconstructed").join(part)), "{part}");
    }
    for (path, bytes) in made {
        let committed = fs::read(crate::common::repository().join(&path)).unwrap_or_default();
        // Whole files in a message would hide which it is.
        assert!(bytes == committed, "{}: run `just reproduce` and commit it", path.display());
    }
}

#[test]
fn one_language_alone_is_made_where_it_is_asked_for() {
    let workspace = Workspace::of_paper();
    let outcomes = workspace.reproduce(&["--lang", "zh"]);
    assert!(with_outcome(&outcomes, "ran").contains(&"report_zh"));
    assert!(!outcomes.contains_key("report"));
    let files = workspace.files("reports/reconstructed");
    let of_report: Vec<&str> = files
        .keys()
        .filter_map(|path| path.file_name()?.to_str())
        .filter(|name| name.starts_with("report"))
        .collect();
    assert_eq!(of_report, ["report.zh.html", "report.zh.md", "report.zh.tex"]);
    let tables = files.keys().filter(|path| path.to_string_lossy().contains("/tables/"));
    assert!(
        tables.clone().count() == 19 && tables.clone().all(|path| path.to_string_lossy().contains(".zh."))
    );
    let english: Vec<&str> = TABLES.into_iter().filter(|name| !name.contains("_zh")).collect();
    let mut wanted = [&["report"][..], &english].concat();
    wanted.sort_unstable();
    assert_eq!(with_outcome(&workspace.reproduce(&[]), "ran"), wanted);
    let unknown = workspace.vintner(&["reproduce", "--lang", "fr"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("no stage is in the language `fr`"), "{}", unknown.stderr);
}

#[test]
fn a_second_run_recomputes_and_rewrites_nothing() {
    let workspace = Workspace::of_paper();
    let first = workspace.reproduce(&[]);
    assert_eq!(with_outcome(&first, "ran").len(), first.len());
    let written = |part: &str| -> BTreeMap<_, _> {
        workspace
            .files(part)
            .into_keys()
            // What is remembered of files is brought up to date once they have settled.
            .filter(|path| {
                let remembered = ["stat-cache", "unchanged", "branches"];
                !remembered.iter().any(|part| path.starts_with(Path::new(".vintner/v1").join(part)))
            })
            .map(|path| {
                let modified =
                    fs::metadata(workspace.path(path.to_str().unwrap())).unwrap().modified().unwrap();
                (path, modified)
            })
            .collect()
    };
    let (store, reports) = (written(".vintner"), written("reports"));
    let second = workspace.vintner(&["reproduce"]);
    assert_eq!(second.code, 0);
    assert!(second.stdout.contains("all cached: nothing to do"), "{}", second.stdout);
    assert_eq!(written(".vintner"), store);
    assert_eq!(written("reports"), reports);
}

#[test]
fn a_changed_cell_re_runs_exactly_what_depends_on_it() {
    let workspace = Workspace::of_paper();
    workspace.reproduce(&[]);
    let manifest = "data/vintages/reconstructed/vintage.yaml";
    let (before, raw) = (workspace.read(manifest), "data/vintages/reconstructed/raw/外商直接投资.tsv");
    let original = workspace.read(raw);

    // One cell of foreign investment, and with it the file's checksum.
    let line = original.lines().nth(5).unwrap();
    let cell = line.rsplit('\t').next().unwrap();
    let changed_line = line.replace(cell, &format!("{:.4}", cell.parse::<f64>().unwrap() * 1.01));
    fs::write(workspace.path(raw), original.replace(line, &changed_line)).unwrap();
    let refused = workspace.vintner(&["reproduce"]);
    assert_eq!(refused.code, 1);
    let sum = refused.stderr.split_whitespace().rev().find_map(|word| {
        let word = word.trim_matches(|c: char| !c.is_ascii_hexdigit());
        (word.len() == 64 && !before.contains(word)).then(|| word.to_owned())
    });
    let sum = sum.unwrap_or_else(|| panic!("the message names the new checksum: {}", refused.stderr));
    let old = before.split("file: 外商直接投资.tsv").nth(1).unwrap().split("sha256: ").nth(1).unwrap();
    workspace.edit(manifest, old.split_whitespace().next().unwrap(), &sum);

    let outcomes = workspace.reproduce(&[]);
    // Openness is in equations (2) and (3) only; robots and real GDP don't know of it. What regressors of equation (1) may
    // be in disguise is looked for in all of the panel.
    let ran = [
        "agreement",
        "claims",
        "correlations",
        "curve[curve-1-lnAI]",
        "curve[curve-1-lnEG]",
        "curve[curve-2-lnAI]",
        "curve[curve-2-lnCO2]",
        "curve[curve-3-lnCO2]",
        "curve[curve-3-lnEG]",
        "descriptives",
        "diagnostics[1]",
        "diagnostics[2]",
        "diagnostics[3]",
        "directions",
        "estimates",
        "figures",
        "forest[1]",
        "forest[2]",
        "forest[3]",
        "missing",
        "panel",
        "paths[lnAI]",
        "paths[lnBE]",
        "paths[lnCO2]",
        "paths[lnEG]",
        "paths[lnIS]",
        "paths[lnPD]",
        "paths[lnopen]",
        "report",
        "report_zh",
        "robustness",
        "specifications[2]",
        "specifications[3]",
        "system",
        "table2",
        "table2_clustered",
        "table3",
        "table3_clustered",
        "tidy[fdi]",
        "unit_roots",
        "variables",
    ];
    assert_eq!(with_outcome(&outcomes, "ran"), with_tables(&ran));

    // Back to where it was: everything is still there.
    fs::write(workspace.path(raw), original).unwrap();
    fs::write(workspace.path(manifest), before).unwrap();
    assert_eq!(with_outcome(&workspace.reproduce(&[]), "ran"), Vec::<&str>::new());
}

#[test]
fn a_changed_parameter_re_runs_exactly_what_depends_on_it() {
    let workspace = Workspace::of_paper();
    workspace.reproduce(&[]);
    workspace.edit("pipeline.yaml", "lags: 1", "lags: 2");
    assert_eq!(with_outcome(&workspace.reproduce(&[]), "ran"), ["claims", "granger", "report", "report_zh"]);

    // A definition with the same values: stops where the columns came out equal, but for what tells of definitions.
    workspace.edit("pipeline.yaml", "lnBE: ln(BE)", "lnBE: ln(BE * 1)");
    let diagnostics = ["diagnostics[1]", "diagnostics[2]", "diagnostics[3]"];
    let ran = [&diagnostics[..], &["variables"]].concat();
    assert_eq!(with_outcome(&workspace.reproduce(&[]), "ran"), ran);

    // Another unit moves the intercepts alone: equation (1) is estimated again, the others aren't.
    workspace.edit("pipeline.yaml", "lnBE: ln(BE * 1)", "lnBE: ln(BE * 10)");
    let ran = [
        "agreement",
        "claims",
        "correlations",
        "curve[curve-1-lnAI]",
        "curve[curve-1-lnEG]",
        "curve[curve-2-lnAI]",
        "curve[curve-2-lnCO2]",
        "curve[curve-3-lnCO2]",
        "curve[curve-3-lnEG]",
        "descriptives",
        "diagnostics[1]",
        "diagnostics[2]",
        "diagnostics[3]",
        "directions",
        "estimates",
        "figures",
        "forest[1]",
        "forest[2]",
        "forest[3]",
        "missing",
        "paths[lnBE]",
        "report",
        "report_zh",
        "robustness",
        "specifications[1]",
        "system",
        "table1",
        "table1_clustered",
        "unit_roots",
        "variables",
    ];
    let outcomes = workspace.reproduce(&[]);
    assert_eq!(with_outcome(&outcomes, "ran"), with_tables(&ran));

    // Words for people change nothing.
    workspace.edit("pipeline.yaml", "title: GDP at 2008 prices", "title: Real GDP # a comment");
    assert_eq!(with_outcome(&workspace.reproduce(&[]), "ran"), Vec::<&str>::new());
}

#[test]
fn the_same_bytes_come_out_at_any_number_of_jobs() {
    let one = Workspace::of_paper();
    let many = Workspace::of_paper();
    one.reproduce(&["--jobs", "1"]);
    many.reproduce(&["--jobs", "8"]);
    assert_eq!(one.files("reports"), many.files("reports"));
    assert_eq!(one.files(".vintner/outputs"), many.files(".vintner/outputs"));
}

#[test]
fn a_dry_run_says_what_would_run_and_writes_nothing() {
    let workspace = Workspace::of_paper();
    let dry = workspace.vintner(&["reproduce", "--dry-run"]);
    assert_eq!(dry.code, 0);
    assert!(
        dry.stdout.contains("would run  tidy[co2]  (it hasn't run on this vintage yet)"),
        "{}",
        dry.stdout
    );
    assert!(dry.stdout.contains("nothing was run"));
    assert!(!workspace.path(".vintner").exists());

    workspace.reproduce(&[]);
    workspace.edit("pipeline.yaml", "lags: 1", "lags: 2");
    let dry = workspace.vintner(&["reproduce", "--dry-run"]);
    assert!(dry.stdout.contains("would run  granger  (parameter lags: 1 -> 2)"), "{}", dry.stdout);
    let status = workspace.vintner(&["status"]);
    assert!(status.stdout.contains("stale    granger  (parameter lags: 1 -> 2)"), "{}", status.stdout);
    assert!(status.stdout.contains("waiting  report"), "{}", status.stdout);
}

#[test]
fn forced_runs_come_out_the_same() {
    let workspace = Workspace::of_paper();
    workspace.reproduce(&[]);
    let before = workspace.files(".vintner/outputs");
    let forced = workspace.reproduce(&["--force"]);
    assert_eq!(with_outcome(&forced, "ran").len(), forced.len());
    assert_eq!(workspace.files(".vintner/outputs"), before);
}

#[test]
fn missing_public_files_are_named_with_what_to_do() {
    let workspace = Workspace::of_paper();
    let output = workspace.vintner(&["reproduce", "--vintage", "public-2025"]);
    assert_eq!(output.code, 1);
    for part in ["汇率.xlsx", "ifr_china_operational_stock.csv", "--data-root", "VINTNER_DATA_ROOT"] {
        assert!(output.stderr.contains(part), "{part} in {}", output.stderr);
    }
    let unknown = workspace.vintner(&["reproduce", "--vintage", "reconstrcted"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("did you mean `reconstructed`?"), "{}", unknown.stderr);
}

#[test]
fn outputs_can_be_looked_at() {
    let workspace = Workspace::of_paper();
    let early = workspace.vintner(&["show", "panel"]);
    assert_eq!((early.code, early.stdout.as_str()), (1, ""));
    assert!(early.stderr.contains("`vintner reproduce` makes it"), "{}", early.stderr);
    workspace.reproduce(&[]);
    let tidy = workspace.vintner(&["show", "tidy[fdi]", "--rows", "1"]);
    assert!(tidy.stdout.contains("外商直接投资.tsv"), "{}", tidy.stdout);
    let json = workspace.vintner(&["show", "variables", "--format", "json", "--rows", "2"]);
    let value: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((value["rows"].as_u64(), value["shown"].as_array().unwrap().len()), (Some(168), 2));
    assert!(value["shown"][0]["lnCO2"].is_f64());
    let wrong = workspace.vintner(&["show", "tabel1"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("did you mean `table1`?"), "{}", wrong.stderr);
    let several = workspace.vintner(&["show", "tidy"]);
    assert!(several.code == 2 && several.stderr.contains("tidy[co2]"), "{}", several.stderr);
}

#[test]
fn the_synthetic_vintage_is_made_again_byte_for_byte() {
    let workspace = Workspace::of_paper();
    let check = workspace.vintner(&["reconstruct", "--check"]);
    assert_eq!(check.code, 0, "{}", check.stderr);
    assert!(check.stdout.contains("195 of 195 coefficients"), "{}", check.stdout);
    fs::write(workspace.path("data/vintages/reconstructed/raw/汇率.csv"), "x").unwrap();
    let check = workspace.vintner(&["reconstruct", "--check"]);
    assert_eq!(check.code, 1);
    assert!(check.stderr.contains("汇率.csv"), "{}", check.stderr);
    assert_eq!(workspace.vintner(&["reconstruct"]).code, 0);
    assert_eq!(workspace.vintner(&["reconstruct", "--check"]).code, 0);
}
