//! Published files: where they go, what becomes of edited ones, and what a workspace knows of them.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::common::Workspace;
use serde_json::Value;

/// `x` is read by `one`; `each` has a branch for each item.
const STAGES: &str = r#"
  one:
    run: "echo of $VINTNER_STAGE x=$(cat params.json) > out.txt"
    params: {x: $x}
    outputs: {text: out.txt}
    publish: {text: "reports/{vintage}/one.txt"}
  each:
    run: "echo of item $(cat params.json) > out.txt"
    foreach: [a, b]
    params: {of: $item}
    outputs: {text: out.txt}
    publish: {text: "reports/{vintage}/each/{item}.txt"}
"#;

fn stages(text: &str) -> Workspace {
    let workspace = Workspace::of_stages(&text.replace("$VINTNER_STAGE ", ""));
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    workspace
}

/// The remark of `status` on each published file that has one, as `state path`.
fn remarks(workspace: &Workspace, arguments: &[&str]) -> Vec<String> {
    let output = workspace.vintner(&[&["status", "--format", "json"], arguments].concat());
    assert_eq!(output.code, 0, "{}", output.stderr);
    let said: Value = serde_json::from_str(&output.stdout).unwrap();
    let files = said["published"].as_array().unwrap();
    let files = files.iter().map(|file| {
        let edited = if file["edited"] == true { "-edited" } else { "" };
        format!("{}{edited} {}", file["state"].as_str().unwrap(), file["path"].as_str().unwrap())
    });
    files.filter(|file| !file.starts_with("current ")).collect()
}

#[test]
fn other_parameters_publish_beside_what_the_pipeline_publishes() {
    let workspace = stages(STAGES);
    let own = workspace.files("reports");
    let output = workspace.vintner(&["reproduce", "--set", "params.x=2"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let last = output.stdout.lines().last().unwrap_or_default().to_owned();
    assert!(last.contains("published in reports/v+x=2"), "{}", output.stdout);
    assert!(workspace.read("reports/v+x=2/one.txt").contains("\"x\":2"));
    for (path, bytes) in &own {
        assert_eq!(&fs::read(workspace.path(path.to_str().unwrap())).unwrap(), bytes, "{}", path.display());
    }
    assert_eq!(
        remarks(&workspace, &[]),
        ["apart reports/v+x=2/each/a.txt", "apart reports/v+x=2/each/b.txt", "apart reports/v+x=2/one.txt"]
    );
    // Again: nothing to do, and the same is said.
    for _ in 0..3 {
        let again = workspace.vintner(&["reproduce", "--set", "params.x=2"]);
        assert_eq!(again.stdout.lines().last().unwrap_or_default(), last);
        std::thread::sleep(std::time::Duration::from_millis(60));
    }
    // And by name.
    let output = workspace.vintner(&["reproduce", "--set", "params.x=3", "--publish-to", "trial"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(
        workspace.read("trial/one.txt").contains("\"x\":3") && workspace.path("trial/each/b.txt").is_file()
    );
    assert!(!workspace.path("reports/v+x=3").exists());
    // Where it was asked for among the pipeline's own files, that is known.
    let trial = ["reproduce", "--set", "params.x=4", "--publish-to", "reports/v"];
    assert_eq!(workspace.vintner(&trial).code, 0);
    assert!(remarks(&workspace, &[]).contains(&"other_parameters reports/v/one.txt".to_owned()));
    let status = workspace.vintner(&["status"]).stdout;
    assert!(status.contains("it was made with --set params.x=4"), "{status}");
    let output = workspace.vintner(&["reproduce"]);
    assert!(output.code == 0 && !output.stdout.contains("edited"), "{}", output.stdout);
    // What was made for a trial goes when it is asked for, and nothing else.
    let listed = workspace.vintner(&["clean", "--apart"]);
    assert!(listed.stdout.contains("nothing was:") && workspace.path("reports/v+x=2/one.txt").exists());
    assert_eq!(workspace.vintner(&["clean", "--apart", "--yes"]).code, 0);
    assert!(!workspace.path("reports/v+x=2").exists());
    assert_eq!(workspace.files("reports"), own);
}

#[test]
fn an_edited_file_is_told_of_and_set_aside() {
    let workspace = stages(STAGES);
    let made = workspace.read("reports/v/one.txt");
    workspace.write("reports/v/one.txt", "my own words\n");
    fs::remove_file(workspace.path("reports/v/each/a.txt")).unwrap();
    workspace.write("reports/v/notes.txt", "notes");
    let known = ["edited reports/v/one.txt", "deleted reports/v/each/a.txt", "unknown reports/v/notes.txt"];
    let mut said = remarks(&workspace, &[]);
    said.sort();
    let mut expected = known.map(str::to_owned);
    expected.sort();
    assert_eq!(said, expected);
    for command in [&["status"][..], &["reproduce", "--dry-run"]] {
        let text = workspace.vintner(command).stdout;
        for word in
            ["edited   reports/v/one.txt", "deleted  reports/v/each/a.txt", "unknown  reports/v/notes.txt"]
        {
            assert!(text.contains(word), "{text}");
        }
    }
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(output.stdout.contains("reports/v/one.edited.txt"), "{}", output.stdout);
    assert_eq!(workspace.read("reports/v/one.edited.txt"), "my own words\n");
    assert_eq!(workspace.read("reports/v/one.txt"), made);
    assert!(
        workspace.path("reports/v/each/a.txt").is_file() && workspace.path("reports/v/notes.txt").is_file()
    );
    // The same edit once more makes no second copy; another one does.
    workspace.write("reports/v/one.txt", "my own words\n");
    assert_eq!(workspace.vintner(&["reproduce"]).code, 0);
    assert!(!workspace.path("reports/v/one.edited-2.txt").exists());
    workspace.write("reports/v/one.txt", "other words");
    assert_eq!(workspace.vintner(&["reproduce"]).code, 0);
    assert_eq!(workspace.read("reports/v/one.edited-2.txt"), "other words");
    assert_eq!(workspace.read("reports/v/one.txt"), made);
}

#[test]
fn what_runs_made_is_replaced_without_a_word() {
    let workspace = stages(STAGES);
    let output = workspace.vintner(&["reproduce", "--force"]);
    assert!(!output.stdout.contains("edited"), "{}", output.stdout);
    workspace.edit("pipeline.yaml", "params: {x: 1}", "params: {x: 5}");
    assert_eq!(workspace.vintner(&["reproduce"]).code, 0);
    assert!(workspace.read("reports/v/one.txt").contains("\"x\":5"));
    // In a fresh clone there is no cache: the lock says what runs made.
    workspace.remove(&[".vintner"]);
    workspace.edit("pipeline.yaml", "params: {x: 5}", "params: {x: 6}");
    assert!(remarks(&workspace, &[]).iter().all(|file| file.starts_with("outdated")));
    let output = workspace.vintner(&["reproduce"]);
    assert!(!output.stdout.contains("edited"), "{}", output.stdout);
    assert!(workspace.read("reports/v/one.txt").contains("\"x\":6"));
    assert!(!workspace.path("reports/v/one.edited.txt").exists());
}

#[test]
fn files_of_removed_items_and_renamed_paths_are_named_and_cleaned() {
    let workspace = stages(STAGES);
    workspace.write_stages(
        &STAGES
            .replace("$VINTNER_STAGE ", "")
            .replace("[a, b]", "[a, c]")
            .replace("one.txt\"", "first.txt\""),
    );
    assert_eq!(workspace.vintner(&["reproduce"]).code, 0);
    workspace.write("reports/v/each/mine.txt", "mine");
    let left = ["left reports/v/each/b.txt", "left reports/v/one.txt", "unknown reports/v/each/mine.txt"];
    assert_eq!(remarks(&workspace, &[]), left);
    assert!(workspace.vintner(&["status"]).stdout.contains("vintner clean"));
    let listed = workspace.vintner(&["clean"]);
    assert_eq!(listed.code, 0);
    assert!(listed.stdout.contains("reports/v/one.txt") && listed.stdout.contains("nothing was:"));
    assert!(workspace.path("reports/v/one.txt").exists());
    // What somebody edited stays.
    workspace.write("reports/v/each/b.txt", "edited");
    assert_eq!(remarks(&workspace, &[])[0], "left-edited reports/v/each/b.txt");
    let cleaned = workspace.vintner(&["clean", "--yes"]);
    assert!(cleaned.stdout.contains("stays: reports/v/each/b.txt"), "{}", cleaned.stdout);
    assert!(!workspace.path("reports/v/one.txt").exists() && workspace.path("reports/v/each/b.txt").exists());
    assert!(
        workspace.path("reports/v/each/mine.txt").exists() && workspace.path("reports/v/first.txt").exists()
    );
}

#[test]
fn pipelines_of_one_workspace_keep_apart() {
    let workspace = stages(STAGES);
    let published = workspace.read("reports/v/one.txt");
    let other =
        workspace.read("pipeline.yaml").replace("name: trial", "name: second").replace("{x: 1}", "{x: 7}");
    workspace.write("second.yaml", &other);
    let refused = workspace.vintner(&["reproduce", "--pipeline", "second.yaml"]);
    assert_eq!(refused.code, 2, "{}", refused.stdout);
    assert!(
        refused.stderr.contains("is published by the pipeline `trial` (pipeline.yaml)"),
        "{}",
        refused.stderr
    );
    assert_eq!(workspace.read("reports/v/one.txt"), published);
    workspace.write("second.yaml", &other.replace("reports/", "second/"));
    assert_eq!(workspace.vintner(&["reproduce", "--pipeline", "second.yaml"]).code, 0);
    // Each has its own outputs and its own latest run.
    assert!(workspace.read(".vintner/outputs/trial/v/one/text.txt").contains("\"x\":1"));
    assert!(workspace.read(".vintner/outputs/second/v/one/text.txt").contains("\"x\":7"));
    for (file, fresh) in [("pipeline.yaml", 3), ("second.yaml", 3)] {
        let status = workspace.vintner(&["status", "--pipeline", file]).stdout;
        assert_eq!(status.matches("  fresh    ").count(), fresh, "{status}");
    }
    // A change of one is compared with its own last run.
    let changed = workspace.read("second.yaml").replace("{x: 7}", "{x: 8}");
    workspace.write("second.yaml", &changed);
    let dry = workspace.vintner(&["reproduce", "--dry-run", "--pipeline", "second.yaml"]).stdout;
    assert!(dry.contains('7') && dry.contains('8'), "{dry}");
    // The cache keeps what either's lock needs, though no latest run does.
    workspace.remove(&[".vintner/v1/latest"]);
    assert_eq!(workspace.vintner(&["cache", "gc", "--older-than", "0d"]).code, 0);
    for file in ["pipeline.yaml", "second.yaml"] {
        let file = if file == "second.yaml" {
            workspace.write(file, &workspace.read(file).replace("{x: 8}", "{x: 7}"));
            file
        } else {
            file
        };
        let again = workspace.vintner(&["reproduce", "--pipeline", file]).stdout;
        assert!(again.contains("nothing to do"), "{file}: {again}");
    }
}

#[test]
fn a_store_from_before_pipelines_were_told_apart_is_read_and_tidied() {
    let workspace = stages(STAGES);
    let store = workspace.path(".vintner");
    fs::rename(store.join("v1/latest/trial/v.json"), store.join("v1/latest/v.json")).unwrap();
    fs::remove_dir(store.join("v1/latest/trial")).unwrap();
    fs::rename(store.join("outputs/trial/v"), store.join("outputs/v")).unwrap();
    fs::remove_dir(store.join("outputs/trial")).unwrap();
    for old in ["v1/unchanged", "v1/published", "CACHEDIR.TAG"] {
        workspace.remove(&[&format!(".vintner/{old}")]);
    }
    workspace.edit("pipeline.yaml", "params: {x: 1}", "params: {x: 9}");
    let dry = workspace.vintner(&["reproduce", "--dry-run"]).stdout;
    assert!(!dry.contains("hasn't run"), "it is compared with the last run: {dry}");
    assert_eq!(workspace.vintner(&["reproduce"]).code, 0);
    assert!(workspace.read("reports/v/one.txt").contains("\"x\":9"), "what that run made is replaced");
    assert!(!workspace.path("reports/v/one.edited.txt").exists());
    assert!(!store.join("v1/latest/v.json").exists() && store.join("v1/latest/trial/v.json").exists());
    assert!(!store.join("outputs/v").exists() && store.join("outputs/trial/v/one/text.txt").exists());
}

#[test]
fn published_files_have_the_permissions_of_the_umask() {
    let workspace = Workspace::of_stages(&STAGES.replace("$VINTNER_STAGE ", ""));
    let program = env!("CARGO_BIN_EXE_vintner");
    for (umask, mode) in [("077", 0o600), ("002", 0o664)] {
        workspace.remove(&["reports"]);
        let command = format!("umask {umask}; exec '{program}' reproduce");
        let folder = workspace.path("");
        let status =
            std::process::Command::new("sh").args(["-c", &command]).current_dir(folder).output().unwrap();
        assert!(status.status.success());
        let found = fs::metadata(workspace.path("reports/v/one.txt")).unwrap().permissions().mode() & 0o777;
        assert_eq!(found, mode, "{found:o} with umask {umask}");
    }
}

/// A run that has to be refused, with what it says; nothing is written.
fn refused(stages: &str, prepare: impl Fn(&Workspace)) -> String {
    let workspace = Workspace::of_stages(stages);
    workspace.write(".git/config", "[core]\n");
    workspace.write("given/table.csv", "a,b\n");
    prepare(&workspace);
    let files = |workspace: &Workspace| {
        let mut files = workspace.files("");
        files.retain(|path, _| !path.starts_with(".vintner"));
        files
    };
    let before = files(&workspace);
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 2, "{}{}", output.stdout, output.stderr);
    let after = files(&workspace);
    assert!(
        before == after,
        "{:?}",
        after.keys().filter(|path| before.get(*path) != after.get(*path)).collect::<Vec<_>>()
    );
    output.stderr
}

fn publishing(items: &str, path: &str) -> String {
    format!(
        "  reads: {{run: \"cp given/table.csv out.txt\", files: {{table: given/table.csv}}, outputs: {{text: out.txt}}}}\n  \
         each:\n    run: \"echo $(cat params.json) > out.txt\"\n    foreach: {items}\n    params: {{of: $item}}\n    \
         outputs: {{text: out.txt}}\n    publish: {{text: \"{path}\"}}\n"
    )
}

#[test]
fn nothing_is_published_over_what_is_read_or_belongs_to_others() {
    for (items, path, what) in [
        ("[pipeline]", "{item}.yaml", "the pipeline itself"),
        ("[Pipeline]", "{item}.YAML", "the pipeline itself"),
        ("[pipeline]", "{item}.lock", "the lock"),
        ("[config]", ".git/{item}", ".git"),
        ("[config]", ".GIT/{item}", ".git"),
        ("[in-use]", ".vintner/v1/{item}", "cache"),
        ("[table]", "given/{item}.csv", "what `reads` reads"),
        ("[TABLE]", "Given/{item}.csv", "what `reads` reads"),
        ("[data]", "{item}/vintages/v/vintage.yaml", "data"),
        ("[x]", "{vintage}/../../{item}", "inside the workspace"),
    ] {
        let said = refused(&publishing(items, path), |_| {});
        assert!(said.contains(what), "{path}: {said}");
        assert!(said.contains("pipeline.yaml:"), "{path} has no place: {said}");
    }
}

#[test]
fn no_two_outputs_are_published_to_one_file() {
    let two = |first: &str, second: &str| {
        format!(
            "{}  other:\n    run: \"echo > out.txt\"\n    outputs: {{text: out.txt}}\n    publish: {{text: \"{second}\"}}\n",
            publishing("[a]", first)
        )
    };
    for (first, second) in [
        ("out/{item}.txt", "out/a.txt"),
        ("out/{item}.txt", "out/A.TXT"),
        ("out/{vintage}{item}.txt", "out/va.txt"),
        ("out/{item}", "out/a/b.txt"),
        ("out/{item}/b.txt", "out/a"),
        ("zu\u{308}rich/{item}", "z\u{fc}rich/a"),
    ] {
        let said = refused(&two(first, second), |_| {});
        assert!(said.contains("too") && said.contains("pipeline.yaml:"), "{first} and {second}: {said}");
    }
    // Items that differ in their letters' case alone.
    let said = refused(&publishing("[Ash, ash]", "out/{item}.txt"), |_| {});
    assert!(said.contains("too"), "{said}");
}

#[test]
fn items_that_are_no_names_of_files_are_faults() {
    for item in ["a/b", "..", ".", "", "/etc/passwd", "a\\\\b"] {
        let said = refused(&publishing(&format!("[x, \"{item}\"]"), "out/{item}.txt"), |_| {});
        assert!(said.contains("pipeline.yaml:") && said.contains(" name"), "{item}: {said}");
    }
}

#[test]
fn paths_that_are_known_late_are_checked_before_anything_is_published() {
    let workspace = crate::common::towns::small();
    let text = workspace.read("pipeline.yaml");
    let stage = "  late:\n    run: \"echo $(cat params.json) > out.txt\"\n    foreach: {column: entity, of: panel}\n    \
                 params: {of: $item}\n    outputs: {text: out.txt}\n    publish: {text: \"out/{item}.txt\"}\n  \
                 reader:\n    run: \"cp out/ashby.txt x.txt\"\n    files: {of: out/ashby.txt}\n    outputs: {text: x.txt}\n";
    workspace.write("pipeline.yaml", &format!("{text}{stage}"));
    workspace.write("out/ashby.txt", "given");
    let summary = workspace.path("reports/small/summary.json");
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 2, "{}{}", output.stdout, output.stderr);
    assert!(
        output.stderr.contains("what `reader` reads") && output.stderr.contains("pipeline.yaml:"),
        "{}",
        output.stderr
    );
    assert_eq!(workspace.read("out/ashby.txt"), "given");
    assert!(!workspace.path("out/burton.txt").exists() && !summary.exists(), "nothing is published");
}

#[test]
fn what_branches_of_sources_read_is_known_by_its_letters_too() {
    // One name that is another by the case of its letters alone: the same file on some systems, and no look at this disk tells.
    let stages = r#"
  reader:
    run: "cp given/*.csv out.txt"
    foreach: sources
    files: {own: "given/{item}.csv"}
    outputs: {text: out.txt}
  writer:
    run: "echo > out.txt"
    outputs: {text: out.txt}
    publish: {text: given/TOWNS.csv}
"#;
    let said = refused(stages, |workspace| workspace.write("given/towns.csv", "a\n"));
    assert!(said.contains("what `reader[towns]` reads") && said.contains("pipeline.yaml:"), "{said}");
}
