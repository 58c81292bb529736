//! A replication package is written from what a pipeline knows, runs by itself, and passes its own check; what is
//! wrong with a package, ours or another's, is named.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{Workspace, redacted};
use serde_json::Value;

/// A workspace with an example that is reproduced.
fn made(example: &str) -> Workspace {
    let parts = [format!("examples/{example}"), "reports/templates".to_owned()];
    let workspace = Workspace::of_parts(&[parts[0].as_str(), parts[1].as_str()]);
    workspace.reproduce(&["-C", parts[0].as_str()]);
    workspace
}

/// Packages an example of a workspace, which has to work.
fn package(workspace: &Workspace, example: &str, target: &str) -> PathBuf {
    let folder = format!("examples/{example}");
    let output = workspace.vintner(&["-C", &folder, "package", target]);
    assert!(output.code == 0, "{}", output.stderr);
    workspace.path(target)
}

/// The rules of a package by id, and the exit code.
fn checked(workspace: &Workspace, package: &Path, more: &[&str]) -> (Vec<Value>, i32) {
    let mut arguments = vec!["package", "check", package.to_str().unwrap(), "--format", "json"];
    arguments.extend(more);
    let output = workspace.vintner(&arguments);
    let text = output.stdout.clone();
    let json: Value = serde_json::Deserializer::from_str(&text)
        .into_iter()
        .next()
        .unwrap()
        .unwrap_or_else(|error| panic!("{error}\n{text}\n{}", output.stderr));
    (json["rules"].as_array().unwrap().clone(), output.code)
}

fn rule<'r>(rules: &'r [Value], id: &str) -> &'r Value {
    rules.iter().find(|rule| rule["id"] == id).unwrap_or_else(|| panic!("no rule {id}"))
}

fn failed(rules: &[Value]) -> Vec<String> {
    let failed = rules.iter().filter(|rule| rule["verdict"] == "fail");
    failed.map(|rule| format!("{}: {} {}", rule["id"], rule["reason"], rule["findings"])).collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn edit(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{} hasn't `{from}`", file.display());
    fs::write(file, text.replace(from, to)).unwrap();
}

fn write(file: &Path, text: &str) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

#[test]
fn a_package_passes_runs_by_itself_and_has_the_same_bytes_each_time() {
    let workspace = made("grunfeld");
    let folder = package(&workspace, "grunfeld", "out/grunfeld");
    let before = workspace.files("out/grunfeld");
    package(&workspace, "grunfeld", "out/grunfeld");
    assert_eq!(before, workspace.files("out/grunfeld"), "a package replaces itself with the same bytes");
    let zip = fs::read(package(&workspace, "grunfeld", "out/first.zip")).unwrap();
    assert_eq!(zip, fs::read(package(&workspace, "grunfeld", "out/second.zip")).unwrap());

    for target in ["out/grunfeld", "out/first.zip"] {
        let (rules, code) = checked(&workspace, &workspace.path(target), &[]);
        assert_eq!((failed(&rules), code), (vec![], 0), "{target}");
        assert_eq!(rules.len(), 36);
    }
    let readme = fs::read_to_string(folder.join("README.md")).unwrap();
    for told in [
        "## Data Availability and Provenance Statements",
        "- [x] All data **are** publicly available, in this package.",
        "| `data/vintages/plm/raw/grunfeld.csv` | firms |",
        "- [x] <10 minutes",
        "| Table 2.1-within | `estimates` |",
        "`reports/plm/estimates.csv`",
        "vintner reproduce --vintage plm --locked",
    ] {
        assert!(readme.contains(told), "README lacks `{told}`:\n{}", redacted(&readme));
    }
    assert!(!readme.contains("TODO"), "{readme}");
    let here = workspace.path("").to_str().unwrap().trim_end_matches('/').to_owned();
    for (path, bytes) in &before {
        assert!(
            !String::from_utf8_lossy(bytes).contains(&here),
            "{} has a path of this machine",
            path.display()
        );
    }
    // Nothing but the package is needed.
    let output = workspace.vintner(&["-C", "out/grunfeld", "reproduce", "--vintage", "plm", "--locked"]);
    assert!(output.code == 0, "{}", output.stderr);
    let sums = Command::new("sha256sum")
        .args(["--check", "--quiet", "manifest.sha256"])
        .current_dir(&folder)
        .output();
    match sums {
        Ok(sums) => assert!(sums.status.success(), "{}", String::from_utf8_lossy(&sums.stdout)),
        Err(error) => println!("skipped: sha256sum isn't here ({error})"),
    }
}

#[test]
fn a_package_is_of_what_is_made_and_locked() {
    let workspace = made("grunfeld");
    workspace.edit("examples/grunfeld/pipeline.yaml", "last: 1954", "last: 1950");
    let output = workspace.vintner(&["-C", "examples/grunfeld", "package", "out"]);
    assert_eq!(output.code, 1);
    let said = output.stderr.clone();
    assert!(
        said.contains("tidy[firms] is stale") && said.contains("vintner reproduce --vintage plm"),
        "{said}"
    );
    assert!(!workspace.path("out").exists());
    let output = workspace.vintner(&["-C", "examples/grunfeld", "package", "out", "--format", "json"]);
    let error: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(error["error"]["kind"], "not_made");

    workspace.edit("examples/grunfeld/pipeline.yaml", "last: 1950", "last: 1954");
    fs::remove_file(workspace.path("examples/grunfeld/pipeline.lock")).unwrap();
    let output = workspace.vintner(&["-C", "examples/grunfeld", "package", "out"]);
    let said = output.stderr.clone();
    assert!(said.contains("pipeline.lock has nothing of it"), "{said}");
    // What is somebody's stays.
    workspace.reproduce(&["-C", "examples/grunfeld"]);
    workspace.write("out/thesis.tex", "mine");
    let output = workspace.vintner(&["-C", "examples/grunfeld", "package", "out"]);
    assert_eq!(output.code, 2);
    assert_eq!(workspace.read("out/thesis.tex"), "mine");
}

#[test]
fn what_may_not_be_given_is_left_out_and_its_access_described() {
    let workspace = made("grunfeld");
    let manifest = "examples/grunfeld/data/vintages/plm/vintage.yaml";
    workspace.edit(manifest, "redistribution: yes", "redistribution: no");
    workspace.reproduce(&["-C", "examples/grunfeld"]);
    let folder = package(&workspace, "grunfeld", "out");
    assert!(
        !folder.join("data/vintages/plm/raw/grunfeld.csv").exists() && !folder.join("data/analysis").exists()
    );
    let access = fs::read_to_string(folder.join("data/ACCESS.md")).unwrap();
    let digest = "6c29fb41758675cc8280dd89aa440846a1abc6360c5e9f97e0c5f9e737326014";
    assert!(access.contains(digest) && access.contains("data/vintages/plm/raw/grunfeld.csv"), "{access}");
    let readme = fs::read_to_string(folder.join("README.md")).unwrap();
    assert!(
        readme.contains("- [x] **No data can be made** publicly available")
            && readme.contains("requires data that aren't provided")
    );
    let (rules, code) = checked(&workspace, &folder, &[]);
    assert_eq!((failed(&rules), code), (vec![], 0));

    let asked = rule(&rules, "dcas-02");
    assert_eq!(asked["verdict"], "needs_a_person");
    assert!(asked["findings"].to_string().contains("reports/plm/estimates.csv"), "{asked}");

    // No file leads out of the package.
    workspace.edit(
        "examples/grunfeld/package.yaml",
        "rights: true",
        "rights: true\ninclude: [../../secret.txt]",
    );
    workspace.write("secret.txt", "mine");
    let output = workspace.vintner(&["-C", "examples/grunfeld", "package", "out", "--format", "json"]);
    assert_eq!(output.code, 2);
    assert!(output.stdout.contains("no path within a package"), "{}", output.stdout);

    // What nobody has said isn't made up.
    workspace.edit(manifest, "redistribution: no", "note: Nobody says");
    workspace.edit(manifest, "    note: Firms are numbered 1 to 10; the crosswalk has their names.\n", "");
    workspace.remove(&["examples/grunfeld/package.yaml"]);
    workspace.reproduce(&["-C", "examples/grunfeld"]);
    let output = workspace.vintner(&["-C", "examples/grunfeld", "package", "out"]);
    let said = output.stderr.clone();
    assert!(output.code == 0 && said.contains("left to be said"), "{said}");
    let (rules, code) = checked(&workspace, &folder, &[]);
    assert_eq!(code, 1);
    let undecided = rule(&rules, "dcas-02")["findings"].to_string();
    assert!(
        undecided.contains("source firms doesn't say whether it may be given")
            && undecided.contains("vintage.yaml:"),
        "{undecided}"
    );
    for id in ["dcas-13", "dcas-15"] {
        assert_eq!(rule(&rules, id)["verdict"], "fail", "{id}");
    }
    assert!(rule(&rules, "dcas-13")["findings"].to_string().contains("`authors` in package.yaml"));
    let output = workspace.vintner(&["-C", "examples/grunfeld", "package", "--zenodo-metadata"]);
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("package.yaml doesn't say authors, data_licence"));
}

#[test]
fn metadata_are_what_zenodo_takes() {
    let workspace = made("grunfeld");
    let output = workspace.vintner(&[
        "-C",
        "examples/grunfeld",
        "package",
        "--zenodo-metadata",
        "--date",
        "2026-11-30",
    ]);
    assert!(output.code == 0, "{}", output.stderr);
    let json: Value = serde_json::from_str(&output.stdout).unwrap();
    let metadata = &json["metadata"];
    assert_eq!(metadata["upload_type"], "dataset");
    assert_eq!(metadata["publication_date"], "2026-11-30");
    assert_eq!(metadata["creators"][0]["name"], "The Vintner authors");
    assert_eq!(metadata["license"], "gpl-2.0-or-later");
    assert!(metadata["references"][0].as_str().unwrap().starts_with("Grunfeld, Y. (1958)"));
    let output = workspace.vintner(&[
        "-C",
        "examples/grunfeld",
        "package",
        "--zenodo-metadata",
        "--date",
        "30.11.2026",
    ]);
    assert_eq!(output.code, 2);
}

/// A defect: what is done to a package, the rule that has to name it, and a part of what it says.
type Defect = (&'static str, fn(&Path), &'static str, &'static str);

/// The raw file of the example.
const RAW: &str = "data/vintages/plm/raw/grunfeld.csv";

fn manifest(folder: &Path) -> PathBuf {
    folder.join("data/vintages/plm/vintage.yaml")
}

#[test]
fn every_planted_defect_is_named() {
    let workspace = made("grunfeld");
    let good = package(&workspace, "grunfeld", "out/good");
    let defects: Vec<Defect> = vec![
        (
            "licence",
            |folder| edit(&manifest(folder), "    licence: published figures, in textbooks since 1958\n", ""),
            "dcas-15",
            "source firms has no `licence`",
        ),
        (
            "access",
            |folder| {
                edit(
                    &manifest(folder),
                    "    access: 'with the R package plm, at no cost: `data(\"Grunfeld\", package = \"plm\")`'\n",
                    "",
                )
            },
            "dcas-01",
            "source firms has no `access`",
        ),
        (
            "no manifest",
            |folder| edit(&manifest(folder), "    format: csv", "    form: csv"),
            "dcas-01",
            "the manifest can't be read",
        ),
        (
            "odd description",
            |folder| edit(&folder.join("package.yaml"), "rights: true", "right: true"),
            "dcas-13",
            "package.yaml",
        ),
        ("redistribution", |folder| edit(&manifest(folder), "    redistribution: yes\n", ""), "dcas-02", RAW),
        (
            "changed",
            |folder| edit(&folder.join(RAW), "1935", "1936"),
            "dcas-02",
            "its SHA-256 isn't that of the manifest",
        ),
        ("changed byte", |folder| edit(&folder.join(RAW), "1935", "1936"), "aea-checksums", RAW),
        ("gone", |folder| fs::remove_file(folder.join(RAW)).unwrap(), "dcas-02", "it may be given"),
        (
            "omission",
            |folder| {
                fs::remove_file(folder.join(RAW)).unwrap();
                write(&folder.join("README.md"), "# Nothing\n");
            },
            "dcas-16",
            RAW,
        ),
        (
            "no licence",
            |folder| fs::remove_file(folder.join("LICENSE.txt")).unwrap(),
            "dcas-15",
            "LICENSE.txt",
        ),
        (
            "no README",
            |folder| fs::remove_file(folder.join("README.md")).unwrap(),
            "dcas-13",
            "there is no README",
        ),
        (
            "todo",
            |folder| edit(&folder.join("README.md"), "## Overview", "## Overview\n\nTODO: say it"),
            "dcas-13",
            "TODO: say it",
        ),
        (
            "no statement",
            |folder| edit(&folder.join("README.md"), "Data Availability and Provenance Statements", "Data"),
            "dcas-01",
            "no statement",
        ),
        (
            "unlisted table",
            |folder| write(&folder.join("reports/plm/table-9.tex"), "x"),
            "aea-exhibits",
            "reports/plm/table-9.tex",
        ),
        (
            "unlisted file",
            |folder| write(&folder.join("reports/plm/table-9.tex"), "x"),
            "aea-checksums",
            "it isn't listed",
        ),
        (
            "lost table",
            |folder| fs::remove_file(folder.join("reports/plm/models.tex")).unwrap(),
            "aea-exhibits",
            "reports/plm/models.tex",
        ),
        (
            "data without a source",
            |folder| write(&folder.join("data/extra.csv"), "a,b\n1,2\n"),
            "aea-data-files",
            "data/extra.csv",
        ),
        ("zero bytes", |folder| write(&folder.join("notes.txt"), ""), "aea-zero-bytes", "notes.txt"),
        (
            "large",
            |folder| fs::File::create(folder.join("large.bin")).unwrap().set_len(101 << 20).unwrap(),
            "aea-large-files",
            "large.bin",
        ),
        ("archive", |folder| write(&folder.join("code.zip"), "PK"), "aea-archives", "code.zip"),
        (
            "duplicate",
            |folder| {
                fs::copy(folder.join(RAW), folder.join("copy.csv")).unwrap();
            },
            "aea-duplicates",
            "the same bytes as",
        ),
        (
            "empty folder",
            |folder| fs::create_dir_all(folder.join("temp/old")).unwrap(),
            "aea-empty-folders",
            "temp/old",
        ),
        ("clutter", |folder| write(&folder.join("data/.DS_Store"), "x"), "aea-clutter", "data/.DS_Store"),
        ("git", |folder| write(&folder.join(".git/HEAD"), "x"), "aea-clutter", ".git"),
        (
            "absolute path",
            |folder| write(&folder.join("code/a.do"), "* cd \"/Users/x\"\ncd \"/Users/jane/paper\"\n"),
            "aea-absolute-paths",
            "code/a.do:2",
        ),
        (
            "windows path",
            |folder| write(&folder.join("code/a.do"), "\nuse \"data\\raw\\a.dta\"\n"),
            "aea-windows-paths",
            "code/a.do:2",
        ),
        (
            "stata package",
            |folder| write(&folder.join("code/a.do"), "reghdfe y x, absorb(i)\n"),
            "aea-stata-packages",
            "`reghdfe`",
        ),
        (
            "r package",
            |folder| write(&folder.join("code/a.R"), "library(fixest)\n"),
            "aea-r-packages",
            "`fixest`",
        ),
        (
            "python package",
            |folder| write(&folder.join("code/a.py"), "import os\nimport seaborn as sns\n"),
            "aea-python-packages",
            "code/a.py:2",
        ),
        (
            "julia package",
            |folder| write(&folder.join("code/a.jl"), "using DataFrames\n"),
            "aea-julia-packages",
            "`DataFrames`",
        ),
        ("seed", |folder| write(&folder.join("code/a.R"), "x <- rnorm(10)\n"), "aea-seeds", "code/a.R:1"),
        (
            "personal data",
            |folder| write(&folder.join("data/people.csv"), "id,E-mail\n1,jane@uni.example\n"),
            "aea-personal-data",
            "E-mail",
        ),
        (
            "log",
            |folder| write(&folder.join("code/a.log"), "use x\nfile x not found\nr(601);\n"),
            "aea-logs",
            "code/a.log:3",
        ),
        (
            "no codebook",
            |folder| fs::remove_file(folder.join("codebook/codebook.md")).unwrap(),
            "dcas-05",
            "codebook/codebook.md",
        ),
        (
            "undescribed",
            |folder| edit(&folder.join("data/analysis/panel.csv"), "entity,", "person,"),
            "dcas-05",
            "variable person",
        ),
        (
            "input",
            |folder| fs::remove_file(folder.join("data/crosswalk/firms.csv")).unwrap(),
            "dcas-07",
            "data/crosswalk/firms.csv",
        ),
        ("compiled", |folder| write(&folder.join("code/solve.exe"), "MZ"), "dcas-09", "code/solve.exe"),
        ("closed format", |folder| write(&folder.join("data/x.accdb"), "x"), "dcas-04", "data/x.accdb"),
    ];
    assert!(defects.len() >= 20);
    for (at, (name, plant, id, said)) in defects.iter().enumerate() {
        let folder = workspace.path(&format!("out/defect-{at}"));
        copy(&good, &folder);
        plant(&folder);
        let (rules, code) = checked(&workspace, &folder, &[]);
        let named = rule(&rules, id);
        let only_asks = ["aea-large-files", "aea-duplicates"].contains(id);
        let verdict = if only_asks { "needs_a_person" } else { "fail" };
        assert_eq!(named["verdict"], verdict, "{name}: {named}");
        assert!(named.to_string().contains(&said.replace('"', "\\\"")), "{name}: {named}");
        assert!(named["cure"].is_string(), "{name} has no cure");
        // What lies in the package without being listed fails, too.
        assert!(code == 1 || *name == "empty folder" || only_asks, "{name}: exit {code}");
        fs::remove_dir_all(&folder).unwrap();
    }
    #[cfg(unix)]
    {
        let folder = workspace.path("out/link");
        copy(&good, &folder);
        std::os::unix::fs::symlink("/etc/hostname", folder.join("data/link.csv")).unwrap();
        let (rules, _) = checked(&workspace, &folder, &[]);
        assert!(rule(&rules, "aea-clutter")["findings"].to_string().contains("data/link.csv"));
    }
    // Against the round before.
    let previous = good.join("manifest.sha256");
    let folder = workspace.path("out/next");
    copy(&good, &folder);
    edit(&folder.join("README.md"), "## Overview", "## Overview\n\nChanged.");
    let (rules, _) = checked(&workspace, &folder, &["--previous", previous.to_str().unwrap()]);
    assert!(rule(&rules, "aea-changed-since")["findings"].to_string().contains("README.md"));
}

#[test]
fn packages_of_others_are_looked_at_too() {
    let workspace = Workspace::of_parts(&[]);
    let good = workspace.path("good");
    for (file, text) in [
        (
            "README.md",
            "# Replication\n## Data Availability Statement\nThe CPS (data file cps.csv) is public.\n## Dataset list\n## Software\nStata 17, reghdfe 6.0; R 4.2 with estout 3.31, fixest 0.11; Python with pandas 2.0; Julia, DataFrames 1.6\nRun time: 10 minutes, memory 4 GB\n## Instructions\nRun main.do\n## List of tables\nTable 1: code/main.do line 3\n## References\nCPS 2019.\nVariables: codebook.txt\n",
        ),
        ("LICENSE.txt", "MIT for code, CC-BY for data"),
        ("codebook.txt", "id: a number"),
        ("data/cps.csv", "id,wage\n1,2\n"),
        (
            "code/main.do",
            "set seed 1\nuse \"data/cps.csv\"\nreghdfe y x, absorb(id)\nbootstrap, reps(9): reg y x\nesttab using \"output/table1.tex\"\n",
        ),
        ("code/b.R", "library(fixest)\nset.seed(2)\nx <- rnorm(3)\n"),
        ("code/c.ipynb", "{\"cells\": [{\"cell_type\": \"code\", \"source\": [\"import pandas as pd\"]}]}"),
        ("code/d.jl", "using DataFrames\n"),
        ("output/table1.tex", "x"),
    ] {
        write(&good.join(file), text);
    }
    let (rules, code) = checked(&workspace, &good, &[]);
    assert_eq!((failed(&rules), code), (vec![], 0));

    write(
        &good.join("code/c.ipynb"),
        "{\"cells\": [{\"cell_type\": \"markdown\", \"source\": []}, {\"cell_type\": \"code\", \"source\": [\"import torch\\n\", \"pd.read_csv('C:/Users/me/x.csv')\"]}]}",
    );
    write(&good.join("code/e.do"), "/* none */ use \"../data/secret.dta\"\ngen u = runiform()\n");
    write(&good.join("output/figure9.png"), "x");
    write(&good.join("data/orphan.dta"), "x");
    let (rules, code) = checked(&workspace, &good, &[]);
    assert_eq!(code, 1);
    for (id, said) in [
        ("aea-python-packages", "code/c.ipynb:cell 1:1"),
        ("aea-absolute-paths", "code/c.ipynb:cell 1:2"),
        ("dcas-16", "secret.dta is read here"),
        ("aea-exhibits", "output/figure9.png"),
        ("aea-data-files", "data/orphan.dta"),
    ] {
        let named = rule(&rules, id);
        assert_eq!(named["verdict"], "fail", "{named}");
        assert!(named["findings"].to_string().contains(said), "{named}");
    }
    assert_eq!(rule(&rules, "aea-seeds")["verdict"], "needs_a_person", "another program may set the seed");
    let output = workspace.vintner(&["package", "check", "nowhere"]);
    assert_eq!(output.code, 1);
}

#[test]
fn frictionless_finds_nothing_wrong() {
    let program = std::env::var("VINTNER_FRICTIONLESS").unwrap_or_else(|_| "frictionless".into());
    if Command::new(&program).arg("--version").output().is_err() {
        println!(
            "skipped: {program} isn't here (pip install frictionless, or name it with VINTNER_FRICTIONLESS)"
        );
        return;
    }
    for example in ["grunfeld", "wage-panel"] {
        let workspace = made(example);
        let folder = package(&workspace, example, "out");
        let (rules, code) = checked(&workspace, &folder, &[]);
        assert_eq!((failed(&rules), code), (vec![], 0), "{example}");
        let output = Command::new(&program)
            .args(["validate", "datapackage.json"])
            .current_dir(&folder)
            .output()
            .unwrap();
        let said =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{example}: {said}");
    }
}

#[test]
fn packages_of_the_other_examples_pass() {
    for example in ["cigarettes", "gun-laws"] {
        let workspace = made(example);
        let package = package(&workspace, example, "out");
        let (rules, code) = checked(&workspace, &package, &[]);
        assert_eq!((failed(&rules), code), (Vec::new(), 0), "{example}");
        assert_eq!(rule(&rules, "aea-duplicates")["verdict"], "pass", "{example}");
    }
}
