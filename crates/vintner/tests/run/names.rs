//! `$name`, `${name}`, `{item}` and `{vintage}` wherever they may stand.

use crate::common::{Workspace, with_outcome};
use crate::run::reproduce;

fn workspace(params: &str, stages: &str) -> Workspace {
    let workspace = Workspace::of_stages("");
    workspace.write(
        "pipeline.yaml",
        &format!("version: 1\nname: trial\nvintage: v\nparams: {params}\nstages:\n{stages}"),
    );
    workspace
}

fn published(workspace: &Workspace) -> String {
    let output = reproduce(workspace, &[], &[]);
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    let files = workspace.files("out");
    let lines = files.iter().map(|(name, bytes)| {
        let name = name.strip_prefix("out").unwrap();
        format!("{}: {}", name.display(), String::from_utf8_lossy(bytes).trim_end())
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_shell_reads_names_as_variables_whatever_they_hold() {
    let workspace = workspace(
        "{year: 2008, label: \"it's; rm -rf *\", HOME: nowhere}",
        r#"
  each:
    run: |
      item_count=1
      printf '%s|' "$item" ${item%b} "$label" "${year}s" "$item_count" '$item' "$(echo a | awk '{print $1}')" > out.txt
      test "$HOME" != nowhere
    foreach: ["a b", "$(exit 1)", '"quoted"', "*"]
    outputs: {out: out.txt}
    publish: {out: "out/{item}.txt"}
"#,
    );
    let rest = |item: &str, cut: &str| format!("{item}.txt: {item}|{cut}|it's; rm -rf *|2008s|1|$item|a|");
    let printed = published(&workspace);
    for line in [rest("$(exit 1)", "$(exit|1)"), rest("\"quoted\"", "\"quoted\"")] {
        assert!(printed.contains(&line), "{line} in\n{printed}");
    }
    // What isn't quoted is split and expanded, as a shell does with any variable.
    assert!(printed.contains("a b.txt: a b|a|it's"), "{printed}");
}

#[test]
fn fields_lists_parameters_outputs_and_variables_are_filled_in() {
    let workspace = workspace(
        "{year: 2008, models: {one: {of: lnA, file: notes/a.txt}, two: {of: \"ln B\", file: notes/b.txt}}, dir: notes, words: [x, y]}",
        r#"
  each:
    run: |
      { echo "$item $item.of ${item.of}$year"; cat "$NOTE" params.json; } > "made/${item}.txt"
    foreach: $models
    files: {note: $item.file, all: "${dir}/in.txt"}
    env: {NOTE: "$dir/in.txt", PLAIN: "$$dir"}
    params: {words: $words, text: "of $item.of in $year", "$item": 1, money: "$5, $$year"}
    outputs: {out: "made/{item}.txt"}
    publish: {out: "out/$year-{item}.txt"}
  listed:
    run: [sh, -c, 'echo "$1" "$2" > out.txt', sh, "${item}-$year", "$item's"]
    foreach: [a b]
    outputs: {out: out.txt}
    publish: {out: "out/listed-{item}-{vintage}.txt"}
"#,
    );
    for (path, text) in [("notes/a.txt", "A"), ("notes/b.txt", "B"), ("notes/in.txt", "I")] {
        workspace.write(path, &format!("{text}\n"));
    }
    let params = |item: &str, of: &str| {
        let mut fields = [
            format!("\"{item}\":1"),
            "\"money\":\"$5, $year\"".to_owned(),
            format!("\"text\":\"of {of} in 2008\""),
            "\"words\":[\"x\",\"y\"]".to_owned(),
        ];
        fields.sort();
        format!("{{{}}}", fields.join(","))
    };
    assert_eq!(
        published(&workspace),
        format!(
            "2008-one.txt: one lnA lnA2008\nI\n{}\n2008-two.txt: two ln B ln B2008\nI\n{}\nlisted-a b-v.txt: a b-2008 a b's",
            params("one", "lnA"),
            params("two", "ln B")
        )
    );
}

#[test]
fn expressions_and_names_of_variables_are_filled_in() {
    let workspace = crate::common::towns::small();
    workspace.edit("pipeline.yaml", "        ln_rain: ln(rain)\n", "        ln_rain: ln(rain)\n        in_$base_year: \"rain - $base_year + :two\"\n      parameters: {two: 2}\n");
    assert_eq!(workspace.vintner(&["reproduce"]).code, 0);
    let shown = workspace.vintner(&["show", "variables", "--format", "json"]).stdout;
    assert!(shown.contains("in_2001"), "{shown}");
}

#[test]
fn a_branch_runs_again_when_what_its_text_names_changes() {
    let stages = "
  each: {run: 'echo $year > out.txt', foreach: [a], outputs: {out: out.txt}}
  other: {run: 'echo $HOME > out.txt', outputs: {out: out.txt}}
";
    let workspace = workspace("{year: 2008, other: 1}", stages);
    assert_eq!(with_outcome(&workspace.reproduce(&[]), "ran").len(), 2);
    assert_eq!(with_outcome(&workspace.reproduce(&["--set", "params.other=2"]), "ran").len(), 0);
    assert_eq!(with_outcome(&workspace.reproduce(&["--set", "params.year=2009"]), "ran"), ["each[a]"]);
}

#[test]
fn what_cannot_be_filled_in_is_a_fault_at_its_line() {
    let workspace = workspace(
        "{list: [a], fields: {a: 1}, itself: \"see $itself\"}",
        r#"  list: {run: "echo $list", outputs: {out: o.txt}}
  own: {run: "list=1; echo $list; for fields in a; do echo $fields; done", outputs: {out: o.txt}}
  field: {run: "echo $fields.b $item.x", foreach: [{id: a}], outputs: {out: o.txt}}
  text: {run: [echo, "a $list"], outputs: {out: o.txt}}
  braces: {run: "echo {item} {vintage}", foreach: [a], params: {x: "{item}", y: "{ item }"}, outputs: {out: o.txt}}
  env: {run: "true", env: {P: "/opt/bin:$PATH", Q: "a $$PATH"}, outputs: {out: o.txt}}
  none: {run: "true", params: {x: "of $item", y: "of $$item"}, outputs: {out: o.txt}}
  path: {run: "true", files: {x: "$list/x"}, outputs: {out: "$item/o.txt"}}
"#,
    );
    let output = workspace.vintner(&["status"]);
    assert_eq!(output.code, 2, "{}", output.stdout);
    insta::assert_snapshot!("name_faults", output.stderr);
}
