//! A thousand branches of a built-in operation: each is cached by itself.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::common::{Workspace, towns, with_outcome};

const MANY: usize = 1000;

/// The town's panel scaled by a thousand factors, and the digests of all of it in one text.
fn workspace() -> Workspace {
    let workspace = towns::small();
    let factors: String = (0..MANY).map(|at| format!("    f{at}: {{by: {at}}}\n")).collect();
    let params = "small\nparams:\n";
    workspace.edit("pipeline.yaml", params, &format!("{params}  factors:\n{factors}"));
    let stages = r#"  scaled:
    op: derive
    foreach: $factors
    inputs: {panel: panel}
    params:
      define: {scaled: income * factor}
      parameters: {factor: $item.by}
  gathered:
    run: "for part in inputs/scaled/*; do cksum < $part; done > gathered.txt"
    inputs: {scaled: scaled.panel}
    outputs: {text: gathered.txt}
    publish: {text: out/gathered.txt}
"#;
    let text = workspace.read("pipeline.yaml");
    std::fs::write(workspace.path("pipeline.yaml"), text + stages).unwrap();
    workspace
}

#[test]
fn one_of_a_thousand_runs_alone_and_the_rest_is_cached() {
    let workspace = workspace();
    let first = workspace.reproduce(&[]);
    let branches = first.keys().filter(|branch| branch.starts_with("scaled[")).count();
    assert_eq!((branches, with_outcome(&first, "cached").len()), (MANY, 0));
    let before = workspace.read("out/gathered.txt");
    assert_eq!(before.lines().count(), MANY);
    // Each scales by a factor of its own, so that no two are the same.
    let distinct: std::collections::BTreeSet<&str> = before.lines().collect();
    assert_eq!(distinct.len(), MANY);

    // One branch may be asked for alone, and what gathers them is said in a line.
    let alone = workspace.reproduce(&["--only", "scaled[f7]", "--force"]);
    assert_eq!((alone.len(), with_outcome(&alone, "ran")), (1, vec!["scaled[f7]"]));
    let unknown = workspace.vintner(&["reproduce", "--only", "scaled[f7777]"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("`scaled` has no branch `f7777`"), "{}", unknown.stderr);
    let set = ["--set", "params.window.first=2002"];
    let dry = workspace.vintner(&[&["reproduce", "--dry-run"], &set[..]].concat());
    let dry = dry.stdout + &dry.stderr;
    assert!(dry.contains("  may run    gathered  (if a branch of scaled comes out different)\n"), "{dry}");

    let text = workspace.read("pipeline.yaml");
    workspace.edit("pipeline.yaml", "first: 2001", "first: 2002");
    let status = workspace.vintner(&["status"]).stdout;
    assert!(status.contains("  waiting  gathered  (for a branch of scaled)\n"), "{status}");
    std::fs::write(workspace.path("pipeline.yaml"), text).unwrap();

    let again = workspace.reproduce(&[]);
    assert_eq!(with_outcome(&again, "cached").len(), first.len());

    // One factor changes: its branch runs, and what gathers them.
    workspace.edit("pipeline.yaml", "f500: {by: 500}", "f500: {by: 0.5}");
    let why = workspace.vintner(&["why", "scaled[f500]"]).stdout;
    assert!(why.contains("parameter parameters.factor: 500.0 -> 0.5"), "{why}");
    let changed = workspace.reproduce(&[]);
    assert_eq!(with_outcome(&changed, "ran"), ["gathered", "scaled[f500]"]);
    let after = workspace.read("out/gathered.txt");
    let differ = before.lines().zip(after.lines()).filter(|(before, after)| before != after);
    assert_eq!((differ.count(), after.lines().count()), (1, MANY));

    // Going back is free.
    workspace.edit("pipeline.yaml", "f500: {by: 0.5}", "f500: {by: 500}");
    let back = workspace.reproduce(&[]);
    assert_eq!(with_outcome(&back, "cached").len(), first.len());
    assert_eq!(workspace.read("out/gathered.txt"), before);

    // An object is lost and another corrupted: the two are made again, and come out the same.
    let objects = ["f7", "f8"].map(|item| {
        let shown = workspace.path(&format!(".vintner/outputs/towns/small/scaled/{item}/panel.parquet"));
        let digest = crate::common::digest_of(&std::fs::read(shown).unwrap());
        workspace.path(&format!(".vintner/v1/objects/{}/{digest}", &digest[..2]))
    });
    std::fs::remove_file(&objects[0]).unwrap();
    crate::common::overwrite(&objects[1], b"something else");
    assert_eq!(workspace.vintner(&["audit", "--verify"]).code, 1);
    let healed = workspace.reproduce(&[]);
    assert_eq!(with_outcome(&healed, "ran"), ["scaled[f7]", "scaled[f8]"]);
    assert_eq!(workspace.read("out/gathered.txt"), before);
    assert_eq!(workspace.vintner(&["audit", "--verify"]).code, 0);
}

#[test]
fn the_page_of_a_million_branches_has_what_the_simulation_prints() {
    let repository = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let simulated = std::process::Command::new("python3")
        .arg(repository.join("benches/cluster/scale.py"))
        .args(["--branches", "1e4,1e5"])
        .output();
    let Ok(simulated) = simulated else {
        eprintln!("skipped: python3 isn't here");
        return;
    };
    let page = std::fs::read_to_string(repository.join("docs/design/scale.md")).unwrap();
    let printed = String::from_utf8(simulated.stdout).unwrap();
    let rows: Vec<&str> = printed.lines().filter(|line| line.starts_with("| ")).collect();
    assert!(rows.len() > 12, "{printed}");
    for row in rows {
        assert!(page.contains(row), "docs/design/scale.md lacks the row\n{row}");
    }
}
