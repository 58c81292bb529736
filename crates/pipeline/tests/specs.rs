//! What a spec can get wrong, and what a pipeline looks like.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::common::{Workspace, vintage};
use vintner_pipeline::{GraphFormat, PipelineError};

fn faults(text: &str) -> String {
    match Workspace::new().parse(text) {
        Err(error @ PipelineError::Spec(_)) => {
            assert!(error.is_usage());
            error.to_string()
        }
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("no fault was found"),
    }
}

#[test]
fn every_fault_of_a_spec_is_reported_at_once() {
    let text = r#"version: 1
name: toy
vintage: v
colour: red
params: {column: a}
stages:
  one:
    op: numbers
    params: {values: {a: [1, x]}}
  two:
    op: smu
    inputs: {from: good}
  three:
    op: sum
    inputs: {from: good}
    params: {column: $colunm}
  four:
    op: sum
    params: {column: a, dda: 1}
  five:
    op: tens
    inputs: {from: good}
  six:
    op: tens
    inputs: {frm: seven}
  seven:
    op: total
    inputs: {a: eight}
  eight:
    op: total
    inputs: {a: seven, b: good, c: nobody}
  nine:
    op: lines
    files: {folder: nowhere}
  ten:
    op: select
    inputs: {from: good.fraem}
  eleven:
    op: total
    inputs: {a: branches}
    publish: {text: ../outside.txt, txt: inside.txt}
  twelve:
    op: tens
    inputs: {from: branches}
  thirteen:
    op: numbers
    params: {values: {a: [1]}, group: yes}
  fourteen:
    inputs: {from: good}
  fifteen:
    op: total
    inputs: {a: fifteen}
    publish: {text: inside/a.txt}
  sixteen:
    op: total
    publish: {text: inside/./a.txt}
  good:
    op: numbers
    params: {values: {a: [1, 2]}}
  branches:
    op: source
    foreach: sources
"#;
    insta::assert_snapshot!("every_fault", faults(text));
}

#[test]
fn a_circle_through_a_stage_with_faults_of_its_own_is_reported_too() {
    let text = "version: 1\nname: toy\nvintage: v\nstages:\n  a: {op: tens, inputs: {from: b}, params: {x: 1}}\n  \
                b: {op: tens, inputs: {from: a}}\n";
    let faults = faults(text);
    assert!(faults.contains("a -> b -> a") && faults.contains("unknown field `x`"), "{faults}");
}

#[test]
fn a_version_that_is_not_known_is_refused() {
    let faults = faults("version: 2\nname: toy\nvintage: v\nstages: {}\n");
    assert!(faults.starts_with("pipeline.yaml:1:10: version 2 isn't known"), "{faults}");
}

const DRAWN: &str = r#"
  tidy: {op: source, foreach: sources}
  a: {op: numbers, params: {values: {a: [1], b: [2]}}}
  "b-2": {op: sum, inputs: {from: a}, params: {column: b}}
  text: {op: lines, files: {folder: 'files "of" all'}, publish: {text: 'out/{vintage}.txt'}}
  all: {op: total, inputs: {tidy: tidy, b: b-2}}
"#;

#[test]
fn pictures_of_a_graph() {
    let workspace = Workspace::new();
    workspace.write("files \"of\" all/one.txt", "1");
    workspace.write("raw/x", "3");
    workspace.write("raw/y", "4");
    let vintage = vintage(&[("x", workspace.path("raw/x")), ("y", workspace.path("raw/y"))]);
    insta::assert_snapshot!("graph_text", workspace.draw(DRAWN, &vintage, GraphFormat::Text));
    insta::assert_snapshot!("graph_dot", workspace.draw(DRAWN, &vintage, GraphFormat::Dot));
    insta::assert_snapshot!("graph_mermaid", workspace.draw(DRAWN, &vintage, GraphFormat::Mermaid));
    insta::assert_snapshot!("graph_svg", workspace.draw(DRAWN, &vintage, GraphFormat::Svg));
    workspace.run_with(DRAWN, &vintage, &Default::default());
    let fresh = workspace.draw(DRAWN, &vintage, GraphFormat::Text);
    assert!(!fresh.contains("[stale]") && !fresh.contains("[waiting]"), "{fresh}");
}

#[test]
fn a_stage_with_an_unknown_operation_is_checked_for_all_else() {
    let text = r#"version: 1
name: toy
vintage: v
params: {column: a}
stages:
  good: {op: numbers, params: {values: {a: [1]}}}
  bad:
    op: smu
    foreach: columns
    inputs: {from: god, of: good.fram, manifest: vintage}
    files: {list: nowhere.txt}
    params: {column: $colum}
  worse: {op: sum, inputs: {from: goood}, params: {column: [1]}}
"#;
    let said = faults(text);
    for fault in [
        "no operation is called `smu`",
        "the text \"columns\" is nothing to make a branch for each of",
        "no stage is called `god`",
        "stage `good` has no output `fram`",
        "there is no file or folder `nowhere.txt`",
        "`params` has no `colum`",
        "no stage is called `goood`",
    ] {
        assert!(said.contains(fault), "{fault} in\n{said}");
    }
    assert!(!said.contains("vintage`"), "{said}");
}
