//! The scripts that `vintner replicate` writes make the same numbers, in R and in Python, and find a number that isn't theirs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::common::{Workspace, repository, shared_vintages};

/// R with the packages that the scripts need; says what is skipped where it isn't here.
fn r() -> Option<PathBuf> {
    let needs =
        "for (name in c('plm', 'readxl')) if (!requireNamespace(name, quietly = TRUE)) quit(status = 1)";
    let here =
        Command::new("Rscript").args(["-e", needs]).output().is_ok_and(|output| output.status.success());
    if !here {
        println!("skipped: R with plm and readxl isn't here, so no script in R is run");
    }
    here.then(|| "Rscript".into())
}

/// Python with the packages that the scripts need.
fn python() -> Option<PathBuf> {
    let program = repository().join(".tools/replicate/bin/python3");
    let needs = "import pandas, statsmodels.api, linearmodels, openpyxl, xlrd";
    let here =
        Command::new(&program).args(["-c", needs]).output().is_ok_and(|output| output.status.success());
    if !here {
        println!("skipped: .tools/replicate has no Python with linearmodels, so no script in Python is run");
    }
    here.then_some(program)
}

/// The scripts of both languages, run.
fn run(folder: &Path) -> Vec<(&'static str, Output)> {
    let mut ran = Vec::new();
    for (program, script) in [(r(), "R/run_all.R"), (python(), "python/run_all.py")] {
        let Some(program) = program else { continue };
        // Nothing of Vintner is there: the folder and a place of its own are all that they know.
        let output = Command::new(program).arg(folder.join(script)).current_dir("/").output().unwrap();
        ran.push((script, output));
    }
    ran
}

fn agree(folder: &Path) {
    for (script, output) in run(folder) {
        let said = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{script}: {said}{errors}");
        assert!(said.contains("All agree to 1e-08."), "{script}: {said}");
    }
}

fn replicated(workspace: &Workspace, arguments: &[&str]) -> PathBuf {
    workspace.reproduce(arguments);
    let folder = workspace.path("replicate");
    let mut all = vec!["replicate", folder.to_str().unwrap()];
    all.extend(arguments);
    let output = workspace.vintner(&all);
    assert_eq!(output.code, 0, "{}", output.stderr);
    folder
}

#[test]
fn the_examples_come_out_of_their_scripts() {
    for example in ["wage-panel", "cigarettes", "gun-laws"] {
        agree(&replicated(&Workspace::of_folder(&format!("examples/{example}")), &[]));
    }
}

/// Expressions, models and covariances of every kind on a panel with holes.
#[test]
fn every_kind_of_model_comes_out_of_its_scripts() {
    let workspace = Workspace::of_folder("examples/grunfeld");
    std::fs::write(workspace.path("pipeline.yaml"), include_str!("golden/replicate.yaml")).unwrap();
    let folder = replicated(&workspace, &[]);
    let left = std::fs::read_to_string(folder.join("expected/not_replicated.csv")).unwrap();
    let left: Vec<&str> = left.lines().skip(1).collect();
    let named = |what: &str| left.iter().filter(|line| line.contains(what)).count();
    assert_eq!((named("satterthwaite"), named("first stage and tests"), left.len()), (5, 2, 7), "{left:?}");
    agree(&folder);
}

#[test]
fn a_changed_digit_is_found_and_named() {
    let workspace = Workspace::of_folder("examples/grunfeld");
    let folder = replicated(&workspace, &[]);
    agree(&folder);
    let table = std::fs::read_to_string(folder.join("expected/estimates.csv")).unwrap();
    let line = table.lines().find(|line| line.contains(",General Motors,value,")).unwrap();
    let estimate = line.split(',').nth(4).unwrap();
    let digit = 7;
    let other = if estimate.as_bytes()[digit] == b'1' { "2" } else { "1" };
    let changed = format!("{}{other}{}", &estimate[..digit], &estimate[digit + 1..]);
    let planted = table.replacen(line, &line.replacen(estimate, &changed, 1), 1);
    std::fs::write(folder.join("expected/estimates.csv"), planted).unwrap();
    for (script, output) in run(&folder) {
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{script}: {said}");
        assert!(said.contains("1 numbers differ by more than 1e-08"), "{script}: {said}");
        assert!(said.contains("2.1-within / General Motors / value"), "{script}: {said}");
        // To fifteen digits, as the scripts print it.
        assert!(said.contains(changed.get(..10).unwrap_or(&changed)), "{script}: {said}");
    }
    // Written again it is as it was, byte for byte.
    let before = workspace.files("replicate");
    assert_eq!(workspace.vintner(&["replicate", folder.to_str().unwrap()]).code, 0);
    let after = workspace.files("replicate");
    let changed: Vec<_> = before.iter().filter(|(path, bytes)| after.get(*path) != Some(*bytes)).collect();
    assert_eq!(changed.len(), 1, "{:?}", changed.iter().map(|(path, _)| path).collect::<Vec<_>>());
}

#[test]
fn the_paper_comes_out_of_its_scripts() {
    let workspace = Workspace::of_paper();
    let folder = replicated(&workspace, &[]);
    let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
    for told in [
        "wild cluster bootstrap: a bootstrap's draws",
        "system, 3/3sls: the pipeline has no estimate: not identified",
    ] {
        assert!(readme.contains(told), "{told}: {readme}");
    }
    agree(&folder);
}

#[test]
fn a_public_vintage_comes_out_of_its_scripts() {
    let Some(shared) = shared_vintages() else { return };
    let workspace = Workspace::of_paper();
    let root = shared.to_str().unwrap();
    agree(&replicated(&workspace, &["--vintage", "public-2025", "--data-root", root]));
}

#[test]
fn a_folder_of_something_else_is_left_alone() {
    let workspace = Workspace::of_folder("examples/cigarettes");
    workspace.reproduce(&[]);
    let output = workspace.vintner(&["replicate", workspace.path("data").to_str().unwrap()]);
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("holds other files than a folder of scripts"), "{}", output.stderr);
}

#[test]
fn what_is_not_made_is_said() {
    let workspace = Workspace::of_folder("examples/grunfeld");
    let output = workspace.vintner(&["replicate", workspace.path("replicate").to_str().unwrap()]);
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("`vintner reproduce --vintage plm` makes it"), "{}", output.stderr);
    assert!(!workspace.path("replicate").exists());
}

#[test]
fn raw_files_that_are_not_there_are_asked_for() {
    let workspace = Workspace::of_folder("examples/cigarettes");
    let folder = replicated(&workspace, &[]);
    std::fs::remove_dir_all(folder.join("raw")).unwrap();
    for (script, output) in run(&folder) {
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{script}");
        assert!(
            errors.contains("cigarettes.csv: put it there") && errors.contains("REPLICATE_DATA"),
            "{script}: {errors}"
        );
        assert!(!errors.contains("Traceback"), "{script}: {errors}");
    }
}

/// Rows that repeat the header, as after a page break, are none of the scripts' data either.
#[test]
fn repeated_headers_are_left_out_by_scripts_too() {
    let mut long = String::from("town,year,sales,price\n");
    for (at, town) in ["Ashby", "Borley", "Corfe", "Dean"].iter().enumerate() {
        for year in 0..5 {
            let (sales, price) = (7 * at + year * year + 3, 2 * at + (year * 3 + at) % 5 + 1);
            let _ = writeln!(long, "{town},{},{sales},{price}", 2001 + year);
        }
        if at == 1 {
            long.push_str("town,year,sales,price\n");
        }
    }
    let workspace = Workspace::of_parts(&[]);
    std::fs::write(workspace.path("sales.csv"), long).unwrap();
    let begun =
        workspace.vintner(&["init", ".", "--from", "sales.csv", "--formula", "sales ~ price | town + year"]);
    assert_eq!(begun.code, 0, "{}", begun.stderr);
    let folder = replicated(&workspace, &[]);
    let left = std::fs::read_to_string(folder.join("expected/not_replicated.csv")).unwrap_or_default();
    assert!(!left.contains("tidy"), "{left}");
    for (script, output) in run(&folder) {
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("1 rows repeat the header and are left out"), "{script}: {said}");
    }
    agree(&folder);
}
