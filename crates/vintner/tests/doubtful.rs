//! What nobody has looked at yet, said at each run; what a cell is that no value was read from; addresses of two numbers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use crate::common::Workspace;

const MANIFEST: &str = "paper/data/vintages/first/vintage.yaml";
const HERE: [&str; 2] = ["-C", "paper"];

/// A folder begun by `init` of data with a code for missing that nothing declares.
fn begun() -> Workspace {
    let workspace = Workspace::of_parts(&[]);
    let mut text = String::from("unit,year,y,x,region\n");
    for (place, unit) in ["north", "south", "east"].iter().enumerate() {
        for year in 0..8 {
            let x = (year * (place + 3)) % 7;
            let x = if place == 2 && year % 4 == 1 { "-999".to_owned() } else { x.to_string() };
            writeln!(text, "{unit},{},{},{x},r{}", 2000 + year, (2 * year + place) % 5, place.div_ceil(2))
                .unwrap();
        }
    }
    workspace.write("data.csv", &text);
    let begun = workspace.vintner(&["init", "paper", "--from", "data.csv", "--formula", "y ~ x"]);
    assert_eq!(begun.code, 0, "{}", begun.stderr);
    workspace
}

fn run(workspace: &Workspace, arguments: &[&str]) -> (String, String) {
    let all: Vec<&str> = HERE.iter().chain(arguments).copied().collect();
    let output = workspace.vintner(&all);
    assert_eq!(output.code, 0, "{arguments:?}: {}", output.stderr);
    (output.stdout, output.stderr)
}

#[test]
fn guesses_that_nobody_looked_at_are_told_at_each_run() {
    let workspace = begun();
    let manifest = workspace.read(MANIFEST);
    let marked = |text: &str| -> Vec<usize> {
        let lines = text.lines().enumerate().skip_while(|(_, line)| !line.starts_with("sources:"));
        let is_guess = |line: &str| line.contains("# REVIEW:") && !line.contains("citation, licence");
        lines.filter(|(_, line)| is_guess(line)).map(|(at, _)| at + 1).collect()
    };
    let lines = marked(&manifest);
    assert!(!lines.is_empty(), "{manifest}");
    let listed = lines.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
    let told = format!("still marked REVIEW (line{} {listed})", if lines.len() == 1 { "" } else { "s" });
    // What ran, what is cached, and what is known without a look.
    for arguments in
        [&["reproduce"][..], &["reproduce"], &["reproduce"], &["status"], &["reproduce", "--dry-run"]]
    {
        let (_, said) = run(&workspace, arguments);
        assert_eq!(said.matches(&told).count(), 1, "{arguments:?}: {said}");
    }
    assert!(run(&workspace, &["vintage", "check"]).0.contains(&told));
    for arguments in [["reproduce", "--format", "json"], ["status", "--format", "json"]] {
        let told_in_json: Value = serde_json::from_str(&run(&workspace, &arguments).0).unwrap();
        assert!(told_in_json["remarks"][0].as_str().unwrap().contains(&told), "{told_in_json}");
    }
    let report = workspace.read("paper/reports/first/report.md");
    assert!(
        report.contains(&format!("by its lines {listed}, where guesses are still marked REVIEW")),
        "{report}"
    );
    assert!(report.contains("`x -999 (2)`"), "{report}");
    // Looked at: a comment that asks for nothing changes no value.
    let looked_at: String = manifest
        .lines()
        .map(|line| {
            if line.contains("citation, licence") { line.to_owned() } else { line.replace("# REVIEW:", "#") }
        })
        .fold(String::new(), |text, line| text + &line + "\n");
    fs::write(workspace.path(MANIFEST), looked_at).unwrap();
    let (_, said) = run(&workspace, &["reproduce"]);
    assert!(!said.contains("REVIEW"), "{said}");
    assert!(!workspace.read("paper/reports/first/report.md").contains("REVIEW"));
    assert!(!run(&workspace, &["status"]).1.contains("REVIEW"));
}

#[test]
fn a_code_for_missing_is_warned_of() {
    let workspace = begun();
    let (_, said) = run(&workspace, &["reproduce"]);
    assert!(
        said.contains("`x` is -999 in 2 cells (D19, D23), far from its other numbers (0 to 6)"),
        "{said}"
    );
}

#[test]
fn a_trace_says_what_a_cell_is_that_no_value_was_read_from() {
    let workspace = begun();
    workspace.edit(MANIFEST, "    time: \"year\"", "    where: {region: r1}\n    time: \"year\"");
    let unread = |line: &&str| !line.contains("variable: region") && !line.contains("variable: \"region\"");
    let manifest = workspace.read(MANIFEST);
    let manifest: String = manifest.lines().filter(unread).map(|line| format!("{line}\n")).collect();
    fs::write(workspace.path(MANIFEST), manifest).unwrap();
    let pipeline = workspace.read("paper/pipeline.yaml").replace(", region", "").replace(", \"region\"", "");
    workspace.write("paper/pipeline.yaml", &pipeline);
    run(&workspace, &["reproduce"]);
    let (key, _) = run(&workspace, &["trace", "--cell", "data.csv!A10"]);
    assert!(key.starts_with("\u{201c}south\u{201d} is the entity of its row, which names `south`"), "{key}");
    assert!(key.contains("table/1/ x, "), "{key}");
    let (left_out, _) = run(&workspace, &["trace", "--cell", "data.csv!D2"]);
    let said = "and the row is left out by `where`: \"r1\" is asked for in column E, and \"r0\" stands there";
    assert!(left_out.contains(said) && left_out.contains("Numbers that depend on it: 0"), "{left_out}");
    let json: Value =
        serde_json::from_str(&run(&workspace, &["trace", "--cell", "data.csv!E10", "--format", "json"]).0)
            .unwrap();
    assert_eq!(
        json["trace"]["said"][0],
        "\u{201c}r1\u{201d} is what `where: {region: r1}` asks for of its row"
    );
}

#[test]
fn a_cell_that_stages_choose_their_rows_by_is_told_so() {
    let workspace = begun();
    let manifest = workspace.read(MANIFEST);
    let columns = manifest.find("    columns:\n").unwrap() + "    columns:\n".len();
    let (before, after) = manifest.split_at(columns);
    // A column of text, where it isn't one already.
    let rest: String =
        after.lines().filter(|line| !line.contains("region")).map(|line| format!("{line}\n")).collect();
    let text = "      - {column: region, variable: region, type: text}\n";
    fs::write(workspace.path(MANIFEST), format!("{before}{text}{rest}")).unwrap();
    let pipeline = workspace.read("paper/pipeline.yaml");
    let line = pipeline.lines().find(|line| line.contains("formula:")).expect("a formula");
    let indent = " ".repeat(line.len() - line.trim_start().len());
    let with = format!("{line}\n{indent}where: region <> 'r0'");
    workspace.write("paper/pipeline.yaml", &pipeline.replacen(line, &with, 1));
    run(&workspace, &["reproduce"]);
    let (said, _) = run(&workspace, &["trace", "--cell", "data.csv!E2"]);
    let told =
        "is over the rows of `where: region <> 'r0'`: which they are rests on `region` of this cell's row";
    assert!(said.contains(told), "{said}");
}

#[test]
fn an_address_of_two_numbers_is_refused_by_texts_and_traces() {
    let workspace = begun();
    let pipeline = workspace.read("paper/pipeline.yaml");
    let table = pipeline.find("  table:").expect("a table");
    let rest = pipeline.get(table..).unwrap();
    let is_next = |at: &usize| !rest.get(at + 3..).unwrap().starts_with(' ');
    let end = rest.match_indices("\n  ").map(|(at, _)| at).find(is_next);
    let own = rest.get(..end.unwrap_or(rest.len())).unwrap();
    // A second table, of the name under which a text reads the first.
    let second = own.replacen("  table:", "  main:", 1);
    let second: String =
        second.lines().filter(|line| !line.contains("reports/")).fold(String::new(), |text, line| {
            if line.trim_start().starts_with("publish:") { text } else { text + line + "\n" }
        });
    let weave = "  text:\n    op: weave\n    inputs: {main: table}\n    files: {text: text.md}\n";
    workspace.write("paper/pipeline.yaml", &format!("{}\n{second}{weave}", pipeline.trim_end()));
    workspace.write("paper/text.md", "{{vintner table/1/x}} and {{vintner main/1/x}}\n");
    let (_, _) = run(&workspace, &["reproduce"]);
    let traced = workspace.vintner(&[HERE[0], HERE[1], "trace", "main/1/x"]);
    assert_eq!(traced.code, 2, "{}", traced.stdout);
    let both = "two numbers are called `main/1/x`: one of the table that `main` makes, and `table/1/x`";
    assert!(traced.stderr.contains(both), "{}", traced.stderr);
    // Where the text reads both tables it is told the same.
    workspace.edit("paper/pipeline.yaml", "inputs: {main: table}", "inputs: {main: table, other: main}");
    let refused = workspace.vintner(&[HERE[0], HERE[1], "reproduce"]);
    assert_ne!(refused.code, 0);
    assert!(refused.stderr.contains("two numbers are called `main/1/x`: `table/1/x`"), "{}", refused.stderr);
}
