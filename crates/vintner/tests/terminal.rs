//! Each command as a person runs it: in a terminal, wide and narrow, high and low.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::common::terminal::{Size, USUAL};
use crate::common::towns::{MANIFEST_PATH, PRICES, TOWNS, small, write_sums};
use crate::common::{Workspace, redacted, replaced};
use vt100::Color;

const NARROW: Size = (10, 40);
const WIDE: Size = (50, 200);

/// What a person sees, without what differs from run to run.
fn seen(text: &str) -> String {
    // A time stands at the right of what it is the time of.
    let redacted = redacted(&replaced(text, &[(r" +(\d+\.\d\d s)", " $1")]));
    replaced(&redacted, &[(r"/tmp/\.tmp\w+", "<folder>"), (r"\b[0-9a-f]{16}\b", "<fingerprint>")])
}

/// Runs a command in a terminal of each size and in a pipe: it ends alike, and nothing of it is lost.
fn run_everywhere(workspace: &Workspace, arguments: &[&str], code: i32) -> Vec<String> {
    let piped = workspace.vintner(arguments);
    assert_eq!(piped.code, code, "{arguments:?}: {}{}", piped.stdout, piped.stderr);
    let escapes = |text: &str| text.contains('\u{1b}');
    assert!(!escapes(&piped.stdout) && !escapes(&piped.stderr), "{arguments:?}: {}", piped.stderr);
    let sizes = [USUAL, NARROW, WIDE];
    sizes
        .iter()
        .map(|size| {
            let mut terminal = workspace.in_terminal(*size, arguments);
            let ended = terminal.wait();
            let everything = terminal.everything();
            assert_eq!(ended, code, "{arguments:?} at {size:?}:\n{everything}");
            assert!(!everything.trim().is_empty(), "{arguments:?} at {size:?} says nothing");
            everything
        })
        .collect()
}

#[test]
fn every_command_that_succeeds() {
    let workspace = small();
    workspace.reproduce(&[]);
    // What holds digests, sizes or long numbers isn't kept for comparison.
    let unlike: &[&[&str]] = &[
        &["audit", "equation"],
        &["audit", "--html"],
        &["cache", "ls"],
        &["cache", "du"],
        &["cache", "verify"],
        &["show", "equation"],
        &["operations"],
        &["help"],
        &["--version"],
    ];
    for arguments in unlike {
        run_everywhere(&workspace, arguments, 0);
    }
    let commands: &[&[&str]] = &[
        &["reproduce"],
        &["reproduce", "--dry-run"],
        &["reproduce", "--force"],
        &["status"],
        &["why", "equation"],
        &["audit"],
        &["audit", "--verify"],
        &["audit", "--rebuild"],
        &["lock"],
        &["cache", "gc", "--dry-run"],
        &["graph"],
        &["show", "variables"],
        &["vintage", "list"],
        &["vintage", "check"],
        &["vintages"],
    ];
    for arguments in commands {
        let shown = run_everywhere(&workspace, arguments, 0);
        let name = arguments.join("_").replace(['/', '!', '.'], "_").replace("--", "");
        // Columns are as wide as what takes longest.
        let columns: &[(&str, &str)] = if name == "audit" { &[(" {2,}", "  ")] } else { &[] };
        insta::assert_snapshot!(format!("usual_{name}"), replaced(&seen(&shown[0]), columns));
        insta::assert_snapshot!(format!("narrow_{name}"), replaced(&seen(&shown[1]), columns));
    }
}

#[test]
fn every_question_about_a_paper() {
    let workspace = Workspace::of_paper();
    workspace.write_another_vintage("moved", "汇率.csv", "2012,6.3", "2012,9.3");
    workspace.reproduce(&[]);
    workspace.reproduce(&["--vintage", "moved"]);
    let commands: &[(&str, &[&str])] = &[
        ("claims", &["claims"]),
        ("a_claim", &["claims", "abstract-2"]),
        ("trace", &["trace", "1/沧州/lnEG"]),
        ("trace_of_a_cell", &["trace", "--cell", "汇率.csv!B6"]),
        ("vintage_diff", &["vintage", "diff", "reconstructed", "moved"]),
        ("vintage_compare", &["vintage", "compare", "reconstructed", "moved"]),
        ("nothing_to_clean", &["clean"]),
    ];
    for (name, arguments) in commands {
        let shown = run_everywhere(&workspace, arguments, 0);
        insta::assert_snapshot!(format!("paper_{name}"), seen(&shown[0]));
        insta::assert_snapshot!(format!("paper_narrow_{name}"), seen(&shown[1]));
    }
}

/// The last lines of a run tell how the results differ from those of the run before.
#[test]
fn what_a_run_changed_in_the_results() {
    let workspace = Workspace::of_paper();
    workspace.reproduce(&[]);
    let run = || {
        let mut terminal = workspace.in_terminal(USUAL, &["reproduce"]);
        assert_eq!(terminal.wait(), 0, "{}", terminal.screen());
        seen(&terminal.everything())
    };
    let equation = |regressors: &str| format!("regressors: [{regressors}]\n      by_entity: ");
    workspace.edit("pipeline.yaml", &equation("lnEG, lnAI, lnBE, lnPD"), &equation("lnEG, lnAI, lnPD"));
    insta::assert_snapshot!("results_changed", run());
    // Said once: nothing has changed since.
    assert!(!run().contains("results:"));
    // A number that moves no coefficient is no change of the results.
    workspace.edit("pipeline.yaml", "seed: 20240614", "seed: 20240615");
    let shown = run();
    assert!(!shown.contains("results:") && !shown.contains("claims:"), "{shown}");
    workspace.edit("pipeline.yaml", &equation("lnEG, lnAI, lnPD"), &equation("lnEG, lnAI, lnBE, lnPD"));
    insta::assert_snapshot!("results_back_again", run());
}

#[test]
fn what_takes_a_while_says_what_it_does_and_takes_that_back() {
    let workspace = Workspace::of_paper();
    let mut terminal = workspace.in_terminal(USUAL, &["reconstruct", "--check"]);
    terminal.wait_to_show("looking for data behind the published tables");
    assert_eq!(terminal.wait(), 0, "{}", terminal.screen());
    let shown = terminal.everything();
    assert!(!shown.contains("looking for") && shown.contains("195 of 195"), "{shown}");
    let mut quiet = workspace.in_terminal(USUAL, &["reconstruct", "--check", "--quiet"]);
    assert_eq!(quiet.wait(), 0);
    assert!(!quiet.bytes().contains("looking for"));
}

/// A file that a renamed path leaves behind.
#[test]
fn what_clean_would_remove_and_removes() {
    let workspace = small();
    workspace.reproduce(&[]);
    workspace.edit("pipeline.yaml", "reports/{vintage}/summary.json", "reports/{vintage}/descriptives.json");
    workspace.reproduce(&[]);
    let left = run_everywhere(&workspace, &["clean"], 0);
    insta::assert_snapshot!("clean", seen(&left[0]));
    insta::assert_snapshot!("narrow_clean", seen(&left[1]));
    let mut terminal = workspace.in_terminal(USUAL, &["clean", "--yes"]);
    assert_eq!(terminal.wait(), 0);
    insta::assert_snapshot!("cleaned", seen(&terminal.everything()));
    assert!(!workspace.path("reports/small/summary.json").exists());
}

#[test]
fn every_command_that_fails() {
    let workspace = small();
    let commands: &[(&str, &[&str], i32)] = &[
        ("nothing_made", &["show", "variables"], 1),
        ("no_lock", &["lock"], 1),
        ("no_stage", &["why", "equatoin"], 2),
        ("no_such_part", &["reproduce", "--until", "equatoin"], 2),
        ("no_vintage", &["status", "--vintage", "larger"], 2),
        ("no_pipeline", &["status", "-C", "data"], 2),
        ("no_data_root", &["status", "--data-root", "nowhere"], 2),
        ("no_such_option", &["reproduce", "--forze"], 2),
        ("no_claims", &["claims"], 2),
    ];
    for (name, arguments, code) in commands {
        let shown = run_everywhere(&workspace, arguments, *code);
        assert!(shown[0].contains("error: "), "{}", shown[0]);
        insta::assert_snapshot!(format!("fails_{name}"), seen(&shown[1]));
    }
    let faulty = small();
    faulty.edit("pipeline.yaml", "by_entity: {covariance", "by_entitty: {covariance");
    insta::assert_snapshot!("fails_fault", seen(&run_everywhere(&faulty, &["status"], 2)[1]));
    faulty.edit("pipeline.yaml", "by_entitty: {covariance", "by_entity: {covariance");
    faulty.edit(PRICES, "year,price\n", "year,prize\n");
    write_sums(&faulty);
    let shown = run_everywhere(&faulty, &["reproduce"], 1);
    insta::assert_snapshot!("fails_stage", seen(&shown[0]));
    insta::assert_snapshot!("fails_stage_narrow", seen(&shown[1]));
}

#[test]
fn errors_are_red_where_colours_are_wanted() {
    let workspace = small();
    let run = |variables: &[(&str, &str)]| {
        let mut terminal = workspace.in_terminal_with(USUAL, &["why", "equatoin"], variables);
        assert_eq!(terminal.wait(), 2);
        assert!(terminal.screen().starts_with("error: no stage is called `equatoin`"));
        (terminal.colour_of("error:"), terminal.bytes())
    };
    assert_eq!(run(&[]).0, Color::Idx(1));
    for plain in [[("NO_COLOR", "1")], [("TERM", "dumb")], [("CLICOLOR", "0")]] {
        let (colour, bytes) = run(&plain);
        assert_eq!(colour, Color::Default, "{plain:?}");
        assert!(!bytes.contains('\u{1b}'), "{plain:?}: {bytes:?}");
    }
    assert_eq!(run(&[("CI", "true")]).0, Color::Idx(1));
    // And in a pipe, where they are asked for.
    let mut command = workspace.command(&["why", "equatoin"]);
    let piped = command.env("CLICOLOR_FORCE", "1").env_remove("NO_COLOR").output().unwrap();
    let stderr = String::from_utf8(piped.stderr).unwrap();
    assert!(stderr.starts_with("\u{1b}[31m\u{1b}[1merror:\u{1b}[0m no stage"), "{stderr:?}");
}

#[test]
fn a_first_run_a_second_and_one_that_changes_something() {
    let workspace = small();
    let run = |arguments: &[&str]| {
        let mut terminal = workspace.in_terminal(USUAL, &[&["reproduce"], arguments].concat());
        assert_eq!(terminal.wait(), 0, "{}", terminal.screen());
        seen(&terminal.everything())
    };
    insta::assert_snapshot!("first_run", run(&[]));
    insta::assert_snapshot!("second_run", run(&[]));
    insta::assert_snapshot!("another_run", run(&["--set", "params.base_year=2002"]));
    insta::assert_snapshot!("back_again", run(&[]));
    assert_eq!(run(&["--quiet"]), "");
}

/// Stages that take until `go` is there, so many of them at once, and one that reads them.
fn slow(branches: usize) -> Workspace {
    let items: Vec<String> = (1..=branches).map(|item| format!("石家庄{item}")).collect();
    Workspace::of_stages(&format!(
        r#"
  quick:
    run: "echo 1 > out.txt"
    outputs: {{text: out.txt}}
  cities:
    run: "echo $$ >> HERE/ids; while ! test -e HERE/go; do sleep 0.02; done; echo 1 > out.txt"
    inputs: {{text: quick}}
    foreach: [{}]
    params: {{of: $item}}
    outputs: {{text: out.txt}}
  all:
    run: "cat inputs/each/*.txt > out.txt"
    inputs: {{each: cities}}
    outputs: {{text: out.txt}}
    publish: {{text: out/all.txt}}
"#,
        items.join(", ")
    ))
}

#[test]
fn what_runs_is_shown_while_it_does_and_no_longer() {
    let workspace = slow(2);
    let mut terminal = workspace.in_terminal(USUAL, &["reproduce", "--jobs", "2"]);
    terminal.wait_to_show("cities[石家庄1]");
    terminal.wait_to_show("cities[石家庄2]");
    terminal.wait_to_show("  1 s");
    let shown = replaced(&terminal.screen(), &[(r" +\d+ s\b", " <time>")]);
    let mut lines: Vec<&str> = shown.lines().collect();
    lines[1..].sort_unstable();
    assert_eq!(
        lines,
        [
            "[######------------------] 1 of 4 stages, 3 left <time>",
            "  cities[石家庄1] <time>",
            "  cities[石家庄2] <time>"
        ]
    );
    workspace.write("go", "");
    assert_eq!(terminal.wait(), 0);
    insta::assert_snapshot!("slow_run", seen(&terminal.everything()));
}

#[test]
fn there_are_never_more_lines_than_rows() {
    for (size, first, last) in [
        (NARROW, "1 of 14, 13 left", "  and 9 more"),
        ((24, 40), "1 of 14, 13 left", "  and 5 more"),
        ((4, 20), "1 of 14, 13 l…", "  and 12 more"),
        ((2, 80), "[#-----------------------] 1 of 14 stages, 13 left", "[#-----------------------]"),
        (WIDE, "[#-----------------------] 1 of 14 stages, 13 left", "  and 5 more"),
    ] {
        let workspace = slow(12);
        let mut terminal = workspace.in_terminal(size, &["reproduce", "--jobs", "12"]);
        terminal.wait_to_show(first);
        terminal.wait_to_show(last);
        assert!(terminal.most_rows() <= usize::from(size.0) / 2, "{size:?}:\n{}", terminal.screen());
        assert_eq!(terminal.everything(), terminal.screen(), "{size:?}: nothing has scrolled");
        workspace.write("go", "");
        assert_eq!(terminal.wait(), 0);
        let everything = terminal.everything();
        assert!(!everything.contains("left"), "{size:?}:\n{everything}");
        assert!(everything.contains("out/all.txt"), "{size:?}:\n{everything}");
    }
}

#[test]
fn a_terminal_may_change_its_size_meanwhile() {
    let workspace = slow(6);
    let mut terminal = workspace.in_terminal(USUAL, &["reproduce", "--jobs", "6"]);
    terminal.wait_to_show("石家庄6");
    for (size, first) in [(NARROW, "1 of 8, 7 left"), (WIDE, "] 1 of 8 stages, 7 left"), ((5, 30), "1 of 8")]
    {
        terminal.resize(size);
        terminal.wait_to_be(|screen| {
            let lines: Vec<&str> = screen.lines().collect();
            // What was there before is gone.
            lines.len() <= usize::from(size.0) / 2 && lines.first().is_some_and(|line| line.contains(first))
        });
    }
    workspace.write("go", "");
    assert_eq!(terminal.wait(), 0);
    assert!(!terminal.everything().contains("left"), "{}", terminal.everything());
}

#[test]
fn ctrl_c_ends_a_run_and_the_screen_is_left_in_order() {
    let workspace = slow(2);
    let mut terminal = workspace.in_terminal(USUAL, &["reproduce", "--jobs", "2"]);
    terminal.wait_to_show("石家庄2");
    terminal.press_ctrl_c();
    assert_eq!(terminal.wait(), 130);
    insta::assert_snapshot!("ctrl_c", seen(&terminal.everything()));
}

#[test]
fn ctrl_c_twice_ends_it_at_once() {
    let workspace = Workspace::of_stages(
        r#"
  deaf:
    run: "trap '' INT TERM HUP; touch HERE/begun; while true; do sleep 0.1; done"
    outputs: {text: out.txt}
"#,
    );
    let mut terminal = workspace.in_terminal(NARROW, &["reproduce"]);
    workspace.wait_for("begun");
    terminal.wait_to_show("deaf");
    terminal.press_ctrl_c();
    terminal.wait_to_show("ending:");
    terminal.press_ctrl_c();
    assert_eq!(terminal.wait(), 130);
    let shown = terminal.everything();
    assert!(!shown.contains("left") && !shown.contains("deaf"), "{shown}");
}

#[test]
fn a_log_has_a_line_for_each_that_ran_and_nothing_that_is_taken_back() {
    for variables in [&[("CI", "true"), ("NO_COLOR", "1")][..], &[("TERM", "dumb")]] {
        let workspace = small();
        let mut terminal = workspace.in_terminal_with(USUAL, &["reproduce"], variables);
        assert_eq!(terminal.wait(), 0);
        let bytes = terminal.bytes();
        assert!(!bytes.contains('\u{1b}'), "{bytes:?}");
        assert_eq!(bytes.matches("  ran      ").count(), 7, "{bytes}");
    }
    let workspace = small();
    let piped = workspace.vintner(&["reproduce"]);
    assert_eq!(piped.stderr.matches("  ran      ").count(), 7, "{}", piped.stderr);
}

#[test]
fn what_is_said_meanwhile_stands_above_what_runs() {
    let workspace = slow(2);
    let mut terminal = workspace.in_terminal(USUAL, &["reproduce", "--jobs", "2", "-v"]);
    terminal.wait_to_show("石家庄2");
    workspace.write("go", "");
    assert_eq!(terminal.wait(), 0);
    let everything = terminal.everything();
    let logged = everything.lines().filter(|line| line.starts_with(" INFO ")).count();
    assert!(logged >= 4, "{everything}");
    assert_eq!(everything.lines().filter(|line| line.starts_with("  ran      ")).count(), 4, "{everything}");
    assert!(!everything.contains("left"), "{everything}");
}

#[test]
fn a_stream_that_is_no_terminal_gets_no_escapes_while_the_other_does() {
    let workspace = small();
    let mut terminal = workspace.shell_in_terminal(USUAL, "vintner reproduce > out.txt");
    assert_eq!(terminal.wait(), 0);
    assert!(terminal.screen().contains("  ran      "), "{}", terminal.screen());
    assert!(!terminal.screen().contains("7 stages"), "{}", terminal.screen());
    assert_eq!(
        workspace.read("out.txt"),
        seen(
            "small: 7 stages, 7 ran, 0 cached\nreports/small/summary.json\npipeline.lock: small is new in it\n"
        )
    );

    let mut terminal = workspace.shell_in_terminal(USUAL, "vintner audit | head -1; echo ${PIPESTATUS:-0}");
    assert_eq!(terminal.wait(), 0);
    let screen = terminal.screen();
    assert!(screen.starts_with("stage ") && screen.lines().count() == 2, "{screen}");

    // Stderr too may be read for a while and then no longer.
    workspace.write(TOWNS, &workspace.read(TOWNS).replace("100", "101"));
    write_sums(&workspace);
    let mut terminal = workspace.shell_in_terminal(USUAL, "vintner reproduce --force 2>&1 | head -1");
    assert_eq!(terminal.wait(), 0);
    assert!(terminal.screen().starts_with("  ran "), "{}", terminal.screen());
}

#[test]
fn alike_warnings_are_one_line() {
    let workspace = small();
    // No town has enough years for its own equation.
    workspace.edit("pipeline.yaml", "window: {first: 2001, last: 2008}", "window: {first: 2001, last: 2002}");
    let mut terminal = workspace.in_terminal(USUAL, &["reproduce"]);
    assert_eq!(terminal.wait(), 0, "{}", terminal.screen());
    insta::assert_snapshot!("warnings", seen(&terminal.everything()));
    let mut terminal = workspace.in_terminal(USUAL, &["reproduce"]);
    assert_eq!(terminal.wait(), 0);
    insta::assert_snapshot!("warnings_of_what_is_cached", seen(&terminal.everything()));
    let loud = workspace.vintner(&["reproduce", "-v"]);
    assert_eq!(loud.stderr.matches("warning: ").count(), 3, "{}", loud.stderr);
    assert!(workspace.read(MANIFEST_PATH).contains("Three towns"));
}
