//! What a user reads who has broken one thing: is it enough to mend it, and is the exit code right,
//! 1 for a failed run and 2 for a mistake in how the program was called or configured?
//!
//! The workspace is a small paper of its own: two CSV sources, three towns, eight years.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use crate::common::towns::{MANIFEST_PATH, PRICES, TOWNS, small, write_sums};
use crate::common::{Output, Workspace};

/// Changes a raw file and the sum in the manifest with it.
fn with_raw(file: &str, change: impl Fn(&str) -> String) -> Workspace {
    let workspace = small();
    let (before, path) = (workspace.read(file), workspace.path(file));
    let after = change(&before);
    assert_ne!(after, before, "nothing was broken");
    fs::write(path, after).unwrap();
    write_sums(&workspace);
    workspace
}

fn with_pipeline(changes: &[(&str, &str)]) -> Workspace {
    let workspace = small();
    for (from, to) in changes {
        workspace.edit("pipeline.yaml", from, to);
    }
    workspace
}

fn with_manifest(changes: &[(&str, &str)]) -> Workspace {
    let workspace = small();
    for (from, to) in changes {
        workspace.edit(MANIFEST_PATH, from, to);
    }
    workspace
}

/// The exit code and what was said, without the lines of progress, whose times and order vary, and
/// with the temporary folder's path replaced.
fn told(workspace: &Workspace, output: &Output) -> String {
    let progress = ["  ran  ", "  cached  ", "  FAILED  ", "  skipped  "];
    let said: Vec<&str> =
        output.stderr.lines().filter(|line| !progress.iter().any(|mark| line.starts_with(mark))).collect();
    let folder = workspace.path("").to_string_lossy().trim_end_matches('/').to_owned();
    format!("exit {}\n{}", output.code, said.join("\n").replace(&folder, "<workspace>"))
}

fn reproduce(workspace: &Workspace) -> String {
    told(workspace, &workspace.vintner(&["reproduce", "--keep-going"]))
}

#[test]
fn the_whole_paper_runs() {
    let workspace = small();
    assert_eq!(reproduce(&workspace), "exit 0\n");
    assert!(workspace.path("reports/small/summary.json").is_file());
}

#[test]
fn a_misspelt_column() {
    let workspace = with_manifest(&[("column: income", "column: incmoe")]);
    insta::assert_snapshot!("misspelt_column", reproduce(&workspace));
}

#[test]
fn missing_files() {
    let workspace = small();
    fs::remove_file(workspace.path(TOWNS)).unwrap();
    fs::remove_file(workspace.path(PRICES)).unwrap();
    insta::assert_snapshot!("missing_files", reproduce(&workspace));
}

#[test]
fn text_in_a_number() {
    let workspace = with_raw(TOWNS, |text| text.replacen("2003,126", "2003,about 126", 1));
    insta::assert_snapshot!("text_in_a_number", reproduce(&workspace));
}

#[test]
fn a_file_cut_off() {
    let workspace = small();
    let text = workspace.read(TOWNS);
    fs::write(workspace.path(TOWNS), &text[..text.len() / 2]).unwrap();
    insta::assert_snapshot!("cut_off", reproduce(&workspace));
}

#[test]
fn a_row_twice() {
    let workspace = with_raw(TOWNS, |text| format!("{text}Burton,2004,1,1\n"));
    insta::assert_snapshot!("row_twice", reproduce(&workspace));
}

#[test]
fn a_changed_file() {
    let workspace = small();
    let changed = workspace.read(PRICES).replace("2001,1.00", "2001,1.01");
    fs::write(workspace.path(PRICES), changed).unwrap();
    insta::assert_snapshot!("changed_file", reproduce(&workspace));
}

#[test]
fn a_year_with_a_digit_too_many() {
    let workspace = with_raw(TOWNS, |text| text.replacen("Ashby,2008", "Ashby,20008", 1));
    insta::assert_snapshot!("year_20008", reproduce(&workspace));
}

#[test]
fn a_value_out_of_range() {
    let workspace = with_raw(TOWNS, |text| text.replacen("Ashby,2001,100,", "Ashby,2001,100000,", 1));
    insta::assert_snapshot!("value_out_of_range", reproduce(&workspace));
}

#[test]
fn another_delimiter() {
    let workspace = with_raw(PRICES, |text| text.replace(',', ";"));
    insta::assert_snapshot!("another_delimiter", reproduce(&workspace));
}

#[test]
fn a_title_above_the_header() {
    let workspace = with_raw(PRICES, |text| format!("Prices of three towns\n{text}"));
    insta::assert_snapshot!("title_above_the_header", reproduce(&workspace));
}

#[test]
fn an_empty_column_runs_with_a_warning() {
    let workspace = with_raw(TOWNS, |text| {
        let rows = text.lines().skip(1).map(|line| format!("{},\n", line.rsplit_once(',').unwrap().0));
        format!("town,year,income,rain\n{}", rows.collect::<String>())
    });
    let output = workspace.vintner(&["reproduce", "--keep-going"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(
        output.stderr.contains("`rain` has no value: all of its 24 cells are empty"),
        "{}",
        output.stderr
    );
}

#[test]
fn a_renamed_town_runs_with_a_warning() {
    let workspace = with_raw(TOWNS, |text| text.replace("Burton", "Burton upon Trent"));
    let output = workspace.vintner(&["reproduce", "--keep-going"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    for said in [
        "no row for 1 of the crosswalk's entities: burton",
        "\"Burton upon Trent\" (A10, A11, A12 and 5 more) is not in the crosswalk",
        "burton: no observations",
    ] {
        assert!(output.stderr.contains(said), "{said}: {}", output.stderr);
    }
    // When nothing has to be run it is counted, and said where all is asked for.
    let again = workspace.vintner(&["reproduce", "--keep-going"]).stderr;
    assert!(again.contains("of what is cached") && again.contains("-v"), "{again}");
    assert!(workspace.vintner(&["reproduce", "--keep-going", "-v"]).stderr.contains("entities: burton"));
}

#[test]
fn an_unknown_vintage() {
    let workspace = small();
    let output = workspace.vintner(&["reproduce", "--vintage", "smal"]);
    insta::assert_snapshot!("unknown_vintage", told(&workspace, &output));
}

#[test]
fn a_data_root_that_is_not_there() {
    let workspace = small();
    let output = workspace.vintner(&["--data-root", "elsewhere", "reproduce"]);
    insta::assert_snapshot!("no_data_root", told(&workspace, &output));
}

#[test]
fn faults_of_the_pipeline_are_told_at_once() {
    let workspace = with_pipeline(&[
        // A field that there isn't, a wrong type, a missing input, a misspelt one, a circle.
        ("into: real_income}", "into: real_income, rounded: 2}"),
        ("params: {variables: [ln_income, ln_rain]}", "params: {variables: ln_income}"),
        ("    op: regress\n    inputs: {panel: variables}\n", "    op: regress\n"),
        ("inputs: {panel: panel, real: real}", "inputs: {panel: panel, real: reel, loop: looping}"),
        (
            "  equation:\n",
            "  looping: {op: derive, inputs: {panel: variables}, params: {define: {x: ln_rain}}}\n  equation:\n",
        ),
    ]);
    insta::assert_snapshot!("faults_of_the_pipeline", reproduce(&workspace));
}

#[test]
fn a_reference_that_leads_nowhere_is_one_fault() {
    let workspace = with_pipeline(&[("base: $base_year", "base: $base_yaer")]);
    insta::assert_snapshot!("unknown_reference", reproduce(&workspace));
}

#[test]
fn a_window_backwards() {
    let workspace = with_pipeline(&[("{first: 2001, last: 2008}", "{first: 2008, last: 2001}")]);
    insta::assert_snapshot!("window_backwards", reproduce(&workspace));
}

#[test]
fn an_expression_that_cannot_be_read() {
    let workspace = with_pipeline(&[("ln(real_income)", "lnn(real_income)"), ("ln(rain)", "ln(rain")]);
    insta::assert_snapshot!("expressions", reproduce(&workspace));
}

#[test]
fn faults_of_the_manifest_are_told_at_once() {
    let workspace = with_manifest(&[
        ("kind: public", "kind: publik"),
        ("covers: [2001, 2008]", "covers: 2001"),
        ("range: [0, 3000]", "range: [3000, 0]"),
        ("    entity: town\n", "    entitty: town\n"),
    ]);
    insta::assert_snapshot!("faults_of_the_manifest", reproduce(&workspace));
}

#[test]
fn a_failed_run_leaves_what_was_made() {
    let workspace = small();
    assert_eq!(workspace.vintner(&["reproduce", "--keep-going"]).code, 0);
    let (reports, raw) = (workspace.files("reports"), workspace.read(TOWNS));
    assert_eq!(reports.len(), 1);
    fs::write(workspace.path(TOWNS), raw.replacen("Ashby,2001,100,", "Ashby,2001,x,", 1)).unwrap();
    assert_eq!(workspace.vintner(&["reproduce", "--keep-going"]).code, 1);
    assert_eq!(workspace.files("reports"), reports);
    // Mended, everything is still there.
    fs::write(workspace.path(TOWNS), raw).unwrap();
    let again = workspace.vintner(&["reproduce", "--keep-going"]);
    assert!(again.stdout.contains("all cached: nothing to do"), "{}", again.stdout);
}

#[test]
fn a_wrong_value_given_on_the_command_line_is_named() {
    let workspace = Workspace::of_paper();
    let output = workspace.vintner(&["status", "--set", "params.window.first=x"]);
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("`x` is no period; write a year (1990)"), "{}", output.stderr);
    // Said once at each place.
    assert_eq!(output.stderr.matches("pipeline.yaml:").count(), 2, "{}", output.stderr);
    let last = "\n  read with --set params.window.first=x in the place of what the file says\n";
    assert!(output.stderr.ends_with(last), "{}", output.stderr);
}

#[test]
fn text_that_a_terminal_would_obey() {
    let workspace = with_raw(TOWNS, |text| text.replacen("2003,126", "2003,\u{1b}[2J\u{202e}126", 1));
    for arguments in [&["reproduce", "--keep-going"][..], &["vintage", "check"]] {
        let output = workspace.vintner(arguments);
        assert_eq!(output.code, 1);
        let all = format!("{}{}", output.stdout, output.stderr);
        assert!(all.contains("towns.csv!C4"), "{all}");
        assert!(!all.chars().any(|one| (one.is_control() && one != '\n') || one == '\u{202e}'), "{all:?}");
    }
    let json = workspace.vintner(&["vintage", "check", "--format", "json"]).stdout;
    assert!(!json.contains('\u{1b}') && serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{json}");
}

/// `vintage check` tells each fault with its place and what to do, makes nothing, and says more than one.
#[test]
fn what_vintage_check_says() {
    let check = |workspace: &Workspace| {
        let output = workspace.vintner(&["vintage", "check"]);
        assert!(!workspace.path(".vintner/outputs").exists(), "a check makes nothing");
        format!("{}\n{}", output.stdout.trim_end(), told(workspace, &output))
    };
    let fresh = || {
        let workspace = small();
        let _ = fs::remove_dir_all(workspace.path(".vintner"));
        workspace
    };
    let broken = |file: &str, change: &dyn Fn(&str) -> String| {
        let workspace = with_raw(file, change);
        let _ = fs::remove_dir_all(workspace.path(".vintner"));
        check(&workspace)
    };
    insta::assert_snapshot!("check_sound", check(&fresh()));
    let several = |text: &str| {
        let text =
            text.replacen("Ashby,2003,", "Ashby,2003,none ", 1).replacen("Burton,2002,", "Burton,02,", 1);
        format!("{text}Colby,2008,1,1\n")
    };
    insta::assert_snapshot!("check_several", broken(TOWNS, &several));
    insta::assert_snapshot!("check_no_column", broken(PRICES, &|text| text.replacen("price", "cost", 1)));
    insta::assert_snapshot!("check_binary", broken(PRICES, &|text| format!("\u{0}{text}")));
    insta::assert_snapshot!("check_empty", broken(PRICES, &|_| String::new()));
    let absent = fresh();
    fs::remove_file(absent.path(PRICES)).unwrap();
    insta::assert_snapshot!("check_absent", check(&absent));
}
