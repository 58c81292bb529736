//! The reports compile as LaTeX, without boxes that stick out, missing characters or dangling links.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::Workspace;

/// Points by which a line may stick out.
const OVERFULL: f64 = 5.0;

/// Whether LaTeX is here; says so where it isn't.
pub(crate) fn latex() -> bool {
    let there =
        |tool: &str| Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success());
    let missing: Vec<&str> = ["latexmk", "xelatex"].into_iter().filter(|tool| !there(tool)).collect();
    if !missing.is_empty() {
        println!("skipped: {} isn't here; `just pdf` says what to install", missing.join(" and "));
    }
    missing.is_empty()
}

/// Compiles a file of a folder; what is wrong with the result.
pub(crate) fn faults(folder: &Path, file: &str) -> Vec<String> {
    let out = tempfile::tempdir().unwrap();
    let output = Command::new("latexmk")
        .args([
            "-xelatex",
            "-latexoption=-no-shell-escape",
            "-interaction=nonstopmode",
            "-halt-on-error",
            "-norc",
        ])
        .arg(format!("-outdir={}", out.path().display()))
        .arg(file)
        .current_dir(folder)
        // Lines of the log aren't broken.
        .env("max_print_line", "10000")
        .output()
        .unwrap();
    let log = fs::read(out.path().join(file).with_extension("log")).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    if !output.status.success() || !out.path().join(file).with_extension("pdf").is_file() {
        let errors: Vec<&str> = log.lines().filter(|line| line.starts_with('!')).collect();
        return vec![format!("{file} doesn't compile: {}", errors.join("; "))];
    }
    let is_fault = |line: &&str| {
        let points = line
            .strip_prefix("Overfull \\hbox (")
            .and_then(|rest| rest.split_once("pt")?.0.parse::<f64>().ok());
        points.is_some_and(|points| points > OVERFULL)
            || line.starts_with("Missing character")
            || line.contains("undefined")
            || line.contains("multiply defined")
    };
    log.lines().filter(is_fault).map(|line| format!("{file}: {line}")).collect()
}

fn check(workspace: &Workspace, vintage: &str) {
    let folder = workspace.path(&format!("reports/{vintage}"));
    let found: Vec<String> =
        ["report.tex", "report.zh.tex"].iter().flat_map(|file| faults(&folder, file)).collect();
    assert!(found.is_empty(), "{vintage}:\n{}", found.join("\n"));
}

#[test]
fn the_reports_of_the_paper_compile() {
    if !latex() {
        return;
    }
    let workspace = Workspace::of_paper();
    workspace.reproduce(&[]);
    check(&workspace, "reconstructed");

    // Each table alone, in a paper that has no other preamble than the fragments ask for.
    let folder = workspace.path("reports/reconstructed");
    for (ending, class) in [("tex", "article"), ("zh.tex", "ctexart")] {
        let tables = fs::read_dir(folder.join("tables")).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = tables.map(|name| name.into_string().unwrap()).collect();
        names.retain(|name| name.ends_with(ending) && (ending == "zh.tex" || !name.contains(".zh.")));
        names.sort();
        assert_eq!(names.len(), 6);
        let inputs: String = names.iter().map(|name| format!("\\input{{tables/{name}}}\n")).collect();
        let needed = fs::read_to_string(folder.join("tables").join(&names[0])).unwrap();
        let preamble =
            needed.lines().find_map(|line| line.strip_prefix("% \\usepackage")).unwrap().to_owned();
        let text = format!(
            "\\documentclass[a4paper]{{{class}}}\n\\usepackage[margin=18mm]{{geometry}}\n\\usepackage{preamble}\n\
             \\usepackage{{xeCJK}}\n\\setCJKmainfont[BoldFont=FandolSong-Bold.otf]{{FandolSong-Regular.otf}}\n\\begin{{document}}\n{inputs}\\end{{document}}\n"
        );
        fs::write(folder.join("alone.tex"), text).unwrap();
        let found = faults(&folder, "alone.tex");
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}

#[test]
fn the_reports_of_the_public_vintages_compile() {
    let Some(shared) = crate::common::shared_vintages() else { return };
    if !latex() {
        return;
    }
    let workspace = Workspace::of_paper();
    for vintage in ["public-2025", "public-2025-edgar"] {
        workspace.reproduce(&["--vintage", vintage, "--data-root", shared.to_str().unwrap()]);
        check(&workspace, vintage);
    }
}
