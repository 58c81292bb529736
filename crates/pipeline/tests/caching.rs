//! What runs again, and what doesn't.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::common::{Workspace, causes, ran, vintage};
use vintner_pipeline::{Engine, Keep, Locking, PipelineError, Plan, RunOptions, Silent, State};

const STAGES: &str = r#"
  base: {op: numbers, params: {values: {a: [1, 2, 3], b: [10, 20, 30]}}}
  sum_a: {op: sum, inputs: {from: base}, params: {column: a, add: 0}}
  sum_b: {op: sum, inputs: {from: base}, params: {column: b}}
  tens_a: {op: tens, inputs: {from: sum_a}}
  all: {op: total, inputs: {a: tens_a, b: sum_b}, publish: {text: 'out/{vintage}.txt'}}
  aside: {op: seed}
"#;

fn edited(from: &str, to: &str) -> String {
    assert_eq!(STAGES.matches(from).count(), 1);
    STAGES.replace(from, to)
}

#[test]
fn a_second_run_runs_nothing_and_writes_nothing() {
    let workspace = Workspace::new();
    assert_eq!(workspace.run(STAGES).ran(), 6);
    assert_eq!(workspace.read("out/v.txt"), "a[] 0\nb[] 60\n");
    let before = workspace.files();
    let report = workspace.run(STAGES);
    assert_eq!((report.ran(), report.cached()), (0, 6));
    assert!(workspace.files() == before, "a file was written, or written anew");
}

#[test]
fn a_parameter_re_runs_exactly_what_depends_on_it() {
    let workspace = Workspace::new();
    workspace.run(STAGES);
    let report = workspace.run(&edited("add: 0", "add: 10"));
    assert_eq!(ran(&report), ["all", "sum_a", "tens_a"]);
    assert_eq!(causes(&report, "sum_a"), ["parameter add: 0 -> 10"]);
    assert_eq!(causes(&report, "all"), ["input a changed"]);
    assert_eq!(workspace.read("out/v.txt"), "a[] 10\nb[] 60\n");
}

#[test]
fn it_stops_early_where_an_output_comes_out_the_same() {
    let workspace = Workspace::new();
    workspace.run(STAGES);
    // 6 becomes 7, and both are 0 in tens.
    assert_eq!(ran(&workspace.run(&edited("add: 0", "add: 1"))), ["sum_a", "tens_a"]);
}

#[test]
fn a_changed_column_re_runs_its_readers_alone() {
    let workspace = Workspace::new();
    workspace.run(STAGES);
    let report = workspace.run(&edited("[10, 20, 30]", "[10, 20, 40]"));
    assert_eq!(ran(&report), ["all", "base", "sum_b"]);
    assert_eq!(causes(&report, "sum_b"), ["input from changed in b"]);
    let report = workspace.run(&edited("[10, 20, 30]}", "[10, 20, 40], c: [1, 2, 3]}"));
    assert_eq!(ran(&report), ["base"], "a new column concerns nobody yet");
}

#[test]
fn changed_rows_re_run_the_readers_of_their_group_alone() {
    let stages = |values: &str| {
        format!(
            "  base: {{op: numbers, params: {{values: {{a: {values}}}, group: [x, y, x]}}}}\n  \
             x: {{op: select, inputs: {{from: base}}, params: {{groups: [x]}}}}\n  \
             y: {{op: select, inputs: {{from: base}}, params: {{groups: [y]}}}}\n"
        )
    };
    let workspace = Workspace::new();
    workspace.run(&stages("[1, 2, 3]"));
    let report = workspace.run(&stages("[1, 2, 4]"));
    assert_eq!(ran(&report), ["base", "x"]);
    assert_eq!(causes(&report, "x"), ["input from changed in x"]);
}

#[test]
fn a_reader_of_columns_or_groups_does_not_see_their_order() {
    let stages = |order: &str, group: &str, values: &str| {
        format!(
            "  base: {{op: numbers, params: {{values: {{a: {values}, b: {values}}}, group: {group}, backwards: {order}}}}}\n  \
             columns: {{op: select, inputs: {{from: base}}, params: {{columns: [b, a]}}}}\n  \
             rows: {{op: select, inputs: {{from: base}}, params: {{groups: [y, x]}}}}\n"
        )
    };
    let made = |text: &str, workspace: &Workspace| {
        let report = workspace.run(text);
        assert!(report.check().is_ok());
        workspace.outputs(text, &vintage(&[]))
    };
    let kept = Workspace::new();
    for text in [
        stages("false", "[x, y]", "[1, 2]"),
        stages("true", "[x, y]", "[1, 2]"),
        stages("false", "[y, x]", "[2, 1]"),
    ] {
        assert_eq!(made(&text, &kept), made(&text, &Workspace::new()));
    }
}

#[test]
fn a_reader_of_columns_or_groups_that_are_not_there_sees_what_is_there() {
    let stages = |values: &str, group: &str| {
        format!(
            "  base: {{op: numbers, params: {{values: {values}, group: {group}}}}}\n  \
             columns: {{op: select, inputs: {{from: base}}, params: {{columns: [none]}}}}\n  \
             rows: {{op: select, inputs: {{from: base}}, params: {{groups: [none]}}}}\n"
        )
    };
    let kept = Workspace::new();
    for (values, group) in [("{a: [1, 2]}", "[x, y]"), ("{a: [1]}", "[x]"), ("{b: [1, 2]}", "[x, y]")] {
        let text = stages(values, group);
        let fresh = Workspace::new();
        assert_eq!(
            crate::common::with(&kept.run(&text), failed),
            crate::common::with(&fresh.run(&text), failed)
        );
        assert_eq!(kept.outputs(&text, &vintage(&[])), fresh.outputs(&text, &vintage(&[])));
    }
    // The rows of other groups don't count.
    let report = kept.run(&stages("{b: [1, 3]}", "[x, y]"));
    assert!(!ran(&report).contains(&"rows"), "{:?}", ran(&report));
}

fn failed(outcome: &vintner_pipeline::Outcome) -> bool {
    matches!(outcome, vintner_pipeline::Outcome::Failed(_))
}

#[test]
fn going_back_runs_nothing() {
    let workspace = Workspace::new();
    workspace.run(STAGES);
    workspace.run(&edited("add: 0", "add: 10"));
    let report = workspace.run(STAGES);
    assert_eq!((report.ran(), report.cached()), (0, 6));
    assert_eq!(workspace.read("out/v.txt"), "a[] 0\nb[] 60\n", "what is published goes back too");
}

#[test]
fn the_order_in_which_a_spec_is_written_does_not_count() {
    let workspace = Workspace::new();
    workspace.run(STAGES);
    let mut lines: Vec<&str> = STAGES.lines().filter(|line| !line.is_empty()).collect();
    lines.reverse();
    assert_eq!(workspace.run(&lines.join("\n")).ran(), 0);
}

#[test]
fn force_runs_everything_and_changes_nothing() {
    let workspace = Workspace::new();
    workspace.run(STAGES);
    let before = workspace.outputs(STAGES, &vintage(&[]));
    let options = RunOptions { force: true, jobs: 0, keep_going: true, ..Default::default() };
    let report = workspace.run_with(STAGES, &vintage(&[]), &options);
    assert_eq!(report.ran(), 6);
    assert_eq!(causes(&report, "aside"), ["--force"]);
    assert_eq!(workspace.outputs(STAGES, &vintage(&[])), before);
}

#[test]
fn each_stage_has_a_seed_of_its_own() {
    let workspace = Workspace::new();
    let stages = "  a: {op: seed}\n  b: {op: seed}\n";
    workspace.run(stages);
    let seed = |name: &str| workspace.output(stages, name);
    assert_ne!(seed("a.value"), seed("b.value"));
    let more = "  a: {op: seed}\n  b: {op: seed}\n  aa: {op: seed}\n";
    assert_eq!(ran(&workspace.run(more)), ["aa"], "a new stage leaves the others' seeds alone");
}

#[test]
fn files_below_a_folder_count_by_path_and_content() {
    let workspace = Workspace::new();
    let stages = "  text: {op: lines, files: {folder: notes}}\n";
    workspace.write("notes/b.txt", "B");
    workspace.write("notes/a/c.txt", "C");
    workspace.write("notes/.hidden", "no");
    workspace.write("notes/b.txt~", "no");
    workspace.run(stages);
    assert_eq!(workspace.output(stages, "text.text"), "a/c.txt: C\nb.txt: B\n");

    workspace.write("notes/.hidden", "still no");
    workspace.write("notes/b.txt", "B");
    assert_eq!(workspace.run(stages).ran(), 0, "hidden files and times don't count");
    workspace.write("notes/d.txt", "D");
    assert_eq!(causes(&workspace.run(stages), "text"), ["input folder d.txt is new"]);
    workspace.write("notes/d.txt", "E");
    assert_eq!(causes(&workspace.run(stages), "text"), ["input folder d.txt changed"]);
    std::fs::remove_file(workspace.path("notes/d.txt")).unwrap();
    assert_eq!(workspace.run(stages).ran(), 0, "as it was at first");
}

#[test]
fn one_source_re_runs_its_own_branch_and_warnings_are_said_again() {
    let workspace = Workspace::new();
    let stages = "  tidy: {op: source, foreach: sources}\n  all: {op: total, inputs: {tidy: tidy}}\n";
    workspace.write("raw/x", "3");
    workspace.write("raw/y", "-4");
    let vintage = vintage(&[("x", workspace.path("raw/x")), ("y", workspace.path("raw/y"))]);
    let run = || workspace.run_with(stages, &vintage, &RunOptions::default());
    assert_eq!(ran(&run()), ["all", "tidy[x]", "tidy[y]"]);
    let again = run();
    assert_eq!(again.ran(), 0);
    let warnings: Vec<&String> = again.stages.iter().flat_map(|stage| &stage.warnings).collect();
    assert_eq!(warnings, ["\"y\" is below zero"]);

    workspace.write("raw/x", "5");
    assert_eq!(ran(&run()), ["all", "tidy[x]"]);
    let outputs = workspace.outputs(stages, &vintage);
    assert_eq!(outputs["all.text"], b"tidy[x] 5\ntidy[y] -4\n");

    workspace.write("raw/x", " 5 ");
    assert_eq!(ran(&run()), ["tidy[x]"], "another file, the same number");
}

#[test]
fn a_dry_run_says_what_would_run_and_why() {
    let workspace = Workspace::new();
    let first = workspace.status(STAGES);
    assert_eq!(first["base"], State::Missing(vec!["it hasn't run on this vintage yet".into()]));
    assert_eq!(first["all"], State::Waiting(vec!["sum_b".into(), "tens_a".into()]));
    assert!(!workspace.path(".vintner").exists(), "a dry run writes nothing");

    workspace.run(STAGES);
    assert!(workspace.status(STAGES).values().all(|state| *state == State::Fresh));
    let changed = workspace.status(&edited("add: 0", "add: 10"));
    assert_eq!(changed["sum_a"], State::Stale(vec!["parameter add: 0 -> 10".into()]));
    assert_eq!(changed["tens_a"], State::Waiting(vec!["sum_a".into()]));
    assert_eq!(changed["all"], State::Waiting(vec!["tens_a".into()]));
    assert_eq!((&changed["base"], &changed["sum_b"]), (&State::Fresh, &State::Fresh));
}

#[test]
fn on_a_file_system_without_locks_runs_go_on_and_nothing_is_taken_away() {
    let workspace = Workspace::new();
    let pipeline = workspace.pipeline("  a: {op: numbers, params: {values: {x: [1]}}}\n  b: {op: sum, inputs: {from: a}, params: {column: x}}\n");
    let (vintage, store) = (vintage(&[]), workspace.store().locking(Locking::Refused));
    let plan = Plan::new(&pipeline, &vintage);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let report = Engine::new(&store, &Silent).run(&plan, &RunOptions::default()).unwrap();
                report.check().unwrap();
            });
        }
    });
    let keep = Keep::default();
    match store.collect(&keep, false) {
        Err(PipelineError::NoLocks { .. }) => {}
        other => panic!("{other:?}"),
    }
    assert!(workspace.store().locking(Locking::Off).collect(&keep, false).is_ok());
    let report = Engine::new(&store, &Silent).run(&plan, &RunOptions::default()).unwrap();
    assert_eq!(report.cached(), 2);
}
