//! A disk that is full: an error that says where, nothing lost, and the next run completes.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::Write;

use crate::common::Workspace;
use crate::common::mount::Mount;

/// Eight outputs of 200 kB each.
const STAGES: &str = r#"
  each:
    run: "echo $(cat params.json) >> HERE/ran; yes $(cat params.json) | head -c 200000 > out.txt"
    foreach: [a, b, c, d, e, f, g, h]
    params: {of: $item}
    outputs: {text: out.txt}
    publish: {text: "out/{item}.txt"}
  all:
    run: "cat inputs/each/*.txt | wc -c > out.txt"
    inputs: {each: each}
    outputs: {text: out.txt}
    publish: {text: out/all.txt}
"#;

const KB: u64 = 1024;
const WHOLE: u64 = 8 * 1024 * KB;

/// Fills a file system until so many bytes are free.
fn fill(workspace: &Workspace, ballast: &str, free: u64) {
    let mut file = fs::File::create(workspace.path(ballast)).unwrap();
    let page = vec![1; 4096];
    while file.write_all(&page).is_ok() {}
    let written = file.metadata().unwrap().len();
    file.set_len(written.saturating_sub(free)).unwrap();
}

/// The run fails of a full disk at a path with `part` in it.
fn assert_says_full(stderr: &str, part: &str) {
    let told = stderr.lines().filter(|line| line.contains("No space left on device"));
    let told: Vec<&str> = told.filter(|line| line.contains(part)).collect();
    assert!(!told.is_empty(), "{stderr}");
    assert!(stderr.contains("make room there and run the same command again"), "{stderr}");
}

fn assert_completes(workspace: &Workspace) {
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert_eq!(workspace.read("out/all.txt").trim(), "1600000");
    for item in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        let line = format!("{{\"of\":\"{item}\"}}\n");
        assert!(workspace.read(&format!("out/{item}.txt")).starts_with(&line));
    }
    workspace.assert_sound();
    assert!(workspace.vintner(&["reproduce"]).stdout.contains("nothing to do"));
}

#[test]
fn a_full_store_is_an_error_that_says_where_and_loses_nothing() {
    for free in [0, 4, 8, 24, 100, 210, 300, 450, 700, 1000, 1300, 1500].map(|free| free * KB) {
        let workspace = Workspace::of_stages(STAGES);
        let Some(_mount) = Mount::small(&workspace.path(".vintner"), WHOLE) else { return };
        fill(&workspace, ".vintner/ballast", free);
        let output = workspace.vintner(&["reproduce", "--jobs", "2"]);
        assert_eq!(output.code, 1, "{free} bytes: {}", output.stderr);
        assert_says_full(&output.stderr, "/.vintner/v1/");
        assert!(!workspace.path("out").exists(), "reports that belong together are written together");
        workspace.assert_sound();
        let kept = output.stderr.matches("  ran      each").count();
        assert_eq!(workspace.vintner(&["status"]).code, 0);

        workspace.remove(&[".vintner/ballast", "ran"]);
        assert_completes(&workspace);
        assert_eq!(workspace.lines("ran").len(), 8 - kept, "{free} bytes: what was finished is kept");
    }
}

#[test]
fn a_full_folder_of_results_is_an_error_and_they_are_written_later() {
    let workspace = Workspace::of_stages(STAGES);
    let Some(_mount) = Mount::small(&workspace.path("out"), WHOLE) else { return };
    fill(&workspace, "out/ballast", 500 * KB);
    let output = workspace.vintner(&["reproduce"]);
    assert_eq!(output.code, 1, "{}", output.stderr);
    assert_says_full(&output.stderr, "out/");
    for item in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        let path = workspace.path(&format!("out/{item}.txt"));
        assert!(!path.exists() || fs::read(&path).unwrap().len() == 200_000, "{item} is half");
    }
    workspace.remove(&["out/ballast", "ran"]);
    assert_completes(&workspace);
    assert!(workspace.lines("ran").is_empty());
}

#[test]
fn a_full_scratch_folder_is_an_error_that_says_where() {
    let workspace = Workspace::of_stages(STAGES);
    let Some(_mount) = Mount::small(&workspace.path("scratch"), WHOLE) else { return };
    assert_eq!(workspace.start(&["reproduce", "--jobs", "2"]).output().code, 0);
    // What the command is given doesn't fit.
    fill(&workspace, "scratch/ballast", 600 * KB);
    let output = workspace.start(&["reproduce", "--force", "--only", "all"]).output();
    assert_eq!(output.code, 1, "{}", output.stderr);
    assert_says_full(&output.stderr, "/scratch/vintner-");
    // What it writes doesn't.
    let output = workspace.start(&["reproduce", "--force", "--only", "each", "--jobs", "2"]).output();
    assert_eq!(output.code, 0, "each takes 200 kB and gives it back: {}", output.stderr);
    fill(&workspace, "scratch/ballast", 100 * KB);
    let output = workspace.start(&["reproduce", "--force", "--only", "each", "--jobs", "2"]).output();
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("  | head: error writing"), "{}", output.stderr);
    workspace.assert_sound();
    workspace.remove(&["scratch/ballast"]);
    assert_completes(&workspace);
}
