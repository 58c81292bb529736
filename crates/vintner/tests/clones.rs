//! Where a workspace is, and what git makes of it: found upward, in folders of any name, with line ends of
//! another system.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::Workspace;
use crate::common::towns::small;

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    // Nobody's own settings.
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    command.args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]);
    let output = command.args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A repository of the towns' workspace, made and locked, with these further files.
fn repository(files: &[(&str, &str)]) -> Workspace {
    let workspace = small();
    workspace.reproduce(&[]);
    for (name, text) in files.iter().chain(&[(".gitignore", ".vintner\n")]) {
        fs::write(workspace.path(name), text).unwrap();
    }
    git(&workspace.path(""), &["init", "--quiet"]);
    git(&workspace.path(""), &["add", "."]);
    git(&workspace.path(""), &["commit", "--quiet", "-m", "The paper"]);
    workspace
}

/// A clone as it comes out on Windows, in a folder with blanks and Chinese in its name, and the program to run in it.
fn cloned(of: &Workspace, into: &Workspace) -> std::path::PathBuf {
    let folder = into.path("论文 与 数据/a clone");
    fs::create_dir_all(folder.parent().unwrap()).unwrap();
    let (from, to) = (of.path(""), folder.to_str().unwrap());
    git(&into.path(""), &["-c", "core.autocrlf=true", "clone", "--quiet", from.to_str().unwrap(), to]);
    folder
}

/// The exit code and what is said of a command in a folder.
fn run(workspace: &Workspace, folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = workspace.command(arguments).current_dir(folder).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_command_in_a_folder_below_finds_the_workspace_and_says_so() {
    let workspace = small();
    let below = workspace.path("data/vintages/small");
    let (code, _, stderr) = run(&workspace, &below, &["reproduce"]);
    assert_eq!(code, 0, "{stderr}");
    let told = format!("workspace: {}\n", workspace.path("").canonicalize().unwrap().display());
    assert_eq!(stderr.matches(&told).count(), 1, "{stderr}");
    assert!(workspace.path("reports/small/summary.json").is_file());
    assert!(!below.join(".vintner").exists());

    // The same workspace from above, from below, and named: nothing is made twice.
    for (folder, arguments) in [
        (workspace.path(""), &["status", "--exit-code"][..]),
        (below.clone(), &["status", "--exit-code"][..]),
        (below.clone(), &["-C", "../../..", "status", "--exit-code"][..]),
    ] {
        let (code, stdout, stderr) = run(&workspace, &folder, arguments);
        assert_eq!(code, 0, "{stdout}{stderr}");
        assert_eq!(stderr.contains("workspace: "), arguments[0] == "status" && folder == below, "{stderr}");
    }
    // Nobody asked for it.
    let (code, _, stderr) = run(&workspace, &below, &["--quiet", "status"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    // What is named is taken, though there is one above.
    let (code, _, stderr) = run(&workspace, &below, &["-C", ".", "status"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("no pipeline here"), "{stderr}");
    // Paths of the command line are from where it is given.
    let (code, stdout, stderr) = run(&workspace, &below, &["--data-root", "..", "vintage", "list"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("small"), "{stdout}");
}

#[test]
fn without_a_pipeline_anywhere_it_says_where_it_looked() {
    let empty = Workspace::of_parts(&[]);
    let (code, _, stderr) = run(&empty, &empty.path(""), &["--pipeline", "of-this-test.yaml", "status"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("none in a folder above") && stderr.contains("-C"), "{stderr}");
}

#[test]
fn a_clone_with_line_ends_of_windows_is_the_same_where_git_leaves_bytes_alone() {
    let workspace = repository(&[(".gitattributes", "* -text\n")]);
    let elsewhere = Workspace::of_parts(&[]);
    let clone = cloned(&workspace, &elsewhere);
    let (code, stdout, stderr) = run(&elsewhere, &clone.join("data"), &["reproduce", "--locked"]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    let published = "reports/small/summary.json";
    assert_eq!(fs::read(clone.join(published)).unwrap(), fs::read(workspace.path(published)).unwrap());
}

#[test]
fn raw_files_with_other_line_ends_are_refused_with_the_cure() {
    let workspace = repository(&[]);
    let elsewhere = Workspace::of_parts(&[]);
    let clone = cloned(&workspace, &elsewhere);
    assert!(fs::read_to_string(clone.join("pipeline.yaml")).unwrap().contains("\r\n"));
    let (code, _, stderr) = run(&elsewhere, &clone, &["reproduce"]);
    assert_eq!(code, 1, "{stderr}");
    let said = stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("it differs in nothing but its line ends"), "{stderr}");
    assert!(said.contains("`* -text` into a .gitattributes beside the raw files"), "{stderr}");
}

#[test]
fn with_raw_files_left_alone_other_line_ends_change_no_result() {
    let workspace = repository(&[("data/vintages/small/raw/.gitattributes", "* -text\n")]);
    let elsewhere = Workspace::of_parts(&[]);
    let clone = cloned(&workspace, &elsewhere);
    for file in ["pipeline.yaml", "data/vintages/small/vintage.yaml", "data/crosswalk/towns.csv"] {
        assert!(fs::read_to_string(clone.join(file)).unwrap().contains("\r\n"), "{file}");
    }
    let (code, stdout, stderr) = run(&elsewhere, &clone, &["reproduce"]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    let published = "reports/small/summary.json";
    let own = fs::read_to_string(workspace.path(published)).unwrap();
    assert_eq!(fs::read_to_string(clone.join(published)).unwrap(), own);
}
