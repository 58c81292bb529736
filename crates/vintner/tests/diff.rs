//! `diff`: what two revisions of git made, and `watch`: what a change of a file makes.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::common::commands::wait_until;
use crate::common::towns::small;
use crate::common::{Output, Workspace};

fn git(workspace: &Workspace, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    command.args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]);
    let output = command.args(arguments).current_dir(workspace.path("")).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn commit(workspace: &Workspace) {
    git(workspace, &["add", "."]);
    git(workspace, &["commit", "--quiet", "-m", "Another"]);
}

/// Two revisions: in the second, rain is counted otherwise.
fn two_revisions() -> Workspace {
    let workspace = small();
    fs::write(workspace.path(".gitignore"), ".vintner\n").unwrap();
    git(&workspace, &["init", "--quiet"]);
    workspace.reproduce(&[]);
    commit(&workspace);
    workspace.edit("pipeline.yaml", "ln_rain: ln(rain)", "ln_rain: ln(rain) + 1");
    workspace.reproduce(&[]);
    workspace
}

fn diff(workspace: &Workspace, arguments: &[&str]) -> Output {
    let output = workspace.vintner(&[&["diff"], arguments].concat());
    assert_eq!(output.code, 0, "{}", output.stderr);
    output
}

fn value(workspace: &Workspace, arguments: &[&str]) -> Value {
    serde_json::from_str(&diff(workspace, &[arguments, &["--format", "json"]].concat()).stdout).unwrap()
}

/// The variables that a difference names as changed.
fn changed(value: &Value) -> Vec<&str> {
    let variables = value["vintages"][0]["difference"]["data"]["changed"].as_array().unwrap();
    variables.iter().map(|one| one["variable"].as_str().unwrap()).collect()
}

#[test]
fn revisions_are_compared_by_what_they_made() {
    let workspace = two_revisions();
    // With the workspace's own files, before anything is committed.
    let value_now = value(&workspace, &["HEAD"]);
    assert_eq!(changed(&value_now), ["ln_rain"]);
    assert!(value_now["after"]["commit"].is_null() && value_now["before"]["commit"].is_string());
    assert_eq!(value_now["vintages"][0]["missing"]["before"], Value::Array(Vec::new()));

    commit(&workspace);
    let value_then = value(&workspace, &["HEAD~1", "HEAD"]);
    assert_eq!(
        value_then["vintages"][0]["difference"]["data"],
        value_now["vintages"][0]["difference"]["data"]
    );
    let text = diff(&workspace, &["HEAD~1", "HEAD"]).stdout;
    assert!(text.starts_with("small, HEAD~1 ("), "{text}");
    assert!(text.contains("Recorded: ") && text.contains("variables.panel"), "{text}");
    let markdown = diff(&workspace, &["HEAD~1", "--format", "markdown"]).stdout;
    assert!(markdown.contains("\n## Data\n") && markdown.contains("| ln\\_rain | 24 "), "{markdown}");
    let same = diff(&workspace, &["HEAD", "HEAD"]).stdout;
    assert!(same.contains("nothing that is recorded differs"), "{same}");
}

#[test]
fn what_is_no_longer_kept_is_said_and_can_be_made() {
    let workspace = two_revisions();
    commit(&workspace);
    let kept = value(&workspace, &["HEAD~1", "HEAD"]);
    fs::remove_dir_all(workspace.path(".vintner")).unwrap();
    workspace.reproduce(&[]);
    let text = diff(&workspace, &["HEAD~1", "HEAD"]).stdout;
    assert!(
        text.contains("Not compared: ") && text.contains("--make") && text.contains("variables.panel"),
        "{text}"
    );
    let made = value(&workspace, &["HEAD~1", "HEAD", "--make"]);
    assert_eq!(made["vintages"], kept["vintages"]);
    // The other working tree is gone, and nothing of it is kept.
    let trees =
        Command::new("git").args(["worktree", "list"]).current_dir(workspace.path("")).output().unwrap();
    assert_eq!(String::from_utf8(trees.stdout).unwrap().lines().count(), 1);
    assert_eq!(workspace.vintner(&["status", "--exit-code"]).code, 0);
}

#[test]
fn what_can_t_be_compared_is_an_error_that_says_why() {
    let workspace = two_revisions();
    let refused = |arguments: &[&str], code: i32, said: &str| {
        let output = workspace.vintner(&[&["diff"], arguments].concat());
        assert_eq!((output.code, output.stdout.as_str()), (code, ""), "{}", output.stderr);
        assert!(output.stderr.contains(said), "{}", output.stderr);
    };
    refused(&["no-such"], 2, "there is no revision `no-such`");
    refused(&["--", "--output=x"], 2, "there is no revision `--output=x`");
    refused(&["HEAD", "--vintage", "other"], 2, "has locked anything of other; there is: small");
    git(&workspace, &["rm", "--quiet", "--cached", "pipeline.lock"]);
    git(&workspace, &["commit", "--quiet", "-m", "Without a lock"]);
    refused(&["HEAD"], 1, "pipeline.lock isn't there");
    fs::rename(workspace.path(".git"), workspace.path("git")).unwrap();
    refused(&["HEAD"], 1, "git rev-parse");
}

#[test]
fn a_watch_makes_what_a_change_asks_for_and_says_what_changed() {
    let workspace = small();
    let said = workspace.path(".said");
    let mut watch = workspace
        .command(&["watch"])
        .stdout(fs::File::create(&said).unwrap())
        .stderr(fs::File::create(workspace.path(".told")).unwrap())
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let times = || fs::read_to_string(workspace.path(".told")).unwrap().matches("watching").count();
    wait_until(|| times() == 1, "the first run");
    let before = workspace.read("reports/small/summary.json");
    workspace.edit("pipeline.yaml", "ln_rain: ln(rain)", "ln_rain: ln(rain) + 1");
    wait_until(|| times() == 2, "the second run");
    assert_ne!(workspace.read("reports/small/summary.json"), before);
    let text = fs::read_to_string(&said).unwrap();
    assert!(text.contains("changed: pipeline.yaml\n"), "{text}");
    assert!(
        text.contains("  variables\n    parameter define.ln_rain: \"ln(rain)\" -> \"ln(rain) + 1\"\n"),
        "{text}"
    );

    // A fault is said, and its cure is seen.
    workspace.edit("pipeline.yaml", "op: describe", "op: descrbe");
    wait_until(|| times() == 3, "the faulty run");
    assert!(fs::read_to_string(workspace.path(".told")).unwrap().contains("descrbe"));
    workspace.edit("pipeline.yaml", "op: descrbe", "op: describe");
    wait_until(|| times() == 4, "the run after the cure");

    let process = rustix::process::Pid::from_child(&watch);
    rustix::process::kill_process(process, rustix::process::Signal::INT).unwrap();
    assert_eq!(watch.wait().unwrap().code(), Some(0));
    assert_eq!(workspace.vintner(&["status", "--exit-code"]).code, 0);
}
