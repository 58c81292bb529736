//! What `why` says for each kind of cause.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use crate::common::towns::{MANIFEST_PATH, TOWNS, small, write_sums};
use crate::common::{Workspace, redacted};

/// What it says of a stage.
fn why(workspace: &Workspace, arguments: &[&str]) -> String {
    let output = workspace.vintner(&[&["why"], arguments].concat());
    assert_eq!(output.code, 0, "{}", output.stderr);
    redacted(&output.stdout)
}

/// Changes one number of the towns' file, and the manifest with it.
fn change_income(workspace: &Workspace) {
    workspace.edit(TOWNS, "Burton,2003,127,625\n", "Burton,2003,999,625\n");
    write_sums(workspace);
}

fn made() -> Workspace {
    let workspace = small();
    workspace.reproduce(&[]);
    workspace
}

#[test]
fn before_the_first_run() {
    insta::assert_snapshot!(why(&small(), &["panel"]));
}

#[test]
fn of_what_is_fresh() {
    insta::assert_snapshot!(why(&made(), &["panel"]));
}

#[test]
fn a_cell_of_a_raw_file() {
    let workspace = made();
    // A checksum that isn't mended yet: the file differs, and what the manifest says doesn't.
    workspace.edit(TOWNS, "Burton,2003,127,625\n", "Burton,2003,999,625\n");
    insta::assert_snapshot!(why(&workspace, &["tidy"]));
}

#[test]
fn a_cell_that_went_through_the_pipeline() {
    let workspace = made();
    change_income(&workspace);
    workspace.reproduce(&[]);
    let stages = ["tidy[towns]", "panel", "real", "summary"];
    let said: Vec<String> = stages.iter().map(|stage| why(&workspace, &[stage, "--limit", "3"])).collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn rows_and_columns_that_come_and_go() {
    let workspace = made();
    let text = workspace.read(TOWNS);
    let text = text.replace("town,year,income,rain", "town,year,rainfall,income");
    let text = text.replace("Ashby,2001,100,600\n", "");
    fs::write(workspace.path(TOWNS), text).unwrap();
    insta::assert_snapshot!(why(&workspace, &["tidy[towns]", "--limit", "4"]));
}

#[test]
fn a_parameter_and_what_waits_for_it() {
    let workspace = made();
    workspace.edit("pipeline.yaml", "base_year: 2001", "base_year: 2003");
    workspace.edit("pipeline.yaml", "ln_rain: ln(rain)", "ln_rain: ln(rain + 1)");
    insta::assert_snapshot!([why(&workspace, &["real"]), why(&workspace, &["variables"])].join("\n"));
}

#[test]
fn a_stage_that_is_another_operation_or_reads_something_else() {
    let workspace = made();
    workspace.edit(
        "pipeline.yaml",
        "    inputs: {panel: variables}\n    params: {variables: [ln_income, ln_rain]}",
        "    inputs: {panel: panel}\n    params: {variables: [income]}",
    );
    insta::assert_snapshot!(why(&workspace, &["summary"]));
}

#[test]
fn what_is_gone_or_corrupt_in_the_cache() {
    let workspace = made();
    let object = |stage: &str| {
        let shown = workspace.path(&format!(".vintner/outputs/towns/small/{stage}"));
        let digest = crate::common::digest_of(&fs::read(shown).unwrap());
        workspace.path(&format!(".vintner/v1/objects/{}/{digest}", &digest[..2]))
    };
    fs::remove_file(object("real/series.parquet")).unwrap();
    let path = object("panel/panel.parquet");
    crate::common::overwrite(&path, b"not what it was");
    insta::assert_snapshot!([why(&workspace, &["real"]), why(&workspace, &["panel"])].join("\n"));
    workspace.reproduce(&[]);
    insta::assert_snapshot!(why(&workspace, &["panel"]));
}

#[test]
fn for_scripts() {
    let workspace = made();
    change_income(&workspace);
    insta::assert_snapshot!(why(&workspace, &["tidy[towns]", "--format", "json"]));
    workspace.edit(MANIFEST_PATH, "title: {en: Three towns}", "title: {en: Three small towns}");
    insta::assert_snapshot!(why(&workspace, &["panel", "--format", "json"]));
}
