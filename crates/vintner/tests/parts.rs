//! A panel whose parts are gathered by branches of their own: the numbers are those of the whole, and a part that
//! changes is gathered alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use polars::prelude::*;
use vintner_ingest::Checksum;

use crate::common::{Workspace, with_outcome};
use crate::larger_than_memory::{assert_near, json, parquet, together};

pub(crate) const PIPELINE: &str = "\
version: 1
name: wages
vintage: v
MEMORYparams:
  variables: [wage, hours, log_age, region]
stages:
  tidy: {op: ingest, foreach: sources}
  panel:
    op: assemble
    foreach: sources
    inputs: {tidy: \"tidy[$item]\"}
    params: {variables: [wage, hours, age, region]}
  variables:
    op: derive
    foreach: sources
    inputs: {panel: \"panel[$item]\"}
    params: {keep: [wage, hours, region], define: {log_age: ln(age)}}
  sums:
    op: regress_part
    foreach: sources
    inputs: {panel: \"variables[$item]\"}
    params: &equation
      formula: log(wage) ~ hours + hours:log_age + l(log_age) | entity + time
      pooled: {model: within, covariance: {kind: cluster}, covariances: [{kind: classical}], hypotheses: [hours = 0]}
  solved: {op: between_parts, inputs: {parts: sums}}
  scores:
    op: regress_part
    foreach: sources
    inputs: {panel: \"variables[$item]\", told: solved}
    params: *equation
  fit:
    op: regress_parts
    inputs: {first: sums, second: scores}
    params: *equation
    publish: {fits: reports/fit.json}
  counted:
    op: describe_part
    foreach: sources
    inputs: {panel: \"variables[$item]\"}
    params: {variables: $variables, where: hours > 10}
  quartiles: {op: between_parts, inputs: {parts: counted}}
  ranked:
    op: describe_part
    foreach: sources
    inputs: {panel: \"variables[$item]\", told: quartiles}
    params: {variables: $variables, where: hours > 10}
  described:
    op: describe_parts
    inputs: {first: counted, second: ranked}
    params: {variables: $variables}
    publish: {descriptives: reports/described.json}
";

const WHOLE: &str = "\
version: 1
name: wages
vintage: v
stages:
  tidy: {op: ingest, foreach: sources}
  panel: {op: assemble, inputs: {tidy: tidy}, params: {variables: [wage, hours, age, region]}}
  variables:
    op: derive
    inputs: {panel: panel}
    params: {keep: [wage, hours, region], define: {log_age: ln(age)}}
  fit:
    op: regress
    inputs: {panel: variables}
    params:
      formula: log(wage) ~ hours + hours:log_age + l(log_age) | entity + time
      pooled: {model: within, covariance: {kind: cluster}, covariances: [{kind: classical}], hypotheses: [hours = 0]}
    publish: {fits: reports/fit.json}
  described:
    op: describe
    inputs: {panel: variables}
    params: {variables: [wage, hours, log_age, region], where: hours > 10}
    publish: {descriptives: reports/described.json}
";

/// A workspace with the rows in files of some of the persons each.
pub(crate) fn workspace(pipeline: &str, of: impl Fn(usize) -> usize) -> Workspace {
    let workspace = Workspace::of_parts(&[]);
    let all = together();
    let mut listed = String::new();
    for part in 0..5 {
        let path = workspace.path(&format!("data/vintages/v/raw/part-{part}.parquet"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let ids = all.column("id").unwrap().str().unwrap();
        let own = |id: &str| of(id[1..].parse().unwrap()) == part;
        let mask = ids.iter().map(|id| id.map(own)).collect();
        let bytes = parquet(&mut all.filter(&mask).unwrap());
        listed += &format!("\n      part-{part}.parquet: {}", Checksum::of(&bytes));
        fs::write(path, bytes).unwrap();
    }
    let manifest = format!(
        "title: {{en: Wages}}\nkind: public\ndate: 2024-05-01\nnotice: {{en: Made for a test.}}\nsources:\n  - name: wages\n    \
         file: \"part-*.parquet\"\n    files:{listed}\n    format: parquet\n    entity: id\n    time: year\n    columns:\n      \
         - {{column: wage, variable: wage}}\n      - {{column: hours, variable: hours}}\n      - {{column: age, variable: age}}\n      \
         - {{column: region, variable: region, type: text}}\n    citation: made\n    licence: none\n"
    );
    fs::write(workspace.path("data/vintages/v/vintage.yaml"), manifest).unwrap();
    fs::write(workspace.path("pipeline.yaml"), pipeline).unwrap();
    workspace
}

#[test]
fn branches_over_parts_give_the_numbers_of_the_whole() {
    let whole = workspace(WHOLE, |person| person % 5);
    whole.reproduce(&[]);
    // In parts of 80 persons, and in turn.
    let in_turn: [fn(usize) -> usize; 2] = [|person| person / 80, |person| person % 5];
    for of in in_turn {
        let parts = workspace(&PIPELINE.replace("MEMORY", ""), of);
        parts.reproduce(&[]);
        for path in ["reports/fit.json", "reports/described.json"] {
            assert_near(&json(&parts, path), &json(&whole, path), path);
        }
    }
    // A part of which a condition leaves nothing counts as nothing.
    let condition = |pipeline: &str| {
        pipeline.replace("hours > 10", "region <> 'north'").replace(
            "      pooled: {model: within,",
            "      where: region <> 'north'\n      pooled: {model: within,",
        )
    };
    let chosen = workspace(&condition(WHOLE), |person| person % 5);
    chosen.reproduce(&[]);
    let north_apart = |person: usize| if person.is_multiple_of(3) { 0 } else { 1 + person % 4 };
    let parts = workspace(&condition(&PIPELINE.replace("MEMORY", "")), north_apart);
    parts.reproduce(&[]);
    for path in ["reports/fit.json", "reports/described.json"] {
        assert_near(&json(&parts, path), &json(&chosen, path), path);
    }
    // Parts that are more than a stage may hold.
    let pipeline = PIPELINE.replace("MEMORY", "memory: 130kB\n");
    let (before, described) = pipeline.split_once("  sums:").unwrap();
    let (equation, described) = described.split_once("  counted:").unwrap();
    let parts = workspace(&format!("{before}  sums:{equation}"), |person| person / 80);
    parts.reproduce(&[]);
    assert_near(&json(&parts, "reports/fit.json"), &json(&whole, "reports/fit.json"), "fit");
    let before = before.replace("[wage, hours, log_age, region]", "[hours]").replace("130kB", "205kB");
    let parts = workspace(&format!("{before}  counted:{described}"), |person| person / 80);
    parts.reproduce(&[]);
    assert_near(
        &json(&parts, "reports/described.json")[0],
        &json(&whole, "reports/described.json")[1],
        "hours",
    );
}

#[test]
fn a_part_that_changes_is_gathered_alone() {
    let parts = workspace(&PIPELINE.replace("MEMORY", ""), |person| person / 80);
    parts.reproduce(&[]);
    let path = "data/vintages/v/raw/part-2.parquet";
    let mut frame = ParquetReader::new(fs::File::open(parts.path(path)).unwrap()).finish().unwrap();
    let before = Checksum::of(&fs::read(parts.path(path)).unwrap());
    frame.apply("age", |column| (column * 2.0).into_column()).unwrap();
    let bytes = parquet(&mut frame);
    fs::write(parts.path(path), &bytes).unwrap();
    parts.edit("data/vintages/v/vintage.yaml", &before.to_string(), &Checksum::of(&bytes).to_string());
    let report = parts.reproduce(&[]);
    let run = with_outcome(&report, "ran");
    let of = |stage: &str| run.iter().filter(|name| name.split('[').next() == Some(stage)).count();
    // One part's sums, and what all follow from it.
    assert_eq!((of("sums"), of("counted")), (1, 1), "{run:?}");
    assert_eq!((of("solved"), of("scores"), of("fit")), (1, 5, 1), "{run:?}");
}

#[test]
fn what_does_not_go_together_is_refused_with_what_to_do() {
    let parts = workspace(&PIPELINE.replace("MEMORY", ""), |person| person / 80);
    parts.edit(
        "pipeline.yaml",
        "solved: {op: between_parts, inputs: {parts: sums}}",
        "solved: {op: between_parts, inputs: {parts: counted}}",
    );
    let output = parts.vintner(&["reproduce"]);
    assert_eq!(output.code, 1);
    let told: String = output.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("`told` is of another operation's parts"), "{told}");

    parts.edit(
        "pipeline.yaml",
        "solved: {op: between_parts, inputs: {parts: counted}}",
        "solved: {op: between_parts, inputs: {parts: sums}}",
    );
    parts.edit(
        "pipeline.yaml",
        "covariance: {kind: cluster}",
        "covariance: {kind: heteroskedastic, type: hc1}",
    );
    let output = parts.vintner(&["reproduce"]);
    assert_eq!(output.code, 2);
    let told: String = output.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        told.contains("need a panel whole, and not its parts") && told.contains("`op: regress` estimates it"),
        "{told}"
    );
    // Files by halves of the time, each with the same persons.
    parts.edit(
        "pipeline.yaml",
        "covariance: {kind: heteroskedastic, type: hc1}",
        "covariance: {kind: cluster}",
    );
    parts.edit("pipeline.yaml", "    foreach: sources\n    inputs: {panel: \"variables[$item]\"}\n    params: &equation",
        "    foreach: [\"2003\", \"2005\"]\n    inputs: {panel: \"variables[wages:part-0.parquet]\"}\n    params: &equation");
    let text = parts.read("pipeline.yaml").replace(
        "params: *equation", "params: {formula: log(wage) ~ hours | entity, pooled: {model: within, covariance: {kind: cluster}}}",
    ).replace(
        "formula: log(wage) ~ hours + hours:log_age + l(log_age) | entity + time",
        "formula: log(wage) ~ hours | entity\n      where: time < $item",
    ).replace(", covariances: [{kind: classical}], hypotheses: [hours = 0]", "");
    fs::write(parts.path("pipeline.yaml"), text).unwrap();
    let output = parts.vintner(&["reproduce"]);
    assert_eq!(output.code, 1, "{}", output.stderr);
    let told: String = output.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        told.contains("has rows in 2003 and in 2005: parts are of whole entities; cut the panel by entities, not by times"),
        "{told}"
    );
}

/// Stages that put parts together are of the equation and the rows that the parts are of, or of nothing.
#[test]
fn an_equation_that_the_parts_are_not_of_is_refused() {
    let refused = |changes: &[(&str, &str)], code: i32, expected: &str| {
        let mut pipeline = PIPELINE.replace("MEMORY", "");
        for (from, to) in changes {
            assert!(pipeline.contains(from), "{from}");
            pipeline = pipeline.replacen(from, to, 1);
        }
        let parts = workspace(&pipeline, |person| person / 80);
        let output = parts.vintner(&["reproduce"]);
        assert_eq!(output.code, code, "{}", output.stderr);
        let told: String = output.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(expected), "{expected}: {told}");
        assert!(!told.contains("fault in the program"), "{told}");
    };
    let fit = "    inputs: {first: sums, second: scores}\n    params: *equation";
    let scores = "told: solved}\n    params: *equation";
    let other = |formula: &str| {
        format!("params: {{formula: {formula}, pooled: {{model: within, covariance: {{kind: cluster}}}}}}")
    };
    for formula in [
        "hours ~ wage | entity + time",
        "log(wage) ~ hours + hours:log_age + l(log_age) | entity",
        "log(wage) ~ hours | entity + time",
    ] {
        let at_the_end = format!("    inputs: {{first: sums, second: scores}}\n    {}", other(formula));
        refused(&[(fit, &at_the_end)], 1, "give all stages of an equation the same parameters");
        let in_between = format!("told: solved}}\n    {}", other(formula));
        refused(&[(scores, &in_between)], 1, "what is told is of");
    }
    let chosen = format!(
        "    inputs: {{first: sums, second: scores}}\n    {}",
        other("log(wage) ~ hours | entity").replace("pooled", "where: hours > 10, pooled")
    );
    refused(&[(fit, &chosen)], 1, "is of all rows and not of those where hours > 10");
    refused(
        &[("params: {variables: $variables}\n", "params: {variables: $variables, where: hours > 12}\n")],
        1,
        "is of the rows where hours > 10 and not of those where hours > 12",
    );
    // The second round of other rows.
    let others = (
        "told: quartiles}\n    params: {variables: $variables, where: hours > 10}",
        "told: quartiles}\n    params: {variables: $variables, where: hours > 11}",
    );
    refused(&[others], 1, "the second round was made from other sums");
}
