//! `pipeline.lock`: written by whole runs, and held to by `--locked`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use crate::common::towns::{TOWNS, small, write_sums};
use crate::common::{Workspace, redacted};

fn made() -> Workspace {
    let workspace = small();
    workspace.reproduce(&[]);
    workspace
}

/// What is said of a run on stdout, and of its failure.
fn said(workspace: &Workspace, arguments: &[&str]) -> String {
    let output = workspace.vintner(arguments);
    let failure: Vec<&str> = output.stderr.lines().skip_while(|line| !line.starts_with("error")).collect();
    redacted(&format!("exit {}\n{}{}", output.code, output.stdout, failure.join("\n")))
}

fn change_income(workspace: &Workspace) {
    workspace.edit(TOWNS, "Burton,2003,127,625\n", "Burton,2003,128,625\n");
    write_sums(workspace);
}

#[test]
fn a_whole_run_writes_it() {
    let workspace = small();
    fs::remove_file(workspace.path("pipeline.lock")).ok();
    assert!(said(&workspace, &["reproduce"]).contains("pipeline.lock: small is new in it"));
    insta::assert_snapshot!("written", redacted(&workspace.read("pipeline.lock")));
    let before = workspace.read("pipeline.lock");
    assert!(!said(&workspace, &["reproduce", "--force"]).contains("pipeline.lock"));
    assert_eq!(workspace.read("pipeline.lock"), before);
}

#[test]
fn what_isn_t_the_pipeline_as_written_isn_t_locked() {
    let workspace = made();
    let before = workspace.read("pipeline.lock");
    workspace.reproduce(&["--set", "params.base_year=2003"]);
    assert_eq!(workspace.read("pipeline.lock"), before);
    workspace.edit("pipeline.yaml", "base_year: 2001", "base_year: 2002");
    workspace.reproduce(&["--until", "real"]);
    assert_eq!(workspace.read("pipeline.lock"), before);
}

#[test]
fn other_results_are_written_anew_unless_they_are_locked() {
    let workspace = made();
    let (lock, report) = (workspace.read("pipeline.lock"), workspace.read("reports/small/summary.json"));
    assert_eq!(workspace.vintner(&["reproduce", "--locked"]).code, 0);
    change_income(&workspace);
    insta::assert_snapshot!("locked", said(&workspace, &["reproduce", "--locked"]));
    assert_eq!(workspace.read("pipeline.lock"), lock);
    assert_eq!(workspace.read("reports/small/summary.json"), report, "nothing was published");
    insta::assert_snapshot!("compared", said(&workspace, &["lock"]));
    insta::assert_snapshot!("written_anew", said(&workspace, &["reproduce"]));
    assert_eq!(said(&workspace, &["lock"]), "exit 0\nsmall: as it is locked\n");
}

#[test]
fn a_part_is_held_to_its_part_of_the_lock() {
    let workspace = made();
    workspace.edit("pipeline.yaml", "ln_rain: ln(rain)", "ln_rain: ln(rain + 1)");
    assert_eq!(workspace.vintner(&["reproduce", "--locked", "--until", "real"]).code, 0);
    assert_eq!(workspace.vintner(&["reproduce", "--locked", "--until", "variables"]).code, 1);
}

#[test]
fn without_an_entry_there_is_nothing_to_hold_to() {
    let workspace = made();
    fs::write(workspace.path("pipeline.lock"), "format: 1\n").unwrap();
    insta::assert_snapshot!("not_locked", said(&workspace, &["reproduce", "--locked"]));
    fs::write(
        workspace.path("pipeline.lock"),
        "format: 1\nvintages: {small: {outputs: {panel.panel: abc}}}\n",
    )
    .unwrap();
    insta::assert_snapshot!("no_digest", said(&workspace, &["lock"]));
}

#[test]
fn a_broken_lock_keeps_nobody_from_working() {
    let workspace = made();
    let whole = workspace.read("pipeline.lock");
    let conflict = format!("{whole}<<<<<<< HEAD\n      a: b\n=======\n      a: c\n>>>>>>> other\n");
    for broken in [conflict.as_str(), "", "# empty\n\n", "format: 1\nvintages: [", "\u{0}\u{1}"] {
        fs::write(workspace.path("pipeline.lock"), broken).unwrap();
        for arguments in [&["reproduce"][..], &["reproduce"], &["status"], &["cache", "gc"], &["audit"]] {
            let output = workspace.vintner(arguments);
            assert_eq!(output.code, 0, "{broken:?} {arguments:?}: {}", output.stderr);
            let warned = output.stderr.contains("warning: the lock isn't written: pipeline.lock");
            assert_eq!(warned, arguments == ["reproduce"], "{broken:?} {arguments:?}: {}", output.stderr);
            assert_eq!(workspace.read("pipeline.lock"), broken, "{arguments:?}");
        }
        for arguments in [&["reproduce", "--locked"][..], &["lock"]] {
            let output = workspace.vintner(arguments);
            assert_eq!(output.code, 2, "{broken:?} {arguments:?}: {}", output.stderr);
        }
    }
    fs::write(workspace.path("pipeline.lock"), conflict).unwrap();
    insta::assert_snapshot!("conflict", said(&workspace, &["lock"]));
    assert_eq!(workspace.vintner(&["lock", "--write"]).code, 2, "which side is for people to say");
    fs::write(workspace.path("pipeline.lock"), "").unwrap();
    insta::assert_snapshot!("empty", said(&workspace, &["reproduce", "--locked"]));
    insta::assert_snapshot!("mended", said(&workspace, &["lock", "--write"]));
    assert_eq!(workspace.read("pipeline.lock"), whole);
}

#[test]
fn only_what_is_made_can_be_locked() {
    let workspace = made();
    let before = workspace.read("pipeline.lock");
    change_income(&workspace);
    insta::assert_snapshot!("not_made_to_lock", said(&workspace, &["lock", "--write"]));
    assert_eq!(workspace.read("pipeline.lock"), before);
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn git(workspace: &Workspace, arguments: &[&str]) -> bool {
    let mut command = std::process::Command::new("git");
    command.args(["-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false"]);
    command.args(arguments).current_dir(workspace.path("")).output().unwrap().status.success()
}

/// A workspace under git with the vintage `small` and another of its files, both made.
fn of_a_team() -> Workspace {
    let workspace = small();
    let copy = |name: &str| {
        let text = workspace.read(&format!("data/vintages/small/{name}"));
        let path = workspace.path(&format!("data/vintages/other/{name}"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    ["vintage.yaml", "raw/towns.csv", "raw/prices.csv"].into_iter().for_each(copy);
    fs::write(workspace.path(".gitignore"), ".vintner/\nreports/\n").unwrap();
    workspace.edit("pipeline.yaml", "  summary:\n", "  equation_summary:\n");
    workspace.reproduce(&[]);
    workspace.reproduce(&["--vintage", "other"]);
    assert!(git(&workspace, &["init", "-q", "-b", "main"]));
    assert!(git(&workspace, &["add", "-A"]) && git(&workspace, &["commit", "-qm", "base"]));
    workspace
}

/// Makes a change on a branch of its own, with its lock.
fn on_branch(workspace: &Workspace, name: &str, change: impl Fn(&Workspace), vintages: &[&str]) {
    assert!(git(workspace, &["checkout", "-q", "main"]) && git(workspace, &["checkout", "-qb", name]));
    change(workspace);
    vintages.iter().for_each(|vintage| drop(workspace.reproduce(&["--vintage", vintage])));
    assert!(git(workspace, &["commit", "-qam", name]));
}

#[test]
fn branches_that_touch_other_stages_or_vintages_merge_by_themselves() {
    if std::process::Command::new("git").arg("--version").output().is_err() {
        println!("skipped: git isn't here");
        return;
    }
    let workspace = of_a_team();
    // Two stages that read the same and that nothing else reads: their outputs are neighbours in the lock.
    let equation = |workspace: &Workspace| {
        workspace.edit("pipeline.yaml", "model: within,", "model: within_time,");
    };
    let summary = |workspace: &Workspace| {
        workspace.edit("pipeline.yaml", "variables: [ln_income, ln_rain]", "variables: [ln_rain]");
    };
    on_branch(&workspace, "equation", equation, &["small", "other"]);
    on_branch(&workspace, "summary", summary, &["small", "other"]);
    // Another vintage's file, of which all outputs change.
    let other = |workspace: &Workspace| {
        let path = "data/vintages/other/raw/towns.csv";
        workspace.edit(path, "Burton,2003,127,625\n", "Burton,2003,128,625\n");
        let sums = [TOWNS, path].map(|path| sha256(&fs::read(workspace.path(path)).unwrap()));
        workspace.edit("data/vintages/other/vintage.yaml", &sums[0], &sums[1]);
    };
    on_branch(&workspace, "other", other, &["other"]);
    assert!(git(&workspace, &["checkout", "-q", "equation"]));
    assert!(git(&workspace, &["merge", "-q", "-m", "merged", "summary"]), "stages that are neighbours");
    workspace.reproduce(&[]);
    assert_eq!(said(&workspace, &["lock"]), "exit 0\nsmall: as it is locked\n");
    assert!(git(&workspace, &["diff", "--exit-code", "--quiet"]), "the merged lock is what comes out");
    assert!(git(&workspace, &["checkout", "-q", "main"]) && git(&workspace, &["checkout", "-qb", "both"]));
    workspace.edit("pipeline.yaml", "base_year: 2001", "base_year: 2002");
    workspace.reproduce(&[]);
    assert!(git(&workspace, &["commit", "-qam", "small alone"]));
    assert!(git(&workspace, &["merge", "-q", "-m", "merged", "other"]), "vintages");
    assert_eq!(said(&workspace, &["lock"]), "exit 0\nsmall: as it is locked\n");
    // The same output on both sides is a conflict, which `lock --write` ends.
    assert!(!git(&workspace, &["merge", "-q", "-m", "merged", "equation"]));
    assert!(said(&workspace, &["lock"]).contains("a merge conflict"));
    assert!(git(&workspace, &["checkout", "--ours", "pipeline.lock"]));
    workspace.reproduce(&[]);
    assert_eq!(workspace.vintner(&["lock", "--write"]).code, 0);
    assert_eq!(said(&workspace, &["lock"]), "exit 0\nsmall: as it is locked\n");
}

/// What is locked of the file `name`.
fn locked_file(workspace: &Workspace, name: &str) -> String {
    let lock = workspace.read("pipeline.lock");
    let mut lines = lock.lines().skip_while(|line| line.trim() != format!("{name}:"));
    lines.nth(1).unwrap_or_default().trim().to_owned()
}

#[cfg(unix)]
#[test]
fn what_is_locked_is_what_the_stages_were_handed() {
    let workspace = Workspace::of_stages(
        "
  early:
    run: sh early.sh > out.txt
    files: {script: early.sh}
    outputs: {out: out.txt}
  late:
    run: touch HERE/running; while [ ! -e HERE/go ]; do sleep 0.05; done; sh late.sh > out.txt
    files: {script: late.sh}
    inputs: {early: early}
    outputs: {out: out.txt}
",
    );
    let (early, late) = ("echo 1\n", "echo one\n");
    workspace.write("early.sh", early);
    workspace.write("late.sh", late);
    let during = |change: &dyn Fn()| {
        workspace.remove(&["running", "go"]);
        let running = workspace.command(&["reproduce"]).spawn().unwrap();
        workspace.wait_for("running");
        change();
        workspace.write("go", "");
        running.wait_with_output().unwrap().status.code()
    };
    // The script of a stage that is done changes while another runs: the lock pairs the output with the
    // script that made it.
    assert_eq!(during(&|| workspace.write("early.sh", "echo 2\n")), Some(0));
    assert_eq!(locked_file(&workspace, "early.sh"), crate::common::digest_of(early.as_bytes()));
    assert_eq!(locked_file(&workspace, "late.sh"), crate::common::digest_of(late.as_bytes()));
    let output = workspace.vintner(&["lock"]);
    assert_eq!(output.code, 1, "{}", output.stdout);
    assert!(output.stdout.contains("early.sh: locked as"), "{}", output.stdout);
    workspace.write("early.sh", early);
    assert_eq!(said(&workspace, &["lock"]), "exit 0\nv: as it is locked\n");
    // The script of the stage that runs: nothing is kept, and the lock stays as it is.
    let before = workspace.read("pipeline.lock");
    workspace.write("late.sh", "echo two\n");
    assert_eq!(during(&|| workspace.write("late.sh", "echo three\n")), Some(1));
    assert_eq!(workspace.read("pipeline.lock"), before);
}

#[test]
fn every_example_is_what_its_lock_says() {
    let mut held = 0;
    for entry in fs::read_dir(crate::common::repository().join("examples")).unwrap() {
        let name = format!("examples/{}", entry.unwrap().file_name().to_str().unwrap());
        if !crate::common::repository().join(&name).join("pipeline.lock").is_file() {
            continue;
        }
        // Examples read templates of the repository.
        let workspace = Workspace::of_parts(&[&name, "reports/templates"]);
        fs::remove_dir_all(workspace.path(&name).join(".vintner")).ok();
        let output = workspace.vintner(&["-C", &name, "reproduce", "--locked"]);
        assert_eq!(output.code, 0, "{name}: {}{}", output.stdout, output.stderr);
        held += 1;
    }
    assert!(held > 0);
}

#[test]
fn a_stage_that_fails_is_said_before_what_came_out_otherwise() {
    let workspace = made();
    let shown = workspace.files(".vintner/outputs");
    change_income(&workspace);
    workspace.edit("pipeline.yaml", "base_year: 2001", "base_year: 1990");
    let said = said(&workspace, &["reproduce", "--locked"]);
    assert!(said.starts_with("exit 1\nerror: stage real failed"), "{said}");
    assert!(workspace.files(".vintner/outputs") == shown, "nothing else is shown");
}
