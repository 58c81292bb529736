//! Several runs at once on one store.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use crate::common::Workspace;
use crate::common::commands::{files_below, trials};
use crate::common::running::Running;

/// Each stage notes that it ran. `each` and `all` depend on the parameter `x`, `of_vintage` on the
/// vintage, and `same` on neither.
const STAGES: &str = r#"
  same:
    run: "echo same >> HERE/ran; echo 1 > out.txt"
    outputs: {text: out.txt}
  of_vintage:
    run: "echo of_vintage >> HERE/ran; cat inputs/manifest.json > out.json"
    inputs: {manifest: vintage}
    outputs: {json: out.json}
    publish: {json: "out/{vintage}.json"}
  each:
    run: "echo each >> HERE/ran; cat inputs/same.txt params.json > out.txt"
    foreach: [a, b, c, d]
    inputs: {same: same}
    params: {of: $item, x: $x}
    outputs: {text: out.txt}
    publish: {text: "out/{vintage}/{item}.txt"}
  all:
    run: "echo all >> HERE/ran; cat inputs/each/*.txt > out.txt"
    inputs: {each: each}
    outputs: {text: out.txt}
    publish: {text: "out/{vintage}/all.txt"}
"#;

fn assert_succeed(runs: impl IntoIterator<Item = Running>) {
    for run in runs {
        let output = run.output();
        assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    }
}

/// How often each stage ran, as `stage times`.
fn times(workspace: &Workspace) -> Vec<String> {
    let lines = workspace.lines("ran");
    let stages: BTreeSet<&String> = lines.iter().collect();
    let count = |stage: &str| lines.iter().filter(|line| *line == stage).count();
    stages.into_iter().map(|stage| format!("{stage} {}", count(stage))).collect()
}

/// What is published under this name and shown of the vintage is of one run with this `x`.
fn is_of(workspace: &Workspace, published: &str, vintage: &str, x: &str) -> bool {
    let item = |item: &str| format!("1\n{{\"of\":\"{item}\",\"x\":{x}}}\n");
    let each: Vec<String> = ["a", "b", "c", "d"].map(item).into();
    let all = each.concat();
    let is = |part: String, text: &str| workspace.read(&part) == text;
    ["a", "b", "c", "d"].iter().zip(&each).all(|(item, text)| {
        is(format!("out/{published}/{item}.txt"), text)
            && is(format!(".vintner/outputs/trial/{vintage}/each/{item}/text.txt"), text)
    }) && is(format!("out/{published}/all.txt"), &all)
        && is(format!(".vintner/outputs/trial/{vintage}/all/text.txt"), &all)
}

#[test]
fn runs_of_the_same_share_all_work() {
    for trial in 0..trials(12) {
        let workspace = Workspace::of_stages(STAGES);
        assert_succeed((0..4).map(|_| workspace.start(&["reproduce"])).collect::<Vec<_>>());
        assert_eq!(times(&workspace), ["all 1", "each 4", "of_vintage 1", "same 1"], "trial {trial}");
        assert!(is_of(&workspace, "v", "v", "1"), "trial {trial}");
        assert_eq!(workspace.assert_sound().records, 7);
        assert_eq!(workspace.locks(), Vec::<String>::new());
    }
}

#[test]
fn runs_of_different_things_share_what_they_have_in_common() {
    for trial in 0..trials(8) {
        let workspace = Workspace::of_stages(STAGES);
        let mut runs = Vec::new();
        for vintage in ["v", "w"] {
            for x in ["params.x=1", "params.x=2"] {
                runs.push(workspace.start(&["reproduce", "--vintage", vintage, "--set", x]));
            }
        }
        assert_succeed(runs);
        assert_eq!(times(&workspace), ["all 2", "each 8", "of_vintage 2", "same 1"], "trial {trial}");
        assert!(workspace.read("out/v+x=1.json").contains("Made for v"));
        assert!(workspace.read("out/w+x=2.json").contains("Made for w"));
        assert!(!workspace.path("out/v").exists(), "what the pipeline itself publishes isn't made");
        for vintage in ["v", "w"] {
            // Whichever run was the last: what is found is all of it.
            let of = ["1", "2"].map(|x| is_of(&workspace, &format!("{vintage}+x={x}"), vintage, x));
            assert!(of.contains(&true), "trial {trial}: {vintage} has files of two runs");
            let x = if of[0] { "params.x=1" } else { "params.x=2" };
            let status = workspace.vintner(&["status", "--vintage", vintage, "--set", x]).stdout;
            assert_eq!(status.matches("  fresh    ").count(), 7, "{status}");
        }
        assert_eq!(workspace.assert_sound().records, 1 + 2 + 2 * 5);
        // Each of them is there to go back to.
        for x in ["params.x=1", "params.x=2", "params.x=1"] {
            let output = workspace.vintner(&["reproduce", "--set", x]);
            assert!(output.stdout.contains("nothing to do"), "{}", output.stdout);
            let x = x.trim_start_matches("params.x=");
            assert!(is_of(&workspace, &format!("v+x={x}"), "v", x), "trial {trial}");
        }
    }
}

#[test]
fn what_is_the_latest_is_added_to_by_each_run() {
    let stage = |name: &str| {
        format!(
            "  {name}: {{run: \"touch HERE/began-{name}; while ! test -e HERE/go-{name}; do sleep 0.01; done; \
             echo {name} > out.txt\", outputs: {{text: out.txt}}}}\n"
        )
    };
    let names = ["a", "b", "c"];
    let workspace = Workspace::of_stages(&names.map(stage).concat());
    // All begin before any of them ends.
    let runs = names.map(|name| workspace.start(&["reproduce", "--only", name]));
    names.iter().for_each(|name| workspace.wait_for(&format!("began-{name}")));
    for (name, run) in names.iter().zip(runs) {
        workspace.write(&format!("go-{name}"), "");
        assert_succeed([run]);
    }
    assert_eq!(workspace.latest("v"), names);
    // And all end at once.
    for trial in 0..trials(10) {
        workspace.remove(&[".vintner"]);
        assert_succeed(names.map(|name| workspace.start(&["reproduce", "--only", name])));
        assert_eq!(workspace.latest("v"), names, "trial {trial}");
        for name in names {
            assert_eq!(
                workspace.read(&format!(".vintner/outputs/trial/v/{name}/text.txt")),
                format!("{name}\n")
            );
        }
    }
}

#[test]
fn runs_whose_stages_have_threads_never_wait_for_one_another_in_a_circle() {
    let workspace = Workspace::of_folder("examples/grunfeld");
    workspace.write(
        "pipeline.yaml",
        r#"
version: 1
name: circle
vintage: plm
params: {window: {first: 1935, last: 1954}, variables: [inv, value, capital]}
stages:
  tidy:
    op: ingest
    foreach: sources
    files: {crosswalk: data/crosswalk/firms.csv}
    params: {window: $window}
  panel:
    op: assemble
    inputs: {tidy: tidy}
    files: {crosswalk: data/crosswalk/firms.csv}
    params: {window: $window, variables: $variables}
  fit:
    op: regress
    foreach: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]
    inputs: {panel: panel}
    params:
      dependent: inv
      regressors: [value, capital]
      by_entity: {covariance: {kind: classical}}
      pooled: {model: within, covariance: {kind: classical}}
"#,
    );
    for _ in 0..trials(15) {
        let run = |_| workspace.start(&["reproduce", "--force", "--jobs", "4"]);
        assert_succeed((0..3).map(run).collect::<Vec<_>>());
    }
    workspace.assert_sound();
    assert_eq!(files_below(&workspace.path(".vintner/outputs/circle/plm/fit")).len(), 20);
}
