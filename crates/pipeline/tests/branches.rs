//! Stages with branches: over lists, parameters and the values of a column; and parts of a pipeline.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use crate::common::{Workspace, causes, ran, vintage, with};
use vintner_pipeline::{
    Engine, Outcome, Pipeline, PipelineError, Plan, Report, RunOptions, Selection, Silent, State,
};

const CITIES: &str = r#"
  rows: {op: numbers, params: {values: {a: [1, 2, 3]}, group: [y, x, y]}}
  of: {op: select, foreach: {column: group, of: rows}, inputs: {from: rows}, params: {groups: [$item]}}
  sum: {op: sum, foreach: {column: group, of: rows}, inputs: {from: "of[$item]"}, params: {column: a}}
  all: {op: total, inputs: {sums: sum}}
"#;

#[test]
fn a_column_has_a_branch_for_each_of_its_values() {
    let workspace = Workspace::new();
    let report = workspace.run(CITIES);
    assert_eq!(ran(&report), ["all", "of[x]", "of[y]", "rows", "sum[x]", "sum[y]"]);
    assert_eq!(workspace.output(CITIES, "all.text"), "sums[y] 4\nsums[x] 2\n", "as they first appear");
    assert_eq!(workspace.run(CITIES).ran(), 0);

    // Only the branches of the city that changed, and what gathers them.
    let edited = CITIES.replace("[1, 2, 3]", "[1, 5, 3]");
    assert_eq!(ran(&workspace.run(&edited)), ["all", "of[x]", "rows", "sum[x]"]);

    // A city more is a branch more; a city less takes what was shown of it away.
    let more = CITIES.replace("[1, 2, 3]", "[1, 2, 3, 7]").replace("[y, x, y]", "[y, x, y, 'a/b']");
    assert_eq!(ran(&workspace.run(&more)), ["all", "of[a/b]", "rows", "sum[a/b]"]);
    assert!(workspace.path(".vintner/outputs/toy/v/sum/a%2Fb/sum.json").is_file());
    workspace.run(CITIES);
    assert!(!workspace.path(".vintner/outputs/toy/v/sum/a%2Fb").exists());
}

#[test]
fn a_range_has_a_branch_for_each_number_and_a_long_list_of_a_command_is_not_copied_for_each() {
    let workspace = Workspace::new();
    let stages = |range: &str| {
        format!(
            "\n  rows: {{op: numbers, params: {{values: {{a: [1, 2], b: [3, 4]}}}}}}\n  draw: {{op: sum, foreach: {range}, \
             inputs: {{from: rows}}, params: {{column: a, add: $item}}}}\n  all: {{op: total, inputs: {{sums: draw}}}}\n"
        )
    };
    let made = ran(&workspace.run(&stages("9..11"))).len();
    assert_eq!(made, 5);
    assert_eq!(workspace.output(&stages("9..11"), "all.text"), "sums[9] 12\nsums[10] 13\nsums[11] 14\n");
    // A number more is a branch more.
    assert_eq!(ran(&workspace.run(&stages("9..12"))), ["all", "draw[12]"]);
    let refused = |foreach: &str| match workspace
        .parse(&format!("version: 1\nname: toy\nvintage: v\nstages:{}", stages(foreach)))
    {
        Err(PipelineError::Spec(faults)) => faults.to_string(),
        _ => panic!("{foreach} is taken"),
    };
    let empty = refused("9..8");
    assert!(empty.contains("there is nothing to make a branch for"), "{empty}");
    assert!(refused("9..x").contains("a range of whole numbers (1..100)"));
    assert!(refused("1..900000000000").contains("more than 100000 branches of one stage"));

    let listed: Vec<String> = (0..20_000).map(|at| format!("b{at}")).collect();
    let many = format!(
        "\n  each:\n    run: \"echo $item\"\n    foreach: [{}]\n    outputs: {{text: out.txt}}\n",
        listed.join(", ")
    );
    workspace.pipeline(&many);
}

#[test]
fn an_order_counts_where_it_is_seen_and_nowhere_else() {
    let workspace = Workspace::new();
    let stages = r#"
  of: {op: sum, foreach: [b, a, c], inputs: {from: rows}, params: {column: $item}}
  rows: {op: numbers, params: {values: {a: [1], b: [2], c: [3]}}}
  seen: {op: total, inputs: {sums: of}}
  unseen: {op: gather, inputs: {sums: of}}
"#;
    workspace.run(stages);
    assert_eq!(workspace.output(stages, "seen.text"), "sums[b] 2\nsums[a] 1\nsums[c] 3\n");
    assert_eq!(workspace.output(stages, "unseen.text"), "sums[a] 1\nsums[b] 2\nsums[c] 3\n");
    let other = stages.replace("[b, a, c]", "[b, c, a]");
    let cause = "input sums: the order of its branches changed: … a, c -> … c, a";
    assert_eq!(workspace.status(&other)["seen"], State::Stale(vec![cause.into()]));
    let report = workspace.run(&other);
    assert_eq!(ran(&report), ["seen"]);
    assert_eq!(causes(&report, "seen"), [cause]);
    assert_eq!(workspace.output(&other, "unseen.text"), "sums[a] 1\nsums[b] 2\nsums[c] 3\n");
}

#[test]
fn a_run_whose_record_is_lost_is_told_as_that() {
    let workspace = Workspace::new();
    let stages = "  rows: {op: numbers, params: {values: {a: [1]}}}\n";
    workspace.run(stages);
    std::fs::remove_dir_all(workspace.path(".vintner/v1/records")).unwrap();
    let lost = "the store no longer has the record of its last run";
    assert_eq!(workspace.status(stages)["rows"], State::Missing(vec![lost.into()]));
    assert_eq!(causes(&workspace.run(stages), "rows"), [lost]);
}

#[test]
fn before_a_column_is_known_its_stages_wait() {
    let workspace = Workspace::new();
    let states = workspace.status(CITIES);
    assert_eq!(states["of"], State::Waiting(vec!["rows".into()]));
    assert_eq!(states["all"], State::Waiting(vec!["sum".into()]));
    workspace.run(CITIES);
    assert!(workspace.status(CITIES).values().all(|state| *state == State::Fresh));
}

#[test]
fn a_column_that_is_not_there_is_a_failure_that_names_those_that_are() {
    let report = Workspace::new().run(&CITIES.replace("{column: group, of", "{column: grope, of"));
    let message = report.check().unwrap_err().to_string();
    assert!(message.contains("rows.frame: it has no column `grope`; did you mean `group`?"), "{message}");
    assert_eq!(with(&report, |outcome| *outcome == Outcome::Skipped), ["all", "sum"]);
}

#[test]
fn a_list_or_a_parameter_has_a_branch_for_each_item() {
    let workspace = Workspace::new();
    let text = r#"
version: 1
name: toy
vintage: v
params:
  column: a
  sums: {one: {column: $column, add: 1}, two: {column: b, add: 2}}
stages:
  rows: {op: numbers, params: {values: {a: [1], b: [2]}}}
  sum:
    op: sum
    foreach: $sums
    inputs: {from: rows}
    params: {column: $item.column, add: $item.add}
    publish: {sum: "out/{vintage}-{item}.json"}
  one: {op: tens, inputs: {from: "sum[one]"}}
  each: {op: tens, foreach: [two, one], inputs: {from: "sum[$item]"}}
"#;
    let pipeline = match workspace.parse(text) {
        Ok(pipeline) => pipeline,
        Err(error) => panic!("{error}"),
    };
    let (store, vintage) = (workspace.store(), vintage(&[]));
    let report = Engine::new(&store, &Silent).run(&Plan::new(&pipeline, &vintage), &RunOptions::default());
    let report = report.unwrap();
    assert_eq!(ran(&report), ["each[one]", "each[two]", "one", "rows", "sum[one]", "sum[two]"]);
    assert_eq!(
        (workspace.read("out/v-one.json"), workspace.read("out/v-two.json")),
        ("2\n".into(), "4\n".into())
    );
}

#[test]
fn faults_of_branches_are_found_before_anything_runs() {
    let stages = r#"
  rows: {op: numbers, params: {values: {a: [1]}}}
  sum: {op: sum, foreach: [a, b], inputs: {from: rows}, params: {column: $item}, publish: {sum: out.json}}
  twice: {op: sum, foreach: [a, a], inputs: {from: rows}, params: {column: $item}}
  empty: {op: sum, foreach: [], inputs: {from: rows}, params: {column: a}}
  odd: {op: sum, foreach: 3, inputs: {from: rows}, params: {column: a}}
  field: {op: sum, foreach: [{id: a, column: a}], inputs: {from: rows}, params: {column: $item.colum}}
  bare: {op: tens, inputs: {from: sum}}
  other: {op: tens, inputs: {from: "sum[c]"}}
  none: {op: tens, inputs: {from: "rows[a]"}}
  item: {op: tens, inputs: {from: "sum[$item]"}}
  both: {op: tens, run: "true", inputs: {from: "sum[a]"}}
  timed: {op: tens, timeout: 3s, inputs: {from: "sum[a]"}}
  over: {op: total, publish: {text: pipeline.yaml, value: .vintner/x}}
  data: {op: total, publish: {text: data/x.txt}}
"#;
    let text = format!("version: 1\nname: toy\nvintage: v\nparams: {{a: $b, b: $a}}\nstages:{stages}");
    match Workspace::new().parse(&text) {
        Err(PipelineError::Spec(faults)) => insta::assert_snapshot!("branch_faults", faults.to_string()),
        other => panic!("{:?}", other.err()),
    }
}

const CHAIN: &str = r#"
  a: {op: numbers, params: {values: {x: [1]}}}
  b: {op: sum, inputs: {from: a}, params: {column: x}}
  c: {op: tens, inputs: {from: b}}
  d: {op: total, inputs: {c: c}}
  aside: {op: tens, inputs: {from: b}}
"#;

fn run_part(workspace: &Workspace, selection: &Selection, force: bool) -> Report {
    let (pipeline, vintage, store) = (workspace.pipeline(CHAIN), vintage(&[]), workspace.store());
    let plan = Plan::select(&pipeline, &vintage, selection).unwrap();
    let options = RunOptions { force, ..RunOptions::default() };
    Engine::new(&store, &Silent).run(&plan, &options).unwrap()
}

#[test]
fn a_part_of_a_pipeline_runs_alone() {
    let workspace = Workspace::new();
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let only = Selection { only: names(&["c"]), ..Selection::default() };
    let until = Selection { until: names(&["c"]), ..Selection::default() };
    let from = Selection { from: names(&["c"]), ..Selection::default() };

    let refused = run_part(&workspace, &only, false).check().unwrap_err().to_string();
    assert!(
        refused.starts_with("stage a failed: it isn't made as things are now, isn't selected"),
        "{refused}"
    );
    assert_eq!(ran(&run_part(&workspace, &until, false)), ["a", "b", "c"]);
    assert_eq!(ran(&run_part(&workspace, &from, false)), ["d"]);
    assert_eq!(ran(&run_part(&workspace, &only, true)), ["c"], "what it reads isn't forced");
    assert_eq!(ran(&run_part(&workspace, &Selection::default(), false)), ["aside"]);

    let pipeline = workspace.pipeline(CHAIN);
    let unknown = Selection { until: names(&["cc"]), ..Selection::default() };
    assert!(matches!(Plan::select(&pipeline, &vintage(&[]), &unknown), Err(PipelineError::Unknown { .. })));
}

#[test]
fn a_value_is_put_in_the_place_of_the_pipelines() {
    let workspace = Workspace::new();
    let registry = crate::common::toys::registry();
    let text = format!("version: 1\nname: toy\nvintage: v\nparams: {{add: 0}}\nstages:{CHAIN}")
        .replace("{column: x}", "{column: x, add: $add}");
    let parse = |path: &str, value: &str| {
        let overrides = BTreeMap::from([(path.to_owned(), value.to_owned())]);
        Pipeline::parse(workspace.folder(), "pipeline.yaml", &text, &registry, &overrides)
    };
    let run = |pipeline: &Pipeline| {
        let (store, vintage) = (workspace.store(), vintage(&[]));
        Engine::new(&store, &Silent).run(&Plan::new(pipeline, &vintage), &RunOptions::default()).unwrap()
    };
    run(&workspace.parse(&text).unwrap_or_else(|error| panic!("{error}")));
    let changed = run(&parse("params.add", "100").unwrap_or_else(|error| panic!("{error}")));
    assert_eq!(causes(&changed, "b"), ["parameter add: 0 -> 100"]);
    let back = run(&parse("stages.b.params.add", "0").unwrap_or_else(|error| panic!("{error}")));
    assert_eq!(back.ran(), 0, "what was made before is still there");
    for (path, value) in [("params.ad", "1"), ("stages.bb.params.add", "1"), ("params.add", "[1")] {
        let error = parse(path, value).err().unwrap();
        assert!(matches!(error, PipelineError::Override { .. }) && error.is_usage(), "{error}");
    }
}

#[test]
fn a_run_stops_at_the_first_failure_and_says_what_would_have_run() {
    let stages = "\n  bad: {op: fail, params: {message: no}}\n  after: {op: tens, inputs: {from: bad}}\n  \
                  much_after: {op: tens, inputs: {from: after}}\n";
    let workspace = Workspace::new();
    let report = workspace.run_with(stages, &vintage(&[]), &RunOptions::default());
    assert_eq!(with(&report, |outcome| *outcome == Outcome::Skipped), ["after", "much_after"]);
    assert!(with(&report, |outcome| *outcome == Outcome::Stopped).is_empty(), "they would fail too");
}

#[cfg(unix)]
#[test]
fn a_command_reads_branches_and_is_cached_like_any_stage() {
    let stages = r#"
  rows: {op: numbers, params: {values: {a: [1, 2]}, group: [x, y]}}
  copy: {run: "cp inputs/rows.parquet out.parquet", inputs: {rows: rows}, outputs: {out: out.parquet}}
  of: {op: select, foreach: [x, y], inputs: {from: copy}, params: {groups: [$item]}}
  list:
    run: "ls inputs/of > list.txt; cat params.json script.txt >> list.txt"
    inputs: {of: of}
    files: {script: script.txt}
    outputs: {list: list.txt}
    params: {n: 1}
"#;
    let workspace = Workspace::new();
    workspace.write("script.txt", "s\n");
    let report = workspace.run(stages);
    assert!(report.check().is_ok(), "{:?}", report.check());
    assert_eq!(workspace.output(stages, "list.list"), "x.parquet\ny.parquet\n{\"n\":1}\ns\n");
    assert_eq!(workspace.run(stages).ran(), 0);
    workspace.write("script.txt", "t\n");
    assert_eq!(ran(&workspace.run(stages)), ["list"]);
    let failing = stages.replace("ls inputs/of >", "echo why; exit 3;");
    let message = workspace.run(&failing).check().unwrap_err().to_string();
    assert!(message.contains("exit code 3") && message.contains("| why"), "{message}");
    assert!(workspace.read(".vintner/logs/toy/v/list.log").contains("said:\nwhy\n"));
}

#[test]
fn a_branch_runs_alone_unless_what_reads_it_runs_too() {
    let run = |workspace: &Workspace, only: &[&str], force: bool| {
        let (pipeline, vintage, store) = (workspace.pipeline(CITIES), vintage(&[]), workspace.store());
        let only = only.iter().map(|name| (*name).to_owned()).collect();
        let selection = Selection { only, ..Selection::default() };
        let plan = Plan::select(&pipeline, &vintage, &selection).unwrap();
        Engine::new(&store, &Silent).run(&plan, &RunOptions { force, ..RunOptions::default() })
    };
    let asked = |workspace: &Workspace, only: &[&str], force: bool| run(workspace, only, force).unwrap();
    let workspace = Workspace::new();
    workspace.run(CITIES);
    assert_eq!(ran(&asked(&workspace, &["sum[x]"], true)), ["sum[x]"]);
    assert_eq!(ran(&asked(&workspace, &["sum[x]", "of[y]"], true)), ["of[x]", "of[y]", "sum[x]"]);
    assert_eq!(ran(&asked(&workspace, &["sum[x]", "sum"], true)), ["sum[x]", "sum[y]"]);
    assert_eq!(ran(&asked(&workspace, &["all", "sum[x]"], true)), ["all", "sum[x]", "sum[y]"]);
    // What was shown of the others stays, and a whole run finds all as it was.
    assert!(workspace.path(".vintner/outputs/toy/v/sum/y/sum.json").is_file());
    assert_eq!(workspace.run(CITIES).ran(), 0);
    // Which branches there are is known once the column is.
    let unknown = run(&workspace, &["sum[z]"], false).unwrap_err();
    assert!(unknown.is_usage());
    let message = unknown.to_string();
    assert!(message.contains("`sum` has no branch `z`"), "{message}");
}

#[test]
fn a_value_that_is_missing_has_no_branch() {
    let gaps = CITIES.replace("[y, x, y]", "[y, '', x]");
    let workspace = Workspace::new();
    assert_eq!(ran(&workspace.run(&gaps)), ["all", "of[x]", "of[y]", "rows", "sum[x]", "sum[y]"]);
    assert_eq!(workspace.output(&gaps, "all.text"), "sums[y] 1\nsums[x] 3\n");
}
