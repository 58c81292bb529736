//! The tutorials: what they have a reader write is written, what they have him run is run, and it prints what
//! they say.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::common::{Workspace, repository};

/// What a page has its reader do.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// Begin with a copy of a folder of the repository.
    Folder(String),
    /// Write a file.
    File(String, String),
    /// Run a command, which prints these lines; `…` stands for any text.
    Command { line: usize, command: String, printed: Vec<String> },
}

/// The steps of a page: `<!-- folder: NAME -->`, `<!-- file: NAME -->` before a block, and blocks of `console`.
fn steps(page: &str) -> Vec<Step> {
    let told = Regex::new(r"^<!-- (file|folder): (.+) -->$").unwrap();
    let mut steps = Vec::new();
    let (mut named, mut block): (Option<String>, Option<(bool, String)>) = (None, None);
    for (line, number) in page.lines().zip(1..) {
        match (&mut block, line.strip_prefix("```")) {
            (None, Some(language)) => block = Some((language == "console", String::new())),
            (None, None) => match told.captures(line) {
                Some(found) if &found[1] == "folder" => steps.push(Step::Folder(found[2].to_owned())),
                Some(found) => named = Some(found[2].to_owned()),
                None => {}
            },
            (Some((is_console, text)), Some("")) => {
                if let (false, Some(name)) = (*is_console, named.take()) {
                    steps.push(Step::File(name, text.clone()));
                }
                block = None;
            }
            (Some((true, _)), _) => match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => {
                    let command = command.to_owned();
                    steps.push(Step::Command { line: number, command, printed: Vec::new() });
                }
                (None, Some(Step::Command { printed, .. })) => printed.push(line.to_owned()),
                (None, _) => panic!("line {number}: a block of console begins with a command"),
            },
            (Some((false, text)), _) => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    assert!(block.is_none() && named.is_none(), "a block or a file isn't ended");
    steps
}

/// Whether a command printed what a page says. A line of `…` alone stands for any lines, of none too.
fn is_as_told(printed: &str, told: &[String]) -> bool {
    let lines: Vec<String> = told
        .iter()
        .map(|line| match line.as_str() {
            "…" => "(?:.*\n)*?".to_owned(),
            line => format!("{}\n", regex::escape(line).replace('…', ".*")),
        })
        .collect();
    let ending = if printed.is_empty() || printed.ends_with('\n') { "" } else { "\n" };
    Regex::new(&format!("^{}$", lines.concat())).unwrap().is_match(&format!("{printed}{ending}"))
}

/// Does the steps of a page in a workspace, one after the other, and counts its commands.
fn follow(page: &Path) -> usize {
    let text = fs::read_to_string(page).unwrap();
    let mut workspace = Workspace::of_parts(&[]);
    let mut here = PathBuf::new();
    let mut commands = 0;
    for step in steps(&text) {
        match step {
            Step::Folder(folder) => {
                // With the templates that a pipeline names outside of its folder, while there are any.
                let parts = [folder.as_str(), "reports/templates"];
                let there = parts.into_iter().filter(|part| repository().join(part).exists());
                workspace = Workspace::of_parts(&there.collect::<Vec<_>>());
                here = PathBuf::from(folder);
                // What somebody made in the repository's own.
                workspace.remove(
                    &[".vintner", "reports"]
                        .map(|name| here.join(name))
                        .each_ref()
                        .map(|path| path.to_str().unwrap()),
                );
            }
            Step::File(name, text) => workspace.write(&name, &text),
            Step::Command { line, command, printed } => {
                commands += 1;
                let place = format!("{}:{line}: {command}", page.display());
                let run = run(&workspace, &here, &command);
                assert!(run.0, "{place}\n{}", run.1);
                // Where a page shows nothing, it has nothing to show.
                assert!(
                    is_as_told(&run.1, &printed),
                    "{place}\nprints\n{}\nand not\n{}",
                    run.1,
                    printed.join("\n")
                );
                if let Some((folder, _)) =
                    command.strip_prefix("cd ").and_then(|rest| rest.split_once(" && "))
                {
                    here.push(folder);
                }
            }
        }
    }
    commands
}

/// Whether a command of the shell succeeded, and all that it printed.
fn run(workspace: &Workspace, here: &Path, command: &str) -> (bool, String) {
    let own = Path::new(env!("CARGO_BIN_EXE_vintner")).parent().unwrap();
    let path = format!("{}:{}", own.display(), std::env::var("PATH").unwrap());
    let mut shell = workspace.command(&[]);
    let environment: Vec<_> = shell
        .get_envs()
        .map(|(name, value)| (name.to_owned(), value.map(|value| value.to_owned())))
        .collect();
    shell = std::process::Command::new("sh");
    for (name, value) in environment {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let output = shell
        .args(["-c", &format!("exec 2>&1; {command}")])
        .env("PATH", path)
        .current_dir(workspace.path("").join(here))
        .output()
        .unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn from_a_csv() {
    assert!(follow(&repository().join("docs/tutorials/from_a_csv.md")) > 8);
}

#[test]
fn a_replication() {
    assert!(follow(&repository().join("docs/tutorials/a_replication.md")) > 8);
}

#[test]
fn every_tutorial_is_followed() {
    let own = include_str!("tutorials.rs");
    for entry in fs::read_dir(repository().join("docs/tutorials")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(own.contains(&format!("docs/tutorials/{name}")), "{name} isn't followed here");
    }
}

#[test]
fn the_site_has_every_page() {
    let docs = repository().join("docs");
    let summary = fs::read_to_string(docs.join("SUMMARY.md")).unwrap();
    let mut listed: BTreeSet<String> =
        Regex::new(r"\]\(([^)]+)\)").unwrap().captures_iter(&summary).map(|one| one[1].to_owned()).collect();
    let mut pages = BTreeSet::new();
    let mut folders = vec![docs.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&docs).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".md") && name != "SUMMARY.md" {
                pages.insert(name);
            }
        }
    }
    // The pages of operations are made from the code; theirs that is listed has to be there, as any link.
    for all in [&mut pages, &mut listed] {
        all.retain(|name| !name.starts_with("operations/"));
    }
    assert_eq!(pages, listed, "docs/SUMMARY.md lists the pages of docs/, each once");
}

#[test]
fn what_is_printed_is_held_against_what_is_told() {
    let told = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    assert!(is_as_told("a 0.1 s\nb\nc\n", &told(&["a … s", "…"])));
    assert!(is_as_told("a\n", &told(&["…", "a", "…"])));
    assert!(is_as_told("", &told(&[])));
    assert!(!is_as_told("a\n", &told(&[])));
    assert!(!is_as_told("a\nb\n", &told(&["a"])));
    assert!(!is_as_told("a\nb\n", &told(&["…", "a"])));
    let page = "<!-- file: a.csv -->\n```csv\nx\n```\n```console\n$ cat a.csv\nx\n```\n```yaml\nno\n```\n";
    let expected = [
        Step::File("a.csv".into(), "x\n".into()),
        Step::Command { line: 6, command: "cat a.csv".into(), printed: vec!["x".into()] },
    ];
    assert_eq!(steps(page), expected);
}
