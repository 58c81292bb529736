//! What is made doesn't depend on how it was made: not on the number of threads, and not on what
//! was run before.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use crate::common::{Workspace, timeless, vintage};
use proptest::prelude::*;
use vintner_pipeline::{Outcome, RunOptions, State};

/// What a stage of a random pipeline does; it reads earlier stages, chosen by number.
#[derive(Debug, Clone)]
enum Step {
    Numbers { a: Vec<i32>, b: Vec<i32>, backwards: bool, group: Option<bool> },
    Select { from: usize, columns: u8 },
    Rows { from: usize, groups: u8 },
    Sum { from: usize, column: &'static str, add: i32 },
    Tens { from: usize },
    Total { from: Vec<usize> },
}

fn step() -> impl Strategy<Value = Step> {
    let digits = || prop::collection::vec(0..3_i32, 2);
    prop_oneof![
        2 => (digits(), digits(), any::<bool>(), any::<Option<bool>>())
            .prop_map(|(a, b, backwards, group)| Step::Numbers { a, b, backwards, group }),
        2 => (any::<usize>(), 1..8_u8).prop_map(|(from, columns)| Step::Select { from, columns }),
        1 => (any::<usize>(), 1..4_u8).prop_map(|(from, groups)| Step::Rows { from, groups }),
        3 => (any::<usize>(), prop::sample::select(vec!["a", "b"]), 0..3_i32)
            .prop_map(|(from, column, add)| Step::Sum { from, column, add }),
        1 => any::<usize>().prop_map(|from| Step::Tens { from }),
        2 => prop::collection::vec(any::<usize>(), 0..3).prop_map(|from| Step::Total { from }),
    ]
}

fn chosen(of: &[String], bits: u8) -> String {
    let names: Vec<&str> =
        of.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, name)| name.as_str()).collect();
    names.join(", ")
}

/// The stages as a spec. A step whose input can't be had, because no earlier one makes such a thing,
/// is left out.
fn spec(steps: &[Step]) -> String {
    let (mut frames, mut values): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let pick = |of: &[String], number: usize| of.get(number % of.len().max(1)).cloned();
    let mut text = String::new();
    for (at, step) in steps.iter().enumerate() {
        // Neither the order of names nor that of lines is the order in which stages can run.
        let name = format!("s{}", (at * 7 + 3) % 10);
        let (made, is_frame) = match step {
            Step::Numbers { a, b, backwards, group } => {
                let group = match group {
                    None => String::new(),
                    Some(false) => ", group: [x, y]".into(),
                    Some(true) => ", group: [y, x]".into(),
                };
                let params = format!("{{values: {{a: {a:?}, b: {b:?}}}, backwards: {backwards}{group}}}");
                (Some(format!("{{op: numbers, params: {params}}}")), true)
            }
            Step::Select { from, columns } => {
                let columns = chosen(&["b", "a", "c"].map(str::to_owned), *columns);
                let made = |from| {
                    format!("{{op: select, inputs: {{from: {from}}}, params: {{columns: [{columns}]}}}}")
                };
                (pick(&frames, *from).map(made), true)
            }
            Step::Rows { from, groups } => {
                let groups = chosen(&["y", "x"].map(str::to_owned), *groups);
                let made = |from| {
                    format!("{{op: select, inputs: {{from: {from}}}, params: {{groups: [{groups}]}}}}")
                };
                (pick(&frames, *from).map(made), true)
            }
            Step::Sum { from, column, add } => {
                let made = |from| {
                    format!("{{op: sum, inputs: {{from: {from}}}, params: {{column: {column}, add: {add}}}}}")
                };
                (pick(&frames, *from).map(made), false)
            }
            Step::Tens { from } => {
                (pick(&values, *from).map(|from| format!("{{op: tens, inputs: {{from: {from}}}}}")), false)
            }
            Step::Total { from } => {
                let read = from.iter().filter_map(|from| pick(&values, *from)).enumerate();
                let inputs: Vec<String> = read.map(|(at, from)| format!("r{at}: {from}")).collect();
                (Some(format!("{{op: total, inputs: {{{}}}}}", inputs.join(", "))), false)
            }
        };
        if let Some(made) = made {
            text.push_str(&format!("  {name}: {made}\n"));
            if is_frame { frames.push(name) } else { values.push(name) }
        }
    }
    // At least one stage is there.
    text.push_str("  last: {op: seed}\n");
    text
}

/// What became of each branch, apart from whether it had to run.
fn results(report: &vintner_pipeline::Report) -> BTreeMap<String, String> {
    let words = |outcome: &Outcome| match outcome {
        Outcome::Ran(_) | Outcome::Cached => "made".to_owned(),
        Outcome::Failed(message) => message.clone(),
        Outcome::Skipped => "skipped".to_owned(),
        Outcome::Stopped => "stopped".to_owned(),
    };
    report.stages.iter().map(|stage| (stage.branch.clone(), words(&stage.outcome))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// After any series of edits, a run that finds some of its stages in the store makes byte for
    /// byte what a run from nothing makes; and what a dry run foretold comes true.
    #[test]
    fn a_cached_run_equals_a_fresh_one(
        mut steps in prop::collection::vec(step(), 1..9),
        edits in prop::collection::vec((any::<usize>(), step()), 1..5),
    ) {
        let kept = Workspace::new();
        kept.run(&spec(&steps));
        for (at, step) in edits {
            let at = at % steps.len();
            steps[at] = step;
            let text = spec(&steps);
            let foretold = kept.status(&text);
            let report = kept.run_with(&text, &vintage(&[]), &RunOptions { force: false, jobs: 2, keep_going: true, ..Default::default() });
            let fresh = Workspace::new();
            let anew = fresh.run(&text);
            prop_assert_eq!(results(&report), results(&anew), "{}", text);
            prop_assert_eq!(kept.outputs(&text, &vintage(&[])), fresh.outputs(&text, &vintage(&[])), "{}", text);
            for stage in &report.stages {
                match &foretold[&stage.branch] {
                    State::Fresh => prop_assert_eq!(&stage.outcome, &Outcome::Cached),
                    State::Stale(_) | State::Missing(_) | State::Corrupt(_) => prop_assert_ne!(&stage.outcome, &Outcome::Cached),
                    State::Waiting(_) => {}
                }
            }
        }
    }
}

const WIDE: &str = r#"
  base: {op: numbers, params: {values: {a: [1, 2, 3], b: [4, 5, 6]}}}
  s1: {op: sum, inputs: {from: base}, params: {column: a, add: 1}}
  s2: {op: sum, inputs: {from: base}, params: {column: a, add: 2}}
  s3: {op: sum, inputs: {from: base}, params: {column: b, add: 3}}
  s4: {op: sum, inputs: {from: base}, params: {column: b, add: 4}}
  s5: {op: sum, inputs: {from: base}, params: {column: c}}
  s6: {op: panic, inputs: {a: s1}, params: {message: no}}
  all: {op: total, inputs: {d: s4, c: s3, b: s2, a: s1, tidy: tidy}, publish: {text: out/all.txt}}
  some: {op: total, inputs: {a: s1, b: s5}}
  tidy: {op: source, foreach: sources}
"#;

#[test]
fn the_number_of_threads_does_not_show() {
    let made = [1, 2, 8].map(|jobs| {
        let workspace = Workspace::new();
        let names = ["p", "q", "r", "o"];
        names.iter().for_each(|name| workspace.write(name, "-1"));
        let vintage = vintage(&names.map(|name| (name, workspace.path(name))));
        let report = workspace.run_with(
            WIDE,
            &vintage,
            &RunOptions { force: false, jobs, keep_going: true, ..Default::default() },
        );
        let files: BTreeMap<_, _> = workspace
            .files()
            .into_iter()
            .map(|(path, (bytes, _))| (path.strip_prefix(workspace.folder()).unwrap().to_owned(), bytes))
            // A record says how long its stage took.
            .filter(|(path, _)| !path.starts_with(".vintner/v1/records"))
            // What failed is remembered with its time.
            .filter(|(path, _)| !path.starts_with(".vintner/v1/failed"))
            // A log says how long its stage took.
            .filter(|(path, _)| !path.starts_with(".vintner/logs"))
            .collect();
        (timeless(&report), files)
    });
    assert_eq!(made[0].0["stages"].as_array().unwrap().len(), 13);
    assert_eq!(
        made[0].1[std::path::Path::new(".vintner/outputs/toy/v/all/text.txt")],
        b"a[] 7\nb[] 8\nc[] 18\nd[] 19\ntidy[p] -1\ntidy[q] -1\ntidy[r] -1\ntidy[o] -1\n"
    );
    let published = made[0].1.contains_key(std::path::Path::new("out/all.txt"));
    assert!(!published, "nothing is written into the workspace where a stage failed");
    assert!(made[0] == made[1] && made[0] == made[2]);
}
