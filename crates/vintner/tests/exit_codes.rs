//! Exit codes that scripts rely on, and what they find on stdout where a command fails.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::common::Workspace;
use crate::common::towns::small;
use serde_json::Value;

fn code(workspace: &Workspace, arguments: &[&str]) -> i32 {
    workspace.vintner(arguments).code
}

#[test]
fn a_question_is_answered_by_the_exit_code_where_that_is_asked_for() {
    let workspace = small();
    assert_eq!(code(&workspace, &["status"]), 0);
    for command in [&["status"][..], &["reproduce", "--dry-run"]] {
        for format in ["text", "json"] {
            let output = workspace.vintner(&[command, &["--exit-code", "--format", format]].concat());
            assert_eq!((output.code, output.stderr.as_str()), (1, ""), "{}", output.stdout);
        }
    }
    assert_eq!(code(&workspace, &["reproduce", "--exit-code"]), 2, "of a run it means nothing");
    workspace.reproduce(&[]);
    assert_eq!(code(&workspace, &["status", "--exit-code"]), 0);
    assert_eq!(code(&workspace, &["reproduce", "--dry-run", "--exit-code"]), 0);
    workspace.edit("pipeline.yaml", "ln_rain: ln(rain)", "ln_rain: ln(rain + 1)");
    assert_eq!(code(&workspace, &["reproduce", "--dry-run", "--exit-code", "--until", "real"]), 0);
    assert_eq!(code(&workspace, &["reproduce", "--dry-run", "--exit-code", "--until", "summary"]), 1);
}

/// A workspace with a stage of three branches, one with branches for a column, and one without.
fn of_branches() -> Workspace {
    let workspace = Workspace::of_stages(
        "
  fit:
    run: echo $item > out.txt
    foreach: [north, south, east]
    outputs: {out: out.txt}
  all:
    run: cat inputs/fits/* > out.txt
    inputs: {fits: fit}
    outputs: {out: out.txt}
",
    );
    workspace.reproduce(&[]);
    workspace
}

#[test]
fn a_misspelt_branch_is_a_fault_with_a_suggestion_everywhere() {
    let workspace = of_branches();
    let commands: [&[&str]; 7] = [
        &["reproduce", "--only"],
        &["reproduce", "--from"],
        &["reproduce", "--until"],
        &["reproduce", "--dry-run", "--from"],
        &["why"],
        &["audit"],
        &["show"],
    ];
    let names = [
        ("fit[nroth]", "`fit` has no branch `nroth`", "did you mean `north`?"),
        ("fit[q]", "`fit` has no branch `q`", "there are: "),
        ("fit[north", "`fit[north` has a bracket that isn't closed", "did you mean `fit[north]`?"),
        ("fit[]", "`fit[]` names no item", "write `fit` for all of its branches"),
        ("fit[north]x", "`fit[north]x` goes on after its bracket", "did you mean `fit[north]`?"),
        ("all[north]", "`all` has no branches", "write `all`"),
        ("fti", "no stage is called `fti`", "did you mean `fit`?"),
        ("fti[north]", "no stage is called `fti`", "did you mean `fit`?"),
        ("[north]", "`[north]` names no stage before its bracket", "a branch is `stage[item]`"),
    ];
    for command in commands {
        for (name, message, hint) in names {
            let output = workspace.vintner(&[command, &[name]].concat());
            let said = &output.stderr;
            assert_eq!(output.code, 2, "{command:?} {name}: {}{said}", output.stdout);
            assert!(said.contains(message) && said.contains(hint), "{command:?} {name}: {said}");
            assert_eq!(said.matches("error:").count(), 1, "{said}");
            let json = workspace.vintner(&[command, &[name, "--format", "json"]].concat());
            let value: Value = serde_json::from_str(&json.stdout).unwrap();
            assert_eq!(value["error"]["kind"], "unknown", "{command:?} {name}: {value}");
            assert_eq!(value["error"]["exit_code"], 2);
            assert!(value["error"]["message"].as_str().unwrap().contains(message), "{value}");
            assert!(value["error"]["hints"][0].as_str().unwrap().contains(hint), "{value}");
            assert_eq!(json.stderr, *said, "a person reads the same");
        }
    }
}

#[test]
fn a_branch_for_a_value_that_a_column_hasn_t_is_a_fault_once_the_column_is_made() {
    let workspace = small();
    workspace.edit(
        "pipeline.yaml",
        "  summary:\n",
        "  town:\n    run: echo $item > out.txt\n    foreach: {column: entity, of: panel}\n    \
         outputs: {out: out.txt}\n  summary:\n",
    );
    for option in ["--only", "--until", "--from"] {
        let output = workspace.vintner(&["reproduce", option, "town[ashbi]"]);
        let expected = if option == "--until" { 2 } else { 1 };
        let made = workspace.vintner(&["status"]).stdout.contains("fresh    panel");
        assert_eq!(output.code, if made { 2 } else { expected }, "{option}: {}", output.stderr);
        if output.code == 2 {
            assert!(output.stderr.contains("did you mean `ashby`?"), "{}", output.stderr);
        }
        workspace.reproduce(&["--until", "panel"]);
    }
    assert_eq!(code(&workspace, &["why", "town[ashbi]"]), 2);
    assert_eq!(code(&workspace, &["audit", "town[ashby]"]), 0);
}

/// The fault that a command prints for scripts, and its exit code.
fn fault(workspace: &Workspace, arguments: &[&str]) -> (i32, Value) {
    let output = workspace.vintner(&[arguments, &["--format", "json"]].concat());
    let value: Value = serde_json::from_str(&output.stdout)
        .unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{}{}", output.stdout, output.stderr));
    assert_eq!(value["error"]["exit_code"], output.code, "{value}");
    assert!(!output.stderr.is_empty(), "a person is told too");
    (output.code, value["error"].clone())
}

#[test]
fn every_command_prints_its_fault_for_scripts() {
    let workspace = small();
    workspace.edit("pipeline.yaml", "op: assemble", "op: asemble");
    let commands: [&[&str]; 15] = [
        &["reproduce"],
        &["reproduce", "--dry-run"],
        &["status"],
        &["why", "panel"],
        &["audit"],
        &["audit", "--verify"],
        &["audit", "--html"],
        &["lock"],
        &["lock", "--write"],
        &["graph"],
        &["show", "panel"],
        &["trace", "--all"],
        &["claims"],
        &["vintage", "check"],
        &["vintage", "diff", "small", "small"],
    ];
    for command in commands {
        let (code, fault) = fault(&workspace, command);
        assert_eq!((code, &fault["kind"]), (2, &"yaml".into()), "{command:?}: {fault}");
        assert_eq!(fault["places"].as_array().unwrap().len(), 1, "{command:?}: {fault}");
        let place = &fault["places"][0];
        assert_eq!(place["file"], "pipeline.yaml", "{fault}");
        assert_eq!((place["line"].as_u64(), place["column"].as_u64()), (Some(14), Some(9)), "{fault}");
        assert_eq!(place["hint"], "did you mean `assemble`?", "{fault}");
    }
}

#[test]
fn faults_of_other_kinds() {
    let workspace = small();
    let (code, arguments) = fault(&workspace, &["reproduce", "--nothing"]);
    assert_eq!((code, &arguments["kind"]), (2, &"arguments".into()), "{arguments}");
    let (code, nowhere) = fault(&workspace, &["status", "-C", "nowhere"]);
    assert_eq!((code, &nowhere["kind"]), (2, &"no_workspace".into()), "{nowhere}");
    let (code, unlocked) = fault(&workspace, &["lock"]);
    assert_eq!((code, &unlocked["kind"]), (1, &"not_locked".into()), "{unlocked}");
    let (code, unmade) = fault(&workspace, &["lock", "--write"]);
    assert_eq!((code, &unmade["kind"]), (1, &"not_made".into()), "{unmade}");
    let (code, vintage) = fault(&workspace, &["status", "--vintage", "smal"]);
    assert_eq!((code, &vintage["kind"]), (2, &"usage".into()), "{vintage}");
    // A command that has a value to print says in it what is wrong, and stdout has one value.
    workspace.edit("pipeline.yaml", "base_year: 2001", "base_year: 1901");
    let output = workspace.vintner(&["reproduce", "--format", "json"]);
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(output.code, 1);
    assert!(report["error"].is_null() && report["stages"].is_array(), "{report}");
}
